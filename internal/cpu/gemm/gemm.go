package gemm

import (
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/run"
)

// A Product is one of batches of matrices: Out[b,i,j] = Σ X[b,i,k]·Y[b,j,k], where i is
// below M, j below N and k below K. Out is without gaps.
type Product[T float32 | float64] struct {
	B, M, N, K int
	X, Y       Matrix[T]
	Out        []T
	Mirror     bool // X and Y are one matrix: Out[b,i,j] = Out[b,j,i]
}

// A Matrix is batches of rows: elements of Data that are far apart by strides.
type Matrix[T float32 | float64] struct {
	Data            []T
	Batch, Row, Col int
}

// Multiply computes p with the kernels of u, which are for its type.
func Multiply[T float32 | float64](u *Unit, p *Product[T]) {
	if p.K == 0 || len(p.Out) == 0 {
		clear(p.Out)
		return
	}
	q := product{Unit: u, b: p.B, m: p.M, n: p.N, k: p.K,
		x: operandOf(p.X), y: operandOf(p.Y),
		out: unsafe.Pointer(unsafe.SliceData(p.Out)), mirror: p.Mirror}
	if q.b == 1 && q.m*q.n*q.k <= alone {
		q.here()
		return
	}
	spread := q // which escapes
	spread.run()
}

func operandOf[T float32 | float64](m Matrix[T]) operand {
	size := int(unsafe.Sizeof(m.Data[0]))
	return operand{unsafe.Pointer(unsafe.SliceData(m.Data)), m.Batch * size, m.Row * size, m.Col * size}
}

// A product is a Product without its type. All distances are in bytes.
type product struct {
	*Unit
	b, m, n, k int
	x, y       operand
	out        unsafe.Pointer
	mirror     bool
}

type operand struct {
	p               unsafe.Pointer
	batch, row, col int
}

// of is the b-th matrix.
func (o operand) of(b int) operand {
	o.p = unsafe.Add(o.p, b*o.batch)
	return o
}

// at is the operand from row i, element k on.
func (o operand) at(i, k int) operand {
	o.p = unsafe.Add(o.p, i*o.row+k*o.col)
	return o
}

const (
	alone = 1 << 15 // products of fewer multiplications are made without helpers …
	whole = 1 << 18 // … of fewer by one thread …
	each  = 1 << 21 // … and of fewer by one thread if there are several
)

// here computes the product on this thread.
func (p *product) here() {
	switch {
	case p.n == 1:
		p.vector(p.x, p.y, p.out, p.m)
	case p.m == 1:
		p.vector(p.y, p.x, p.out, p.n)
	default:
		p.small(0)
	}
}

func (p *product) run() {
	work := p.m * p.n * p.k
	switch {
	case p.n == 1:
		p.vectors(p.x, p.y, p.m)
	case p.m == 1:
		p.vectors(p.y, p.x, p.n)
	case work < whole || p.b > 1 && work < each:
		run.Parallel(p.b, grain(50+float64(work)/16), func(lo, hi int) {
			for b := lo; b < hi; b++ {
				p.small(b)
			}
		})
	default:
		for b := range p.b {
			p.large(b)
		}
	}
}

// grain is how many items of ns nanoseconds make a part for run.Parallel.
func grain(ns float64) int { return max(1, int(40_000/max(ns, 0.1))) }

// up rounds n up to a multiple of m.
func up(n, m int) int { return (n + m - 1) / m * m }

// most is how many panels a micro kernel makes in one call, some 100 µs at most.
const most = 48

// sweep makes r rows and n columns of the result, from t, which lacks their number; a
// panel of b begins step bytes after the last.
func (u *Unit) sweep(t *tile, r, n, step int) {
	t.bNext = step - t.k*t.bCol
	vector := u.width / u.size
	t.tail = vector
	for n >= u.columns {
		panels := min(n/u.columns, most)
		t.panels = panels
		code.Call(u.micro[r-1][1][0], unsafe.Pointer(t))
		if n -= panels * u.columns; n == 0 {
			return // before pointers go beyond their arrays, which the collector minds
		}
		t.b = unsafe.Add(t.b, panels*step)
		t.c = unsafe.Add(t.c, panels*u.columns*u.size)
	}
	t.panels = 1
	v := 0
	if n > vector {
		v, n = 1, n-vector
	}
	t.tail = n
	code.Call(u.micro[r-1][v][1], unsafe.Pointer(t))
}

// height is that of the first of the panels that m rows are cut into as evenly as
// possible.
func (u *Unit) height(m int) int {
	panels := (m + u.rows - 1) / u.rows
	return (m + panels - 1) / panels
}
