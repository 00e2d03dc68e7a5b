package core

import (
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"gojax/internal/dtype"
)

func TestBufferWaitsForItsComputation(t *testing.T) {
	b := NewBuffer(nil, 8)
	if b.Pending() != nil {
		t.Error("a new buffer waits for something")
	}
	e := NewEvent()
	b.Begin(e)
	if b.Pending() != e {
		t.Error("the computation is not pending")
	}
	done := make(chan bool)
	go func() { b.Wait("Item"); close(done) }()
	select {
	case <-done:
		t.Fatal("Wait returned before the end")
	default:
	}
	e.Finish(nil)
	<-done
	if b.Pending() != nil || e.Wait() != nil {
		t.Error("the computation is pending after its end")
	}
}

// A failure reaches all who wait, whenever they do.
func TestBufferFails(t *testing.T) {
	b := NewBuffer(nil, 8)
	e := NewEvent()
	b.Begin(e)
	failure := Errorf("dot", "failed")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if got := caught(t, func() { b.Wait("Item") }); got != failure {
				t.Errorf("got %v", got)
			}
		})
	}
	e.Finish(failure)
	wg.Wait()
	if b.Pending() != e {
		t.Error("the failure is forgotten")
	}
	if got := caught(t, func() { b.Wait("Item") }); got != failure {
		t.Errorf("got %v later", got)
	}
}

func TestBufferIsDroppedOnce(t *testing.T) {
	b := NewBuffer(nil, 24)
	b.Check("Item")
	var dropped atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if b.Drop("donated to step") {
				dropped.Add(1)
			}
		})
	}
	wg.Wait()
	if dropped.Load() != 1 || !b.Gone() {
		t.Errorf("dropped %d times, gone %v", dropped.Load(), b.Gone())
	}
	if err := caught(t, func() { b.Wait("add") }); !strings.HasSuffix(err.Error(), "add: the array was donated to step") {
		t.Errorf("got %v", err)
	}
	if b.Bytes() != 24 {
		t.Errorf("it has %d bytes", b.Bytes())
	}
}

func TestBuffersShareMemory(t *testing.T) {
	data := []float32{1, 2, 3}
	b := WrapBuffer(nil, data)
	if b.Bytes() != 12 || &Slice[float32](b)[0] != &data[0] {
		t.Error("the slice was copied")
	}
	m := &machine{name: "a:0"}
	c := b.On(m)
	if c.Device() != m || c.Pointer() != b.Pointer() {
		t.Error("On is wrong")
	}
	if d := NewBuffer(nil, 0); len(Slice[float32](d)) != 0 {
		t.Error("an empty buffer has elements")
	}
}

// Elements of all types are read as they were written, rounded and wrapped.
func TestElements(t *testing.T) {
	for _, d := range dtype.All() {
		v := New(Of(d, 3), nil)
		if got := len(Slice[byte](v.Buf)); got != 3*d.Size() {
			t.Errorf("%v: %d bytes", d, got)
		}
		Put(v, 0, 1)
		PutInt(v, 1, 1)
		if At(v, 0) != 1 || Int(v, 0) != 1 || At(v, 1) != 1 || Int(v, 1) != 1 || At(v, 2) != 0 {
			t.Errorf("%v: got %v, %v, %v", d, At(v, 0), At(v, 1), At(v, 2))
		}
	}
	at := func(d dtype.Type, x complex128) complex128 {
		v := New(Of(d), nil)
		Put(v, 0, x)
		return At(v, 0)
	}
	for _, row := range []struct {
		d       dtype.Type
		x, want complex128
	}{
		{dtype.Bool, 0.5, 1}, {dtype.Int8, 130, -126}, {dtype.Uint8, 257, 1}, {dtype.Int32, -7.9, -7},
		{dtype.Uint64, 1 << 63, 1 << 63}, {dtype.Int64, -5, -5},
		{dtype.Float32, 0.1, complex(float64(float32(0.1)), 0)}, {dtype.Float64, 0.1, 0.1},
		{dtype.Float16, 65504, 65504}, {dtype.Float16, 2049, 2048}, {dtype.BFloat16, 257, 256},
		{dtype.Complex64, 1 + 2i, 1 + 2i}, {dtype.Complex128, 0.1 + 0.2i, 0.1 + 0.2i}, {dtype.Float32, 3 + 4i, 3},
	} {
		if got := at(row.d, row.x); got != row.want {
			t.Errorf("%v: %v became %v, want %v", row.d, row.x, got, row.want)
		}
	}
	v := New(Of(dtype.Uint64), nil)
	if PutInt(v, 0, -1); Slice[uint64](v.Buf)[0] != math.MaxUint64 || Int(v, 0) != -1 {
		t.Error("uint64 does not wrap")
	}
}

func TestTypes(t *testing.T) {
	x := Of(dtype.Float32, 3, 0, 2)
	if x.String() != "f32[3,0,2]" || Of(dtype.Bool).String() != "bool[]" {
		t.Errorf("got %v and %v", x, Of(dtype.Bool))
	}
	if x.Size() != 0 || x.Rank() != 3 || Of(dtype.Complex128, 3).Bytes() != 48 || Of(dtype.Int8).Size() != 1 {
		t.Error("a size is wrong")
	}
	y := x.Stacked(5)
	if y.String() != "f32[5,3,0,2]" || x.String() != "f32[3,0,2]" || y.Equal(x) || !y.Equal(Of(dtype.Float32, 5, 3, 0, 2)) {
		t.Errorf("stacked type is %v", y)
	}
}
