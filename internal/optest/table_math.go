package optest

import (
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/rule"
	"gojax/lax"
)

// nextafter has no derivative.
func undefinedCases(m *maker, op rule.Complete) {
	elementwise(m, op, op.(rule.Elementwise).Code())
	for _, c := range m.cases {
		c.Undefined = core.All(len(c.In))
	}
}

func roundCases(m *maker, _ rule.Complete) {
	for _, method := range []lax.RoundingMethod{lax.AwayFromZero, lax.ToNearestEven} {
		for _, shape := range [][]int{{24}, {}, {0}, {2, 3}} {
			m.bound("round", one(func(x lax.Array) lax.Array { return lax.Round(x, method) }), m.arg(shape...))
		}
	}
}

func integerPowCases(m *maker, _ rule.Complete) {
	for _, y := range []int{-3, -1, 0, 1, 2, 3, 4, 7} {
		for _, shape := range [][]int{{5}, {}, {0}} {
			m.bound("integer_pow", one(func(x lax.Array) lax.Array { return lax.IntegerPow(x, y) }), m.arg(shape...))
		}
	}
}

func powCases(m *maker, op rule.Complete) {
	m.add(op, m.arg(6), m.arg(6))
	m.add(op, m.arg(), m.arg())
	m.add(op, m.arg(2, 2), m.arg())
	m.add(op, m.arg(), m.arg(4))
	m.add(op, m.arg(0), m.arg(0))
	for _, y := range []dtype.Type{dtype.Int32, dtype.Int8, dtype.Uint16, dtype.Int64} {
		m.add(op, m.arg(6), m.argOf(y, 6).in(-3, 3))
		m.add(op, m.arg(3), m.argOf(y).in(-3, 3))
		m.add(op, m.arg(), m.argOf(y, 4).in(0, 2))
	}
}

func polygammaCases(m *maker, op rule.Complete) {
	for _, s := range [][2][]int{{{5}, {5}}, {{}, {4}}, {{3}, {}}, {{}, {}}, {{0}, {0}}} {
		m.add(op, m.arg(s[0]...).wholeIn(0, 3), m.arg(s[1]...).in(.4, 4)).Undefined = core.Mask{true, false}
	}
}

func conjCases(m *maker, _ rule.Complete) {
	for _, shape := range [][]int{{5}, {}, {0}, {2, 2}} {
		m.bound("conj", one(lax.Conj), m.arg(shape...))
	}
}

func selectCases(m *maker, op rule.Complete) {
	which := func(d dtype.Type, shape ...int) Operand { return m.argOf(d, shape...) }
	m.add(op, which(dtype.Bool, 6), m.arg(6), m.arg(6))
	m.add(op, which(dtype.Bool), m.arg(3), m.arg(3))
	m.add(op, which(dtype.Bool, 2, 2), m.arg(2, 2), m.arg())
	m.add(op, which(dtype.Bool, 4), m.arg(), m.arg(4))
	m.add(op, which(dtype.Bool, 4), m.arg(), m.arg())
	m.add(op, which(dtype.Bool), m.arg(), m.arg())
	m.add(op, which(dtype.Bool, 3), m.arg(3))
	m.add(op, which(dtype.Bool, 0), m.arg(0), m.arg(0))
	m.add(op, which(dtype.Int32, 8).in(-1, 4), m.arg(8), m.arg(8), m.arg(8))
	m.add(op, which(dtype.Int8, 6).in(-1, 4), m.arg(6), m.arg(), m.arg(6), m.arg())
	m.add(op, which(dtype.Int32).in(-1, 3), m.arg(2), m.arg(2), m.arg(2))
	m.add(op, which(dtype.Int32, 3).in(-1, 2), m.arg(3))
	m.add(op, which(dtype.Uint64, 5).in(0, 4), m.arg(5), m.arg(5))
}

func clampCases(m *maker, op rule.Complete) {
	for _, s := range [][3][]int{{{8}, {8}, {8}}, {{}, {8}, {}}, {{}, {}, {}}, {{0}, {0}, {0}}, {{4}, {4}, {}}, {{}, {2, 3}, {2, 3}}} {
		c := m.add(op, m.arg(s[0]...).in(-2, -.25), m.arg(s[1]...), m.arg(s[2]...).in(.25, 2))
		if m.d.IsComplex() { // which are not compared
			c.Undefined = core.All(3)
		}
	}
}

func reduceCases(m *maker, op rule.Complete) {
	by := map[string]func(x lax.Array, axes []int) lax.Array{
		"reduce_sum": lax.ReduceSum, "reduce_prod": lax.ReduceProd, "reduce_max": lax.ReduceMax, "reduce_min": lax.ReduceMin,
		"reduce_and": lax.ReduceAnd, "reduce_or": lax.ReduceOr, "reduce_xor": lax.ReduceXor}[op.String()]
	for _, c := range [][2][]int{{{5}, {0}}, {{2, 3}, {0}}, {{2, 3}, {1}}, {{3, 2}, {0, 1}}, {{2, 3, 4}, {0, 2}}, {{2, 3, 2}, {1}},
		{{0}, {0}}, {{2, 0}, {0}}, {{2, 0}, {1}}, {{1, 3}, {0}}, {{1}, {0}}, {{3, 2, 1, 1}, {1, 2, 3}}} {
		chosen := op.String() == "reduce_max" || op.String() == "reduce_min"
		k := m.bound(op.String(), one(func(x lax.Array) lax.Array { return by(x, c[1]) }), m.positive(c[0]...))
		k.Kink = chosen && c[0][c[1][0]] == 0                      // of nothing, where JAX too has NaN
		k.Finite = m.d.IsComplex() && op.String() == "reduce_prod" // 1·(∞+i∞) is NaN
	}
}

// positive is an operand whose sums do not cancel.
func (m *maker) positive(shape ...int) Operand {
	o := m.arg(shape...)
	if o.Inexact() {
		o.Lo, o.Hi = .25, 3.25
	}
	return o
}

func cumulativeCases(m *maker, op rule.Complete) {
	by := map[string]func(x lax.Array, axis int, reverse bool) lax.Array{
		"cumsum": lax.CumSum, "cumprod": lax.CumProd, "cummax": lax.CumMax, "cummin": lax.CumMin, "cumlogsumexp": lax.CumLogSumExp}[op.String()]
	for _, c := range []struct {
		shape []int
		axis  int
	}{{[]int{7}, 0}, {[]int{2, 4}, 1}, {[]int{3, 2}, 0}, {[]int{0}, 0}, {[]int{2, 0}, 0}, {[]int{1}, 0}, {[]int{2, 3, 2}, 1}} {
		for _, reverse := range []bool{false, true} {
			m.bound(op.String(), one(func(x lax.Array) lax.Array { return by(x, c.axis, reverse) }), m.positive(c.shape...)).
				Finite = m.d.IsComplex() && op.String() == "cumlogsumexp" // where angles of infinities are anybody's guess
		}
	}
}

func argReduceCases(m *maker, op rule.Complete) {
	by := map[string]func(x lax.Array, axis int, t dtype.Type) lax.Array{"argmax": lax.ArgMax, "argmin": lax.ArgMin}[op.String()]
	for _, c := range []struct {
		shape []int
		axis  int
		t     dtype.Type
	}{{[]int{6}, 0, dtype.Int32}, {[]int{2, 4}, 1, dtype.Int32}, {[]int{3, 2}, 0, dtype.Uint8}, {[]int{1}, 0, dtype.Int64}, {[]int{2, 0}, 0, dtype.Int32}} {
		m.bound(op.String(), one(func(x lax.Array) lax.Array { return by(x, c.axis, c.t) }), m.arg(c.shape...))
	}
}

func dotCases(m *maker, _ rule.Complete) {
	type dims = [2][]int
	for _, c := range []struct {
		x, y            []int
		contract, batch dims
	}{
		{[]int{3}, []int{3}, dims{{0}, {0}}, dims{}},
		{[]int{2, 3}, []int{3, 4}, dims{{1}, {0}}, dims{}},
		{[]int{3, 2}, []int{4, 3}, dims{{0}, {1}}, dims{}},
		{[]int{2, 3}, []int{3}, dims{{1}, {0}}, dims{}},
		{[]int{3}, []int{3, 2}, dims{{0}, {0}}, dims{}},
		{[]int{2, 3, 4}, []int{2, 4, 2}, dims{{2}, {1}}, dims{{0}, {0}}},
		{[]int{3, 2, 2}, []int{2, 3, 2}, dims{{0, 2}, {1, 0}}, dims{}},
		{[]int{2, 4, 3}, []int{3, 2, 5}, dims{{}, {}}, dims{{2, 0}, {0, 1}}},
		{[]int{2}, []int{3}, dims{}, dims{}},
		{[]int{}, []int{2}, dims{}, dims{}},
		{[]int{2, 0}, []int{0, 3}, dims{{1}, {0}}, dims{}},
		{[]int{0, 2}, []int{2, 3}, dims{{1}, {0}}, dims{}},
		{[]int{1, 1}, []int{1, 1}, dims{{1}, {0}}, dims{}},
	} {
		dot := func(preferred dtype.Type) func(x ...lax.Array) lax.Array {
			return func(x ...lax.Array) lax.Array { return lax.DotGeneral(x[0], x[1], c.contract, c.batch, preferred) }
		}
		m.bound("dot_general", dot(m.of(m.d)), m.positive(c.x...), m.positive(c.y...))
		if len(c.x) == 2 && m.d != wider[m.d] {
			m.bound("dot_general", dot(m.of(wider[m.d])), m.positive(c.x...), m.positive(c.y...))
		}
	}
}

// wider is a type that sums of products are wanted in.
var wider = [dtype.Count]dtype.Type{
	dtype.Bool: dtype.Bool, dtype.Int8: dtype.Int32, dtype.Int16: dtype.Int32, dtype.Int32: dtype.Int64, dtype.Int64: dtype.Int64,
	dtype.Uint8: dtype.Uint32, dtype.Uint16: dtype.Uint32, dtype.Uint32: dtype.Uint64, dtype.Uint64: dtype.Uint64,
	dtype.Float16: dtype.Float32, dtype.BFloat16: dtype.Float32, dtype.Float32: dtype.Float64, dtype.Float64: dtype.Float64,
	dtype.Complex64: dtype.Complex128, dtype.Complex128: dtype.Complex128,
}
