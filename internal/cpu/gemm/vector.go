package gemm

import (
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/run"
)

// vectors multiplies each of a batch of matrices, of n rows, by a vector.
func (p *product) vectors(n int) {
	a, v := p.x, p.y
	if p.m == 1 {
		a, v = v, a
	}
	u, threads := p.use(), run.Threads()
	unit, all := p.vectorUnit(u, n), p.isByAll(a, n, threads)
	lots := p.memory.Lots(p.vectorLots(u, a, v, n, threads))
	defer lots.Free()
	run.Share(p.b/unit, p.vectorsOf(unit, a, n, threads), p.vectorsNs(n), func(lo, hi int) {
		lo, hi = lo*unit, hi*unit
		w := work{memory: lots.TakeAt(lo, p.b), computes: (u.X || u.Y) && n*p.k <= alone}
		defer lots.Give(w.memory)
		defer w.free()
		q := *p
		q.memory = w.memory
		for b := lo; b < hi; b++ {
			q.become(p, b)
			end := hi
			if w.computes {
				end = w.computed(p, &q, b, hi)
			}
			a, v := q.x, q.y
			if p.m == 1 {
				a, v = v, a
			}
			if p.isSideBySide() && !a.apart() && !v.apart() {
				last := p.axes[len(p.axes)-1].N
				if some := min(end-b, last-b%last); some >= p.lanes() {
					q.sideBySide(a, v, some)
					b += some - 1
					continue
				}
			}
			if p.isNarrow(n) {
				last := &p.axes[len(p.axes)-1]
				some := min(end-b, last.N-b%last.N)
				q.narrow(a, v, n, some, last)
				b += some - 1
				continue
			}
			switch {
			case p.halves():
				q.vectorOfHalves(a, v, n, all, &w)
				q.finished(q.out, n)
			case n*p.k <= alone:
				q.vector(a, v, q.out, n)
				q.finished(q.out, n)
			default:
				q.large(a, v, n, all, &w)
			}
		}
	})
}

// vectorUnit is how many products with vectors one thread makes: more than one where their matrices
// are in one piece.
func (p *Plan) vectorUnit(u Use, n int) int {
	if n*p.k > alone {
		return 1
	}
	return p.unit(u)
}

// large multiplies one matrix by a vector: with all threads, or with this one alone if the matrix is
// made in portions.
func (p *product) large(a, v operand, n int, all bool, w *work) {
	if all || !a.apart() {
		p.long(a, v, n)
		return
	}
	c := p.portionOf(a, n)
	p.portioned(a, v, p.out, n, c, w.x.of(w.memory, c.room(p.Plan, a)))
	p.finished(p.out, n)
}

// vectorsOf is how many units of products with vectors make a part.
func (p *Plan) vectorsOf(unit int, a operand, n, threads int) int {
	if p.isByAll(a, n, threads) {
		return p.b // one after the other
	}
	some := run.Grain(p.b/unit, p.vectorsNs(n))
	if p.isSideBySide() { // narrower strips would be fetched by nothing
		some = max(some, count(sideVectors*p.lanes(), unit))
	}
	return some
}

// vectorsNs estimates how long all products with vectors take.
func (p *Plan) vectorsNs(n int) float64 {
	one := 30 + float64(n*p.k)/8
	if p.isSideBySide() {
		one = 1 + float64(p.k)/8
	} else if p.isNarrow(n) {
		one = float64(n) * (3 + float64(p.k)/4)
	}
	return one * float64(p.b)
}

// isNarrow reports whether the rows of one matrix are too few and too short for chains of their
// own: then sums of several products of the batch are made at once.
func (p *Plan) isNarrow(n int) bool {
	return p.b > 1 && p.axes[len(p.axes)-1].N > 1 && p.k < 2*depth && (n < chains || n*p.k <= 512) && !p.halves()
}

// narrow multiplies some matrices, which follow each other along an axis of the batch, by a
// vector each.
func (p *product) narrow(a, v operand, n, some int, along *Axis) {
	t := bundle{aRow: along.X, aCol: a.col, bRow: along.Y, bCol: v.col}
	if p.m == 1 {
		t.aRow, t.bRow = t.bRow, t.aRow
	}
	for i := range n {
		out := unsafe.Add(p.out, i*p.size)
		for j := 0; j < some; j += chains {
			few := min(some-j, chains)
			for k := 0; k < p.k; k += depth {
				t.a, t.b = unsafe.Add(a.at(i, k).p, j*t.aRow), unsafe.Add(v.at(0, k).p, j*t.bRow)
				t.k = min(depth, p.k-k)
				code.Call(p.chain[few-1], unsafe.Pointer(&t))
				p.totalApart(unsafe.Add(out, j*along.Out), along.Out, &t, few, k > 0)
			}
		}
	}
}

// isInner reports whether there are few rows, so long that blocks of them are summed apart.
func (p *Plan) isInner(n int) bool { return n < chains && p.k >= 2*chains*depth }

// long multiplies one matrix by a vector with all threads.
func (p *product) long(a, v operand, n int) {
	out := p.out
	switch {
	case p.isDeep(a, n):
		p.deep(a, v, out, n)
		p.finished(out, n)
		return
	case p.isInner(n):
		for i := range n {
			p.inner(a.at(i, 0), v, unsafe.Add(out, i*p.size))
		}
		p.finished(out, n)
		return
	}
	if p.copies(a, v) {
		room := p.memory.Alloc(p.k * p.size)
		defer p.memory.Free(room)
		copied := unsafe.Pointer(unsafe.SliceData(room))
		p.gather(copied, p.size, v, 1, p.k)
		v = operand{p: copied, col: p.size}
	}
	lots := p.memory.Lots(p.longLots(a, v, n, run.Threads()))
	defer lots.Free()
	unit, streams := p.longUnit(a, n)
	ns := float64(n) * (p.rowNs(a) + 0.5)
	run.Share(count(n, unit), p.some(a, count(n, unit), unit), ns, func(lo, hi int) {
		w := work{memory: lots.Take()}
		defer lots.Give(w.memory)
		defer w.free()
		room := w.x.of(w.memory, p.ofPortions(a, n))
		i, end := lo*unit, min(hi*unit, n)
		for streams && i+unit <= end {
			some := min(line, (end-i)/unit*unit)
			p.streamed(a.at(i, 0), v, unsafe.Add(out, i*p.size), some, room)
			i += some
		}
		switch {
		case i == end:
		case a.apart():
			p.portioned(a.at(i, 0), v, unsafe.Add(out, i*p.size), end-i, p.portionOf(a, n), room)
		default:
			p.vector(a.at(i, 0), v, unsafe.Add(out, i*p.size), end-i)
		}
		p.finished(unsafe.Add(p.out, lo*unit*p.size), end-lo*unit)
	})
}

// rowNs estimates how long a row of a matrix takes.
func (p *Plan) rowNs(a operand) float64 {
	if a.apart() {
		return float64(p.k) / 3
	}
	return float64(p.k) / 8
}

// copies reports whether long copies the vector, so that it is in one piece as the rows are.
func (p *Plan) copies(a, v operand) bool { return v.col != p.size && p.inRows(a) }

// longUnit is how many rows long multiplies together, and whether it goes from one end of the columns
// to the other.
func (p *Plan) longUnit(a operand, n int) (unit int, streams bool) {
	switch {
	case p.inRows(a) || a.row != a.kind.size(p.size):
		return 2 * p.group(), false
	case n >= wide && (a.apart() || n*p.k*p.size > second/2):
		return wide, true
	}
	return p.acrossWide(), false
}

// some is how many of the units of rows make a part: more where they come from afar, for
// every part begins slowly.
func (p *Plan) some(a operand, units, rows int) int {
	const most = 4 << 20
	return max(grain(float64(rows)*p.rowNs(a)), min(units/8, most/(rows*p.k*p.size)))
}

// What the second and the third cache hold, in bytes.
const (
	second = 1 << 20
	third  = 32 << 20
)

// vector makes the sums of n rows of a, times v.
func (p *product) vector(a, v operand, out unsafe.Pointer, n int) {
	if a.row == p.size {
		p.down(a, v, out, n)
		return
	}
	i := 0
	if a.col == p.size && v.col == p.size {
		i = p.bands(a, v, out, n)
	}
	if i < n {
		p.chained(a.at(i, 0), v, unsafe.Add(out, i*p.size), n-i)
	}
}

// bands is vector for rows in one piece, as many as are whole groups; it returns those.
func (p *product) bands(a, v operand, out unsafe.Pointer, n int) int {
	const most = 1 << 16 // products of each sum in one call
	const near = 2 << 10 // bytes of a group; less is fetched before it is used, as the last was
	how, unit := cached, 2*p.group()
	bytes := p.m * p.n * p.k * p.size
	if b := p.group() * a.row; bytes > second && a.row == p.k*p.size && b > near && b <= second/4 {
		if how, unit = nearer, p.group(); bytes > third {
			how = onward
		}
	}
	whole := n / unit * unit
	for i := 0; i < whole; {
		// The next of the last band is not for this thread.
		some, early := 1, uintptr(a.at(i, 0).p)
		if i+unit < whole {
			early += uintptr(unit * a.row)
			some = min((whole-i)/unit-1, max(1, most/p.k))
		}
		for k := 0; k < p.k; k += most {
			t := bands{a: a.at(i, k).p, v: unsafe.Add(v.p, k*p.size), out: unsafe.Add(out, i*p.size),
				early: early, row: a.row, k: min(most, p.k-k), add: p.added + k, n: some}
			code.Call(p.along[how], unsafe.Pointer(&t))
		}
		i += some * unit
	}
	return whole
}

// down is vector for a matrix each column of which is in one piece.
func (p *product) down(a, v operand, out unsafe.Pointer, n int) {
	width := p.acrossWide()
	for k := 0; k < p.k; k += depth {
		t := tile{aCol: v.col, bCol: a.col, k: min(depth, p.k-k), add: p.added + k}
		t.bNext, t.cNext = width*p.size-t.k*t.bCol, width*p.size
		i := 0
		for i+width <= n {
			// A row of b may come from memory, hence few panels in one call.
			panels := min((n-i)/width, 4)
			t.panels = panels
			t.a, t.b, t.c = v.at(0, k).p, a.at(i, k).p, unsafe.Add(out, i*p.size)
			code.Call(p.wide, unsafe.Pointer(&t))
			i += panels * width
		}
		if i < n {
			t.a, t.b, t.c = v.at(0, k).p, a.at(i, k).p, unsafe.Add(out, i*p.size)
			p.sweep(&t, 1, n-i, p.columns*p.size)
		}
	}
}

// chained makes n sums of rows of a and v, element by element.
func (p *product) chained(a, v operand, out unsafe.Pointer, n int) {
	if n < chains && p.k >= 2*depth && p.k <= alone && p.added == 0 {
		for i := range n {
			p.short(a.at(i, 0), v, unsafe.Add(out, i*p.size))
		}
		return
	}
	for i := 0; i < n; i += chains {
		some := min(n-i, chains)
		t := bundle{aRow: a.row, aCol: a.col, bCol: v.col}
		for k := 0; k < p.k; k += depth {
			t.a, t.b, t.k = a.at(i, k).p, v.at(0, k).p, min(depth, p.k-k)
			code.Call(p.chain[some-1], unsafe.Pointer(&t))
			p.total(unsafe.Add(out, i*p.size), &t, some, p.added+k > 0)
		}
	}
}

// total stores the first n sums of t, or adds them to what is there.
func (u *Unit) total(out unsafe.Pointer, t *bundle, n int, add bool) {
	u.sum(out, unsafe.Pointer(&t.sums), n, add)
}

// sum stores n sums, or adds them to what is there.
func (u *Unit) sum(out, sums unsafe.Pointer, n int, add bool) {
	if u.size == 4 {
		totals(unsafe.Slice((*float32)(out), n), unsafe.Slice((*float32)(sums), n), add)
	} else {
		totals(unsafe.Slice((*float64)(out), n), unsafe.Slice((*float64)(sums), n), add)
	}
}

// totalApart is total where the sums are so many bytes apart.
func (u *Unit) totalApart(out unsafe.Pointer, by int, t *bundle, n int, add bool) {
	if by == u.size {
		u.total(out, t, n, add)
		return
	}
	for i := range n {
		at := unsafe.Add(out, i*by)
		if u.size == 4 {
			totals(unsafe.Slice((*float32)(at), 1), unsafe.Slice((*float32)(unsafe.Pointer(&t.sums)), n)[i:], add)
		} else {
			totals(unsafe.Slice((*float64)(at), 1), t.sums[i:n], add)
		}
	}
}

func totals[T float32 | float64](out, sums []T, add bool) {
	if !add {
		copy(out, sums)
		return
	}
	for i := range out {
		out[i] += sums[i]
	}
}

// short is inner on this thread.
func (p *product) short(a, v operand, out unsafe.Pointer) {
	var room [alone / depth]float64
	sums := unsafe.Pointer(&room)
	p.blocks(a, v, sums, p.k)
	p.ordered(out, sums, count(p.k, depth))
}

// inner sets *out to the product of two long vectors: the sums of blocks, in parallel,
// and then their sum.
func (p *product) inner(a, v operand, out unsafe.Pointer) {
	blocks := count(p.k, depth)
	room := p.memory.Alloc(blocks * p.size)
	defer p.memory.Free(room)
	sums := unsafe.Pointer(unsafe.SliceData(room))
	units, some, ns := p.innerOf()
	lots := p.memory.Lots(p.longLots(a, v, 1, run.Threads()))
	defer lots.Free()
	run.Share(units, some, ns, func(lo, hi int) {
		w := work{memory: lots.Take()}
		defer lots.Give(w.memory)
		defer w.free()
		most := p.k
		if a.apart() || v.apart() {
			most = atOnce
		}
		for k, end := lo*chains*depth, min(hi*chains*depth, p.k); k < end; k += most {
			d := min(most, end-k)
			x, y := p.ready(a.at(0, k), d, &w.x, &w), p.ready(v.at(0, k), d, &w.y, &w)
			p.blocks(x, y, unsafe.Add(sums, k/depth*p.size), d)
		}
	})
	p.ordered(out, sums, blocks)
}

// innerOf is how many units of blocks inner has, how many make a part, and how long all take.
func (p *Plan) innerOf() (units, some int, ns float64) {
	units = count(count(p.k, depth), chains)
	ns = float64(units * chains * depth / 6)
	return units, run.Grain(units, ns), ns
}

// atOnce is how many elements of a vector are made at once if it is computed or of halves.
const atOnce = 8 * chains * depth

// ready is n elements of a vector as they are multiplied.
func (p *product) ready(v operand, n int, room *enough, w *work) operand {
	if !v.apart() {
		return v
	}
	return p.widened(room.of(w.memory, p.pitch(min(atOnce, p.k))), v, 1, n)
}

// blocks makes the sums of the blocks of n elements of two vectors, of which the last may be shorter.
func (p *product) blocks(a, v operand, sums unsafe.Pointer, n int) {
	for i := 0; i < n; {
		t := bundle{a: a.at(0, i).p, b: v.at(0, i).p, aCol: a.col, bCol: v.col,
			aRow: depth * a.col, bRow: depth * v.col, k: depth}
		some := min(chains, (n-i)/depth)
		if some == 0 {
			some, t.k = 1, n-i
		}
		code.Call(p.chain[some-1], unsafe.Pointer(&t))
		p.total(unsafe.Add(sums, i/depth*p.size), &t, some, false)
		i += some * depth
	}
}

// ordered sets *out to the sum of n numbers, at least one, from the first to the last.
func (p *product) ordered(out, sums unsafe.Pointer, n int) {
	if p.size == 4 {
		*(*float32)(out) = ordered(unsafe.Slice((*float32)(sums), n))
	} else {
		*(*float64)(out) = ordered(unsafe.Slice((*float64)(sums), n))
	}
}

func ordered[T float32 | float64](x []T) T {
	sum := x[0]
	for _, s := range x[1:] {
		sum += s
	}
	return sum
}
