// Package lib has the algorithms that operations name (kir.Step), on arrays in host
// memory. Results do not depend on the number of threads.
//
//	dot*.go        products of matrices
//	sort*.go       sorting, and the largest few
//	radix.go       … by digits
//	pairs.go       … of keys that have one more element each
//	cumulative.go  running sums and their kin
//	scatter.go     scattered updates
//	scatterrows.go … of rows, and of single elements
//	scatterby.go   … by which operation
//	permute.go     axes in another order
//	scratch.go     how much memory steps work in
package lib

import (
	"fmt"
	"time"

	"gojax/internal/core"
	"gojax/internal/cpu/gemm"
	"gojax/internal/cpu/run"
	"gojax/internal/cpu/scan"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// Run computes out, arrays of the right types in memory that nobody else sees, from
// in. All are in host memory, row-major without gaps. Results of kir.Sort that nobody
// wants may be nil. What it works in is of m: see Scratch.
func Run(m *run.Memory, step kir.Step, in, out []*core.Value) {
	switch s := step.(type) {
	case kir.Dot:
		x, y, z := in[0], in[1], out[0]
		NewProduct(s, x.Type(), y.Type(), z.Type(), nil).RunOf(m, x.Buf.Pointer(), y.Buf.Pointer(), z.Buf.Pointer(), gemm.Changes{}, gemm.Then{})
	case kir.Sort:
		sortAll(m, s, in, out)
	case kir.TopK:
		topK(m, s.K, in[0], out[0], out[1])
	case kir.Cumulative:
		cumulative(m, s, in[0], out[0], scan.Around{})
	case kir.Scatter:
		scatter(m, s, in[0], in[1], in[2], out[0])
	default:
		panic(fmt.Sprintf("lib: no step %s", step.Step()))
	}
}

// Cost estimates how long Run takes on one thread.
func Cost(step kir.Step, in, out []core.Type) time.Duration {
	n := 0.0 // nanoseconds
	switch s := step.(type) {
	case kir.Dot:
		return NewProduct(s, in[0], in[1], out[0], nil).Cost()
	case kir.Sort:
		n = 7 * float64(in[0].Size()*len(in))
	case kir.Cumulative:
		n = 0.25 * float64(in[0].Size())
		if s.LogSum {
			n *= 80
		}
	case kir.Scatter:
		n = 0.1*float64(in[0].Size()) + 1.7*float64(in[2].Size())
	default:
		n = 3 * float64(in[0].Size())
	}
	return 200 + time.Duration(n)
}

// A number is what sums and comparisons work on. Halves are widened first.
type number interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32 | float64
}

// A view is an array seen as outer × n × inner elements around an axis.
type view struct{ outer, n, inner int }

func around(shape []int, axis int) view {
	return view{core.Size(shape[:axis]), shape[axis], core.Size(shape[axis+1:])}
}

// grain returns how many items that take ns nanoseconds each make a part for
// run.Parallel.
func grain(ns float64) int { return max(1, int(40_000/max(ns, 0.1))) }

// slice returns the elements of v.
func slice[T any](v *core.Value) []T { return core.Slice[T](v.Buf) }

// widen returns the elements of an array of halves as float32.
func widen(dst []float32, src []uint16, t dtype.Type) {
	dst = dst[:len(src)]
	if t == dtype.BFloat16 {
		for i, h := range src {
			dst[i] = dtype.BF16ToF32(h)
		}
		return
	}
	for i, h := range src {
		dst[i] = dtype.F16ToF32(h)
	}
}

// narrow rounds to halves of type t.
func narrow(dst []uint16, src []float32, t dtype.Type) {
	dst = dst[:len(src)]
	if t == dtype.BFloat16 {
		for i, x := range src {
			dst[i] = dtype.F32ToBF16(x)
		}
		return
	}
	for i, x := range src {
		dst[i] = dtype.F32ToF16(x)
	}
}
