package gemm

import (
	"unsafe"

	"gojax/internal/cpu/run"
)

const (
	// shared is the most bytes of the right operand that are packed at once.
	shared = 64 << 20

	// block is how many columns of the result a task makes at most, and strip how many
	// micro kernels high it is: enough to be worth packing their rows, and for these
	// to fit in the second cache.
	block = 512
	strip = 8
)

// large makes one product of the batch with all threads.
func (p *product) large(b int) {
	x, y := p.x.of(b), p.y.of(b)
	out := unsafe.Add(p.out, b*p.m*p.n*p.size)
	if p.m <= 4*p.rows {
		p.flat(x, y, out)
		return
	}
	most := max(block, shared/(p.size*p.k)/block*block)
	for j := 0; j < p.n; j += most {
		n := min(most, p.n-j)
		room := run.Temporaries.Alloc(p.k * up(n, p.columns) * p.size)
		g := grid{product: p, x: x, packed: unsafe.Pointer(unsafe.SliceData(room)), out: out, first: j, n: n}
		g.pack(y.at(j, 0))
		g.multiply()
		run.Temporaries.Free(room)
	}
	if p.mirror {
		p.reflect(out)
	}
}

// flat makes a product of few rows: each task packs its columns of y, if need be, and
// uses them for all rows.
func (p *product) flat(x, y operand, out unsafe.Pointer) {
	panels := (p.n + p.columns - 1) / p.columns
	cost := float64(p.columns*p.k) * (float64(p.m)/32 + 0.2)
	direct := y.row == p.size && p.m <= 2*p.rows
	run.Parallel(panels, grain(cost), func(lo, hi int) {
		j, end := lo*p.columns, min(hi*p.columns, p.n)
		var room []byte
		if !direct {
			room = lend(depth * up(min(end-j, block), p.columns) * p.size)
			defer run.Temporaries.Free(room)
		}
		for ; j < end; j += block {
			p.rowsOf(x, y.at(j, 0), unsafe.Add(out, j*p.size), min(block, end-j), room)
		}
	})
}

// A grid is a product, or some columns of it, cut into tiles that tasks make.
type grid struct {
	*product
	x        operand
	packed   unsafe.Pointer // columns of y: panels for each block of k
	out      unsafe.Pointer
	first, n int // the columns
}

// pack packs the columns of y, some panels of one block of k at a time.
func (g *grid) pack(y operand) {
	const together = 4
	width := together * g.columns
	groups := (g.n + width - 1) / width
	blocks := (g.k + depth - 1) / depth
	run.Parallel(groups*blocks, grain(0.15*float64(width*min(g.k, depth))), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			k, j := i/groups*depth, i%groups*width
			d := min(depth, g.k-k)
			g.packColumns(unsafe.Add(g.panels(k), j*d*g.size), y.at(j, k), min(width, g.n-j), d)
		}
	})
}

// panels is where those of the block of k begin.
func (g *grid) panels(k int) unsafe.Pointer {
	return unsafe.Add(g.packed, k*up(g.n, g.columns)*g.size)
}

// multiply makes the tiles: of even sizes, at least four for each thread if they do not
// become too small.
func (g *grid) multiply() {
	width := even(g.n, block, g.columns)
	height := even(g.m, strip*g.rows, g.rows)
	wanted := 4 * run.Threads()
	for height > 2*g.rows && count(g.m, height)*count(g.n, width) < wanted {
		height = even(g.m, height/2, g.rows)
	}
	for width > 2*g.columns && count(g.m, height)*count(g.n, width) < wanted {
		width = even(g.n, width/2, g.columns)
	}
	across := count(g.n, width)
	direct := g.n <= 2*g.columns && g.x.col == g.size
	run.Parallel(across*count(g.m, height), grain(float64(width*height*g.k)/32), func(lo, hi int) {
		var room []byte
		if !direct {
			room = lend(g.room(height))
			defer run.Temporaries.Free(room)
		}
		for s := lo; s < hi; s++ {
			i, j := s/across*height, s%across*width
			g.tile(i, min(height, g.m-i), j, min(width, g.n-j), room)
		}
	})
}

// count is how many parts of size m there are in n.
func count(n, m int) int { return (n + m - 1) / m }

// even is the size of even parts of n, of at most most, and a multiple of unit.
func even(n, most, unit int) int { return up(count(n, count(n, max(most, unit))), unit) }

// tile makes m rows from the i-th and n columns from the j-th; where there is room it
// packs the rows first.
func (g *grid) tile(i, m, j, n int, room []byte) {
	if g.mirror && g.first+j+n <= i {
		return
	}
	for k := 0; k < g.k; k += depth {
		d := min(depth, g.k-k)
		x := g.x.at(i, k)
		if room != nil {
			x = g.packRows(room, x, m, d)
		}
		step := d * g.columns * g.size
		for row := 0; row < m; {
			r := g.height(m - row)
			from := 0 // the column; those left of the diagonal are mirrored
			if g.mirror {
				from = max(0, (i+row-g.first-j)/g.columns*g.columns)
			}
			if from < n {
				t := tile{a: x.at(row, 0).p, aRow: x.row, aCol: x.col,
					b: unsafe.Add(g.panels(k), (j+from)*d*g.size), bCol: g.columns * g.size,
					c:    unsafe.Add(g.out, ((i+row)*g.product.n+g.first+j+from)*g.size),
					cRow: g.product.n * g.size, k: d, add: k}
				g.sweep(&t, r, n-from, step)
			}
			row += r
		}
	}
}

// reflect copies the upper triangle of the result, which is square, to the lower one.
// Both have the same sums, for products do not depend on the order of their factors.
func (p *product) reflect(out unsafe.Pointer) {
	const side = 64
	n, blocks := p.n, count(p.n, side)
	at := func(i, j int) unsafe.Pointer { return unsafe.Add(out, (i*n+j)*p.size) }
	run.Parallel(blocks, grain(float64(side*n)/4), func(lo, hi int) {
		for i := lo * side; i < min(hi*side, n); i += side {
			h := min(side, n-i)
			for j := 0; j < i; j += side {
				// Rows j and on, columns i and on, become rows i and on.
				p.transpose(at(i, j), n*p.size, operand{p: at(j, i), row: n * p.size, col: p.size}, side, h)
			}
			for r := 1; r < h; r++ {
				p.gather(at(i+r, i), p.size, operand{p: at(i, i+r), col: n * p.size}, 1, r)
			}
		}
	})
}
