package control

import "gojax/internal/core"

// Ops lists the operations of this package, with no programs in them: what text is
// parsed to.
func Ops() []core.Op { return []core.Op{call{}} }
