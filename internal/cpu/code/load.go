package code

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"gojax/internal/asm/amd64"
)

// A Code is a batch of kernels in executable memory: those of one program, which come
// and go together. Its memory is returned by [Code.Free] or, later, when neither it nor
// a [Func] of it can be reached any more.
type Code struct {
	m     *mapping
	funcs []Func
}

// A Func is a kernel that can be called. It keeps its Code alive.
type Func struct {
	entry uintptr
	code  *Code
}

// A mapping is memory of a Code, apart so that a cleanup can hold it.
type mapping struct {
	mem  []byte
	once sync.Once
}

var mapped atomic.Int64

// Mapped is how many bytes of executable memory are held.
func Mapped() int64 { return mapped.Load() }

// Load makes kernels executable, each at a multiple of [amd64.Alignment]. The bytes are
// copied. It is an error if this processor lacks a feature of need, or if the system
// refuses the memory or to execute it; the caller then does without machine code.
func Load(need amd64.Feature, kernels ...[]byte) (*Code, error) {
	if lack := need &^ Host(); lack != 0 {
		return nil, fmt.Errorf("code: this processor has no %v", lack)
	}
	size := 0
	for _, k := range kernels {
		size += aligned(len(k))
	}
	mem, err := alloc(size)
	if err != nil {
		return nil, fmt.Errorf("code: %d bytes of memory: %w", size, err)
	}
	c := &Code{m: &mapping{mem: mem}, funcs: make([]Func, len(kernels))}
	mapped.Add(int64(len(mem)))
	at := 0
	for i, k := range kernels {
		c.funcs[i] = Func{entry: address(mem) + uintptr(at), code: c}
		at += copy(mem[at:], k)
		for ; at%amd64.Alignment != 0; at++ {
			mem[at] = breakpoint
		}
	}
	for ; at < len(mem); at++ {
		mem[at] = breakpoint
	}
	if err := protect(mem); err != nil {
		c.m.free()
		return nil, fmt.Errorf("code: execution refused: %w", err)
	}
	runtime.AddCleanup(c, (*mapping).free, c.m)
	return c, nil
}

// breakpoint is the instruction int3, which stops what has gone astray.
const breakpoint = 0xCC

func aligned(n int) int { return (n + amd64.Alignment - 1) &^ (amd64.Alignment - 1) }

// Func is the i-th kernel.
func (c *Code) Func(i int) Func { return c.funcs[i] }

// Free returns the memory now. No kernel of c may be running or be called again. A second
// Free does nothing.
func (c *Code) Free() { c.m.free() }

func (m *mapping) free() {
	m.once.Do(func() {
		mapped.Add(-int64(len(m.mem)))
		release(m.mem)
	})
}
