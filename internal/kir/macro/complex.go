package macro

import (
	"math"

	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// complexExpander returns the expander of a function of complex64, which is computed in
// float64 and rounded. Others are left alone.
func complexExpander(c kir.Code, t dtype.Type) expander {
	if t != dtype.Complex64 || c != kir.Exp {
		return nil
	}
	return func(b *kir.Builder, args []val) val {
		l := lanes{b, &double}
		part := func(c kir.Code) val { return b.Convert(dtype.Float64, b.Emit(c, args[0])) }
		re, im := l.polar(l.exp(part(kir.Real)), part(kir.Real), part(kir.Imag))
		return b.Emit(kir.MakeComplex, b.Convert(dtype.Float32, re), b.Convert(dtype.Float32, im))
	}
}

// polar returns the complex number of magnitude r = exp(x) and angle y. An angle of 0 stays
// what it is, and infinity has no other.
func (l lanes) polar(r, x, y val) (re, im val) {
	zero, inf := l.num(0), l.num(math.Inf(1))
	re, im = l.mul(r, l.cos(y)), l.mul(r, l.sin(y))
	im = l.sel(l.eq(y, zero), y, im)
	still := l.lt(l.abs(y), inf)
	none := l.eq(x, l.num(math.Inf(-1)))
	re = l.sel(still, re, l.sel(none, zero, l.sel(l.eq(x, inf), x, l.num(math.NaN()))))
	im = l.sel(still, im, l.sel(none, l.signed(zero, y), l.num(math.NaN())))
	return re, im
}
