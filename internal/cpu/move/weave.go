package move

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"sync"
	"unsafe"

	. "gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
	"gojax/internal/cpu/tile"
)

// A weave is a walk of which steps along one axis write few elements each, one after the other:
// columns of narrow rows, elements that are repeated, rows backwards, arrays side by side. What
// a number of steps write is whole vectors, each shuffled out of what a few loads bring; which
// ones is in a table, as all these groups of steps are alike.
type weave struct {
	size  int
	outer []Dim
	step  Dim
	from  []int // where the elements of a step come from
	last  int   // the greatest place that anything comes from

	once  [weavers]sync.Once
	table [weavers]*table
}

// The ways to shuffle.
const (
	weaveBytes = iota // 16 bytes, of elements that are smaller than 4
	weaveWords        // 8 words
	weaveWide         // 16 words
	weavers
)

// A table says how the vectors of a group are made: for each of them, of so many loads, where
// each is, and what goes where.
type table struct {
	data   []byte
	loads  int
	steps  int // of a group
	count  int // vectors
	bytes  int // that a group writes
	reach  int // bytes from where a group begins to where its loads end
	vector int // bytes
}

const (
	weaveRow   = 128      // bytes that a step writes, if rows are long …
	weaveRun   = 4 << 10  // … as these bytes are
	weaveLoads = 8        // for a vector, at most
	weaveTable = 16 << 10 // bytes, so that it stays in the fastest cache
	weaveChunk = 16 << 10 // bytes that are written at a time
	weaveNear  = 256      // bytes of a source that all steps share, which may be copied first
)

// newWeave returns the weave along dims, as merge leaves them; nil if there is none. A step is as
// few axes as write rows of some length, and one more if those are short all the same.
func newWeave(size int, dims []Dim) *weave {
	a, n := len(dims)-1, 1
	for ; a >= 0 && dims[a].To == n && n*dims[a].N*size <= weaveRow; a-- {
		n *= dims[a].N
	}
	if a < 0 || dims[a].To != n {
		return nil
	}
	w := weaveFrom(size, dims, a)
	if n *= dims[a].N; n*size < weaveRun && a > 0 && dims[a-1].To == n {
		way := weaveWords
		if size < 4 {
			way = weaveBytes
		}
		if far := weaveFrom(size, dims, a-1); far.makeTable(way) != nil {
			return far
		}
	}
	return w
}

// weaveFrom returns the weave whose steps are along axis a.
func weaveFrom(size int, dims []Dim, a int) *weave {
	w := &weave{size: size, outer: dims[:a], step: dims[a]}
	for i := range length(dims[a+1:]) {
		from, _ := places(dims[a+1:], i)
		w.from = append(w.from, from)
	}
	for _, d := range dims {
		w.last += max(0, d.From*(d.N-1))
	}
	return w
}

// dense reports whether a walk leaves no gaps where elements go to.
func dense(dims []Dim) bool {
	n := 1
	for _, d := range slices.Backward(dims) {
		if d.To != n {
			return false
		}
		n *= d.N
	}
	return true
}

// tableFor returns the table for the kernels of u, nil if there is none.
func (w *weave) tableFor(u *Unit) *table {
	if u == nil {
		return nil
	}
	way := weaveWords
	switch {
	case w.size < 4:
		way = weaveBytes
	case u.wide:
		way = weaveWide
	}
	w.once[way].Do(func() { w.table[way] = w.makeTable(way) })
	return w.table[way]
}

func (w *weave) makeTable(way int) *table {
	unit, lanes := 4, 8
	switch way {
	case weaveBytes:
		unit, lanes = 1, 16
	case weaveWide:
		lanes = 16
	}
	words := w.size / unit // of an element
	row := len(w.from) * words
	t := &table{steps: lanes / min(lanes, row&-row), vector: unit * lanes}
	if row >= 4*lanes || w.step.N < t.steps && row >= lanes {
		t.steps = 1 // the last vector of each overlaps the one before
	}
	if w.step.N < t.steps {
		return nil
	}
	t.count = (t.steps*row + lanes - 1) / lanes
	t.bytes = t.steps * row * unit
	if t.count*entry(way) > weaveTable {
		return nil
	}
	all := make([]int, t.steps*row) // where each unit comes from
	for i := range all {
		all[i] = i/row*w.step.From*words + w.from[i%row/words]*words + i%words
	}
	least, most := slices.Min(all), slices.Max(all)
	vectors := make([][]int, t.count) // where loads begin
	first := func(v int) int { return min(v*lanes, len(all)-lanes) }
	for v := range vectors {
		sorted := slices.Sorted(slices.Values(all[first(v):][:lanes]))
		for _, x := range sorted {
			if l := vectors[v]; len(l) > 0 && x < l[len(l)-1]+lanes {
				continue
			}
			if most-lanes+1 >= least { // not behind what is needed
				x = min(x, most-lanes+1)
			}
			vectors[v] = append(vectors[v], x)
		}
		t.loads = max(t.loads, len(vectors[v]))
	}
	if t.loads > weaveLoads || t.count*t.loads*entry(way) > weaveTable {
		return nil
	}
	for v, loads := range vectors {
		for k := range t.loads {
			e := shuffled(way, loads, k, all[first(v):][:lanes])
			binary.LittleEndian.PutUint32(e[entryTo:], uint32(first(v)*unit))
			t.data = append(t.data, e...)
		}
		t.reach = max(t.reach, (slices.Max(loads)+lanes)*unit)
	}
	return t
}

// An entry of a table begins with where its load begins, and ends with which one of what is
// loaded each lane is. Between these are where the vector goes, and the lanes that are of this load.
const (
	entryTo    = 8  // where the vector goes
	entryLanes = 12 // a bit for each
	entryMask  = 32 // or all bits of each, in words
)

// entry is the size of an entry.
func entry(way int) int { return [weavers]int{32, 96, 128}[way] }

// order is where an entry says which lanes are which.
func order(way int) int { return [weavers]int{16, 64, 64}[way] }

// shuffled returns the entry of load k, for lanes that come from the given places.
func shuffled(way int, loads []int, k int, from []int) []byte {
	e := make([]byte, entry(way))
	none := k >= len(loads)
	if none {
		k = 0
	}
	lanes := uint32(0)
	unit := 4
	if way == weaveBytes {
		unit = 1
	}
	binary.LittleEndian.PutUint64(e, uint64(loads[k]*unit))
	for i, x := range from {
		mine := !none && x >= loads[k] && (k+1 == len(loads) || x < loads[k+1])
		mine = mine && x < loads[k]+len(from)
		at := e[order(way)+i*unit:]
		switch {
		case mine && way == weaveBytes:
			at[0] = byte(x - loads[k])
		case mine:
			at[0] = byte(x - loads[k])
			lanes |= 1 << i
			if way == weaveWords {
				binary.LittleEndian.PutUint32(e[entryMask+4*i:], ^uint32(0))
			}
		case way == weaveBytes:
			at[0] = 1 << 7
		}
	}
	binary.LittleEndian.PutUint32(e[entryLanes:], lanes)
	return e
}

// copy copies along the walk, and calls then, if there is one, for the bytes [lo, hi) of what
// has been copied.
func (w *weave) copy(u *Unit, dst, src unsafe.Pointer, then func(lo, hi int)) {
	t := w.tableFor(u)
	row := len(w.from) * w.size
	chunk := max(1, weaveChunk/row)
	if t != nil {
		chunk = max(1, chunk/t.steps) * t.steps
	}
	chunk = min(chunk, w.step.N)
	along, rows := (w.step.N+chunk-1)/chunk, length(w.outer)
	cutBy(along*rows, w.cost(u), func(lo, hi int) {
		begun, ended := 0, 0       // of what nobody has been told yet
		for i := lo; i < hi; i++ { // what is read by one chunk of a row is often near what the others read
			from, to := places(w.outer, i%rows)
			at := i / rows * chunk
			n := min(chunk, w.step.N-at)
			from, to = from+at*w.step.From, to+at*w.step.To
			w.steps(u, t, unsafe.Add(dst, to*w.size), src, from, n)
			if then == nil {
				continue
			}
			if to*w.size != ended || ended-begun >= weaveChunk {
				if ended > begun {
					then(begun, ended)
				}
				begun = to * w.size
			}
			ended = to*w.size + n*row
		}
		if ended > begun {
			then(begun, ended)
		}
	})
}

// A weaving is the argument of the kernels. Distances are in bytes.
type weaving struct {
	src, dst, table unsafe.Pointer
	by, bytes       int // from group to group, where they come from and go to
	groups, count   int // and the vectors of each
}

// steps copies n steps, the first of which comes from the given place.
func (w *weave) steps(u *Unit, t *table, dst, src unsafe.Pointer, from, n int) {
	room := w.last + 1 - from // elements behind the first step
	if t != nil && w.step.From == 0 && room*w.size < t.reach && t.reach <= weaveNear && slices.Min(w.from) >= 0 {
		var near [weaveNear]byte // so that loads read something
		copy(near[:], unsafe.Slice((*byte)(unsafe.Add(src, from*w.size)), room*w.size))
		src, from, room = unsafe.Pointer(&near), 0, weaveNear/w.size
	}
	first, groups := 0, 0
	if t != nil {
		first, groups = w.within(t, room, n)
	}
	w.slow(dst, src, from, first)
	done := first
	row := len(w.from) * w.size
	if groups > 0 {
		k := weaving{src: unsafe.Add(src, (from+first*w.step.From)*w.size), dst: unsafe.Add(dst, first*row), table: unsafe.Pointer(&t.data[0]),
			by: t.steps * w.step.From * w.size, bytes: t.bytes, groups: groups, count: t.count}
		f := u.weaves[w.way(t)][t.loads]
		code.Call(f, unsafe.Pointer(&k))
		done += groups * t.steps
		// The last group may write again what the one before has written.
		if rest := (n - t.steps) * w.step.From; done < n && rest*w.size+t.reach <= room*w.size {
			k.src, k.dst, k.groups = unsafe.Add(src, (from+rest)*w.size), unsafe.Add(dst, (n-t.steps)*row), 1
			code.Call(f, unsafe.Pointer(&k))
			done = n
		}
	}
	if done < n { // else dst would be behind its memory
		w.slow(unsafe.Add(dst, done*row), src, from+done*w.step.From, n-done)
	}
}

// way is how t shuffles.
func (w *weave) way(t *table) int { return bits.Len(uint(t.vector)) - 5 }

// within returns the first of n steps that a group may begin with, and the number of groups, so
// that no load reads more than room elements behind the beginning of the first step.
func (w *weave) within(t *table, room, n int) (first, groups int) {
	by := t.steps * w.step.From
	reach := (t.reach + w.size - 1) / w.size
	groups = n / t.steps
	if room-reach >= max(0, (groups-1)*by) {
		return 0, groups
	}
	switch {
	case by > 0:
		if room < reach {
			return 0, 0
		}
		return 0, min(groups, (room-reach)/by+1)
	case room >= reach:
		return 0, groups
	case by == 0:
		return 0, 0
	}
	late := min(groups, (reach-room-by-1)/-by)
	return late * t.steps, groups - late
}

// slow copies n steps without kernels.
func (w *weave) slow(dst, src unsafe.Pointer, from, n int) {
	if n <= 0 {
		return
	}
	for i, x := range w.from {
		tile.Strided(unsafe.Add(dst, i*w.size), len(w.from), unsafe.Add(src, (from+x)*w.size), w.step.From, w.size, n)
	}
}

// cost estimates how long the copy takes on one thread, in ns.
func (w *weave) cost(u *Unit) float64 {
	rows := length(w.outer)
	bytes := float64(rows * w.step.N * len(w.from) * w.size)
	ns := bytes*0.03 + 30*float64(rows)
	if t := w.tableFor(u); t != nil {
		return ns + bytes/float64(t.vector)*(0.4*float64(t.loads)+0.3)
	}
	return ns + bytes/float64(w.size)*0.6
}

// emitWeave emits the kernel for so many loads a vector.
func emitWeave(a *Asm, way, loads int) {
	a.Op(MOV, RSI, field(unsafe.Offsetof(weaving{}.src)))
	a.Op(MOV, RDX, field(unsafe.Offsetof(weaving{}.dst)))
	a.Op(MOV, R9, field(unsafe.Offsetof(weaving{}.by)))
	a.Op(MOV, R10, field(unsafe.Offsetof(weaving{}.groups)))
	a.Op(MOV, R11, field(unsafe.Offsetof(weaving{}.count)))
	a.Op(MOV, R8, field(unsafe.Offsetof(weaving{}.table)))
	a.Op(MOV, R12, field(unsafe.Offsetof(weaving{}.bytes)))
	next, vector := a.NewLabel(), a.NewLabel()
	a.Bind(next)
	a.Op(MOV, RCX, R8)
	a.Op(MOV, RBX, R11)
	a.Align(32)
	a.Bind(vector)
	for k := range loads {
		at := int32(k * entry(way))
		by := Ptr(RCX, at+int32(order(way)))
		a.Op(MOV, RAX, Ptr(RCX, at))
		from := Ptr(RSI, 0).Index(RAX, 1)
		switch way {
		case weaveBytes:
			a.Op(VMOVDQU, X(k), from)
			a.Op(VPSHUFB, X(k), X(k), by)
			if k > 0 {
				a.Op(VPOR, X0, X0, X(k))
			}
		case weaveWords:
			a.Op(VMOVDQU, Y1, by)
			if k == 0 {
				a.Op(VPERMD, Y0, Y1, from)
				continue
			}
			a.Op(VPERMD, Y2, Y1, from)
			a.Op(VMOVDQU, Y3, Ptr(RCX, at+entryMask))
			a.Op(VBLENDVPS, Y0, Y0, Y2, Y3)
		case weaveWide:
			a.Op(VMOVUPS, Z1, by)
			if k == 0 {
				a.Op(VPERMD, Z0, Z1, from)
				continue
			}
			a.Op(KMOVW, K1, Ptr(RCX, at+entryLanes))
			a.Op(VPERMD, Z0.Mask(K1), Z1, from)
		}
	}
	a.Op(MOV, EAX, Ptr(RCX, entryTo))
	a.Op(VMOVUPS, Ptr(RDX, 0).Index(RAX, 1), []Reg{X0, Y0, Z0}[way])
	a.Op(ADD, RCX, Imm(loads*entry(way)))
	a.Op(DEC, RBX)
	a.Jcc(NotEqual, vector)
	a.Op(ADD, RSI, R9)
	a.Op(ADD, RDX, R12)
	a.Op(DEC, R10)
	a.Jcc(NotEqual, next)
	a.Op(VZEROUPPER)
	a.Op(RET)
}
