package gemm

import (
	"time"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/run"
)

// A Shape says which products: Out[b,i,j] = Σ X[b,i,k]·Y[b,j,k], where i is below M, j
// below N, k below K, and b an index of the axes of batches. Distances are in elements.
type Shape struct {
	Batch   []Axis
	M, N, K int
	X, Y    Strides // of i or j, and of k
	Out     Strides // of i, and of j

	KindX, KindY, KindOut Kind
}

// An Axis is one of batches: how many there are, and how far apart in each array.
type Axis struct{ N, X, Y, Out int }

// Strides are the distances of neighbours: those in a column, and those in a row.
type Strides struct{ Row, Col int }

// A Plan is how products of one shape are made. Many goroutines may run it at once.
type Plan struct {
	*Unit
	axes       []Axis // in bytes
	b, m, n, k int
	x, y, to   operand   // at nil; to is the result
	wider      *Plan     // of one product of what is widened, if there are halves
	square     bool      // if X and Y are one array the result is symmetric
	swapped    bool      // X is what was called Y
	pieces     [2]pieces // of X and Y
}

type operand struct {
	p        unsafe.Pointer
	row, col int // in bytes
	kind     Kind
	lines    Lines // that compute it; nil: it is in memory
	off      int   // then: how far from the first element
}

// at is the operand from row i, element k on.
func (o operand) at(i, k int) operand { return o.moved(i*o.row + k*o.col) }

// moved is the operand from so many bytes on.
func (o operand) moved(bytes int) operand {
	o.follow(&o, bytes)
	return o
}

// follow puts o, which lies as of does, so many bytes behind that.
func (o *operand) follow(of *operand, bytes int) {
	if o.lines = of.lines; o.lines != nil {
		o.off = of.off + bytes
	} else {
		o.p = unsafe.Add(of.p, bytes)
	}
}

// apart reports whether elements do not lie as they are multiplied, so that they are made so in
// other memory.
func (o *operand) apart() bool { return o.kind != Whole || o.lines != nil }

// Plan prepares products. It reports false if neither the rows nor the columns of the
// result are in one piece.
func (u *Unit) Plan(s Shape) (*Plan, bool) {
	swapped := false
	if s.N == 1 {
		s.Out.Col = 1
	}
	if s.M == 1 && s.Out.Col != 1 {
		s.Out.Row = 1
	}
	if s.Out.Col != 1 {
		if swapped = true; s.Out.Row != 1 {
			return nil, false
		}
		// The product of the transposed factors is the transposed product, and sums do
		// not depend on the order of factors.
		s.M, s.N, s.X, s.Y, s.KindX, s.KindY = s.N, s.M, s.Y, s.X, s.KindY, s.KindX
		s.Out = Strides{s.Out.Col, 1}
		for i, a := range s.Batch {
			s.Batch[i] = Axis{a.N, a.Y, a.X, a.Out}
		}
	}
	sizeX, sizeY, sizeOut := s.KindX.size(u.size), s.KindY.size(u.size), s.KindOut.size(u.size)
	p := &Plan{Unit: u, swapped: swapped, b: 1, m: s.M, n: s.N, k: s.K,
		x:      operand{row: s.X.Row * sizeX, col: s.X.Col * sizeX, kind: s.KindX},
		y:      operand{row: s.Y.Row * sizeY, col: s.Y.Col * sizeY, kind: s.KindY},
		to:     operand{row: s.Out.Row * sizeOut, col: sizeOut, kind: s.KindOut},
		square: s.M == s.N && s.X == s.Y && s.KindX == s.KindY && s.KindOut == Whole}
	if p.halves() {
		p.wider = p.ofWhole()
	}
	for _, a := range s.Batch {
		p.square = p.square && a.X == a.Y
		p.b *= a.N
		a = Axis{a.N, a.X * sizeX, a.Y * sizeY, a.Out * sizeOut}
		switch last := len(p.axes) - 1; {
		case a.N == 1:
		case last >= 0 && p.axes[last] == (Axis{p.axes[last].N, a.X * a.N, a.Y * a.N, a.Out * a.N}):
			a.N *= p.axes[last].N
			p.axes[last] = a
		default:
			p.axes = append(p.axes, a)
		}
	}
	p.cutPieces()
	return p, true
}

// Cost estimates how long Run takes on one thread.
func (p *Plan) Cost() time.Duration {
	bytes := float64(p.b) * float64(p.m*p.k+p.n*p.k+p.m*p.n) * float64(p.size)
	return time.Duration(100 + p.ns(p.m*p.n*p.k)*float64(p.b) + bytes/40)
}

// halves reports whether some elements do not lie as they are multiplied.
func (p *Plan) halves() bool { return p.x.kind != Whole || p.y.kind != Whole || p.to.kind != Whole }

// ns estimates how long some multiplications take.
func (p *Plan) ns(work int) float64 { return float64(work*p.size) / 200 }

// Run sets out to the products of x and y, which are the first elements. If then is not
// nil it is called for ranges of elements of out as they have got their values, by any
// thread, so that all have been in a range once when Run returns. There must be no gaps in
// out then.
func (p *Plan) Run(x, y, out unsafe.Pointer, then func(lo, hi int)) {
	after := Then{}
	if then != nil {
		after.Do = func(_ unsafe.Pointer, lo, hi int) { then(lo, hi) }
	}
	p.RunOf(nil, x, y, out, Changes{}, after)
}

// Then is what is done with elements of a result as they have got their values.
type Then struct {
	Do       func(p unsafe.Pointer, lo, hi int) // of those from lo on, which is at p, until hi
	Rows     bool                               // of whole rows, see Rows
	Matrices bool                               // of whole products of a batch, see Matrix
	Own      bool                               // they are nowhere else: the result has no memory
	Reads    []Array                            // of which Do reads elements in the same places: they are fetched early
}

// An Array is as many elements as the result has, Size bytes each.
type Array struct {
	P    unsafe.Pointer
	Size int
}

// RunOf is Run for operands that are changed before they are multiplied, see Changing, in
// memory of m: see Scratch.
func (p *Plan) RunOf(m *run.Memory, x, y, out unsafe.Pointer, first Changes, after Then) {
	if p.b*p.m*p.n == 0 {
		return
	}
	if p.swapped {
		x, y = y, x
		first = Changes{first.Y, first.X, first.LinesY, first.LinesX, first.ReadsY, first.ReadsX, first.Same, first.Pieces}
	}
	late := after.Do
	if p.to.row == p.n*p.to.col && (p.m*p.n >= worth || after.Rows) {
		late = nil
	} else {
		after.Do = nil
	}
	q := product{Plan: p, x: p.x, y: p.y, to: p.to, out: out, row: p.to.row, base: out, memory: m, prior: first, then: after,
		mirror: p.square && x == y && !after.Own && !first.any() && (first.Same || !p.isFlat(1))}
	q.x.p, q.y.p, q.x.lines, q.y.lines = x, y, first.LinesX, first.LinesY
	if p.b == 1 && p.m*p.n*p.k <= alone && !p.halves() {
		q.here()
	} else {
		spread := q // which escapes
		spread.run()
	}
	if late != nil {
		run.Parallel(p.b*p.m*p.n, handful, func(lo, hi int) { late(out, lo, hi) })
	}
}

const (
	// worth is from how many elements of a matrix it is worth calling a function for them
	// while they are in a cache; where there are fewer, or between them others, that is
	// left for the end, in parts of a handful.
	worth   = 2048
	handful = 8192
)

// A product is one run of a plan.
type product struct {
	*Plan
	x, y   operand
	to     operand        // where the result goes
	out    unsafe.Pointer // where sums go: there, unless it is of halves
	row    int            // bytes between their rows
	added  int            // so many k are in the sums already
	mirror bool           // X and Y are one matrix: Out[b,i,j] = Out[b,j,i]

	base   unsafe.Pointer // an element of the result, or of rows of it
	number int            // which
	memory *run.Memory
	prior  Changes
	then   Then
}

// of is the b-th product of the batch.
func (p *product) of(b int) product {
	q := *p
	q.become(p, b)
	return q
}

// become makes q, which is a product of the batch p, the b-th.
func (q *product) become(p *product, b int) {
	x, y, out := p.offsets(b)
	if p.k > 0 { // else there is no element to point to
		q.x.follow(&p.x, x)
		q.y.follow(&p.y, y)
	}
	if p.then.Own {
		q.number = out / p.to.col
	} else {
		q.out = unsafe.Add(p.out, out)
	}
}

// in says where the result is, or what is made of it at once, if it is in memory of its own.
func (p *product) in(room unsafe.Pointer) { p.out, p.base = room, room }

// offsets are how far the b-th product of the batch is from the first, in bytes.
func (p *Plan) offsets(b int) (x, y, out int) {
	for i := len(p.axes) - 1; i >= 0; i-- {
		a := &p.axes[i]
		j := b % a.N
		b /= a.N
		x, y, out = x+j*a.X, y+j*a.Y, out+j*a.Out
	}
	return x, y, out
}

// finished passes on that n elements of the result from out on have their values.
func (p *product) finished(out unsafe.Pointer, n int) {
	if p.then.Do != nil {
		at := p.number + int(uintptr(out)-uintptr(p.base))/p.to.col
		p.then.Do(out, at, at+n)
	}
}

// ended passes on that all elements have theirs.
func (p *product) ended() {
	unit := 1
	if p.then.Rows {
		unit = p.n
	}
	if p.then.Do != nil {
		run.Parallel(p.m*p.n/unit, max(handful/unit, 1), func(lo, hi int) { p.finished(unsafe.Add(p.out, lo*unit*p.to.col), (hi-lo)*unit) })
	}
}

const (
	alone = 1 << 15 // products of fewer multiplications are made without helpers …
	whole = 1 << 18 // … of fewer by one thread …
	each  = 1 << 21 // … and of fewer by one thread if there are several
)

// here computes the only product on this thread.
func (p *product) here() {
	switch {
	case p.k == 0:
		p.zero()
		p.finished(p.out, p.m*p.n)
	case p.m == 1:
		p.vector(p.y, p.x, p.out, p.n)
		p.finished(p.out, p.n)
	case p.n == 1 && p.row == p.to.col:
		p.vector(p.x, p.y, p.out, p.m)
		p.finished(p.out, p.m)
	default:
		w := work{memory: p.memory}
		if p.then.Own {
			p.in(w.own.of(w.memory, p.ofOwn()))
		}
		p.small(&w)
		w.free()
	}
}

func (p *product) run() {
	work := p.m * p.n * p.k
	switch {
	case p.m == 1 && work > 0:
		p.vectors(p.n)
	case p.n == 1 && p.row == p.to.col && work > 0:
		p.vectors(p.m)
	case p.isSmall() || p.prior.Pieces || p.then.Matrices || !p.mirror && p.isWhole(p.use(), run.Threads()):
		p.several()
	default:
		for b := range p.b {
			q := p.of(b)
			q.single()
		}
	}
}

// isSmall reports whether each product is made by one thread, whatever else there is.
func (p *Plan) isSmall() bool {
	work := p.m * p.n * p.k
	return work < whole || p.b > 1 && work < each
}

// isWhole reports whether each is made so as there are enough of them: then threads wait for each
// other but once.
func (p *Plan) isWhole(u Use, threads int) bool {
	unit := p.unit(u)
	return unit > 0 && p.m*p.n*p.k <= middling && p.b/unit >= max(shareable, 4*threads) && !p.isUpright(u)
}

// zero is the product if there is nothing to add.
func (p *product) zero() {
	for i := range p.m {
		clear(unsafe.Slice((*byte)(unsafe.Add(p.out, i*p.row)), p.n*p.to.col))
	}
}

// grain is how many items of ns nanoseconds make a part for run.Parallel.
func grain(ns float64) int { return max(1, int(40_000/max(ns, 0.1))) }

// up rounds n up to a multiple of m.
func up(n, m int) int { return (n + m - 1) / m * m }

// count is how many parts of size m there are in n.
func count(n, m int) int { return (n + m - 1) / m }

// most is how many panels a micro kernel makes in one call, some 100 µs at most.
const most = 48

// sweep makes r rows and n columns of the result, from t, which lacks their number; a
// panel of b begins step bytes after the last.
func (u *Unit) sweep(t *tile, r, n, step int) {
	t.bNext, t.cNext = step-t.k*t.bCol, u.columns*u.size
	if t.next == 0 {
		t.next = uintptr(t.c) // near already
		if t.k <= 3*r {       // there is no time to fetch the result: ask for the next rows
			t.next += uintptr(r * t.cRow)
			t.nextRow, t.nextPanel = t.cRow, t.cNext
		}
	}
	t.tail = u.width / u.size
	for n >= u.columns {
		panels := min(n/u.columns, most)
		t.panels = panels
		code.Call(u.micro[r-1][1][0], unsafe.Pointer(t))
		if n -= panels * u.columns; n == 0 {
			return // before pointers go beyond their arrays, which the collector minds
		}
		t.b = unsafe.Add(t.b, panels*step)
		t.c = unsafe.Add(t.c, panels*t.cNext)
	}
	t.panels = 1
	code.Call(u.narrow(t, r, n), unsafe.Pointer(t))
}

// narrow returns the kernel for r rows of n columns, one panel at most, of which t has the last
// vector.
func (u *Unit) narrow(t *tile, r, n int) code.Func {
	vector := u.width / u.size
	v := (n - 1) / vector
	t.tail = n - v*vector
	return u.micro[r-1][v][min(vector-t.tail, 1)]
}

// stack makes panels of r rows, the height that the first of m rows have, one below the other, and
// n columns, one panel at most, of which it makes so many at most. It returns how many rows those
// are.
func (u *Unit) stack(t *tile, r, m, n, panels int) (rows int) {
	all := count(m, u.rows)
	panels = min(all-(r*all-m), panels) // the others have a row less
	t.panels, t.aNext, t.bNext, t.cNext = panels, r*t.aRow, -t.k*t.bCol, r*t.cRow
	if t.next == 0 {
		t.next = uintptr(t.c)
	}
	code.Call(u.narrow(t, r, n), unsafe.Pointer(t))
	return panels * r
}

// height is that of the first of the panels that m rows are cut into as evenly as
// possible.
func (u *Unit) height(m int) int {
	panels := (m + u.rows - 1) / u.rows
	return (m + panels - 1) / panels
}
