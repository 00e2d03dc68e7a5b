package lib

import (
	"sync/atomic"

	"gojax/internal/core"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
)

// A code maps elements, by their bits, to integers in the same order and back.
// Where it reports false, elements that differ are equal, and order is not all.
type code[B uint8 | uint16 | uint32 | uint64, K uint32 | uint64] struct {
	bits   int
	encode func(dst [][1]K, src []B) (ok bool)
	decode func(dst []B, src [][1]K)
}

// plainSorter returns a function that sorts rows of n elements of one array by
// themselves; it reports false, and does nothing, if a row has NaN or -0, or if the
// elements have no integer code. done gives back its memory.
func plainSorter(n int, x, out *core.Value) (sort func(from int) bool, done func()) {
	switch x.DType {
	case dtype.Bool, dtype.Uint8:
		return plainRows(n, slice[uint8](x), slice[uint8](out), flip[uint8, uint32](8, 0))
	case dtype.Int8:
		return plainRows(n, slice[uint8](x), slice[uint8](out), flip[uint8, uint32](8, 1<<7))
	case dtype.Uint16:
		return plainRows(n, slice[uint16](x), slice[uint16](out), flip[uint16, uint32](16, 0))
	case dtype.Int16:
		return plainRows(n, slice[uint16](x), slice[uint16](out), flip[uint16, uint32](16, 1<<15))
	case dtype.Uint32:
		return plainRows(n, slice[uint32](x), slice[uint32](out), flip[uint32, uint32](32, 0))
	case dtype.Int32:
		return plainRows(n, slice[uint32](x), slice[uint32](out), flip[uint32, uint32](32, 1<<31))
	case dtype.Uint64:
		return plainRows(n, slice[uint64](x), slice[uint64](out), flip[uint64, uint64](64, 0))
	case dtype.Int64:
		return plainRows(n, slice[uint64](x), slice[uint64](out), flip[uint64, uint64](64, 1<<63))
	case dtype.Float32:
		return plainRows(n, slice[uint32](x), slice[uint32](out), code[uint32, uint32]{32, encode32, decode32})
	case dtype.Float64:
		return plainRows(n, slice[uint64](x), slice[uint64](out), code[uint64, uint64]{64, encode64, decode64})
	}
	return func(int) bool { return false }, func() {}
}

func plainRows[B uint8 | uint16 | uint32 | uint64, K uint32 | uint64](n int, x, out []B, c code[B, K]) (sort func(from int) bool, done func()) {
	m := &run.Temporaries
	keys, tmp := run.Of[[1]K](m, n), run.Of[[1]K](m, n)
	counts := run.Of[uint32](m, counters(n))
	sort = func(from int) bool {
		var odd atomic.Bool
		run.Parallel(n, piece(n), func(lo, hi int) {
			if !c.encode(keys[lo:hi], x[from+lo:from+hi]) {
				odd.Store(true)
			}
		})
		if odd.Load() {
			return false
		}
		radix[[1]K, K](keys, tmp, counts, 0, c.bits)
		run.Parallel(n, piece(n), func(lo, hi int) { c.decode(out[from+lo:from+hi], keys[lo:hi]) })
		return true
	}
	return sort, func() {
		run.Give(m, keys)
		run.Give(m, tmp)
		run.Give(m, counts)
	}
}

// flip is the code of integers: their bits with the sign inverted.
func flip[B uint8 | uint16 | uint32 | uint64, K uint32 | uint64](bits int, sign B) code[B, K] {
	return code[B, K]{bits, func(dst [][1]K, src []B) bool {
		dst = dst[:len(src)]
		for i, b := range src {
			dst[i][0] = K(b ^ sign)
		}
		return true
	}, func(dst []B, src [][1]K) {
		src = src[:len(dst)]
		for i := range dst {
			dst[i] = B(src[i][0]) ^ sign
		}
	}}
}

func encode32(dst [][1]uint32, src []uint32) bool {
	dst = dst[:len(src)]
	odd := false
	for i, b := range src {
		dst[i][0] = order32(b)
		odd = odd || b == 1<<31 || b<<1 > 0xff<<24
	}
	return !odd
}

func decode32(dst []uint32, src [][1]uint32) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = unorder32(src[i][0])
	}
}

func encode64(dst [][1]uint64, src []uint64) bool {
	dst = dst[:len(src)]
	odd := false
	for i, b := range src {
		dst[i][0] = order64(b)
		odd = odd || b == 1<<63 || b<<1 > 0x7ff<<53
	}
	return !odd
}

func decode64(dst []uint64, src [][1]uint64) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = unorder64(src[i][0])
	}
}
