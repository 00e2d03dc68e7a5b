package cpu

import (
	"fmt"
	"slices"
	"time"
	"unsafe"

	"gojax/internal/core"
	"gojax/internal/cpu/run"
	"gojax/internal/mem"
)

// stream runs what takes long.
var stream run.Stream

// Wait returns when all that has been put off so far has ended.
func Wait() { stream.Wait() }

// soon is how much work a caller does itself.
const soon = 50 * time.Microsecond

func (p *program) newFrame() *frame {
	f := &frame{p: p, ptr: make([]unsafe.Pointer, p.slots)}
	most := 0
	for _, k := range p.kernels() {
		n := len(k.bufs)
		if k.with != nil {
			n = 0
			for _, k := range k.with.list {
				n += len(k.bufs)
			}
		}
		most = max(most, n)
	}
	f.bufs = make([]unsafe.Pointer, most)
	for _, l := range p.lits {
		f.ptr[l.slot] = l.v.Buf.Pointer()
	}
	if p.given.arena < bigArena {
		f.arena = make([]uint64, p.given.arena/8)
		f.place(&p.given, unsafe.Pointer(unsafe.SliceData(f.arena)))
	}
	return f
}

// bigArena is the size from which arenas are borrowed for each run.
const bigArena = 64 << 10

// layout is where temporaries are in this run.
func (f *frame) layout() *layout {
	if f.given || f.p.given.arena < bigArena {
		return &f.p.given
	}
	return &f.p.layout
}

// place says where temporaries are.
func (f *frame) place(l *layout, arena unsafe.Pointer) {
	for _, t := range l.temps {
		f.ptr[t.slot] = unsafe.Add(arena, t.offset)
	}
}

// call is run for one who has no plans of his own with the results.
func (p *program) call(op core.Op, in []*core.Value, donated core.Mask) []*core.Value {
	if !p.past.able || donated != nil {
		return p.run(op, in, donated)
	}
	out, kept := p.runAgain(op, in)
	p.remember(op, in, func(i int) *core.Buffer { return out[i].Buf })
	holdAll(kept)
	return out
}

// run runs the program on operands, of which those that are marked may be destroyed.
func (p *program) run(op core.Op, in []*core.Value, donated core.Mask) []*core.Value {
	out, _ := p.start(op, in, donated, false)
	return out
}

// runAgain is run in the memory of earlier results that nobody seems to need; kept is what
// reclaim returns.
func (p *program) runAgain(op core.Op, in []*core.Value) (out, kept []*core.Value) {
	return p.start(op, in, nil, p.past.able)
}

func (p *program) start(op core.Op, in []*core.Value, donated core.Mask, again bool) (out, kept []*core.Value) {
	f := p.frames.Get().(*frame)
	f.in, f.plain = in, true
	for i, s := range p.inSlot {
		b := in[i].Buf
		f.plain = f.plain && b.Plain()
		f.ptr[s] = b.Pin()
	}
	reused, kept := f.begin(op, donated, again)
	out = f.out // all lets go of f
	switch {
	case p.eval:
		f.all(op)
	case reused || p.cost >= soon || f.pending(): // what reads reused memory was asked for before
		f.queue(op)
	default:
		f.all(op)
	}
	return out, kept
}

// begin makes the results, without elements, in f.out. It reports whether some are in the
// memory of operands.
func (f *frame) begin(op core.Op, donated core.Mask, again bool) (reused bool, kept []*core.Value) {
	begun := false
	defer func() {
		if begun {
			return
		}
		p := f.p
		f.release()
		switch err := recover().(type) {
		case nil: // the goroutine is exiting
		case *core.Error:
			err.Takes(p.uses(op, nil))
			panic(err)
		default:
			panic(err)
		}
	}()
	if !f.plain {
		for _, v := range f.in {
			if v.Buf.Closed() { // another goroutine has dropped it since op was asked for
				v.Buf.Check(op.String())
			}
		}
	}
	if again {
		kept = f.p.reclaim()
	}
	reused = f.outputs(op, donated)
	f.given = reused
	if f.p.eval {
		// Definitions may call users' functions, which may wait for anything.
		for _, v := range f.in {
			v.Buf.Wait(op.String())
		}
	}
	begun = true
	return reused, kept
}

// pending reports whether some operand has yet to be computed.
func (f *frame) pending() bool {
	if f.plain {
		return false
	}
	for _, v := range f.in {
		if v.Buf.Pending() != nil {
			return true
		}
	}
	return false
}

// queue lets the stream run f.
func (f *frame) queue(op core.Op) {
	f.in = slices.Clone(f.in)
	t := run.Task{Op: op.String(), Cost: f.p.cost, In: buffers(f.in), Out: buffers(f.out), Before: f.before,
		End: core.NewEvent(), Memory: f.layout().arena + f.p.working().bytes, Run: func() { f.all(op) }}
	if t.Memory >= bigArena {
		f.asked = core.Callers(2)
	}
	stream.Expect(t.Out) // while others may still wait for nothing of this
	f.late = true
	for _, b := range t.In {
		b.Queue(t.End)
	}
	for _, b := range t.Out {
		b.Queue(nil) // who takes its memory has to wait for it anyway
	}
	stream.Do(t)
}

// outputs makes the results, without elements.
func (f *frame) outputs(op core.Op, donated core.Mask) (reused bool) {
	p := f.p
	switch {
	case donated != nil && len(p.reuse) > 0:
		reused = f.take(op, donated)
	case p.eval:
		f.out = make([]*core.Value, len(p.out))
	default:
		f.out = core.NewAll(op, p.out, host)
	}
	for i, r := range p.result {
		switch {
		case r.way == made:
			f.out[i] = core.NewIn(p.out[i], nil)
			f.held = i + 1
			continue
		case f.out[i] == nil:
			f.out[i] = core.NewAll(op, p.out[i:i+1], host)[0]
		}
		at := f.out[i].Buf.Pin()
		f.held = i + 1
		if r.way == computed {
			f.ptr[r.slot] = at
		}
	}
	for _, h := range p.hosted {
		f.ptr[h.slot] = f.ptr[h.in]
	}
	return reused
}

// take makes results in the memory of operands that are donated and that nobody else
// sees: no view, and no other operand, as where an array is passed twice or captured too.
func (f *frame) take(op core.Op, donated core.Mask) (reused bool) {
	in := f.in
	f.out = make([]*core.Value, len(f.p.out))
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
		if !donated[r.operand] || times[b] > 1 || f.out[r.result] != nil || in[r.operand].Literal() {
			continue
		}
		if b = b.Take("donated to "+whom, 1); b != nil { // the one use is ours
			f.before = append(f.before, b.Queued()...)
			f.out[r.result], reused = core.NewIn(f.p.out[r.result], b), true
		}
	}
	return reused
}

func buffers(v []*core.Value) []*core.Buffer {
	b := make([]*core.Buffer, len(v))
	for i := range v {
		b[i] = v[i].Buf
	}
	return b
}

// all computes the results, and lets go of what f holds.
func (f *frame) all(op core.Op) {
	defer f.release()
	f.steps(op)
	f.copies()
}

// steps computes.
func (f *frame) steps(op core.Op) {
	p := f.p
	if l := f.layout(); p.given.arena >= bigArena && l.arena > 0 {
		arena, err := run.Place(l.arena, core.NoteAsked(op, l.arena, f.asked))
		if err != nil {
			panic(f.overBudget(op, nil, f.asked, err))
		}
		defer run.Unplace(arena)
		f.place(l, unsafe.Pointer(unsafe.SliceData(arena)))
	}
	if w := p.working(); w.bytes > 0 {
		room := f.room(op, w)
		defer f.leave(room)
		f.memory.Begin(room)
	}
	for _, s := range p.steps {
		s.run(f)
	}
}

// room returns the memory that the steps of f work in.
func (f *frame) room(op core.Op, w *working) []byte {
	switch {
	case mem.Shared.Poisoned(): // pieces are lent one by one
		return nil
	case w.bytes < bigArena:
		if len(f.small) < w.bytes {
			room := make([]byte, w.bytes+line)
			f.small = room[-uintptr(unsafe.Pointer(&room[0]))%line:][:w.bytes]
		}
		return f.small[:w.bytes]
	}
	step := f.p.workers[w.most]
	asked := sourceOf(op, step.path)
	if asked == nil {
		asked = f.asked
	}
	room, err := run.Place(w.bytes, core.NoteWork(step, w.bytes, asked))
	if err != nil {
		panic(f.overBudget(op, step, asked, err))
	}
	return room
}

// overBudget is core.OverBudgetAsked, and what the program takes.
func (f *frame) overBudget(op core.Op, step fmt.Stringer, asked []uintptr, err error) *core.Error {
	e := core.OverBudgetAsked(op, step, asked, err)
	e.Takes(f.p.uses(op, asked))
	return e
}

// leave gives back what room returned.
func (f *frame) leave(room []byte) {
	f.memory.End()
	if len(room) >= bigArena {
		run.Unplace(room)
	}
}

// copies fills the results that are not computed where they are.
func (f *frame) copies() {
	for i, r := range f.p.result {
		v := f.out[i]
		switch r.way {
		case made:
			v.Buf = f.vals[r.slot].Buf
		case copied:
			run.Copy(core.Fresh[byte](v.Buf), unsafe.Slice((*byte)(f.ptr[r.slot]), v.Bytes()))
		}
	}
}

// release gives the frame back, without pointers to others' memory.
func (f *frame) release() {
	p := f.p
	for i, s := range p.inSlot {
		f.ptr[s] = nil
		if !f.plain {
			f.let(f.in[i].Buf)
		}
	}
	for i, r := range p.result[:f.held] {
		if r.way != made {
			f.let(f.out[i].Buf)
		}
		if r.way == computed {
			f.ptr[r.slot] = nil
		}
	}
	for _, h := range p.hosted {
		f.ptr[h.slot] = nil
	}
	clear(f.bufs)
	clear(f.vals)
	f.in, f.out, f.held, f.late, f.given, f.asked, f.before = nil, nil, 0, false, false, nil, nil
	p.frames.Put(f)
}

// let ends a use of memory.
func (f *frame) let(b *core.Buffer) {
	if f.late {
		b.Unqueue()
	} else {
		b.Unpin()
	}
}
