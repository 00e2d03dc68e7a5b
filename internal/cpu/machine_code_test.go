package cpu_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/code"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/internal/rule"
	"gojax/lax"
)

// A one is a program of one operation, and what tests call it.
type one struct {
	name string
	f    *ir.Func
}

// singles lists programs of one elementwise operation each, on all types that it takes.
func singles() (all []one) {
	for _, op := range lax.Ops() {
		e, ok := op.(rule.Elementwise)
		if !ok {
			continue
		}
		for _, d := range dtype.All() {
			types := make([]core.Type, e.Code().Args())
			for i := range types {
				types[i] = core.Of(d, 5000)
			}
			if _, err := op.Infer(types); err != nil {
				continue
			}
			f := staged(func(x []array) []array {
				in := make([]*core.Value, len(x))
				for i := range x {
					in[i] = x[i].Value()
				}
				return []array{lax.Of(core.Bind(op, in...)[0])}
			}, types...)
			all = append(all, one{fmt.Sprintf("%v of %v", op, d), f})
		}
	}
	return append(all, others()...)
}

// others are programs of one operation each that is no single instruction.
func others() (all []one) {
	add := func(name string, f func(x []array) []array, types ...core.Type) {
		all = append(all, one{name, staged(f, types...)})
	}
	for _, d := range dtype.All() {
		x := core.Of(d, 5000)
		for _, to := range dtype.All() {
			add(fmt.Sprintf("convert of %v to %v", d, to), func(x []array) []array { return []array{lax.Convert(x[0], to)} }, x)
			if d.Size() == to.Size() && d != dtype.Bool && to != dtype.Bool && !d.IsComplex() && !to.IsComplex() {
				add(fmt.Sprintf("bitcast of %v to %v", d, to), func(x []array) []array { return []array{lax.BitcastConvertType(x[0], to)} }, x)
			}
		}
		add(fmt.Sprintf("select of %v", d), func(x []array) []array { return []array{lax.Select(x[0], x[1], x[2])} }, core.Of(dtype.Bool, 5000), x, x)
		add(fmt.Sprintf("reverse of %v", d), func(x []array) []array { return []array{lax.Rev(x[0], []int{0})} }, x)
		if d == dtype.Bool {
			continue
		}
		add(fmt.Sprintf("add of %v and a number", d), func(x []array) []array { return []array{lax.Add(x[0], lax.Number(d, 3))} }, x)
		add(fmt.Sprintf("mul of %v and a scalar", d), func(x []array) []array { return []array{lax.Mul(x[0], lax.BroadcastTo(x[1], x[0].Shape()))} }, x, core.Of(d))
		for _, index := range []dtype.Type{dtype.Int32, dtype.Int64, dtype.Uint32} {
			for _, mode := range []lax.GatherScatterMode{lax.Clip, lax.FillOrDrop} {
				at := lax.GatherDimensionNumbers{CollapsedSliceDims: []int{0}, StartIndexMap: []int{0}}
				add(fmt.Sprintf("gather of %v at %v and its square", d, index), func(x []array) []array {
					y := lax.Gather(x[0], x[1], at, []int{1}, mode)
					return []array{lax.Mul(y, y)}
				}, x, core.Of(index, 5000, 1))
			}
		}
		if !d.IsComplex() {
			add(fmt.Sprintf("clamp of %v", d), func(x []array) []array { return []array{lax.Clamp(x[0], x[1], x[2])} }, x, x, x)
		}
		add(fmt.Sprintf("iota of %v", d), func([]array) []array { return []array{lax.Iota(d, 5000)} })
		add(fmt.Sprintf("integer_pow 5 of %v", d), func(x []array) []array { return []array{lax.IntegerPow(x[0], 5)} }, x)
		if d.IsInexact() {
			add(fmt.Sprintf("integer_pow -2 of %v", d), func(x []array) []array { return []array{lax.IntegerPow(x[0], -2)} }, x)
			add(fmt.Sprintf("pow of %v", d), func(x []array) []array { return []array{lax.Pow(x[0], x[1])} }, x, x)
			add(fmt.Sprintf("pow of %v and i32", d), func(x []array) []array { return []array{lax.Pow(x[0], x[1])} }, x, core.Of(dtype.Int32, 5000))
		}
	}
	return all
}

// notMachineCode lists what is left to loops of Go, by the beginnings of names, and why.
var notMachineCode = []string{
	"iota of i64", // indices that are stored as they are: a loop that adds, as fast as memory
}

// Every elementwise operation is machine code, of all types that it takes and at both levels.
func TestElementwiseIsMachineCode(t *testing.T) {
	for _, p := range singles() {
		for _, level := range []code.Level{code.AVX2, code.AVX512} {
			why := plainParts(p.f, level)
			known := slices.ContainsFunc(notMachineCode, func(s string) bool { return strings.HasPrefix(p.name, s) })
			switch {
			case len(why) > 0 && !known:
				t.Errorf("%s at %v: %s", p.name, level, strings.Join(why, "; "))
			case len(why) == 0 && known:
				t.Errorf("%s at %v is machine code: the list of what is not is out of date", p.name, level)
			}
		}
	}
}

// plainParts lists what of a program is not machine code at a level.
func plainParts(f *ir.Func, level code.Level) (why []string) {
	for _, s := range cpu.Stages(f, level) {
		if s.Name != "vectors" {
			continue
		}
		for line := range strings.Lines(s.Text) {
			if _, rest, ok := strings.Cut(strings.TrimSpace(line), "not machine code: "); ok {
				why = append(why, rest)
			}
		}
	}
	return why
}
