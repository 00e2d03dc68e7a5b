package core

import (
	"math"
	"sync/atomic"
	"unsafe"

	"gojax/internal/dtype"
)

// A Device holds buffers and runs operations on them.
type Device interface {
	String() string // cpu:0
	// Run applies op, whose types have been checked to give out. It may return
	// before the results are computed, but keeps nothing of in itself, the slice.
	Run(op Op, in []*Value, out []Type) []*Value
	// Host returns a buffer in host memory with the elements of b.
	Host(b *Buffer) *Buffer
	// Place returns the one variable that holds the device for good: buffers have its
	// address, in half the memory.
	Place() *Device
}

// place returns where d is; nil is nowhere.
func place(d Device) *Device {
	if d == nil {
		return nil
	}
	return d.Place()
}

// A Buffer holds the elements of an array, in row-major order without gaps.
type Buffer struct {
	device *Device // nil: host memory, which any device takes
	p      unsafe.Pointer
	n      int                    // bytes
	state  atomic.Pointer[bstate] // nil for most: it is ready, there, and nobody looks in
}

// bstate is what happens to few buffers.
type bstate struct {
	handle  any // what a device that does not compute in host memory knows it by
	pending atomic.Pointer[Event]
	gone    atomic.Pointer[string] // why the contents are no longer there
	closed  atomic.Bool            // and nobody may begin to read them any more
	left    atomic.Bool            // who dropped them left their memory to Forget
	loan    atomic.Pointer[loan]   // if the memory is large
	own     atomic.Bool            // it is b that gives it back
	lazy    atomic.Pointer[Lazy]   // what it is, as long as its computation has not begun
	readers atomic.Pointer[readers]
}

// Device returns the device on which b is, or nil: host memory, which any device takes.
func (b *Buffer) Device() Device {
	if b.device == nil {
		return nil
	}
	return *b.device
}

// SetDevice says that b, which nobody else has seen, is on d.
func (b *Buffer) SetDevice(d Device) { b.device = place(d) }

// ensure returns b's state, made if need be.
func (b *Buffer) ensure() *bstate {
	if s := b.state.Load(); s != nil {
		return s
	}
	b.state.CompareAndSwap(nil, new(bstate))
	return b.state.Load()
}

// SetHandle sets what a device knows b by, before b is shown to others; Handle
// returns it.
func (b *Buffer) SetHandle(h any) { b.ensure().handle = h }

// Handle returns what a device knows b by, or nil.
func (b *Buffer) Handle() any {
	if s := b.state.Load(); s != nil {
		return s.handle
	}
	return nil
}

// An Event is the end of a computation.
type Event struct {
	done chan struct{}
	err  any // what to panic with
}

// NewEvent returns the event of a computation that has begun.
func NewEvent() *Event { return &Event{done: make(chan struct{})} }

// Finish ends the computation. If failure is not nil it is what those panic with
// who wait for a result.
func (e *Event) Finish(failure any) {
	e.err = failure
	close(e.done)
}

// Wait returns when the computation has ended, with what made it fail.
func (e *Event) Wait() (failure any) {
	<-e.done
	return e.err
}

// Ended reports whether the computation has ended.
func (e *Event) Ended() bool {
	select {
	case <-e.done:
		return true
	default:
		return false
	}
}

// NewBuffer returns memory of the given size for elements of an array, all zero.
func NewBuffer(d Device, bytes int) *Buffer {
	b := &Buffer{device: place(d), n: bytes}
	b.alloc(nil, Type{}, true)
	return b
}

// WrapBuffer returns a buffer whose memory is the given slice, which must not
// change any more.
func WrapBuffer[T Element](d Device, data []T) *Buffer {
	var x T
	return &Buffer{device: place(d), n: len(data) * int(unsafe.Sizeof(x)), p: unsafe.Pointer(unsafe.SliceData(data))}
}

// Bytes is the size of b.
func (b *Buffer) Bytes() int { return b.n }

// Pointer is the address of the first element. From then on nobody knows who uses the
// memory: it is not used again until nothing points to it. See Pin.
func (b *Buffer) Pointer() unsafe.Pointer {
	b.View()
	return b.p
}

// Begin makes b the result of a computation in progress.
func (b *Buffer) Begin(e *Event) { b.ensure().pending.Store(e) }

// Pending returns the computation that b waits for, or nil. A computation that
// failed stays.
func (b *Buffer) Pending() *Event {
	if b.state.Load() == nil {
		return nil
	}
	return b.settled()
}

// settled is Pending of a buffer with a state.
func (b *Buffer) settled() *Event {
	s := b.state.Load()
	s.begin()
	e := s.pending.Load()
	if e == nil {
		return nil
	}
	select {
	case <-e.done:
		if e.err == nil {
			s.pending.CompareAndSwap(e, nil)
			return nil
		}
	default:
	}
	return e
}

// Wait returns when b can be read and panics if it never can. what names the
// operation that wants to.
func (b *Buffer) Wait(what string) {
	s := b.state.Load()
	if s == nil {
		return
	}
	s.begin()
	if e := s.pending.Load(); e != nil {
		if err := e.Wait(); err != nil {
			panic(err)
		}
		s.pending.CompareAndSwap(e, nil)
	}
	b.Check(what)
}

// Check panics if b was deleted or donated.
func (b *Buffer) Check(what string) {
	s := b.state.Load()
	if s == nil {
		return
	}
	if why := s.gone.Load(); why != nil {
		panic(Errorf(what, "the array was %s", *why))
	}
}

// Gone reports whether b was deleted or donated.
func (b *Buffer) Gone() bool {
	s := b.state.Load()
	return s != nil && s.gone.Load() != nil
}

// Slice returns the elements of b, which must have Go type T. As with Pointer, the
// memory is not used again until nothing points to it.
func Slice[T any](b *Buffer) []T {
	b.View()
	return Fresh[T](b)
}

// Fresh is Slice for who has made b and not shown it to others yet, or has pinned it.
func Fresh[T any](b *Buffer) []T {
	if b.n == 0 {
		return nil // the memory may be too small for one
	}
	var x T
	return unsafe.Slice((*T)(b.p), b.n/int(unsafe.Sizeof(x)))
}

// At returns element i of an array in host memory, widened. Integers of 64 bits
// lose digits beyond 2⁵³: see Int.
func At(v *Value, i int) complex128 {
	b := v.Buf
	switch v.DType {
	case dtype.Bool:
		if Slice[bool](b)[i] {
			return 1
		}
		return 0
	case dtype.Float16:
		return complex(float64(dtype.F16ToF32(Slice[uint16](b)[i])), 0)
	case dtype.BFloat16:
		return complex(float64(dtype.BF16ToF32(Slice[uint16](b)[i])), 0)
	case dtype.Float32:
		return complex(float64(Slice[float32](b)[i]), 0)
	case dtype.Float64:
		return complex(Slice[float64](b)[i], 0)
	case dtype.Complex64:
		return complex128(Slice[complex64](b)[i])
	case dtype.Complex128:
		return Slice[complex128](b)[i]
	case dtype.Uint64:
		return complex(float64(Slice[uint64](b)[i]), 0)
	}
	return complex(float64(Int(v, i)), 0)
}

// Int returns element i of an integer or bool array in host memory; uint64 wraps.
func Int(v *Value, i int) int64 {
	b := v.Buf
	switch v.DType {
	case dtype.Bool:
		if Slice[bool](b)[i] {
			return 1
		}
		return 0
	case dtype.Int8:
		return int64(Slice[int8](b)[i])
	case dtype.Int16:
		return int64(Slice[int16](b)[i])
	case dtype.Int32:
		return int64(Slice[int32](b)[i])
	case dtype.Int64:
		return Slice[int64](b)[i]
	case dtype.Uint8:
		return int64(Slice[uint8](b)[i])
	case dtype.Uint16:
		return int64(Slice[uint16](b)[i])
	case dtype.Uint32:
		return int64(Slice[uint32](b)[i])
	case dtype.Uint64:
		return int64(Slice[uint64](b)[i])
	}
	return int64(real(At(v, i)))
}

// Put sets element i of an array in host memory that nobody else has seen,
// rounded to its type. Integers wrap: see PutInt for those of 64 bits.
func Put(v *Value, i int, x complex128) {
	b := v.Buf
	switch v.DType {
	case dtype.Bool:
		Fresh[bool](b)[i] = x != 0
	case dtype.Float16:
		Fresh[uint16](b)[i] = dtype.F64ToF16(real(x))
	case dtype.BFloat16:
		Fresh[uint16](b)[i] = dtype.F64ToBF16(real(x))
	case dtype.Float32:
		Fresh[float32](b)[i] = float32(real(x))
	case dtype.Float64:
		Fresh[float64](b)[i] = real(x)
	case dtype.Complex64:
		Fresh[complex64](b)[i] = complex64(x)
	case dtype.Complex128:
		Fresh[complex128](b)[i] = x
	case dtype.Uint64:
		if f := real(x); f >= math.MaxInt64 {
			Fresh[uint64](b)[i] = uint64(f)
			return
		}
		PutInt(v, i, int64(real(x)))
	default:
		PutInt(v, i, int64(real(x)))
	}
}

// PutInt sets element i of an array of any type in host memory that nobody else
// has seen; integers wrap.
func PutInt(v *Value, i int, x int64) {
	b := v.Buf
	switch v.DType {
	case dtype.Bool:
		Fresh[bool](b)[i] = x != 0
	case dtype.Int8:
		Fresh[int8](b)[i] = int8(x)
	case dtype.Int16:
		Fresh[int16](b)[i] = int16(x)
	case dtype.Int32:
		Fresh[int32](b)[i] = int32(x)
	case dtype.Int64:
		Fresh[int64](b)[i] = x
	case dtype.Uint8:
		Fresh[uint8](b)[i] = uint8(x)
	case dtype.Uint16:
		Fresh[uint16](b)[i] = uint16(x)
	case dtype.Uint32:
		Fresh[uint32](b)[i] = uint32(x)
	case dtype.Uint64:
		Fresh[uint64](b)[i] = uint64(x)
	default:
		Put(v, i, complex(float64(x), 0))
	}
}
