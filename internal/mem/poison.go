package mem

import (
	"bytes"
	"os"
	"unsafe"
)

// canary is the number of bytes before and after the memory that is lent, where an arena
// is poisoned.
const canary = 64

// Poison makes the arena show wrong use, from when nothing has been lent yet: memory is
// full of 0xCB when it is lent and when it is given back, and has canaries on both sides,
// which are looked at when it comes back. The process-wide arena is poisoned where the
// environment variable GOJAX_MEMORY is poison.
func (a *Arena) Poison() { a.poison = true }

func (a *Arena) margins() int {
	if !a.Poisoned() {
		return 0
	}
	return 2 * canary
}

// Poisoned reports whether the arena shows wrong use.
func (a *Arena) Poisoned() bool { return a.poison || a == &Shared && poisonShared }

var poisonShared = os.Getenv("GOJAX_MEMORY") == "poison"

// The bytes of poison and of canaries. As floating-point numbers both are odd ones.
const poison, guard = 0xCB, 0xC9

// open returns the address of the memory to be lent.
func (a *Arena) open(k kept) unsafe.Pointer {
	if !a.Poisoned() {
		return unsafe.Pointer(k.p)
	}
	data := unsafe.Slice(k.p, k.b.size)
	fill(data[:canary], guard)
	fill(data[canary:canary+k.b.bytes], poison)
	fill(data[canary+k.b.bytes:], guard)
	return unsafe.Pointer(&data[canary])
}

// base returns the address of a block whose memory is at p.
func (a *Arena) base(p unsafe.Pointer) unsafe.Pointer {
	if !a.Poisoned() {
		return p
	}
	return unsafe.Add(p, -canary)
}

// close looks at memory that comes back.
func (a *Arena) close(p *byte, b *block) {
	if !a.Poisoned() {
		return
	}
	data := unsafe.Slice(p, b.size)
	if !full(data[:canary]) || !full(data[canary+b.bytes:]) {
		panic("mem: something was written beside the memory that was lent")
	}
	fill(data, poison)
}

func fill(data []byte, x byte) {
	if len(data) == 0 {
		return
	}
	data[0] = x
	for n := 1; n < len(data); n *= 2 {
		copy(data[n:], data[:n])
	}
}

// full reports whether data is all canary.
func full(data []byte) bool {
	return bytes.Count(data, []byte{guard}) == len(data)
}
