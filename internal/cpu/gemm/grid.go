package gemm

import (
	"sync/atomic"
	"unsafe"

	"gojax/internal/cpu/run"
)

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

// multiply makes the tiles.
func (g *grid) multiply() {
	c := g.cut()
	threads, tiles := run.Threads(), c.tiles()
	var places places
	if g.n > 2*g.columns || g.x.col != g.size || g.prior.X != nil {
		places.bytes = g.room(c.height[0])
		defer places.free()
	}
	var made []atomic.Int32 // columns of each strip
	if g.then != nil && !g.mirror && g.n == g.product.n {
		made = make([]atomic.Int32, c.strips())
	}
	ns := g.ns(c.height[1] * c.width[1] * g.k)
	run.Share(tiles, grain(4*ns), g.ns(g.m*g.n*g.k), func(lo, hi int) {
		for s := lo; s < hi; s++ {
			t := c.at(s, g.n)
			if g.mirror && g.first+t.j+t.n <= t.i {
				continue
			}
			next := part{} // for this thread, probably
			if s+threads < tiles {
				next = c.at(s+threads, g.n)
			}
			at := places.take(t)
			g.tile(t, next, at)
			places.leave(at)
			if made != nil && int(made[t.strip].Add(int32(t.n))) == g.n {
				g.finished(unsafe.Add(g.out, t.i*g.row), t.m*g.n)
			}
		}
	})
}

// tile makes a tile. Meanwhile it packs the rows that it uses next, and columns come nearer.
func (g *grid) tile(t, next part, at *place) {
	width := beside(g.size)
	for k := 0; k < g.k; k += depth {
		d := min(depth, g.k-k)
		x := g.x.at(t.i, k)
		var c carrying
		var ahead operand
		soon := rows{t.i, t.m, k + d}
		if k+d == g.k {
			soon = rows{next.i, next.m, 0}
		}
		if at.room[0] != nil {
			if at.have != (rows{t.i, t.m, k}) {
				at.x = g.wantRows(at.room[0], x, t.m, d)
				at.have = rows{t.i, t.m, k}
			}
			x = at.x
			if soon != at.have && soon.m > 0 {
				c, ahead = g.carry(at.room[1], g.x.at(soon.i, soon.k), soon.m, min(depth, g.k-soon.k))
			}
		}
		for j := t.j; j < t.j+t.n; j += width {
			var wanted nearing
			switch {
			case j+width < t.j+t.n:
				wanted = g.ofBlock(k, j+width)
			case k+d < g.k:
				wanted = g.ofBlock(k+d, t.j)
			case next.m > 0 && (next.j != t.j || t.n > width || g.k > depth):
				wanted = g.ofBlock(0, next.j)
			}
			g.block(x, k, d, t.i, t.m, j, min(width, t.j+t.n-j), &wanted, &c)
		}
		if ahead.p != nil {
			c.rest()
			g.changeRows(ahead, soon.m, min(depth, g.k-soon.k))
			at.x, at.have = ahead, soon
			at.room[0], at.room[1] = at.room[1], at.room[0]
		}
	}
}

// ofBlock is the nearing of the columns from the j-th of the block of k.
func (g *grid) ofBlock(k, j int) nearing {
	n, d := min(beside(g.size), g.n-j), min(depth, g.k-k)
	if g.packed == nil {
		return g.nearing(g.y.at(j, k), n, d)
	}
	return nearing{p: uintptr(unsafe.Add(g.panels(k), j*d*g.size)), left: up(n, g.columns) * d * g.size}
}

// block makes a block of one k of the m rows from the i-th and the n columns from the j-th.
func (g *grid) block(x operand, k, d, i, m, j, n int, wanted *nearing, c *carrying) {
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
		for from < n {
			t := tile{a: x.at(row, 0).p, aRow: x.row, aCol: x.col,
				b: unsafe.Add(b, from/g.columns*step), bCol: bCol,
				c:    unsafe.Add(g.out, (i+row)*g.row+(g.first+j+from)*g.size),
				cRow: g.row, k: d, add: k}
			panels := c.begin(g.Unit, &t, r, (n-from)/g.columns)
			some := n - from
			if t.copies > 0 {
				some = panels * g.columns
			}
			wanted.begin(&t, r)
			g.sweep(&t, r, some, step)
			wanted.end(&t)
			c.end(g.Unit, &t, panels)
			from += some
		}
		row += r
	}
}
