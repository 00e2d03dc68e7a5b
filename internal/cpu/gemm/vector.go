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
	u := p.use()
	unit := p.unit(u)
	lots := p.memory.Lots(p.vectorLots(u, a, v, n, run.Threads()))
	defer lots.Free()
	run.Share(p.b/unit, p.vectorsOf(unit, n), p.vectorsNs(n), func(lo, hi int) {
		lo, hi = lo*unit, hi*unit
		w := work{memory: lots.TakeAt(lo, p.b), computes: u.X || u.Y}
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
			if p.isSideBySide() {
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
				q.vectorOfHalves(a, v, n, &w)
				q.finished(q.out, n)
			case n*p.k <= alone:
				q.vector(a, v, q.out, n)
				q.finished(q.out, n)
			default:
				q.long(a, v, n)
			}
		}
	})
}

// vectorsOf is how many units of products with vectors make a part.
func (p *Plan) vectorsOf(unit, n int) int {
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
	if p.isInner(n) {
		for i := range n {
			p.inner(a.at(i, 0), v, unsafe.Add(out, i*p.size))
		}
		p.finished(out, n)
		return
	}
	if room := p.memory.Alloc(p.ofLong(a, v, n)); room != nil {
		defer p.memory.Free(room)
		copied := unsafe.Pointer(unsafe.SliceData(room))
		p.gather(copied, p.size, v, 1, p.k)
		v = operand{p: copied, col: p.size}
	}
	unit, streams := 2*p.group(), false
	if a.row == p.size {
		unit = p.form.wide * p.width / p.size
		if streams = n*p.k*p.size > second/2 && n >= 1024; streams {
			unit = 1024
		}
	}
	ns := float64(n) * (float64(p.k)/8 + 0.5)
	run.Share(count(n, unit), p.some(count(n, unit), unit), ns, func(lo, hi int) {
		i, end := lo*unit, min(hi*unit, n)
		for streams && i+unit <= end {
			some := min(line, (end-i)/unit*unit)
			p.streamed(a.at(i, 0), v, unsafe.Add(out, i*p.size), some)
			i += some
		}
		if i < end {
			p.vector(a.at(i, 0), v, unsafe.Add(out, i*p.size), end-i)
		}
		p.finished(unsafe.Add(out, lo*unit*p.size), end-lo*unit)
	})
}

// some is how many of the units of rows make a part: more where they come from afar, for
// every part begins slowly.
func (p *product) some(units, rows int) int {
	const most = 4 << 20
	return max(grain(float64(rows*p.k)/8), min(units/8, most/(rows*p.k*p.size)))
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
				early: early, row: a.row, k: min(most, p.k-k), add: k, n: some}
			code.Call(p.along[how], unsafe.Pointer(&t))
		}
		i += some * unit
	}
	return whole
}

// down is vector for a matrix each column of which is in one piece.
func (p *product) down(a, v operand, out unsafe.Pointer, n int) {
	width := p.form.wide * p.width / p.size
	for k := 0; k < p.k; k += depth {
		t := tile{aCol: v.col, bCol: a.col, k: min(depth, p.k-k), add: k}
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
	if n < chains && p.k >= 2*depth && p.k <= alone {
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
			p.total(unsafe.Add(out, i*p.size), &t, some, k > 0)
		}
	}
}

// total stores the first n sums of t, or adds them to what is there.
func (u *Unit) total(out unsafe.Pointer, t *bundle, n int, add bool) {
	if u.size == 4 {
		totals(unsafe.Slice((*float32)(out), n), unsafe.Slice((*float32)(unsafe.Pointer(&t.sums)), n), add)
	} else {
		totals(unsafe.Slice((*float64)(out), n), t.sums[:n], add)
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
	blocks := count(p.k, depth)
	p.blocks(a, v, sums, 0, blocks)
	p.ordered(out, sums, blocks)
}

// inner sets *out to the product of two long vectors: the sums of blocks, in parallel,
// and then their sum.
func (p *product) inner(a, v operand, out unsafe.Pointer) {
	blocks := count(p.k, depth)
	room := p.memory.Alloc(blocks * p.size)
	defer p.memory.Free(room)
	sums := unsafe.Pointer(unsafe.SliceData(room))
	units := count(blocks, chains)
	ns := float64(units * chains * depth / 6)
	run.Share(units, run.Grain(units, ns), ns, func(lo, hi int) {
		p.blocks(a, v, sums, lo*chains, min(hi*chains, blocks))
	})
	p.ordered(out, sums, blocks)
}

// blocks makes the sums of the blocks of two vectors from lo until hi, of which the last may be
// shorter.
func (p *product) blocks(a, v operand, sums unsafe.Pointer, lo, hi int) {
	whole := p.k / depth
	for i := lo; i < hi; {
		t := bundle{a: a.at(0, i*depth).p, b: v.at(0, i*depth).p, aCol: a.col, bCol: v.col,
			aRow: depth * a.col, bRow: depth * v.col, k: depth}
		n := min(chains, hi-i, whole-i)
		if n <= 0 {
			n, t.k = 1, p.k-i*depth
		}
		code.Call(p.chain[n-1], unsafe.Pointer(&t))
		p.total(unsafe.Add(sums, i*p.size), &t, n, false)
		i += n
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
