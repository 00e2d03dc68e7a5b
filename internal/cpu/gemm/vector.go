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
	lots := p.memory.Lots(p.vectorLots(a, v, n, run.Threads()))
	defer lots.Free()
	run.Parallel(p.b, p.vectorsOf(n), func(lo, hi int) {
		w := work{memory: lots.Take()}
		defer lots.Give(w.memory)
		defer w.free()
		for b := lo; b < hi; b++ {
			q := p.of(b)
			q.memory = w.memory
			a, v := q.x, q.y
			if p.m == 1 {
				a, v = v, a
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

// vectorsOf is how many products with vectors make a part.
func (p *Plan) vectorsOf(n int) int { return grain(30 + float64(n*p.k)/8) }

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
	run.Parallel(count(n, unit), p.some(count(n, unit), unit), func(lo, hi int) {
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
	how, unit := cached, 2*p.group()
	bytes := p.m * p.n * p.k * p.size
	if bytes > second && a.row == p.k*p.size && p.group()*a.row <= second/4 {
		if how, unit = nearer, p.group(); bytes > third {
			how = onward
		}
	}
	i := 0
	for ; i+unit <= n; i += unit {
		early := uintptr(a.at(i, 0).p)
		if i+2*unit <= n {
			early += uintptr(unit * a.row)
		} // else the next is not for this thread
		for k := 0; k < p.k; k += most {
			t := band{a: a.at(i, k).p, v: unsafe.Add(v.p, k*p.size), out: unsafe.Add(out, i*p.size),
				early: early, row: a.row, k: min(most, p.k-k), add: k}
			code.Call(p.along[how], unsafe.Pointer(&t))
		}
	}
	return i
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

func totals[T float32 | float64](out, sums []T, add bool) {
	if !add {
		copy(out, sums)
		return
	}
	for i, s := range sums {
		out[i] += s
	}
}

// inner sets *out to the product of two long vectors: the sums of blocks, in parallel,
// and then their sum.
func (p *product) inner(a, v operand, out unsafe.Pointer) {
	blocks := count(p.k, depth)
	room := p.memory.Alloc(blocks * p.size)
	defer p.memory.Free(room)
	sums := unsafe.Pointer(unsafe.SliceData(room))
	whole := p.k / depth
	run.Parallel(count(blocks, chains), grain(chains*depth), func(lo, hi int) {
		for i := lo * chains; i < min(hi*chains, blocks); {
			// The last block may be shorter.
			t := bundle{a: a.at(0, i*depth).p, b: v.at(0, i*depth).p, aCol: a.col, bCol: v.col,
				aRow: depth * a.col, bRow: depth * v.col, k: depth}
			n := min(chains, whole-i)
			if n <= 0 {
				n, t.k = 1, p.k-i*depth
			}
			code.Call(p.chain[n-1], unsafe.Pointer(&t))
			p.total(unsafe.Add(sums, i*p.size), &t, n, false)
			i += n
		}
	})
	if p.size == 4 {
		*(*float32)(out) = ordered(unsafe.Slice((*float32)(sums), blocks))
	} else {
		*(*float64)(out) = ordered(unsafe.Slice((*float64)(sums), blocks))
	}
}

// ordered adds at least one number, from the first to the last.
func ordered[T float32 | float64](x []T) T {
	sum := x[0]
	for _, s := range x[1:] {
		sum += s
	}
	return sum
}
