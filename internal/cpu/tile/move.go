package tile

import (
	"unsafe"

	"gojax/internal/dtype"
)

// Copy returns the Func that copies elements of a type.
func Copy(t dtype.Type) Func {
	size := t.Size()
	return func(d, x, _, _, _ unsafe.Pointer, n int) { copy(of[byte](d, n*size), of[byte](x, n*size)) }
}

// Fill writes the element at x, of the given size, n times.
func Fill(d, x unsafe.Pointer, size, n int) {
	switch size {
	case 1:
		fill[uint8](d, x, n)
	case 2:
		fill[uint16](d, x, n)
	case 4:
		fill[uint32](d, x, n)
	case 8:
		fill[uint64](d, x, n)
	default:
		fill[complex128](d, x, n)
	}
}

func fill[T any](d, x unsafe.Pointer, n int) {
	v := *(*T)(x)
	ds := of[T](d, n)
	some := min(n, 64)
	for i := range ds[:some] {
		ds[i] = v
	}
	for i := some; i < n; i *= 2 { // by the fast copies that Go has
		copy(ds[i:], ds[:i])
	}
}

// Strided copies n elements of the given size, which are stride elements apart, to
// places that are step elements apart.
func Strided(d unsafe.Pointer, step int, x unsafe.Pointer, stride, size, n int) {
	switch {
	case step == 1 && stride == 0:
		Fill(d, x, size, n)
		return
	case step == 1 && stride == 1:
		copy(of[byte](d, n*size), of[byte](x, n*size))
		return
	}
	switch size {
	case 1:
		strided[uint8](d, step, x, stride, n)
	case 2:
		strided[uint16](d, step, x, stride, n)
	case 4:
		strided[uint32](d, step, x, stride, n)
	case 8:
		strided[uint64](d, step, x, stride, n)
	default:
		strided[complex128](d, step, x, stride, n)
	}
}

func strided[T any](d unsafe.Pointer, step int, x unsafe.Pointer, stride, n int) {
	var t T
	size := int(unsafe.Sizeof(t))
	step, stride = step*size, stride*size
	at := func(off int) T { return *(*T)(unsafe.Add(x, off)) }
	from, to := 0, 0
	if step == size {
		for ; n >= 4; n -= 4 {
			ds := (*[4]T)(unsafe.Add(d, to))
			ds[0], ds[1], ds[2], ds[3] = at(from), at(from+stride), at(from+2*stride), at(from+3*stride)
			from, to = from+4*stride, to+4*step
		}
	}
	for range n {
		*(*T)(unsafe.Add(d, to)) = at(from)
		from, to = from+stride, to+step
	}
}

// Gather copies the elements of the given size at the addresses in at, all of which
// must be below elems, of memory that begins at x. If one is not, it is returned.
func Gather(d, x unsafe.Pointer, elems int, at []int64, size int) (bad int64, ok bool) {
	for _, a := range at {
		if uint64(a) >= uint64(elems) {
			return a, false
		}
	}
	switch size {
	case 1:
		gather[uint8](d, x, at)
	case 2:
		gather[uint16](d, x, at)
	case 4:
		gather[uint32](d, x, at)
	case 8:
		gather[uint64](d, x, at)
	default:
		gather[complex128](d, x, at)
	}
	return 0, true
}

func gather[T any](d, x unsafe.Pointer, at []int64) {
	var t T
	ds := of[T](d, len(at))
	for i, a := range at {
		ds[i] = *(*T)(unsafe.Add(x, int(a)*int(unsafe.Sizeof(t))))
	}
}

// Scatter is Gather in the other direction.
func Scatter(d unsafe.Pointer, elems int, at []int64, x unsafe.Pointer, size int) (bad int64, ok bool) {
	for i, a := range at {
		if uint64(a) >= uint64(elems) {
			return a, false
		}
		copy(of[byte](unsafe.Add(d, int(a)*size), size), of[byte](unsafe.Add(x, i*size), size))
	}
	return 0, true
}

// Write writes an element of the given size with the given bits.
func Write(d unsafe.Pointer, bits [2]uint64, size int) {
	switch size {
	case 1:
		*(*uint8)(d) = uint8(bits[0])
	case 2:
		*(*uint16)(d) = uint16(bits[0])
	case 4:
		*(*uint32)(d) = uint32(bits[0])
	case 8:
		*(*uint64)(d) = bits[0]
	default:
		*(*[2]uint64)(d) = bits
	}
}
