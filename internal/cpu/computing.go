package cpu

import (
	"unsafe"

	"gojax/internal/cpu/gemm"
	"gojax/internal/cpu/interp"
	"gojax/internal/cpu/move"
	"gojax/internal/cpu/run"
)

// Lines of an operand are computed a section at a time: what it has of lines that follow each other in one of
// its loops takes one call.

// A computing is a run of what computes an operand in lines.
type computing struct {
	*forerunner
	bufs [][interp.MostElements]unsafe.Pointer // of each section
}

// A spot is an iteration of a section.
type spot struct {
	section int
	at      [mostLoops]int // of each loop
	goes    int            // so many from there on are as the first ones are, but elsewhere
}

// lines returns what computes lines of an operand, or nil.
func (e *forerunner) lines(f *frame) gemm.Lines {
	if len(e.sections) == 0 {
		return nil
	}
	c := computing{e, make([][interp.MostElements]unsafe.Pointer, len(e.sections))}
	for i, s := range e.sections {
		for j, slot := range s.bufs {
			c.bufs[i][j] = f.ptr[slot]
		}
		if s.kernel == nil {
			c.bufs[i][0] = unsafe.Add(c.bufs[i][0], s.start)
		}
	}
	return c.lines
}

// lines computes lines from p on.
func (c computing) lines(p unsafe.Pointer, l gemm.Lined) {
	if l.Lines > 1 || l.N <= c.row {
		c.block(p, l)
		return
	}
	// Rows, in each of which there is as much of the same sections, are lines.
	size := c.size()
	for l.N > 0 {
		some := gemm.Lined{At: l.At, N: min(l.N, c.row-l.At%c.row), Lines: 1, Step: c.row, Row: c.row * size}
		if some.N == c.row {
			some.Lines = l.N / c.row
		}
		c.block(p, some)
		n := some.N * some.Lines
		l.At += n
		if l.N -= n; l.N > 0 { // else it may be behind what there is
			p = unsafe.Add(p, n*size)
		}
	}
}

// size is the bytes of an element.
func (c computing) size() int { return c.sections[0].sizes[c.sections[0].to] }

// block is lines for those that are not cut into others.
func (c computing) block(p unsafe.Pointer, l gemm.Lined) {
	var at spot
	for l.N > 0 {
		c.find(&at, l.At)
		some := l
		some.N = min(at.goes, l.N)
		c.columns(p, some, &at)
		l.At += some.N
		if l.N -= some.N; l.N > 0 {
			p = unsafe.Add(p, some.N*c.size())
		}
	}
}

// columns is block where all of the first line is of one section, and where it begins there.
func (c computing) columns(p unsafe.Pointer, l gemm.Lined, at *spot) {
	for done := 0; ; { // elements since others had a chance
		some := 1
		if at.goes < l.N {
			c.block(p, gemm.Lined{At: l.At, N: l.N, Lines: 1})
		} else {
			some = c.sections[at.section].compute(c.bufs[at.section], p, at, &l)
		}
		if l.Lines -= some; l.Lines == 0 {
			return
		}
		if done += some * l.N; done >= c.sections[at.section].most {
			run.GiveWay()
			done = 0
		}
		p = unsafe.Add(p, some*l.Row)
		l.At += some * l.Step
		c.find(at, l.At)
	}
}

// find finds element i of the operand, which probably is in the section of the last one.
func (c computing) find(at *spot, i int) {
	for range c.sections {
		if c.sections[at.section].find(at, i) {
			return
		}
		at.section = (at.section + 1) % len(c.sections)
	}
	panic("cpu: no kernel computes an element of an operand")
}

// find finds element i of the operand, if it is in this section.
func (s *section) find(at *spot, i int) bool {
	if i -= s.off; i < 0 {
		return false
	}
	places := s.shifts[s.to]
	for a, n := range s.extents {
		j := i
		if place := places[a]; place != 1 {
			j = i / place
			i -= j * place
		}
		if j >= n {
			return false
		}
		at.at[a] = j
	}
	at.goes = min(s.goes(at), s.solid, s.most)
	return true
}

// goes is how many iterations from one on are as the first ones are: those until the innermost loop that is
// under way then ends.
func (s *section) goes(at *spot) int {
	size := 1
	for a := len(s.extents) - 1; a >= 0; a-- {
		if i := at.at[a]; i > 0 {
			return (s.extents[a] - i) * size
		}
		size *= s.extents[a]
	}
	return size
}

// placed is where an iteration is, by strides.
func (s *section) placed(at *spot, strides []int) (sum int) {
	for a, stride := range strides {
		sum += at.at[a] * stride
	}
	return sum
}

// alike is how many of the lines are as far from each other in all that they are computed of, and how far: so many
// iterations of a loop. Those are the lines until that loop ends.
func (s *section) alike(at *spot, l *gemm.Lined) (some, loop, by int) {
	size := 1
	for a := len(s.extents) - 1; a >= 0 && l.Lines > 1; a-- {
		n, place := s.extents[a], s.shifts[s.to][a]
		if l.Step >= n*place || l.Step%place != 0 {
			size *= n
			continue
		}
		by = l.Step / place
		some = min(l.Lines, (n-at.at[a]+by-1)/by, max(1, s.most/l.N))
		if last := at.at[a] + (some-1)*by; l.N > (n-last)*size {
			some--
		}
		return max(some, 1), a, by
	}
	return 1, 0, 0
}

// compute computes the first lines, so many that are alike, and returns how many.
func (s *section) compute(bufs [interp.MostElements]unsafe.Pointer, p unsafe.Pointer, at *spot, l *gemm.Lined) int {
	some, loop, by := s.alike(at, l)
	var steps [interp.MostElements]int
	for i, shifts := range s.shifts {
		switch size := s.sizes[i]; {
		case i == s.to:
			bufs[i], steps[i] = p, l.Row
		case shifts != nil:
			bufs[i], steps[i] = unsafe.Add(bufs[i], s.placed(at, shifts)*size), shifts[loop]*by*size
		}
	}
	if s.kernel == nil {
		move.Lines(move.Native(), p, bufs[0], steps[1], steps[0], some, l.N*s.sizes[0])
	} else {
		s.kernel.code.Lines(l.N, some, bufs[:len(s.bufs)], steps[:])
	}
	return some
}

// beside are the arrays that lines are computed of, element by element.
func (e *forerunner) beside(f *frame) (all []gemm.Array) {
	if len(e.sections) != 1 || e.sections[0].kernel == nil {
		return nil
	}
	s := &e.sections[0]
	for i, here := range elementwise(s.kernel.k) {
		if here && i != s.to {
			all = append(all, gemm.Array{P: f.ptr[s.bufs[i]], Size: s.sizes[i]})
		}
	}
	return all
}
