package gemm

import (
	"unsafe"

	"gojax/internal/cpu/run"
)

// scattered is the most elements of a right operand without rows in one piece that are
// not worth packing.
const scattered = 128

// small makes one product of the batch.
func (p *product) small(b int) {
	x, y := p.x.of(b), p.y.of(b)
	out := unsafe.Add(p.out, b*p.m*p.n*p.size)
	if y.row == p.size {
		p.rowsOf(x, y, out, p.n, nil)
		return
	}
	if p.n*p.k <= scattered {
		for i := range p.m {
			v := x.at(i, 0)
			p.chained(y, v, unsafe.Add(out, i*p.n*p.size), p.n)
		}
		return
	}
	room := lend(min(p.k, depth) * up(p.n, p.columns) * p.size)
	p.rowsOf(x, y, out, p.n, room)
	run.Temporaries.Free(room)
}

// lend lends memory for at least n bytes, recycled even where that is little.
func lend(n int) []byte { return run.Temporaries.Alloc(max(n, 64<<10)) }

// rowsOf makes n columns of a product on this thread, y packed into room if there is any.
func (p *product) rowsOf(x, y operand, out unsafe.Pointer, n int, room []byte) {
	for k := 0; k < p.k; k += depth {
		d := min(depth, p.k-k)
		b, bCol, step := y.at(0, k).p, y.col, p.columns*p.size
		if room != nil {
			b, bCol = unsafe.Pointer(unsafe.SliceData(room)), step
			p.packColumns(b, y.at(0, k), n, d)
			step *= d
		}
		for i := 0; i < p.m; {
			r := p.height(p.m - i)
			a := x.at(i, k)
			t := tile{a: a.p, aRow: a.row, aCol: a.col, b: b, bCol: bCol,
				c: unsafe.Add(out, i*p.n*p.size), cRow: p.n * p.size, k: d, add: k}
			p.sweep(&t, r, n, step)
			i += r
		}
	}
}
