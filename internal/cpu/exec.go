package cpu

import (
	"time"
	"unsafe"

	"gojax/internal/core"
	"gojax/internal/cpu/run"
)

// stream runs what takes long, in order.
var stream run.Stream

// soon is how much work a caller does itself.
const soon = 50 * time.Microsecond

func (p *program) newFrame() *frame {
	f := &frame{p: p, ptr: make([]unsafe.Pointer, p.slots)}
	most := 0
	for _, s := range p.steps {
		if k, ok := s.(*fused); ok {
			most = max(most, len(k.bufs))
		}
	}
	f.bufs = make([]unsafe.Pointer, most)
	for _, l := range p.lits {
		f.ptr[l.slot] = l.v.Buf.Pointer()
	}
	if p.arena < bigArena {
		f.arena = make([]uint64, p.arena/8)
		f.place(unsafe.Pointer(unsafe.SliceData(f.arena)))
	}
	return f
}

// bigArena is the size from which arenas are borrowed for each run.
const bigArena = 64 << 10

// place says where temporaries are.
func (f *frame) place(arena unsafe.Pointer) {
	for _, t := range f.p.temps {
		f.ptr[t.slot] = unsafe.Add(arena, t.offset)
	}
}

// run runs the program on operands, of which those that are marked may be destroyed.
func (p *program) run(op core.Op, in []*core.Value, donated core.Mask) []*core.Value {
	f := p.frames.Get().(*frame)
	late := p.cost >= soon
	for i, s := range p.inSlot {
		b := in[i].Buf
		f.ptr[s] = b.Pointer()
		late = late || b.Pending() != nil
	}
	out, reused := f.outputs(op, in, donated)
	switch {
	case p.eval:
		// Definitions may call users' functions, which may wait for anything.
		for _, v := range in {
			v.Buf.Wait(op.String())
		}
		f.steps()
		f.copies(out)
		f.release()
	case late || reused: // what was read from the memory before was asked for before
		stream.Do(op.String(), p.cost, buffers(in), buffers(out), func() {
			f.steps()
			f.copies(out)
			f.release()
		})
	default:
		f.steps()
		f.copies(out)
		f.release()
	}
	return out
}

// outputs makes the results, without elements. It reports whether some are in the
// memory of operands.
func (f *frame) outputs(op core.Op, in []*core.Value, donated core.Mask) (out []*core.Value, reused bool) {
	p := f.p
	if donated != nil && len(p.reuse) > 0 {
		out, reused = f.take(op, in, donated)
	}
	if !reused {
		out = core.NewAll(p.out, host)
	}
	for i, r := range p.result {
		if out[i] == nil {
			out[i] = core.New(p.out[i], host)
		}
		if r.way == computed {
			f.ptr[r.slot] = out[i].Buf.Pointer()
		}
	}
	return out, reused
}

// take makes results in the memory of operands that are donated and that nobody else
// sees: no view, and no other operand, as where an array is passed twice or captured too.
func (f *frame) take(op core.Op, in []*core.Value, donated core.Mask) (out []*core.Value, reused bool) {
	out = make([]*core.Value, len(f.p.out))
	whom := op.String()
	if o, ok := op.(interface{ Owner() core.Owner }); ok {
		whom = o.Owner().String()
	}
	times := make(map[*core.Buffer]int, len(in))
	for _, v := range in {
		times[v.Buf]++
	}
	for _, r := range f.p.reuse {
		b := in[r.operand].Buf
		if !donated[r.operand] || times[b] > 1 || out[r.result] != nil || in[r.operand].Literal || !b.Drop("donated to "+whom) {
			continue
		}
		if !b.Viewed() {
			out[r.result], reused = core.NewIn(f.p.out[r.result], b.Move()), true
		}
	}
	return out, reused
}

func buffers(v []*core.Value) []*core.Buffer {
	b := make([]*core.Buffer, len(v))
	for i := range v {
		b[i] = v[i].Buf
	}
	return b
}

// steps computes.
func (f *frame) steps() {
	p := f.p
	if p.arena >= bigArena {
		arena := run.Temporaries.Alloc(p.arena)
		f.place(unsafe.Pointer(unsafe.SliceData(arena)))
		defer run.Temporaries.Free(arena)
	}
	for _, s := range p.steps {
		s.run(f)
	}
}

// copies fills the results that are not computed where they are.
func (f *frame) copies(out []*core.Value) {
	for i, r := range f.p.result {
		switch r.way {
		case made:
			out[i].Buf = f.vals[r.slot].Buf
		case copied:
			n := out[i].Bytes()
			copy(core.Slice[byte](out[i].Buf), unsafe.Slice((*byte)(f.ptr[r.slot]), n))
		}
	}
}

// release gives the frame back, without pointers to others' memory.
func (f *frame) release() {
	p := f.p
	for _, s := range p.inSlot {
		f.ptr[s] = nil
	}
	for _, r := range p.result {
		if r.way == computed {
			f.ptr[r.slot] = nil
		}
	}
	clear(f.bufs)
	clear(f.vals)
	p.frames.Put(f)
}
