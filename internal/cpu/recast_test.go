package cpu_test

import (
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Bytes as elements of another size are copied only where somebody else has them.
func TestRecasts(t *testing.T) {
	bytesOf := func(x array) array { return lax.BitcastConvertType(x, dtype.Uint8) }
	x, small := core.Of(dtype.Uint32, 3000), core.Of(dtype.Uint32, 2)
	for name, f := range map[string]func(x []array) []array{
		"operand":   func(x []array) []array { return []array{bytesOf(x[0])} },
		"temporary": func(x []array) []array { return []array{bytesOf(lax.Add(x[0], x[0]))} },
		"both": func(x []array) []array {
			y := bytesOf(x[0])
			return []array{lax.Add(lax.BroadcastInDim(x[0], core.Shape{3000, 4}, []int{0}), lax.Convert(y, dtype.Uint32)), y}
		},
		"kept": func(x []array) []array { y := lax.Mul(x[0], x[1]); return []array{bytesOf(y), y} },
		"there and back": func(x []array) []array {
			y := lax.Add(bytesOf(lax.Add(x[0], x[1])), lax.Number(dtype.Uint8, 3))
			return []array{lax.Mul(lax.BitcastConvertType(y, dtype.Uint32), x[1])}
		},
		"view": func(x []array) []array {
			y := lax.Reshape(bytesOf(lax.Reshape(x[0], core.Shape{3, 1000})), core.Shape{12000})
			return []array{lax.Rev(y, []int{0}), lax.BitcastConvertType(lax.Reshape(y, core.Shape{1500, 8}), dtype.Int64)}
		},
		"wider": func(x []array) []array {
			return []array{lax.BitcastConvertType(lax.Reshape(x[0], core.Shape{1500, 2}), dtype.Uint64)}
		},
		"halves": func(x []array) []array {
			return []array{lax.BitcastConvertType(lax.BitwiseOr(x[0], x[1]), dtype.Uint16)}
		},
		"sorted": func(x []array) []array {
			return []array{bytesOf(lax.Sort(x[0], 0)), lax.Sort(lax.Reshape(bytesOf(x[1]), core.Shape{12000}), 0)}
		},
		"number": func(x []array) []array {
			return []array{bytesOf(lax.Number(dtype.Uint32, 0x1020304)), bytesOf(lax.Slice(x[0], []int{0}, []int{0}, nil))}
		},
		"short": func(x []array) []array {
			return []array{bytesOf(lax.Add(x[2], x[2])), lax.BitcastConvertType(x[2], dtype.Int64)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := staged(f, x, x, small)
			sameAsDefined(t, p, func() []*core.Value { return []*core.Value{filledBits(x, 1), filledBits(x, 2), filledBits(small, 3)} })
			if text := cpu.CompileForTest(p); !strings.Contains(text.String(), "bytes of") {
				t.Errorf("no bytes are copied:\n%s", text)
			}
		})
	}
}

func filledBits(t core.Type, seed uint32) *core.Value {
	v := core.New(t, cpu.Default())
	for i := range v.Size() {
		seed = seed*1664525 + 1013904223
		core.PutInt(v, i, int64(seed))
	}
	return v
}
