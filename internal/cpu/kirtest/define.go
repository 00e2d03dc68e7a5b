// Package kirtest tests what runs kernels of package kir. It says, slowly, what a kernel
// computes, makes random kernels and memory for them, and makes small what fails.
//
//	define.go   what a kernel computes, one iteration after the other
//	random.go   random kernels: loops, operands, results
//	steps.go    … and what they compute
//	fold.go     … reductions
//	memory.go   memory with canaries round it, and comparing it
//	guard_*.go  memory at the edge of what may be touched
//	shrink.go   smaller kernels that fail too
package kirtest

import (
	"fmt"
	"unsafe"

	"gojax/internal/cpu/tile"
	"gojax/internal/kir"
)

// Define runs a kernel on the memory of its buffers: one iteration after the other, and
// of each one instruction after the other. What instructions do to an element is what
// package tile says. It is the meaning of kernels, to which everything that runs them
// is held, bit for bit; the payloads of NaN aside.
func Define(k *kir.Kernel, bufs []unsafe.Pointer) {
	d := &definition{k: k, bufs: bufs, vals: make([]element, len(k.Code)), code: make([][]kir.Val, len(k.Regions)),
		f: make([]tile.Func, len(k.Code))}
	for v := range k.Code {
		i := &k.Code[v]
		switch i.Code {
		case kir.Constant:
			d.vals[v] = i.Bits
		case kir.LoopIndex, kir.Param, kir.Result:
		case kir.Load, kir.Linear, kir.Reduce:
			d.code[i.Region] = append(d.code[i.Region], kir.Val(v))
		default:
			d.f[v] = tile.For(k, i)
			d.code[i.Region] = append(d.code[i.Region], kir.Val(v))
		}
	}
	d.region(0)
	d.loop(1, func() { d.stores(1) })
}

// An element is the memory of one element of any type.
type element = [2]uint64

// A definition is one run of Define.
type definition struct {
	k    *kir.Kernel
	bufs []unsafe.Pointer
	vals []element // what values are at the moment
	code [][]kir.Val
	f    []tile.Func
}

// loop runs the iterations of a region in row-major order.
func (d *definition) loop(region int, then func()) {
	r := &d.k.Regions[region]
	for i := range r.Size() {
		for a := len(r.Extents) - 1; a >= 0; a-- {
			if v := r.Index[a]; d.k.Code[v].Code == kir.LoopIndex {
				d.vals[v][0] = uint64(i % r.Extents[a])
			}
			i /= r.Extents[a]
		}
		d.region(region)
		then()
	}
}

func (d *definition) region(r int) {
	for _, v := range d.code[r] {
		i := &d.k.Code[v]
		switch i.Code {
		case kir.Linear:
			d.vals[v][0] = uint64(d.index(v))
		case kir.Load:
			d.vals[v] = element{}
			size := i.Type.Size()
			copy(bytesOf(&d.vals[v], size), memory(d.bufs[i.Buf], d.address(i.Args[0], i.Buf), size))
		case kir.Reduce:
			for n, x := range d.fold(i) {
				d.vals[int(v)+n] = x
			}
		default:
			var x [4]unsafe.Pointer
			for n, a := range i.Args {
				x[n] = unsafe.Pointer(&d.vals[a])
			}
			var y element
			d.f[v](unsafe.Pointer(&y), x[0], x[1], x[2], x[3], 1)
			d.vals[v] = y
		}
	}
}

func bytesOf(x *element, size int) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(x)), size) }

func memory(p unsafe.Pointer, at int64, size int) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(p, int(at)*size)), size)
}

// stores runs the stores of a region.
func (d *definition) stores(region int) {
	for _, s := range d.k.Stores {
		if s.Region == region {
			d.store(s)
		}
	}
}

func (d *definition) store(s kir.Store) {
	size := d.k.Code[s.Val].Type.Size()
	copy(memory(d.bufs[s.Buf], d.address(s.Addr, s.Buf), size), bytesOf(&d.vals[s.Val], size))
}

// index returns a sum.
func (d *definition) index(v kir.Val) int64 {
	i := &d.k.Code[v]
	if i.Code != kir.Linear {
		return int64(d.vals[v][0])
	}
	n := int64(i.Bits[0])
	for j, a := range i.Args {
		n += i.Strides[j] * int64(d.vals[a][0])
	}
	return n
}

// address returns a sum that is an address in a buffer.
func (d *definition) address(v kir.Val, buf int) int64 {
	n := d.index(v)
	if n < 0 || n >= int64(d.k.Bufs[buf].Elems) {
		panic(fmt.Sprintf("kirtest: address %d in a buffer of %d elements", n, d.k.Bufs[buf].Elems))
	}
	return n
}

// fold computes a reduction, in the order that package kir says.
func (d *definition) fold(i *kir.Instr) []element {
	f := i.Fold
	of := func(vals []kir.Val) []element {
		x := make([]element, len(vals))
		for n, v := range vals {
			x[n] = d.vals[v]
		}
		return x
	}
	init := of(i.Args)
	var all [][]element
	d.loop(f.Body, func() {
		d.stores(f.Body)
		all = append(all, of(f.Yield))
	})
	combine := func(x, y []element) []element {
		for n := range x {
			d.vals[f.Params[n]], d.vals[f.Params[len(x)+n]] = x[n], y[n]
		}
		d.region(f.Combine)
		return of(f.Combined)
	}
	var blocks [][]element
	for len(all) > 0 {
		b := all[:min(len(all), kir.Block)]
		all = all[len(b):]
		lanes := b[:min(len(b), kir.Lanes)]
		for n, x := range b[len(lanes):] {
			lanes[n%kir.Lanes] = combine(lanes[n%kir.Lanes], x)
		}
		for n := len(lanes); n > 1; n = kir.Halve(n) {
			h := kir.Halve(n)
			for j := range n - h {
				lanes[j] = combine(lanes[j], lanes[h+j])
			}
		}
		blocks = append(blocks, lanes[0])
	}
	for len(blocks) > 1 {
		next := blocks[:0]
		for n := 0; n < len(blocks); n += 2 {
			x := blocks[n]
			if n+1 < len(blocks) {
				x = combine(x, blocks[n+1])
			}
			next = append(next, x)
		}
		blocks = next
	}
	if len(blocks) == 0 {
		return init
	}
	return combine(init, blocks[0])
}
