package gemm

import (
	"sync/atomic"
	"unsafe"

	"gojax/internal/cpu/run"
)

const (
	// shared is the most bytes of the right operand that are packed at once.
	shared = 64 << 20

	// block is how many columns of the right operand stay in the second cache while rows of
	// the left one go by, strip how many rows a task makes at most, and broad how many
	// columns: it packs the rows once for all of them.
	block = 512
	strip = 192
	broad = 1024

	// low is how many rows a product has that is cut into columns alone.
	low = 256
)

// single makes one product with all threads.
func (p *product) single() {
	panels := count(p.n, p.columns)
	if p.m <= low && panels >= 2*run.Threads() && !p.mirror {
		p.flat(panels)
		return
	}
	if p.prior.Y == nil && p.asItLies() {
		g := grid{product: p, n: p.n}
		g.multiply()
		if p.mirror {
			p.reflect()
			p.ended()
		}
		return
	}
	most := max(block, shared/(p.size*p.k)/block*block)
	for j := 0; j < p.n; j += most {
		n := min(most, p.n-j)
		room := run.Temporaries.Alloc(p.k * up(n, p.columns) * p.size)
		g := grid{product: p, packed: unsafe.Pointer(unsafe.SliceData(room)), first: j, n: n}
		g.pack(p.y.at(j, 0))
		g.multiply()
		run.Temporaries.Free(room)
	}
	if p.mirror {
		p.reflect()
	}
	if p.mirror || most < p.n {
		p.ended()
	}
}

// asItLies reports whether panels of y are not worth packing: the elements of each k lie
// together, and those of a block of k fall into enough sets of the second cache.
func (p *product) asItLies() bool { return p.y.row == p.size && p.y.col <= 2<<10 }

// flat makes a product of few rows: each task has some columns of y, from the second cache
// as they lie if rows are few or near each other, else packed, and uses them for all rows.
func (p *product) flat(panels int) {
	one := p.ns(p.columns * p.k * (p.m + 6))
	some := max(1, min(panels/(4*run.Threads()), block/p.columns, grain(4*one)))
	direct := p.prior.Y == nil && (p.asItLies() || p.y.row == p.size && p.m <= 10*p.rows)
	run.Share(panels, some, one*float64(panels), func(lo, hi int) {
		j, end := lo*p.columns, min(hi*p.columns, p.n)
		var room []byte
		if !direct {
			room = lend(min(p.k, depth) * up(min(end-j, block), p.columns) * p.size)
			defer run.Temporaries.Free(room)
		}
		for ; j < end; j += block {
			p.rowsOf(p.y.at(j, 0), unsafe.Add(p.out, j*p.size), min(block, end-j), room)
		}
	})
	p.ended()
}

// A grid is a product, or some columns of it, cut into tiles that tasks make.
type grid struct {
	*product
	packed   unsafe.Pointer // columns of y: panels for each block of k; nil: y as it lies
	first, n int            // the columns
}

// pack packs the columns of y, some panels of one block of k at a time: few, for all
// threads wait for the last.
func (g *grid) pack(y operand) {
	const together = 4
	width := together * g.columns
	groups := (g.n + width - 1) / width
	blocks := (g.k + depth - 1) / depth
	ns := 0.1 * float64(width*min(g.k, depth))
	run.Share(groups*blocks, grain(16*ns), ns*float64(groups*blocks), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			k, j := i/groups*depth, i%groups*width
			d := min(depth, g.k-k)
			g.wantColumns(unsafe.Add(g.panels(k), j*d*g.size), y.at(j, k), min(width, g.n-j), d)
		}
	})
}

// panels is where those of the block of k begin.
func (g *grid) panels(k int) unsafe.Pointer {
	return unsafe.Add(g.packed, k*up(g.n, g.columns)*g.size)
}

// multiply makes the tiles: of even sizes, and as many for each thread if they do not
// become too small, so that all threads end at the same time.
func (g *grid) multiply() {
	const many = 8 // tiles for each thread
	threads := run.Threads()
	wide := broad
	if count(g.m, strip)*count(g.n, broad) >= 2*many*threads {
		wide = block // a tile takes milliseconds, and all wait for the last
	}
	width := even(g.n, wide, g.columns)
	parts := min(count(many*threads, count(g.n, width)), count(g.m, 3*g.rows))
	height := count(g.m, up(max(parts, count(g.m, strip)), threads))
	for width > 2*g.columns && count(g.m, height)*count(g.n, width) < many*threads {
		width = even(g.n, width/2, g.columns)
	}
	across := count(g.n, width)
	tiles := across * count(g.m, height)
	unpacked := g.n <= 2*g.columns && g.x.col == g.size && g.prior.X == nil
	ns := g.ns(width * height * g.k)
	var made []atomic.Int32 // tiles of the same rows
	if g.then != nil && !g.mirror && g.n == g.product.n {
		made = make([]atomic.Int32, count(g.m, height))
	}
	run.Share(tiles, grain(4*ns), ns*float64(tiles), func(lo, hi int) {
		var room []byte
		if !unpacked {
			room = lend(g.room(height))
			defer run.Temporaries.Free(room)
		}
		for s := lo; s < hi; s++ {
			i, j := s/across*height, s%across*width
			m := min(height, g.m-i)
			later := -1 // the first row of the next tile for this thread, probably
			if after := (s + threads) / across * height; after < g.m && room != nil {
				later = after
			}
			g.tile(i, m, j, min(width, g.n-j), later, room)
			if made != nil && int(made[s/across].Add(1)) == across {
				g.finished(unsafe.Add(g.out, i*g.row), m*g.n)
			}
		}
	})
}

// even is the size of even parts of n, of at most most, and a multiple of unit.
func even(n, most, unit int) int { return up(count(n, count(n, max(most, unit))), unit) }

// tile makes m rows from the i-th and n columns from the j-th; where there is room it
// packs the rows first. Meanwhile those come nearer that it packs next, and at the end
// those from the row later on, unless that is negative.
func (g *grid) tile(i, m, j, n, later int, room []byte) {
	if g.mirror && g.first+j+n <= i {
		return
	}
	const near = block / 2 // columns
	for k := 0; k < g.k; k += depth {
		d := min(depth, g.k-k)
		x := g.x.at(i, k)
		var wanted nearing
		if room != nil {
			x = g.wantRows(room, x, m, d)
			switch {
			case k+d < g.k:
				wanted = g.nearing(g.x.at(i, k+d), m, min(depth, g.k-k-d))
			case later >= 0:
				wanted = g.nearing(g.x.at(later, 0), min(m, g.m-later), min(depth, g.k))
			}
		}
		for c := j; c < j+n; c += near {
			g.block(x, k, d, i, m, c, min(near, j+n-c), &wanted)
		}
	}
}

// block makes a block of one k of the m rows from the i-th and the n columns from the j-th.
func (g *grid) block(x operand, k, d, i, m, j, n int, wanted *nearing) {
	line := g.columns * g.size
	b, bCol, step := g.y.at(j, k).p, g.y.col, line
	if g.packed != nil {
		b, bCol, step = unsafe.Add(g.panels(k), j*d*g.size), line, d*line
	}
	for row := 0; row < m; {
		r := g.height(m - row)
		from := 0 // the column; those left of the diagonal are mirrored
		if g.mirror {
			from = max(0, (i+row-g.first-j)/g.columns*g.columns)
		}
		if from < n {
			t := tile{a: x.at(row, 0).p, aRow: x.row, aCol: x.col,
				b: unsafe.Add(b, from/g.columns*step), bCol: bCol,
				c:    unsafe.Add(g.out, (i+row)*g.row+(g.first+j+from)*g.size),
				cRow: g.row, k: d, add: k}
			wanted.begin(&t)
			g.sweep(&t, r, n-from, step)
			wanted.end(&t)
		}
		row += r
	}
}

// reflect copies the upper triangle of the result, which is square, to the lower one.
// Both have the same sums, for products do not depend on the order of their factors.
func (p *product) reflect() {
	const side = 64
	n, blocks := p.n, count(p.n, side)
	at := func(i, j int) unsafe.Pointer { return unsafe.Add(p.out, i*p.row+j*p.size) }
	run.Parallel(blocks, grain(float64(side*n)/4), func(lo, hi int) {
		for i := lo * side; i < min(hi*side, n); i += side {
			h := min(side, n-i)
			for j := 0; j < i; j += side {
				// Rows j and on, columns i and on, become rows i and on.
				p.transpose(at(i, j), p.row, operand{p: at(j, i), row: p.row, col: p.size}, side, h)
			}
			for r := 1; r < h; r++ {
				p.gather(at(i+r, i), p.size, operand{p: at(i, i+r), col: p.row}, 1, r)
			}
		}
	})
}
