package jax

import (
	"runtime"
	"unsafe"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/run"
	"gojax/lax"
)

// A Device holds arrays and runs operations on them.
type Device = core.Device

// Devices lists the devices of this process; the first is the default one.
func Devices() []Device {
	d := lax.Device()
	if d == core.Device(cpu.Default()) {
		return []Device{d}
	}
	return []Device{d, cpu.Default()}
}

// DefaultDevice is where arrays are made: a process-wide default.
func DefaultDevice() Device { return lax.Device() }

// SetDefaultDevice changes where arrays are made from now on. It is meant to be called
// once, when the process starts.
func SetDefaultDevice(d Device) { lax.SetDefaultDevice(d) }

// SetThreads sets how many threads computations use, all of this process together; 0 is
// as many as GOMAXPROCS, and less is an error. Results do not depend on it.
func SetThreads(n int) {
	switch {
	case n < 0:
		panic(core.Errorf("SetThreads", "got %d, want a number of threads, or 0 for GOMAXPROCS", n))
	case n == 0:
		n = runtime.GOMAXPROCS(0)
	}
	run.SetThreads(n)
}

// Threads returns how many threads computations use.
func Threads() int { return run.Threads() }

// eachLeaf calls f with the leaves of x that are present.
func eachLeaf[T any](what string, x T, f func(Array)) {
	s := scratches.Get().(*scratch)
	leaves, err := planOf[T]().Append(s.leaves[:0], unsafe.Pointer(&x))
	if err != nil {
		panic(core.Errorf(what, "%w", err))
	}
	for _, leaf := range leaves {
		if !leaf.IsAbsent() {
			f(leaf)
		}
	}
	clear(leaves)
	s.leaves = leaves
	scratches.Put(s)
}

// mapLeaves returns x with f applied to the leaves that are present.
func mapLeaves[T any](what string, x T, f func(Array) Array) T {
	p := planOf[T]()
	leaves, err := p.Append(nil, unsafe.Pointer(&x))
	if err != nil {
		panic(core.Errorf(what, "%w", err))
	}
	for i, leaf := range leaves {
		if !leaf.IsAbsent() {
			leaves[i] = f(leaf)
		}
	}
	var out T
	if err := p.Rebuild(unsafe.Pointer(&out), unsafe.Pointer(&x), leaves); err != nil {
		panic(core.Errorf(what, "%w", err))
	}
	return out
}

// DevicePut returns the tree x with its arrays on device d, the default device if it is
// left out. Arrays that are there already are shared, not copied.
func DevicePut[T any](x T, d ...Device) T {
	to := lax.Device()
	if len(d) > 0 {
		to = d[0]
	}
	return mapLeaves("DevicePut", x, func(leaf Array) Array { return lax.DevicePut(leaf, to) })
}

// DeviceGet returns the tree x with its arrays in host memory, computed.
func DeviceGet[T any](x T) T {
	return mapLeaves("DeviceGet", x, func(leaf Array) Array { return lax.DevicePut(leaf, cpu.Default()).BlockUntilReady() })
}

// BlockUntilReady returns x when all its arrays have been computed.
func BlockUntilReady[T any](x T) T {
	eachLeaf("BlockUntilReady", x, func(leaf Array) {
		if b := leaf.Value().Buf; b == nil || !b.Plain() {
			leaf.BlockUntilReady()
		}
	})
	return x
}

// Delete frees the memory of the arrays in x, which cannot be used again.
func Delete[T any](x T) {
	eachLeaf("Delete", x, Array.Delete)
}
