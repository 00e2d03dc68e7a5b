package interp

import (
	"unsafe"

	"gojax/internal/cpu/code"
)

// The first iterations of a kernel can be run on one line of memory after the other, with its
// buffers moved on. Where one call of machine code does a line, nothing else is done for it.

// line recognises a kernel of which one call does what a tile has of the innermost loop.
func (p *plan) line() *rowCode {
	n, e := &p.native, p.k.Regions[1].Extents
	last := len(e) - 1
	if n.failed != nil || len(n.steps) != 1 || p.c.lanes != 1 || len(p.c.folds) > 0 || last < 0 || last > 0 && e[last] < rowTiles ||
		len(n.steps[0].out) != len(p.k.Stores) {
		return nil
	}
	r := &rowCode{n: min(e[last], p.c.width)}
	call := rowCall{call: n.steps[0]}
	if !p.rowCall(&call, 1, r.n) {
		return nil
	}
	r.calls = []rowCall{call}
	return r
}

// Lines runs the first n iterations of the parallel loops on the calling goroutine so many times,
// each time with buffers that are so many bytes further on. Of each buffer only what these use
// must be there.
func (c *Code) Lines(n, times int, bufs []unsafe.Pointer, by []int) {
	m := c.pool.Get().(*machine)
	m.bufs = m.few[:copy(m.few[:], bufs)]
	if c.line != nil && n <= c.line.n {
		m.lines(n, times, by)
	} else {
		m.do(0, n)
		for range times - 1 {
			for i := range m.bufs {
				m.bufs[i] = unsafe.Add(m.bufs[i], by[i])
			}
			m.do(0, n)
		}
	}
	clear(m.few[:])
	m.release()
}

// lines is Lines where one call does a line.
func (m *machine) lines(n, times int, by []int) {
	c, a := &m.c.line.calls[0], &m.args
	m.row(c, 0)
	a.N = int64(n)
	code.Call(c.f, unsafe.Pointer(a))
	for range times - 1 {
		for i := range c.ptrs {
			p := &c.ptrs[i]
			a.Ptr[p.arg] = unsafe.Add(a.Ptr[p.arg], by[p.buf])
		}
		code.Call(c.f, unsafe.Pointer(a))
	}
}
