package lib

import "gojax/internal/cpu/run"

// vectors multiplies each matrix a, of n rows, by the vector v.
func (p *product[T]) vectors(a, v matrix[T], n int) {
	run.Parallel(p.b, vectorsPart(n, p.k), func(lo, hi int) {
		for b := lo; b < hi; b++ {
			p.vector(a, v, n, b)
		}
	})
}

// vectorsPart is how many products of n rows of k elements and a vector make a part.
func vectorsPart(n, k int) int { return grain(0.5 * float64(n*k)) }

func (p *product[T]) vector(a, v matrix[T], n, b int) {
	a.data = a.data[b*a.batch:]
	vec := v.data[b*v.batch:]
	if v.col != 1 && p.k > 1 {
		vec = run.Of[T](p.memory, p.k)
		defer run.Give(p.memory, vec)
		for k := range vec {
			vec[k] = v.data[b*v.batch+k*v.col]
		}
	}
	vec = vec[:p.k]
	out := p.out[b*n:][:n]
	const step = 64
	switch {
	case a.col == 1 || p.k == 1:
		run.Parallel(up(n, step)/step, grain(0.4*step*float64(p.k)), func(lo, hi int) {
			alongRows(out[lo*step:min(hi*step, n)], a.data[lo*step*a.row:], a.row, vec)
		})
	case a.row == 1:
		run.Parallel(up(n, part)/part, grain(0.4*part*float64(p.k)), func(lo, hi int) {
			downColumns(out[lo*part:min(hi*part, n)], a.data[lo*part:], a.col, vec)
		})
	default:
		run.Parallel(n, grain(2*float64(p.k)), func(lo, hi int) {
			for i := lo; i < hi; i++ {
				out[i] = chain(0, a.data[i*a.row:], a.col, vec, 1, p.k)
			}
		})
	}
}

// alongRows sets out to the products of rows of a, each in one piece, and v: a few
// rows at once, for each sum waits for itself.
func alongRows[T term](out, a []T, stride int, v []T) {
	for len(out) >= 4 {
		a0, a1, a2, a3 := a[:len(v)], a[stride:][:len(v)], a[2*stride:][:len(v)], a[3*stride:][:len(v)]
		var t0, t1, t2, t3 T
		for k := 0; k < len(v); k += depth {
			end := min(k+depth, len(v))
			s0, s1, s2, s3 := dot4(a0[k:end], a1[k:end], a2[k:end], a3[k:end], v[k:end])
			t0 += s0
			t1 += s1
			t2 += s2
			t3 += s3
		}
		out[0], out[1], out[2], out[3] = t0, t1, t2, t3
		out = out[4:]
		a = a[min(4*stride, len(a)):]
	}
	for i := range out {
		out[i] = inner(a[i*stride:], v)
	}
}

// inner returns the product of a and v, four blocks at once.
func inner[T term](a, v []T) (total T) {
	for len(v) >= 4*depth {
		s0, s1, s2, s3 := fourBlocks((*[4 * depth]T)(a), (*[4 * depth]T)(v))
		total += s0
		total += s1
		total += s2
		total += s3
		a, v = a[4*depth:], v[4*depth:]
	}
	return chain(total, a, 1, v, 1, len(v))
}

func dot4[T term](a0, a1, a2, a3, v []T) (s0, s1, s2, s3 T) {
	a0, a1, a2, a3 = a0[:len(v)], a1[:len(v)], a2[:len(v)], a3[:len(v)]
	for k, x := range v {
		s0 += T(a0[k] * x)
		s1 += T(a1[k] * x)
		s2 += T(a2[k] * x)
		s3 += T(a3[k] * x)
	}
	return s0, s1, s2, s3
}

func fourBlocks[T term](a, v *[4 * depth]T) (s0, s1, s2, s3 T) {
	for k := range depth {
		s0 += T(a[k] * v[k])
		s1 += T(a[k+depth] * v[k+depth])
		s2 += T(a[k+2*depth] * v[k+2*depth])
		s3 += T(a[k+3*depth] * v[k+3*depth])
	}
	return s0, s1, s2, s3
}

// part is how many columns are summed at once.
const part = 512

// downColumns sets out to the products of a, each column of which is in one piece,
// and v: four columns at once, so that sums are loaded and stored less often.
func downColumns[T term](out, a []T, stride int, v []T) {
	var room [part]T
	for first := 0; first < len(out); first += part {
		o := out[first:min(first+part, len(out))]
		clear(o)
		for k := 0; k < len(v); k += depth {
			end := min(k+depth, len(v))
			sums := room[:len(o)]
			clear(sums)
			addColumns(sums, a[k*stride+first:], stride, v[k:end])
			for i, s := range sums {
				o[i] += s
			}
		}
	}
}

func addColumns[T term](sums, a []T, stride int, v []T) {
	k := 0
	for ; k+4 <= len(v); k += 4 {
		a0, a1 := a[k*stride:][:len(sums)], a[(k+1)*stride:][:len(sums)]
		a2, a3 := a[(k+2)*stride:][:len(sums)], a[(k+3)*stride:][:len(sums)]
		v0, v1, v2, v3 := v[k], v[k+1], v[k+2], v[k+3]
		for i, s := range sums {
			s += T(a0[i] * v0)
			s += T(a1[i] * v1)
			s += T(a2[i] * v2)
			s += T(a3[i] * v3)
			sums[i] = s
		}
	}
	for ; k < len(v); k++ {
		x := v[k]
		for i, y := range a[k*stride:][:len(sums)] {
			sums[i] += T(y * x)
		}
	}
}
