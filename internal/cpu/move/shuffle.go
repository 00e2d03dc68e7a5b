package move

import (
	"encoding/binary"
	"unsafe"

	. "gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
)

// Shuffles are how a Zip is made whose rows are not one element of 4 or 8 bytes each. Of every
// vector that is written, each half takes a few bytes that lie together of every source: they
// are loaded with what is beside them, and shuffled to their places. Which these are repeats
// after some rows, so that it is in a table.
type shuffles struct {
	widths []int
	row    int
	short  period
	long   period // some of those, so that there is little else to do
	table  []byte // for each vector: where it is loaded, and the shuffles
	entry  int    // bytes of a vector
}

// A period is a number of rows that are whole vectors.
type period struct {
	rows, vectors int
	ends          []int // how far loads go in each source, in bytes
}

const (
	shuffleHalf  = zipVector / 2  // bytes that are loaded at once
	shuffleHead  = 8 * MostZipped // bytes of an entry with where halves are loaded
	shuffleTable = 8 << 10        // bytes of a table at most: it stays in the fastest cache
	shuffleLong  = 16             // vectors of a long period at least
	unused       = byte(1 << 7)   // in a shuffle: nothing of this source
)

// newShuffles returns those of z, nil if single elements are as fast.
func newShuffles(z *Zip) *shuffles {
	s := &shuffles{widths: z.widths, row: z.row, entry: shuffleHead + zipVector*len(z.widths)}
	s.short = s.period(zipVector / min(z.row&-z.row, zipVector))
	if s.short.vectors*s.entry > shuffleTable || 2*len(z.widths) > zipVector/z.unit {
		return nil
	}
	times := max(1, min(shuffleLong, shuffleTable/s.entry)/s.short.vectors)
	s.long = s.period(s.short.rows * times)
	s.table = make([]byte, s.long.vectors*s.entry)
	for v := range s.long.vectors {
		s.vector(s.table[v*s.entry:][:s.entry], v)
	}
	s.reach(&s.short)
	s.reach(&s.long)
	return s
}

func (s *shuffles) period(rows int) period {
	return period{rows: rows, vectors: rows * s.row / zipVector, ends: make([]int, len(s.widths))}
}

// vector makes the entry of the v-th vector.
func (s *shuffles) vector(entry []byte, v int) {
	shuffle := entry[shuffleHead:]
	for i := range shuffle {
		shuffle[i] = unused
	}
	for half := range 2 {
		var begun [MostZipped]bool
		for i := range shuffleHalf {
			at := v*zipVector + half*shuffleHalf + i // of what is written
			source, in := s.of(at % s.row)
			from := at/s.row*s.widths[source] + in
			load := entry[8*source+4*half:]
			if !begun[source] {
				begun[source] = true
				binary.LittleEndian.PutUint32(load, uint32(from))
			}
			shuffle[zipVector*source+shuffleHalf*half+i] = byte(from - int(binary.LittleEndian.Uint32(load)))
		}
	}
}

// of returns which source a byte of a row is of, and which of its bytes.
func (s *shuffles) of(at int) (source, in int) {
	for at >= s.widths[source] {
		at -= s.widths[source]
		source++
	}
	return source, at
}

// reach finds how far the loads of a period go.
func (s *shuffles) reach(p *period) {
	for v := range p.vectors {
		entry := s.table[v*s.entry:]
		for source := range s.widths {
			for half := range 2 {
				load := int(binary.LittleEndian.Uint32(entry[8*source+4*half:]))
				p.ends[source] = max(p.ends[source], load+shuffleHalf)
			}
		}
	}
}

// run writes as many of n rows as are whole periods that read nothing behind the sources.
func (s *shuffles) run(u *Zipper, dst unsafe.Pointer, src []unsafe.Pointer, n int) (done int) {
	for _, p := range []*period{&s.long, &s.short} {
		for done < n {
			a := zipping{dst: unsafe.Add(dst, done*s.row), table: unsafe.Pointer(&s.table[0]), vectors: p.vectors, periods: max(1, zipCall/p.vectors)}
			for i, w := range s.widths {
				left := (n-done)*w - p.ends[i]
				a.src[i], a.by[i] = unsafe.Add(src[i], done*w), p.rows*w
				a.periods = min(a.periods, (left+a.by[i])/a.by[i]) // rounded down to 0 if one does not fit
			}
			if a.periods <= 0 {
				break
			}
			done += a.periods * p.rows // which the kernel counts down
			code.Call(u.table[len(src)], unsafe.Pointer(&a))
		}
	}
	return done
}

// emitShuffles emits the kernel for so many sources.
func emitShuffles(a *Asm, sources int) {
	for s := range sources {
		a.Op(MOV, zipFrom[s], field(unsafe.Offsetof(zipping{}.src)+uintptr(8*s)))
	}
	a.Op(MOV, RDX, field(unsafe.Offsetof(zipping{}.dst)))
	next, vector := a.NewLabel(), a.NewLabel()
	a.Bind(next)
	a.Op(MOV, R8, field(unsafe.Offsetof(zipping{}.table)))
	a.Op(MOV, RCX, field(unsafe.Offsetof(zipping{}.vectors)))
	a.Align(32)
	a.Bind(vector)
	for s := range sources {
		a.Op(MOV, EAX, Ptr(R8, int32(8*s)))
		a.Op(MOV, EBX, Ptr(R8, int32(8*s+4)))
		a.Op(VMOVDQU, X(s), Ptr(zipFrom[s], 0).Index(RAX, 1))
		a.Op(VINSERTI128, Y(s), Y(s), Ptr(zipFrom[s], 0).Index(RBX, 1), Imm(1))
		a.Op(VPSHUFB, Y(s), Y(s), Ptr(R8, int32(shuffleHead+zipVector*s)))
	}
	for n := sources; n > 1; n = (n + 1) / 2 {
		for s := range n / 2 {
			a.Op(VPOR, Y(s), Y(s), Y(n-1-s))
		}
	}
	a.Op(VMOVDQU, Ptr(RDX, 0), Y0)
	a.Op(ADD, RDX, Imm(zipVector))
	a.Op(ADD, R8, Imm(shuffleHead+zipVector*sources))
	a.Op(DEC, RCX)
	a.Jcc(NotEqual, vector)
	for s := range sources {
		a.Op(ADD, zipFrom[s], field(unsafe.Offsetof(zipping{}.by)+uintptr(8*s)))
	}
	a.Op(DEC, field(unsafe.Offsetof(zipping{}.periods)).Sized(8))
	a.Jcc(NotEqual, next)
	a.Op(VZEROUPPER)
	a.Op(RET)
}
