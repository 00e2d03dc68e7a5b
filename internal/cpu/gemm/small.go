package gemm

import (
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/run"
)

const (
	// scattered is the most elements of a right operand without rows in one piece that
	// are not worth packing.
	scattered = 128

	// near is how many bytes products have that are made together: those that the first
	// cache holds.
	near = 24 << 10

	// long is how many multiplications take a time after which others may have waited.
	long = 1 << 21
)

// several makes the products of the batch, each on one thread.
func (p *product) several() {
	some, together := p.near()
	u := p.use()
	unit := p.unit(u)
	lots := p.memory.Lots(p.smallLots(u, run.Threads()))
	defer lots.Free()
	run.Share(p.b/unit, p.someOf(unit), p.smallNs()*float64(p.b), func(lo, hi int) {
		lo, hi = lo*unit, hi*unit
		w := work{memory: lots.TakeAt(lo, p.b), computes: u.X || u.Y}
		defer lots.Give(w.memory)
		defer w.free()
		q := *p
		q.prior = Changes{}
		for lo < hi {
			q.become(p, lo)
			if p.then.Own {
				q.in(w.own.of(w.memory, p.ofOwn()))
			}
			end := hi
			if w.computes {
				end = w.computed(p, &q, lo, hi)
			}
			if together {
				last := &p.axes[len(p.axes)-1]
				n := min(some, end-lo, last.N-lo%last.N)
				q.together(n, last)
				lo += n
				continue
			}
			if lo++; lo < p.b { // if not in this part then in the thread's next, probably
				next := p.of(lo)
				if w.computes && lo < end {
					w.computed(p, &next, lo, end)
				}
				w.follows(&q, &next)
			}
			if p.halves() {
				q.smallHalves(&w)
			} else {
				q.small(&w)
			}
		}
	})
}

// A work is what a thread keeps while it makes small products, one after the other.
type work struct {
	memory     *run.Memory
	panels     enough     // columns, if they are packed
	x, y, sums enough     // what is widened, and what will be halves
	own        enough     // what has no other memory
	soon       [2]nearing // what the next product is of
	computes   bool       // x, or y, or both
	pieces     [2]piece   // of them
}

// follows says that next comes after p.
func (w *work) follows(p, next *product) {
	w.soon = [2]nearing{}
	if next.y.p != p.y.p {
		w.soon[0] = p.nearing(next.y, p.n, p.k)
	}
	if next.x.p != p.x.p && !p.beside() { // else the kernels ask for the next rows each time
		w.soon[1] = p.nearing(next.x, p.m, p.k)
	}
}

// wanted is what is worth fetching now, after first.
func (w *work) wanted(first *nearing) *nearing {
	if first.left <= 0 {
		for i := range w.soon {
			if w.soon[i].left > 0 {
				return &w.soon[i]
			}
		}
		if w.computes {
			return w.later(first)
		}
	}
	return first
}

// free gives back what w has lent.
func (w *work) free() {
	for _, e := range []*enough{&w.panels, &w.x, &w.y, &w.sums, &w.own, &w.pieces[0].room, &w.pieces[1].room} {
		e.free(w.memory)
	}
}

// near is how many products the first cache holds, and whether they are made together.
func (p *Plan) near() (some int, together bool) {
	bytes := p.size * (p.m*p.k + p.n*p.k + p.m*p.n)
	some = min(near/max(bytes, 1), most)
	return some, some > 1 && p.b > 1 && p.k > 0 && p.k <= depth && p.y.row == p.size && !p.halves()
}

// someOf is how many small products make a part, in units.
func (p *Plan) someOf(unit int) int {
	some, _ := p.near()
	return count(max(grain(4*p.smallNs()), some), unit)
}

func (p *Plan) smallNs() float64 { return 20 + p.ns(p.m*p.n*p.k) }

// together makes n small products along an axis: the same part of each in one call.
func (p *product) together(n int, axis *Axis) {
	vector := p.width / p.size
	for j := 0; j < p.n; j += p.columns {
		cols := min(p.columns, p.n-j)
		v := (cols - 1) / vector
		part := 0
		if cols%vector != 0 {
			part = 1
		}
		y := p.y.at(j, 0)
		for i := 0; i < p.m; {
			r := p.height(p.m - i)
			t := tile{a: p.x.at(i, 0).p, aRow: p.x.row, aCol: p.x.col, aNext: axis.X,
				b: y.p, bCol: y.col, bNext: axis.Y - p.k*y.col,
				c: unsafe.Add(p.out, i*p.row+j*p.size), cRow: p.row, cNext: axis.Out,
				k: p.k, panels: n, tail: cols - v*vector}
			t.next = uintptr(t.c)
			code.Call(p.micro[r-1][v][part], unsafe.Pointer(&t))
			i += r
		}
	}
	if p.then.Rows {
		p.finished(p.out, n*p.m*p.n)
	} else if p.then.Do != nil {
		for b := range n {
			p.finished(unsafe.Add(p.out, b*axis.Out), p.m*p.n)
		}
	}
}

// small makes one product on this thread.
func (p *product) small(w *work) {
	bytes := p.ofSmall()
	switch {
	case p.k == 0:
		p.zero()
	case bytes == 0 && p.y.row == p.size:
		p.rowsOf(p.y, p.out, p.n, false, w)
	case bytes == 0:
		for i := range p.m {
			p.chained(p.y, p.x.at(i, 0), unsafe.Add(p.out, i*p.row), p.n)
		}
	default:
		for j := 0; j < p.n; j += block {
			p.rowsOf(p.y.at(j, 0), unsafe.Add(p.out, j*p.size), min(block, p.n-j), true, w)
		}
	}
	p.finished(p.out, p.m*p.n)
}

// beside reports whether the rows of x are one piece of memory.
func (p *product) beside() bool { return p.x.col == p.size && p.x.row == p.k*p.size }

// crowded reports whether lines so far apart, as many as one block of k has, do not all
// find room in the first cache.
func (p *Plan) crowded(distance int) bool {
	return min(p.k, depth) > 64 && distance%256 == 0
}

// rowsOf makes n columns of a product on this thread, at most block of them if they are packed.
func (p *product) rowsOf(y operand, out unsafe.Pointer, n int, pack bool, w *work) {
	ahead, work := 0, 0 // rows of the next block that have come already, and multiplications since others had a chance
	for k := 0; k < p.k; k += depth {
		d := min(depth, p.k-k)
		b, bCol, step := y.at(0, k).p, y.col, p.columns*p.size
		var wanted nearing
		if pack {
			b, bCol = w.panels.of(w.memory, p.columnsOf(n)), step
			p.wantColumns(b, y.at(0, k), n, d, w.memory, &w.y)
			step *= d
		}
		if k+d < p.k {
			wanted = p.nearing(y.at(0, k+d), n, min(depth, p.k-k-d))
			wanted.at = ahead
		}
		for i := 0; i < p.m; {
			r := p.height(p.m - i)
			if work += r * n * d; work > long {
				run.GiveWay()
				work = 0
			}
			a := p.x.at(i, k)
			t := tile{a: a.p, aRow: a.row, aCol: a.col, b: b, bCol: bCol,
				c: unsafe.Add(out, i*p.row), cRow: p.row, k: d, add: k}
			want := w.wanted(&wanted)
			panels := want.begin(&t, r)
			if d == p.k && p.beside() && t.next == 0 {
				t.next, t.nextRow = uintptr(a.p)+uintptr(r*a.row), ask // the next rows
				if n <= p.columns {
					t.nextPanel = r * a.row
				}
			}
			if n <= p.columns {
				i += p.stack(&t, r, p.m-i, n, panels)
			} else {
				p.sweep(&t, r, n, step)
				i += r
			}
			want.end(&t)
		}
		ahead = max(0, wanted.at-wanted.rows)
	}
}
