package gemm

import (
	"unsafe"

	"gojax/internal/cpu/run"
)

const (
	// shared is the most bytes of the right operand that are packed at once.
	shared = 64 << 20

	// block is how many columns of the right operand one thread packs for itself at once.
	block = 512

	// low is how many rows a product has that is cut into columns alone.
	low = 256
)

// single makes one product with all threads.
func (p *product) single() {
	if p.isUpright(p.use()) {
		p.upright()
		return
	}
	if p.isFew() && !p.prior.any() {
		p.few()
		return
	}
	if p.then.Own && !p.inStrips(p.use(), run.Threads()) {
		p.slabbed()
		return
	}
	panels := count(p.n, p.columns)
	if p.isFlat(run.Threads()) && !p.mirror {
		if p.x.apart() {
			var room []byte
			p.x, room = p.allWide(p.x, p.m, p.k)
			defer p.memory.Free(room)
		}
		p.flat(panels)
		return
	}
	if p.prior.Y == nil && p.y.lines == nil && p.asItLies() {
		g := grid{product: p, y: p.y, n: p.n}
		g.multiply()
		if p.mirror {
			p.reflect()
			p.ended()
		}
		return
	}
	most := p.atOnce()
	for j := 0; j < p.n; j += most {
		n := min(most, p.n-j)
		room := p.memory.Alloc(p.panelsOf(n))
		g := grid{product: p, y: p.y.at(j, 0), packed: unsafe.Pointer(unsafe.SliceData(room)), first: j, n: n}
		g.multiply()
		p.memory.Free(room)
	}
	if p.mirror {
		p.reflect()
	}
	if p.mirror || most < p.n {
		p.ended()
	}
}

// isFlat reports whether the product is of few rows, for so many threads; those of a transposed
// matrix, of which each k is far from the last, must be fewer, or are better packed.
func (p *Plan) isFlat(threads int) bool {
	few := low
	if p.x.row == p.x.kind.size(p.size) {
		few = 4 * p.rows
	}
	return p.m <= few && count(p.n, p.columns) >= 2*threads
}

// asItLies reports whether panels of y are not worth packing: the elements of each k lie
// together, and those of a block of k fall into enough sets of the second cache.
func (p *Plan) asItLies() bool {
	return p.y.row == p.size && p.y.col <= 2<<10 && p.y.kind == Whole
}

// flat makes a product of few rows: each task has some columns of y, from the second cache
// as they lie if rows are few or near each other, else packed, and uses them for all rows.
func (p *product) flat(panels int) {
	threads := run.Threads()
	some, ns := p.flatParts(threads)
	direct := p.prior.Y == nil && p.y.lines == nil && p.flatAsItLies()
	lots := p.memory.Lots(p.flatLots(p.use(), threads))
	defer lots.Free()
	run.Share(panels, some, ns, func(lo, hi int) {
		w := work{memory: lots.Take()}
		defer lots.Give(w.memory)
		defer w.free()
		end := min(hi*p.columns, p.n)
		if next := hi * p.columns; next < p.n { // for this thread, probably
			w.soon[0] = p.nearing(p.y.at(next, 0), min(some*p.columns, block, p.n-next), min(depth, p.k))
		}
		for j := lo * p.columns; j < end; j += block {
			p.someColumns(j, min(block, end-j), !direct, &w)
		}
	})
	p.ended()
}

// flatParts is how many panels make a part, and how long all take.
func (p *Plan) flatParts(threads int) (some int, ns float64) {
	panels := count(p.n, p.columns)
	one := p.ns(p.columns * p.k * (p.m + 6))
	parts := 4 * threads
	if p.k <= 32 {
		parts = threads // writing the result takes most of the time, and less in long pieces
	}
	return max(1, min(panels/parts, block/p.columns, grain(4*one))), one * float64(panels)
}

// flatAsItLies is asItLies for flat.
func (p *Plan) flatAsItLies() bool {
	return p.asItLies() || p.y.row == p.size && p.m <= 10*p.rows && p.y.kind == Whole
}

// someColumns makes n columns of the result from the j-th, at most block.
func (p *product) someColumns(j, n int, pack bool, w *work) {
	if p.to.kind == Whole {
		p.rowsOf(p.y.at(j, 0), unsafe.Add(p.out, j*p.size), n, pack, w)
		return
	}
	q := *p
	q.row = n * p.size
	sums := w.sums.of(w.memory, p.m*q.row)
	q.rowsOf(p.y.at(j, 0), sums, n, pack, w)
	p.halve(p.result().at(0, j), sums, q.row, p.m, n)
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
