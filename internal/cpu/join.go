package cpu

import (
	"fmt"
	"strings"
	"time"
	"unsafe"

	"gojax/internal/cpu/move"
	"gojax/internal/cpu/run"
	"gojax/internal/cpu/tile"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// joined copies what lies in memory into a result, side by side along an axis: of each
// source, a row for every index of the axes outside of that.
type joined struct {
	from []source
	to   int
	row  int // the bytes of a row of the result
	n    int // rows
	zip  *move.Zip
}

// A source is what is copied to one part of each row.
type source struct {
	slot    int
	off, by int // bytes from where it begins, and from row to row
	at      int // bytes from the beginning of a row of the result
	bytes   int // of a row
}

// join adds the step of a concatenation whose operands are all in memory.
func (m *maker) join(n *node) {
	out := m.g.types[n.out[0]]
	s := &joined{n: 1}
	for _, d := range out.Shape[:n.op.(rule.Concatenation).Along()] {
		s.n *= d
	}
	for _, v := range n.in {
		bytes := m.g.types[v].Bytes()
		if bytes == 0 {
			continue
		}
		bytes /= s.n
		s.from = append(s.from, source{slot: v, by: bytes, at: s.row, bytes: bytes})
		s.row += bytes
	}
	m.addJoined(s, n)
}

// addJoined adds a step of which the slots are values yet.
func (m *maker) addJoined(s *joined, n *node) {
	s.zip = s.zips()
	for i := range s.from {
		s.from[i].slot = m.reads(s.from[i].slot)
	}
	s.to = m.writes(n.out[0])
	bytes := 0
	for _, x := range s.from {
		bytes += s.n * x.bytes
	}
	if m.p.cost += time.Duration(bytes / 8); s.zip == nil {
		m.p.cost += time.Duration(4 * s.n * len(s.from))
	}
	m.add(s)
}

// zips returns how short rows are put side by side by vector code, nil if they are not: they must
// be all of a row of the result, and lie together in each source.
func (s *joined) zips() *move.Zip {
	var widths []int
	at := 0
	for _, x := range s.from {
		if x.by != x.bytes || x.at != at {
			return nil
		}
		widths = append(widths, x.bytes)
		at += x.bytes
	}
	if at == 0 || at != s.row || s.n < shortRows {
		return nil
	}
	return move.NewZip(widths...)
}

// zipped makes a step of a concatenation if that puts short rows side by side.
func (m *maker) zipped(n *node, gr *group, of box) bool {
	cuts := m.seams(n)
	if _, ok := short(gr, of, cuts); !ok || len(n.in) > move.MostZipped {
		return false
	}
	var parts []part
	for _, b := range boxes(of, cuts, len(n.in)) {
		k, vals := lower(m.f, gr, b)
		parts = append(parts, part{k, vals})
	}
	s, others := m.sources(n, parts)
	if len(others) > 0 || s.zips() == nil {
		return false
	}
	m.addJoined(s, n)
	return true
}

// joined makes one step of those parts of a concatenation that only copy rows, and returns
// the others.
func (m *maker) joined(n *node, parts []part) (others []part) {
	s, others := m.sources(n, parts)
	if len(s.from) > 0 {
		m.addJoined(s, n)
	}
	return others
}

// sources returns a step for those parts of a concatenation that only copy rows, of which slots
// are values yet, and the others.
func (m *maker) sources(n *node, parts []part) (s *joined, others []part) {
	out := m.g.types[n.out[0]]
	axis := n.op.(rule.Concatenation).Along()
	s = &joined{n: 1, row: out.DType.Size()}
	for a, d := range out.Shape {
		if a < axis {
			s.n *= d
		} else {
			s.row *= d
		}
	}
	for _, p := range parts {
		if x, ok := rowsOf(p.k, axis, s.n, s.row); ok {
			x.slot = p.vals[x.slot]
			s.from = append(s.from, x)
		} else {
			others = append(others, p)
		}
	}
	return s, others
}

// rowsOf returns the source of a kernel that only copies, and copies rows without gaps to
// all n rows of so many bytes. Its slot is the number of the buffer.
func rowsOf(k *kir.Kernel, axis, n, row int) (s source, ok bool) {
	load, from, to, ok := copying(k)
	if !ok {
		return s, false
	}
	size := load.Type.Size()
	s = source{slot: load.Buf, off: from.Off * size, at: to.Off * size, bytes: size}
	for a := len(from.Extents) - 1; a >= axis; a-- {
		if e := from.Extents[a]; e != 1 {
			if from.Strides[a]*size != s.bytes || to.Strides[a]*size != s.bytes {
				return s, false
			}
			s.bytes *= e
		}
	}
	rows := 1
	for a := axis - 1; a >= 0; a-- {
		e := from.Extents[a]
		if e == 1 {
			continue
		}
		if rows == 1 {
			s.by = from.Strides[a] * size
		}
		if from.Strides[a]*size != rows*s.by || to.Strides[a]*size != rows*row {
			return s, false
		}
		rows *= e
	}
	return s, rows == n
}

func (s *joined) run(f *frame) {
	if s.row == 0 {
		return
	}
	if s.row >= 1<<20 {
		for _, x := range s.from {
			move.Rows(unsafe.Add(f.ptr[s.to], x.at), unsafe.Add(f.ptr[x.slot], x.off), []move.Dim{{N: s.n, From: x.by, To: s.row}}, x.bytes)
		}
		return
	}
	run.Parallel(s.n, 1+(256<<10)/s.row, func(lo, hi int) {
		// What lies in one line of a cache is written in one go.
		chunk := max(1, (16<<10)/s.row)
		if s.zip != nil {
			chunk = hi - lo
		}
		for ; lo < hi; lo += chunk {
			n := min(chunk, hi-lo)
			if s.zip != nil {
				s.side(f, lo, n)
				continue
			}
			for i := range s.from {
				x := &s.from[i]
				x.copy(unsafe.Add(f.ptr[s.to], lo*s.row+x.at), unsafe.Add(f.ptr[x.slot], x.off+lo*x.by), n, s.row)
			}
		}
	})
}

// side puts rows from lo on side by side.
func (s *joined) side(f *frame, lo, n int) {
	var src [move.MostZipped]unsafe.Pointer
	for i, x := range s.from {
		src[i] = unsafe.Add(f.ptr[x.slot], x.off+lo*x.by)
	}
	s.zip.Rows(move.NativeZipper(), unsafe.Add(f.ptr[s.to], lo*s.row), src[:len(s.from)], n)
}

// fewUnits is up to how many words a row is copied word by word.
const fewUnits = 4

// copy copies n rows to rows that begin so many bytes apart.
func (x *source) copy(to, from unsafe.Pointer, n, row int) {
	unit := (x.bytes | x.by | row | 16) & -(x.bytes | x.by | row | 16)
	if words := x.bytes / unit; words <= fewUnits && n > 1 {
		for i := range words {
			tile.Strided(unsafe.Add(to, i*unit), row/unit, unsafe.Add(from, i*unit), x.by/unit, unit, n)
		}
		return
	}
	for i := range n {
		copy(unsafe.Slice((*byte)(unsafe.Add(to, i*row)), x.bytes), unsafe.Slice((*byte)(unsafe.Add(from, i*x.by)), x.bytes))
	}
}

func (s *joined) text(b *strings.Builder) {
	fmt.Fprintf(b, "s%d = join", s.to)
	for _, x := range s.from {
		fmt.Fprintf(b, " s%d", x.slot)
		if x.off != 0 {
			fmt.Fprintf(b, "+%d", x.off)
		}
	}
	b.WriteByte('\n')
}
