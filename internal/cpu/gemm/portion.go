package gemm

import (
	"unsafe"

	"gojax/internal/cpu/run"
)

// A matrix that is not in memory as it is multiplied, for it is computed, or of halves, is made so a
// portion at a time by the thread that multiplies that by a vector next. So it comes from a cache, and
// needs no other memory.

// A portion is some rows of a matrix, and of each so many elements: some blocks of k, or all.
type portion struct{ rows, k int }

// solidly is how long lines are, at least, that do not follow each other in a portion: then rows do not
// all fall into the same sets of the first cache, and a call for each costs little.
const solidly = 2 << 10

// isLong reports whether these are products of a vector and a matrix that is large.
func (p *Plan) isLong() bool {
	return (p.m == 1 || p.n == 1 && p.to.row == p.to.col) && p.m*p.n*p.k > alone
}

// inRows reports whether rows of a matrix are in one piece as they are multiplied.
func (p *Plan) inRows(a operand) bool {
	if a.apart() {
		return a.row != a.kind.size(p.size)
	}
	return a.col == p.size
}

// portionOf is the portion of a matrix of n rows that is made at once: it fits into the second cache, with
// what it is computed of.
func (p *Plan) portionOf(a operand, n int) portion {
	const most = 256 << 10
	if !p.inRows(a) {
		if n >= 2*p.acrossWide() {
			n = p.acrossWide()
		}
		return portion{n, min(p.k, max(most/(p.pitch(n)*depth), 1)*depth)}
	}
	unit := 2 * p.group()
	k := min(p.k, most/(unit*p.size))
	return portion{min(n, max(most/(p.pitch(k)*unit), 1)*unit), k}
}

// acrossWide is how many columns of the right operand the kernel for one row has at once.
func (p *Plan) acrossWide() int { return p.form.wide * p.width / p.size }

// room is what a portion of a takes.
func (c portion) room(p *Plan, a operand) int {
	if p.inRows(a) {
		return c.rows * p.pitch(c.k)
	}
	return c.k * p.pitch(c.rows)
}

// ofPortions is what one thread needs for the portions of a matrix of n rows, as long makes them.
func (p *Plan) ofPortions(a operand, n int) (bytes int) {
	if !a.apart() {
		return 0
	}
	unit, streams := p.longUnit(a, n)
	if streams {
		bytes = lines * p.pitch(min(n, line))
	}
	if !streams || n%unit > 0 {
		bytes = max(bytes, p.portionOf(a, n).room(p, a))
	}
	return bytes
}

// portion makes rows of a, k elements of each, in room.
func (p *product) portion(room unsafe.Pointer, a operand, rows, k int) operand {
	if a.kind != Whole || a.lines == nil {
		return p.widened(room, a, rows, k)
	}
	to := p.Unit.ofWhole(a, rows, k)
	switch size := p.size; {
	case to.row == size && a.col == rows*size && a.col < solidly:
		to.col = a.col
	case to.col == size && a.row == k*size && a.row < solidly:
		to.row = a.row
	}
	to.p = room
	p.compute(to, a, rows, k)
	return to
}

// portioned is vector for a matrix that is made so, c at a time at most, in room for that.
func (p *product) portioned(a, v operand, out unsafe.Pointer, n int, c portion, room unsafe.Pointer) {
	q, of := *p, *p.Plan
	q.Plan, of.m, of.n = &of, c.rows, 1
	for i := 0; i < n; i += c.rows {
		rows := min(c.rows, n-i)
		for k := 0; k < p.k; k += c.k {
			of.k, q.added = min(c.k, p.k-k), k
			q.vector(p.portion(room, a.at(i, k), rows, of.k), v.at(0, k), unsafe.Add(out, i*p.size), rows)
		}
	}
}

// isByAll reports whether all threads make each of the products of a batch with vectors, and of long
// rows in any case: where matrices are made in portions, and there are few.
func (p *Plan) isByAll(a operand, n, threads int) bool {
	const large = 1 << 20
	least := alone
	if p.halves() {
		least = fewHalves
	}
	few := p.b < shareable || n*p.k >= large && p.b < 4*threads
	return a.apart() && n*p.k > least && (few || p.isInner(n) || p.isDeep(a, n))
}

// isDeep reports whether there are so few columns in one piece that threads share the blocks of
// k, not columns.
func (p *Plan) isDeep(a operand, n int) bool {
	return a.row == a.kind.size(p.size) && n < 2*p.acrossWide() && p.k >= 2*chains*depth
}

// deepOf is how many blocks make a part, and how long all take.
func (p *Plan) deepOf(a operand, n int) (some int, ns float64) {
	blocks := count(p.k, depth)
	ns = float64(n)*p.rowNs(a) + 2*float64(p.k)
	return run.Grain(blocks, ns), ns
}

// deep makes the sums of each block of k, for all columns, and then their sums.
func (p *product) deep(a, v operand, out unsafe.Pointer, n int) {
	blocks, row := count(p.k, depth), n*p.size
	room := p.memory.Alloc(blocks * row)
	defer p.memory.Free(room)
	sums := unsafe.Pointer(unsafe.SliceData(room))
	c := p.portionOf(a, n)
	lots := p.memory.Lots(p.longLots(a, operand{}, n, run.Threads()))
	defer lots.Free()
	some, ns := p.deepOf(a, n)
	run.Share(blocks, some, ns, func(lo, hi int) {
		w := work{memory: lots.Take()}
		defer lots.Give(w.memory)
		defer w.free()
		of := *p.Plan
		q := *p
		q.Plan = &of
		for k, end := lo*depth, min(hi*depth, p.k); k < end; k += c.k {
			d := min(c.k, end-k)
			x := a.at(0, k)
			if a.apart() {
				x = p.portion(w.x.of(w.memory, c.room(p.Plan, a)), x, n, d)
			}
			for i := 0; i < d; i += depth {
				of.k = min(depth, d-i)
				q.down(x.at(0, i), v.at(0, k+i), unsafe.Add(sums, (k+i)/depth*row), n)
			}
		}
	})
	for b := range blocks {
		p.sum(out, unsafe.Add(sums, b*row), n, b > 0)
	}
}
