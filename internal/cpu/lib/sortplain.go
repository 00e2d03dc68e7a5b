package lib

import (
	"math"
	"slices"
	"sort"
	"sync/atomic"
	"unsafe"

	"gojax/internal/core"
	"gojax/internal/cpu/move"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
)

// A code maps elements, by their bits, to integers in the same order and back.
type code[B uint8 | uint16 | uint32 | uint64, K uint32 | uint64] struct {
	bits   int
	encode func(dst [][1]K, src []B) (odd bool) // some are equal to others that differ
	decode func(dst []B, src [][1]K)
	key    func(b B) K // of one element, if there may be odd ones
}

// plainSize is the size of the codes of elements of type t, 0 if they have none.
func plainSize(t dtype.Type) int {
	switch t {
	case dtype.Float16, dtype.BFloat16, dtype.Complex64, dtype.Complex128:
		return 0
	}
	return max(4, t.Size())
}

// plainRoom is what a sorter of rows of n codes of a size takes.
func plainRoom(n, size int) int {
	return 2*run.Room(n*size) + run.Rooms[uint32](counters(n))
}

// SortsInPlace reports whether arrays of type t, and no others with them, can be sorted where they are.
func SortsInPlace(t dtype.Type) bool { return plainSize(t) > 0 }

// inPlaceRoom is what a sorter takes beside plainRoom if rows of n elements of type t are sorted where they are: those whose
// order their codes do not say.
func inPlaceRoom(t dtype.Type, n int) int {
	if !t.IsFloat() {
		return 0
	}
	return run.Room(n * t.Size())
}

// plainSorter returns a function that sorts rows of n elements of one array by themselves, or
// nil if the elements have no integer code. done gives back its memory.
func plainSorter(m *run.Memory, n int, x, out *core.Value) (sort func(from int), done func()) {
	switch x.DType {
	case dtype.Bool, dtype.Uint8:
		return plainRows(m, n, slice[uint8](x), slice[uint8](out), flip[uint8, uint32](8, 0))
	case dtype.Int8:
		return plainRows(m, n, slice[uint8](x), slice[uint8](out), flip[uint8, uint32](8, 1<<7))
	case dtype.Uint16:
		return plainRows(m, n, slice[uint16](x), slice[uint16](out), flip[uint16, uint32](16, 0))
	case dtype.Int16:
		return plainRows(m, n, slice[uint16](x), slice[uint16](out), flip[uint16, uint32](16, 1<<15))
	case dtype.Uint32:
		return plainRows(m, n, slice[uint32](x), slice[uint32](out), flip[uint32, uint32](32, 0))
	case dtype.Int32:
		return plainRows(m, n, slice[uint32](x), slice[uint32](out), flip[uint32, uint32](32, 1<<31))
	case dtype.Uint64:
		return plainRows(m, n, slice[uint64](x), slice[uint64](out), flip[uint64, uint64](64, 0))
	case dtype.Int64:
		return plainRows(m, n, slice[uint64](x), slice[uint64](out), flip[uint64, uint64](64, 1<<63))
	case dtype.Float32:
		return plainRows(m, n, slice[uint32](x), slice[uint32](out), code[uint32, uint32]{32, encode32, decode32, bits32})
	case dtype.Float64:
		return plainRows(m, n, slice[uint64](x), slice[uint64](out), code[uint64, uint64]{64, encode64, decode64, bits64})
	}
	return nil, nil
}

func plainRows[B uint8 | uint16 | uint32 | uint64, K uint32 | uint64](m *run.Memory, n int, x, out []B, c code[B, K]) (sort func(from int), done func()) {
	keys, tmp := run.Of[[1]K](m, n), run.Of[[1]K](m, n)
	counts := run.Of[uint32](m, counters(n))
	var room []B
	inPlace := unsafe.SliceData(x) == unsafe.SliceData(out) && c.key != nil
	if inPlace {
		room = run.Of[B](m, n)
	}
	sort = func(from int) {
		var odd atomic.Bool
		tied := x[from : from+n]
		radixFlow[[1]K, K](keys, tmp, counts, 0, c.bits, flow[[1]K]{func(lo, hi int) {
			if c.encode(keys[lo:hi], x[from+lo:from+hi]) {
				odd.Store(true)
			}
		}, func() {
			if inPlace && odd.Load() {
				copy(room, tied)
				tied = slices.DeleteFunc(room, func(b B) bool { return c.key(b) != c.key(0) && c.key(b) != ^K(0) })
			}
		}, func(at int, sorted [][1]K) {
			c.decode(out[from+at:from+at+len(sorted)], sorted)
		}})
		if odd.Load() {
			ties(out[from:from+n], tied, c.key)
		}
	}
	return sort, func() {
		run.Give(m, keys)
		run.Give(m, tmp)
		run.Give(m, room)
		run.Give(m, counts)
	}
}

// ties puts the elements of src that are equal to others that differ, zeros and NaN, into the
// places that such elements have in dst, sorted, in the order of src.
func ties[B uint8 | uint16 | uint32 | uint64, K uint32 | uint64](dst, src []B, key func(b B) K) {
	zero, nan := key(0), ^K(0)
	first := func(k K) int {
		return sort.Search(len(dst), func(i int) bool { return key(dst[i]) >= k })
	}
	toZero, toNaN := first(zero), first(nan)
	for _, b := range src {
		switch key(b) {
		case zero:
			dst[toZero] = b
			toZero++
		case nan:
			dst[toNaN] = b
			toNaN++
		}
	}
}

// flip is the code of integers: their bits with the sign inverted.
func flip[B uint8 | uint16 | uint32 | uint64, K uint32 | uint64](bits int, sign B) code[B, K] {
	return code[B, K]{bits, func(dst [][1]K, src []B) bool {
		done := invert(dst, src, sign)
		for i, b := range src[done:] {
			dst[done+i][0] = K(b ^ sign)
		}
		return false
	}, func(dst []B, src [][1]K) {
		done := invert(dst, src, sign)
		for i, k := range src[done:] {
			dst[done+i] = B(k[0]) ^ sign
		}
	}, nil}
}

// bits32 and bits64 are key32 and key64 of bits.
func bits32(b uint32) uint32 { return uint32(key32(math.Float32frombits(b))) }
func bits64(b uint64) uint64 { return key64(math.Float64frombits(b)) }

func encode32(dst [][1]uint32, src []uint32) bool {
	done, odd := move.NativeSieve().Order(pointers(dst, src))
	for i, b := range src[done:] {
		dst[done+i][0] = bits32(b)
		odd = odd || b == 1<<31 || b<<1 > 0xff<<24
	}
	return odd
}

func encode64(dst [][1]uint64, src []uint64) bool {
	done, odd := move.NativeSieve().Order(pointers(dst, src))
	for i, b := range src[done:] {
		dst[done+i][0] = bits64(b)
		odd = odd || b == 1<<63 || b<<1 > 0x7ff<<53
	}
	return odd
}

func decode32(dst []uint32, src [][1]uint32) {
	done := move.NativeSieve().Unorder(pointers(dst, src))
	for i, k := range src[done:] {
		dst[done+i] = unorder32(k[0])
	}
}

func decode64(dst []uint64, src [][1]uint64) {
	done := move.NativeSieve().Unorder(pointers(dst, src))
	for i, k := range src[done:] {
		dst[done+i] = unorder64(k[0])
	}
}

// pointers are the arguments of kernels that make keys of elements, or elements of keys: of none if those differ
// in size.
func pointers[D, S any](dst []D, src []S) (size int, to, from unsafe.Pointer, n int) {
	dst = dst[:len(src)]
	if size = int(unsafe.Sizeof(*new(S))); size == int(unsafe.Sizeof(*new(D))) {
		n = len(src)
	}
	return size, unsafe.Pointer(unsafe.SliceData(dst)), unsafe.Pointer(unsafe.SliceData(src)), n
}

// invert inverts bits of the first integers of src with machine code: of how many.
func invert[D, S any, B uint8 | uint16 | uint32 | uint64](dst []D, src []S, bits B) (done int) {
	size, to, from, n := pointers(dst, src)
	return move.NativeSieve().Flip(size, to, from, n, uint64(bits))
}
