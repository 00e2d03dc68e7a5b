package mem

import "math/bits"

// Large is the size from which memory is worth recycling: for less, Go's allocator is as
// fast. For more it is several times slower, as pages come back that the system has taken.
const Large = 8 << 10

// discardable is the size from which blocks begin and end at pages.
const discardable = 64 << 10

const bins = 8 * 64

// class returns the bin for a size from Large on and the size of its blocks: eight a power
// of two.
func class(bytes int) (bin, size int) {
	e := bits.Len(uint(bytes-1)) - 4 // a step of the class is 1<<e
	step := (bytes - 1) >> e         // 8 to 15
	return 8*e + step - 7, (step + 1) << e
}
