package lib

import (
	"unsafe"

	"gojax/internal/cpu/gemm"
	"gojax/internal/cpu/run"
)

const (
	// depth is how many products are added before their sum goes to the result.
	depth = 256

	// A micro kernel makes rows × cols sums, in steps of unroll products.
	rows   = 4
	cols   = 2
	unroll = 4

	// strip and width are the rows and columns of the result that one part of the
	// work makes: x packed fits in the first cache and y in the second.
	strip = 32
	width = 256

	// Products with fewer multiplications are made without packing.
	tiny = 512
)

// run computes the product.
func (p *product[T]) run() {
	if p.native() {
		return
	}
	work := p.m * p.n * p.k
	switch {
	case p.k == 0:
		clear(p.out)
	case work <= tiny:
		run.Parallel(p.b, grain(20+2*float64(work)), func(lo, hi int) {
			for b := lo; b < hi; b++ {
				p.direct(b)
			}
		})
	case p.n == 1:
		p.vectors(p.x, p.y, p.m)
	case p.m == 1:
		p.vectors(p.y, p.x, p.n)
	case p.isSmall():
		lots := p.memory.Lots(p.smallLots(run.Threads()))
		defer lots.Free()
		run.Parallel(p.b, p.smallPart(), func(lo, hi int) {
			m := lots.Take()
			defer lots.Give(m)
			x := run.Of[T](m, packed(strip, rows, p.k))
			y := run.Of[T](m, packed(p.n, cols, p.k))
			for b := lo; b < hi; b++ {
				p.small(b, x, y)
			}
			run.Give(m, x)
			run.Give(m, y)
		})
	default:
		for b := range p.b {
			p.large(b)
		}
	}
}

// native computes the product by machine code, if there is any for T.
func (p *product[T]) native() bool {
	switch p := any(p).(type) {
	case *product[float32]:
		return multiply(p)
	case *product[float64]:
		return multiply(p)
	}
	return false
}

func multiply[T float32 | float64](p *product[T]) bool {
	u := gemm.Native[T]()
	if u == nil {
		return false
	}
	p.plan(u).RunOf(p.memory, unsafe.Pointer(unsafe.SliceData(p.x.data)), unsafe.Pointer(unsafe.SliceData(p.y.data)),
		unsafe.Pointer(unsafe.SliceData(p.out)), gemm.Changes{}, gemm.Then{})
	return true
}

// plan is how machine code makes the product.
func (p *product[T]) plan(u *gemm.Unit) *gemm.Plan {
	plan, _ := u.Plan(gemm.Shape{M: p.m, N: p.n, K: p.k,
		Batch: []gemm.Axis{{N: p.b, X: p.x.batch, Y: p.y.batch, Out: p.m * p.n}},
		X:     gemm.Strides{Row: p.x.row, Col: p.x.col}, Y: gemm.Strides{Row: p.y.row, Col: p.y.col},
		Out: gemm.Strides{Row: p.n, Col: 1}})
	return plan
}

// isSmall reports whether each matrix is multiplied by one thread.
func (p *product[T]) isSmall() bool {
	work := p.m * p.n * p.k
	return work < 1<<16 || p.b > 1 && work < 1<<20
}

// smallPart is how many small products make a part, largePart how many blocks of a large one.
func (p *product[T]) smallPart() int { return grain(0.3 * float64(p.m*p.n*p.k)) }

func (p *product[T]) largePart(d int) int { return grain(0.25 * float64(strip*min(width, p.n)*d)) }

// direct makes the sums one by one.
func (p *product[T]) direct(b int) {
	x, y := p.x.data[b*p.x.batch:], p.y.data[b*p.y.batch:]
	out := p.out[b*p.m*p.n:][:p.m*p.n]
	for i := range p.m {
		row := out[i*p.n:][:p.n]
		for j := range row {
			row[j] = chain(0, x[i*p.x.row:], p.x.col, y[j*p.y.row:], p.y.col, p.k)
		}
	}
}

// chain returns total + Σ x·y in the one order.
func chain[T term](total T, x []T, dx int, y []T, dy int, k int) T {
	u, v := 0, 0
	for ; k > 0; k -= depth {
		var sum T
		for range min(k, depth) {
			sum += T(x[u] * y[v])
			u += dx
			v += dy
		}
		total += sum
	}
	return total
}

// packed is how many elements n rows or columns in panels of the given width take,
// for one block of k.
func packed(n, panel, k int) int { return up(n, panel) * up(min(k, depth), unroll) }

// up rounds n up to a multiple of m.
func up(n, m int) int { return (n + m - 1) / m * m }

// small multiplies one pair of matrices in given scratch memory.
func (p *product[T]) small(b int, x, y []T) {
	for k := 0; k < p.k; k += depth {
		d := min(depth, p.k-k)
		packColumns(y, p.y.data[b*p.y.batch+k*p.y.col:], p.y, p.n, d)
		for i := 0; i < p.m; i += strip {
			m := min(strip, p.m-i)
			packRows(x, p.x.data[b*p.x.batch+i*p.x.row+k*p.x.col:], p.x, m, d)
			p.block(x, y, p.out[(b*p.m+i)*p.n:], m, p.n, d, k > 0)
		}
	}
}

// large multiplies one pair of matrices with all threads.
func (p *product[T]) large(b int) {
	y := run.Of[T](p.memory, packed(p.n, cols, p.k))
	defer run.Give(p.memory, y)
	panels := up(p.n, width) / width
	for k := 0; k < p.k; k += depth {
		d := min(depth, p.k-k)
		run.Parallel(panels, grain(float64(width*d)), func(lo, hi int) {
			first, last := lo*width, min(hi*width, p.n)
			packColumns(y[first*up(d, unroll):], p.y.data[b*p.y.batch+first*p.y.row+k*p.y.col:], p.y, last-first, d)
		})
		strips := up(p.m, strip) / strip
		run.Parallel(strips*panels, p.largePart(d), func(lo, hi int) {
			x := run.Of[T](p.memory, packed(strip, rows, p.k))
			defer run.Give(p.memory, x)
			have := -1
			for s := lo; s < hi; s++ {
				i, j := s/panels*strip, s%panels*width
				m, n := min(strip, p.m-i), min(width, p.n-j)
				if have != i {
					packRows(x, p.x.data[b*p.x.batch+i*p.x.row+k*p.x.col:], p.x, m, d)
					have = i
				}
				p.block(x, y[j*up(d, unroll):], p.out[(b*p.m+i)*p.n+j:], m, n, d, k > 0)
			}
		})
	}
}

// block makes m × n sums of d products each from packed operands. Those of later
// blocks of k are added to what is in out.
func (p *product[T]) block(x, y, out []T, m, n, d int, add bool) {
	d = up(d, unroll)
	var sums [rows * cols]T
	for j := 0; j < n; j += cols {
		right := y[j*d:][:cols*d]
		for i := 0; i < m; i += rows {
			micro(&sums, x[i*d:][:rows*d], right)
			for r := range min(rows, m-i) {
				o := out[(i+r)*p.n+j:][:min(cols, n-j)]
				s := sums[r*cols:][:len(o)]
				if add {
					for c := range o {
						o[c] += s[c]
					}
				} else {
					copy(o, s)
				}
			}
		}
	}
}

// packRows puts m rows of d elements into panels of rows, element by element, with
// zeros where there is none.
func packRows[T term](dst, src []T, at matrix[T], m, d int) {
	e := up(d, unroll)
	for i := 0; i < m; i += rows {
		panel := dst[i*e:][:rows*e]
		if m-i < rows || e != d {
			clear(panel)
		}
		if at.row == 1 && m-i >= rows {
			for k := range d {
				*(*[rows]T)(panel[k*rows:]) = *(*[rows]T)(src[i+k*at.col:])
			}
			continue
		}
		for r := range min(rows, m-i) {
			from := src[(i+r)*at.row:]
			if at.col == 1 {
				from = from[:d]
				for k, v := range from {
					panel[k*rows+r] = v
				}
				continue
			}
			for k, q := 0, 0; k < d; k++ {
				panel[k*rows+r] = from[q]
				q += at.col
			}
		}
	}
}

// packColumns is packRows for panels of cols.
func packColumns[T term](dst, src []T, at matrix[T], n, d int) {
	e := up(d, unroll)
	whole := n / cols * cols
	if e != d || whole != n {
		clear(dst[:up(n, cols)*e])
	}
	if at.row == 1 {
		// Elements that lie together go to different panels: read them together.
		const together = 32
		for j := 0; j < whole; j += together {
			for k := range d {
				from := src[k*at.col+j:][:min(together, whole-j)]
				to := dst[j*e+k*cols:]
				for c := 0; c+1 < len(from); c += cols {
					to[c*e] = from[c]
					to[c*e+1] = from[c+1]
				}
			}
		}
	} else {
		for j := 0; j < whole; j += cols {
			panel := dst[j*e:][:cols*e]
			a, b := src[j*at.row:], src[(j+1)*at.row:]
			for k, q := 0, 0; k < d; k++ {
				panel[k*cols] = a[q]
				panel[k*cols+1] = b[q]
				q += at.col
			}
		}
	}
	for j := whole; j < n; j++ {
		panel := dst[whole*e:]
		for k := range d {
			panel[k*cols] = src[j*at.row+k*at.col]
		}
	}
}

// micro sets c to the sums of products of rows × cols elements, in order. Its
// operands are packed. (Eight sums are what the registers hold, and a longer body
// gains nothing.)
func micro[T term](c *[rows * cols]T, a, b []T) {
	var c00, c01, c10, c11, c20, c21, c30, c31 T
	for len(a) >= rows*unroll && len(b) >= cols*unroll {
		x, y := (*[rows * unroll]T)(a), (*[cols * unroll]T)(b)
		a, b = a[rows*unroll:], b[cols*unroll:]
		p, q := y[0], y[1]
		c00 += T(x[0] * p)
		c01 += T(x[0] * q)
		c10 += T(x[1] * p)
		c11 += T(x[1] * q)
		c20 += T(x[2] * p)
		c21 += T(x[2] * q)
		c30 += T(x[3] * p)
		c31 += T(x[3] * q)
		p, q = y[2], y[3]
		c00 += T(x[4] * p)
		c01 += T(x[4] * q)
		c10 += T(x[5] * p)
		c11 += T(x[5] * q)
		c20 += T(x[6] * p)
		c21 += T(x[6] * q)
		c30 += T(x[7] * p)
		c31 += T(x[7] * q)
		p, q = y[4], y[5]
		c00 += T(x[8] * p)
		c01 += T(x[8] * q)
		c10 += T(x[9] * p)
		c11 += T(x[9] * q)
		c20 += T(x[10] * p)
		c21 += T(x[10] * q)
		c30 += T(x[11] * p)
		c31 += T(x[11] * q)
		p, q = y[6], y[7]
		c00 += T(x[12] * p)
		c01 += T(x[12] * q)
		c10 += T(x[13] * p)
		c11 += T(x[13] * q)
		c20 += T(x[14] * p)
		c21 += T(x[14] * q)
		c30 += T(x[15] * p)
		c31 += T(x[15] * q)
	}
	*c = [rows * cols]T{c00, c01, c10, c11, c20, c21, c30, c31}
}
