package move

import (
	"math"
	"unsafe"

	. "gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
	"gojax/internal/dtype"
)

// A locating is the argument of the kernels that find places: of eights of indices at a time.
type locating struct {
	index, at       unsafe.Pointer
	eights          int      // of indices, at least 1
	wrap, limit, by int32    // as in an Index
	next            int32    // what the walk itself steps by for eight …
	ramp            [8]int32 // … of which the first are at these places
}

// Ways to find places.
const (
	locateFirst  = iota // by one index, or the first
	locateMore          // by one more
	locateFilled        // by one index; what is out of bounds is at absent
	locateWays
)

// locatedBy lists the types of indices that kernels read, one after the other.
var locatedBy = [...]struct {
	dtype.Type
	load Op
}{{dtype.Int32, VMOVDQU}, {dtype.Int8, VPMOVSXBD}, {dtype.Uint8, VPMOVZXBD}, {dtype.Int16, VPMOVSXWD}, {dtype.Uint16, VPMOVZXWD}}

// locatedType returns the number of a type of indices, -1 if kernels do not read it.
func locatedType(t dtype.Type) int {
	for n := range locatedBy {
		if locatedBy[n].Type == t {
			return n
		}
	}
	return -1
}

// absent is the place of what is out of bounds, where others are at least 0.
const absent = -1

// emitLocate emits the kernel of a way by indices of type number t.
func emitLocate(a *Asm, way, t int) {
	a.Op(MOV, RSI, field(unsafe.Offsetof(locating{}.index)))
	a.Op(MOV, RDX, field(unsafe.Offsetof(locating{}.at)))
	a.Op(MOV, RCX, field(unsafe.Offsetof(locating{}.eights)))
	a.Op(VPBROADCASTD, Y2, field(unsafe.Offsetof(locating{}.wrap)))
	a.Op(VPBROADCASTD, Y3, field(unsafe.Offsetof(locating{}.limit)))
	a.Op(VPBROADCASTD, Y5, field(unsafe.Offsetof(locating{}.by)))
	a.Op(VPBROADCASTD, Y9, field(unsafe.Offsetof(locating{}.next)))
	a.Op(VMOVDQU, Y8, field(unsafe.Offsetof(locating{}.ramp)))
	a.Op(VPXOR, Y4, Y4, Y4)
	a.Op(VPCMPEQD, Y7, Y7, Y7)
	a.Align(32)
	loop := a.NewLabel()
	a.Bind(loop)
	a.Op(locatedBy[t].load, Y0, Ptr(RSI, 0))
	limit(a)
	a.Op(VPMULLD, Y0, Y0, Y5)
	if way == locateMore {
		a.Op(VPADDD, Y0, Y0, Ptr(RDX, 0))
	} else {
		a.Op(VPADDD, Y0, Y0, Y8)
		a.Op(VPADDD, Y8, Y8, Y9)
	}
	if way == locateFilled {
		a.Op(VPXOR, Y6, Y6, Y7)
		a.Op(VPOR, Y0, Y0, Y6)
	}
	a.Op(VMOVDQU, Ptr(RDX, 0), Y0)
	a.Op(ADD, RSI, Imm(8*locatedBy[t].Size()))
	a.Op(ADD, RDX, Imm(32))
	a.Op(DEC, RCX)
	a.Jcc(NotEqual, loop)
	a.Op(VZEROUPPER)
	a.Op(RET)
}

// limit emits that the indices of Y0 are moved into bounds: Y2 is what is added to negative
// ones, Y3 the largest and Y4 zero. Y6 says which were in bounds; Y1 is changed.
func limit(a *Asm) {
	a.Op(VPSRAD, Y1, Y0, Imm(31))
	a.Op(VPAND, Y1, Y1, Y2)
	a.Op(VPADDD, Y0, Y0, Y1)
	a.Op(VPMAXSD, Y1, Y0, Y4)
	a.Op(VPMINSD, Y1, Y1, Y3)
	a.Op(VPCMPEQD, Y6, Y1, Y0)
	a.Op(VMOVDQA, Y0, Y1)
}

// locate sets at to the places of steps [i, i+len(at)) of the last axis, of which from is the
// first. Indices count from there too.
func (t *Take) locate(u *Unit, at []int32, i int, index []unsafe.Pointer) {
	step := t.last.From
	for k := range t.index {
		x, way := &t.index[k], locateMore
		switch {
		case t.fill != nil:
			way = locateFilled
		case k == 0:
			way = locateFirst
		}
		stride := x.Strides[len(t.outer)]
		data := unsafe.Add(index[k], i*stride*x.Type.Size())
		done := 0
		if n := locatedType(x.Type); n >= 0 && stride == 1 && x.Wrap <= math.MaxInt32 && len(at) >= 8 {
			done = len(at) &^ 7
			l := locating{index: data, at: unsafe.Pointer(&at[0]), eights: done / 8,
				wrap: int32(x.Wrap), limit: int32(x.Limit), by: int32(x.By), next: int32(8 * step)}
			for j := range l.ramp {
				l.ramp[j] = int32((i + j) * step)
			}
			code.Call(u.locates[way][n], unsafe.Pointer(&l))
		}
		if done < len(at) {
			if way != locateMore {
				for j := done; j < len(at); j++ {
					at[j] = int32((i + j) * step)
				}
			}
			addPlaces(x, at[done:], unsafe.Add(data, done*stride*x.Type.Size()), stride, way == locateFilled, absent)
		}
	}
}

// counted reports whether all places are integers of 32 bits, at least 0, so that kernels count
// with them, and rows not so long that it does not matter.
func (t *Take) counted() bool {
	if t.row*t.size >= shortRow || t.last.From < 0 || t.fill != nil && len(t.index) != 1 {
		return false
	}
	reach := (t.last.N - 1) * t.last.From
	for _, x := range t.index {
		if x.By < 0 || x.Limit > math.MaxInt32 {
			return false
		}
		reach += x.Limit * x.By
	}
	return reach <= math.MaxInt32
}

// located is how many places are found at a time: they stay in the fastest cache.
const located = 2048

// byPlaces copies steps [i, i+m) of the last axis from what is at src.
func (t *Take) byPlaces(u *Unit, dst, src unsafe.Pointer, index []unsafe.Pointer, m int) {
	var room [located]int32
	bytes := t.row * t.size
	for done := 0; done < m; done += located {
		at := room[:min(m-done, located)]
		t.locate(u, at, done, index)
		to := unsafe.Add(dst, done*bytes)
		if t.row > 1 || t.size > 8 {
			u.takeRows(to, src, at, t.size, bytes, t.absent)
			continue
		}
		n := len(at) &^ 7
		if n > 0 {
			p := picking{src: src, dst: to, index: unsafe.Pointer(&at[0]), eights: n / 8, limit: math.MaxInt32}
			t.pick(u, &p)
		}
		for j := n; j < len(at); j++ {
			from := unsafe.Pointer(unsafe.SliceData(t.fill))
			if at[j] != absent {
				from = unsafe.Add(src, int(at[j])*t.size)
			}
			copy(unsafe.Slice((*byte)(unsafe.Add(to, j*t.size)), t.size), unsafe.Slice((*byte)(from), t.size))
		}
	}
}
