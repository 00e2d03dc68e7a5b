package optest

import (
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/rule"
	"gojax/lax"
)

// families makes the cases of operations with parameters, by name. Those without, one
// code on elements at equal indices, need no entry.
var families = map[string]func(m *maker, op rule.Complete){
	"convert_element_type": convertCases, "bitcast_convert_type": bitcastCases, "broadcast_in_dim": broadcastCases,
	"reshape": reshapeCases, "squeeze": squeezeCases, "transpose": transposeCases, "rev": revCases, "slice": sliceCases,
	"concatenate": concatenateCases, "pad": padCases, "iota": iotaCases,
	"stop_gradient": identityCases, "optimization_barrier": identityCases,

	"nextafter": undefinedCases, "round": roundCases, "integer_pow": integerPowCases, "pow": powCases,
	"polygamma": polygammaCases, "conj": conjCases, "select_n": selectCases, "clamp": clampCases,
	"reduce_sum": reduceCases, "reduce_prod": reduceCases, "reduce_max": reduceCases, "reduce_min": reduceCases,
	"reduce_and": reduceCases, "reduce_or": reduceCases, "reduce_xor": reduceCases,
	"cumsum": cumulativeCases, "cumprod": cumulativeCases, "cummax": cumulativeCases, "cummin": cumulativeCases,
	"cumlogsumexp": cumulativeCases, "argmax": argReduceCases, "argmin": argReduceCases, "dot_general": dotCases,

	"dynamic_slice": dynamicSliceCases, "dynamic_update_slice": dynamicUpdateSliceCases, "gather": gatherCases,
	"scatter": scatterCases, "scatter-add": scatterCases, "scatter-mul": scatterCases, "scatter-min": scatterCases,
	"scatter-max": scatterCases, "sort": sortCases, "top_k": topKCases,

	"psum": psumCases, "pmax": pmaxCases, "pmin": pminCases, "axis_index": axisIndexCases,
}

// ulps is how far results of the device may lie off the definition, in units in the last
// place, where they may.
var ulps = map[string]float64{
	// The definition rounds once; these round each partial result.
	"reduce_sum": 4, "reduce_prod": 6, "cumsum": 4, "cumprod": 6, "cumlogsumexp": 16, "dot_general": 8, "psum": 4,
	// The device makes these of polynomials, with errors below two units: see package
	// internal/kir/macro, which is tested against more digits than definitions have.
	"exp": 2, "exp2": 2, "expm1": 2, "log": 2, "log1p": 2, "logistic": 2, "sin": 2, "cos": 2, "tan": 2,
	"asin": 2, "acos": 2, "atan": 2, "atan2": 2, "sinh": 2, "cosh": 2, "tanh": 2, "asinh": 2, "acosh": 2, "atanh": 2,
	"erf": 2, "erfc": 6, // the definition's is off by 3
	"erf_inv": 2, "erf_inv_giles": 2, "lgamma": 2, "digamma": 2, "cbrt": 2, "rsqrt": 2, "pow": 4,
}

// wideULPs is ulps for complex128, which the device computes part by part in no wider type.
var wideULPs = map[string]float64{
	"exp": 4, "exp2": 4, "expm1": 6, "log": 4, "log1p": 4, "logistic": 8, "sqrt": 4, "rsqrt": 6, "sin": 4, "cos": 4, "tan": 8,
	"asin": 6, "acos": 6, "atan": 6, "sinh": 4, "cosh": 4, "tanh": 8, "asinh": 6, "acosh": 6, "atanh": 6,
	// Of exp(w·log z), which the definition is too, the errors grow with |w·log z|, up to 710: package
	// internal/kir/macro holds powers to three times of it, and those of small whole numbers to no error.
	"pow": 8 + 3*710,
}

// one makes a function of one array what bound takes.
func one(f func(x lax.Array) lax.Array) func(x ...lax.Array) lax.Array {
	return func(x ...lax.Array) lax.Array { return f(x[0]) }
}

func convertCases(m *maker, op rule.Complete) {
	convert := func(to dtype.Type, shape ...int) {
		if m.of(to) == m.of(m.d) { // in the wide case nothing changes
			same := func(x ...*core.Value) []*core.Value { return x }
			c := m.add(op, m.arg(shape...))
			c.Fn, c.Eval = same, same
			return
		}
		m.bound("convert_element_type", one(func(x lax.Array) lax.Array { return lax.Convert(x, m.of(to)) }), m.arg(shape...))
	}
	for _, to := range dtype.All() {
		if to != m.d {
			convert(to, 9)
			convert(to)
		}
	}
	convert(other32(m.d), 2, 0)
}

// other32 is f32, or f64 if d is that.
func other32(d dtype.Type) dtype.Type {
	if d == dtype.Float32 {
		return dtype.Float64
	}
	return dtype.Float32
}

func bitcastCases(m *maker, _ rule.Complete) {
	for _, to := range dtype.All() {
		shapes := [][]int{{3}, {}, {0}, {2, 3}}
		if n := to.Size() / m.d.Size(); n > 1 {
			shapes = [][]int{{3, n}, {n}, {0, n}}
		}
		for _, shape := range shapes {
			m.bound("bitcast_convert_type", one(func(x lax.Array) lax.Array { return lax.BitcastConvertType(x, to) }),
				Operand{Type: core.Of(m.d, shape...)}).Constant = true
		}
	}
}

func broadcastCases(m *maker, _ rule.Complete) {
	for _, c := range []struct{ from, to, dims []int }{
		{[]int{3}, []int{2, 3}, []int{1}}, {[]int{}, []int{2, 2}, []int{}}, {[]int{2, 1}, []int{2, 3, 4}, []int{0, 2}},
		{[]int{1}, []int{0, 4}, []int{0}}, {[]int{2}, []int{2, 1, 3}, []int{0}}, {[]int{0}, []int{2, 0}, []int{1}},
		{[]int{1, 1}, []int{1, 1, 1}, []int{0, 2}}, {[]int{}, []int{}, []int{}},
	} {
		m.bound("broadcast_in_dim", one(func(x lax.Array) lax.Array { return lax.BroadcastInDim(x, c.to, c.dims) }), m.arg(c.from...))
	}
}

func reshapeCases(m *maker, _ rule.Complete) {
	for _, c := range [][2][]int{{{2, 6}, {3, 4}}, {{6}, {1, 2, 3}}, {{1, 1}, {}}, {{}, {1}}, {{0, 3}, {5, 0}}, {{2, 3, 2}, {12}}} {
		m.bound("reshape", one(func(x lax.Array) lax.Array { return lax.Reshape(x, c[1]) }), m.arg(c[0]...))
	}
}

func squeezeCases(m *maker, _ rule.Complete) {
	for _, c := range [][2][]int{{{1, 3, 1}, {0, 2}}, {{1}, {0}}, {{2, 1, 3}, {1}}, {{0, 1}, {1}}, {{1, 2, 1}, {2}}, {{1, 1, 2}, {1, 0}}} {
		m.bound("squeeze", one(func(x lax.Array) lax.Array { return lax.Squeeze(x, c[1]) }), m.arg(c[0]...))
	}
}

func transposeCases(m *maker, _ rule.Complete) {
	for _, c := range [][2][]int{{{2, 3}, {1, 0}}, {{2, 3, 4}, {2, 0, 1}}, {{2, 3, 4}, {1, 0, 2}}, {{}, {}}, {{0, 2}, {1, 0}}, {{1, 3}, {1, 0}}} {
		m.bound("transpose", one(func(x lax.Array) lax.Array { return lax.Transpose(x, c[1]) }), m.arg(c[0]...))
	}
}

func revCases(m *maker, _ rule.Complete) {
	for _, c := range [][2][]int{{{4}, {0}}, {{2, 3}, {1}}, {{2, 3}, {0, 1}}, {{0, 2}, {0}}, {{3, 1, 2}, {2, 0}}} {
		m.bound("rev", one(func(x lax.Array) lax.Array { return lax.Rev(x, c[1]) }), m.arg(c[0]...))
	}
}

func sliceCases(m *maker, _ rule.Complete) {
	for _, c := range [][4][]int{{{5}, {1}, {4}, nil}, {{5, 4}, {1, 0}, {4, 3}, {2, 2}}, {{6}, {0}, {6}, {3}}, {{3}, {1}, {1}, nil},
		{{7}, {1}, {7}, {4}}, {{0, 2}, {0, 1}, {0, 2}, nil}, {{}, {}, {}, nil}, {{2, 3}, {0, 1}, {2, 3}, {1, 2}}, {{1}, {0}, {1}, {5}}} {
		m.bound("slice", one(func(x lax.Array) lax.Array { return lax.Slice(x, c[1], c[2], c[3]) }), m.arg(c[0]...))
	}
}

func concatenateCases(m *maker, _ rule.Complete) {
	join := func(axis int) func(x ...lax.Array) lax.Array {
		return func(x ...lax.Array) lax.Array { return lax.Concatenate(axis, x...) }
	}
	m.bound("concatenate", join(0), m.arg(3), m.arg(2))
	m.bound("concatenate", join(1), m.arg(2, 3), m.arg(2, 0), m.arg(2, 1))
	m.bound("concatenate", join(0), m.arg(1, 2), m.arg(3, 2), m.arg(2, 2))
	m.bound("concatenate", join(1), m.arg(0, 2), m.arg(0, 1))
	m.bound("concatenate", join(0), m.arg(0), m.arg(0))
}

func padCases(m *maker, _ rule.Complete) {
	for _, c := range []struct {
		shape []int
		pad   []lax.Padding
	}{
		{[]int{4}, []lax.Padding{{1, 2, 0}}}, {[]int{3, 4}, []lax.Padding{{1, 2, 0}, {0, 0, 1}}},
		{[]int{3, 4}, []lax.Padding{{-1, 1, 2}, {2, -1, 0}}}, {[]int{3, 4}, []lax.Padding{{-2, -3, 2}, {0, 0, 0}}},
		{[]int{0}, []lax.Padding{{1, 1, 3}}}, {[]int{1}, []lax.Padding{{0, 0, 5}}}, {[]int{}, []lax.Padding{}},
		{[]int{3, 2}, []lax.Padding{{0, 0, 0}, {-1, -1, 0}}}, {[]int{4}, []lax.Padding{{-1, -2, 1}}}, {[]int{0, 2}, []lax.Padding{{0, 0, 0}, {1, 0, 0}}},
	} {
		m.bound("pad", func(x ...lax.Array) lax.Array { return lax.Pad(x[0], x[1], c.pad) }, m.arg(c.shape...), m.arg())
	}
}

func iotaCases(m *maker, _ rule.Complete) {
	for _, c := range []struct {
		shape []int
		dim   int
	}{{[]int{4}, 0}, {[]int{2, 3}, 1}, {[]int{2, 3}, 0}, {[]int{0}, 0}, {[]int{1, 2, 2}, 2}, {[]int{300}, 0}} {
		m.bound("iota", func(...lax.Array) lax.Array { return lax.BroadcastedIota(m.of(m.d), c.shape, c.dim) })
	}
}

func identityCases(m *maker, op rule.Complete) {
	for _, shape := range [][]int{{3}, {}, {0, 2}, {2, 2}} {
		m.add(op, m.arg(shape...)).Constant = op.String() == "stop_gradient"
	}
	if op.String() != "stop_gradient" {
		m.add(op, m.arg(2), m.arg(), m.argOf(dtype.Int32, 3))
	}
}
