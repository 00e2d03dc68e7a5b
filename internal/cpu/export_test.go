package cpu

import "gojax/internal/ir"

// CompileForTest compiles f, whatever the caches have, and returns the text.
func CompileForTest(f *ir.Func) interface{ String() string } { return compile(f) }
