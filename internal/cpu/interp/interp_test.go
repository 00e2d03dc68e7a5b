package interp

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"unsafe"

	"gojax/internal/cpu/run"
	"gojax/internal/cpu/tile"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// naive runs a kernel one iteration after the other, each value a map's element: the
// definition of what a kernel does.
type naive struct {
	k    *kir.Kernel
	bufs []unsafe.Pointer
}

type env map[kir.Val]*[2]uint64

func (n naive) run() {
	outside := env{}
	n.region(0, outside)
	n.loop(1, outside, func(e env) {
		for _, s := range n.k.Stores {
			size := n.k.Code[s.Val].Type.Size()
			copyOver(unsafe.Add(n.bufs[s.Buf], int(n.index(s.Addr, e))*size), unsafe.Pointer(n.value(s.Val, e)), size)
		}
	})
}

// loop runs the iterations of a region in row-major order.
func (n naive) loop(region int, outside env, then func(env)) {
	r := n.k.Regions[region]
	for i := range r.Size() {
		e := env{}
		for v, x := range outside {
			e[v] = x
		}
		j := i
		for a := len(r.Extents) - 1; a >= 0; a-- {
			if n.k.Code[r.Index[a]].Code == kir.LoopIndex {
				e[r.Index[a]] = &[2]uint64{uint64(j % r.Extents[a])}
			}
			j /= r.Extents[a]
		}
		n.region(region, e)
		then(e)
	}
}

func (n naive) value(v kir.Val, e env) *[2]uint64 {
	i := &n.k.Code[v]
	if i.Code == kir.Constant {
		b := i.Bits
		return &b
	}
	return e[v]
}

func (n naive) index(v kir.Val, e env) int64 {
	off, terms := n.k.Form(v)
	for _, t := range terms {
		off += t.Stride * int64(n.value(t.Atom, e)[0])
	}
	return off
}

func (n naive) region(r int, e env) {
	for v := range n.k.Code {
		i := &n.k.Code[v]
		if i.Region != r {
			continue
		}
		var d [2]uint64
		switch i.Code {
		case kir.Constant, kir.LoopIndex, kir.Param, kir.Result:
			continue
		case kir.Linear:
			d[0] = uint64(n.index(kir.Val(v), e))
		case kir.Load:
			size := i.Type.Size()
			copyOver(unsafe.Pointer(&d), unsafe.Add(n.bufs[i.Buf], int(n.index(i.Args[0], e))*size), size)
		case kir.Reduce:
			for j, x := range n.fold(i, e) {
				e[kir.Val(v+j)] = &x
			}
			continue
		default:
			var p [4]unsafe.Pointer
			for j, x := range i.Args {
				p[j] = unsafe.Pointer(n.value(x, e))
			}
			function(n.k, i)(unsafe.Pointer(&d), p[0], p[1], p[2], p[3], 1)
		}
		e[kir.Val(v)] = &d
	}
}

func (n naive) fold(i *kir.Instr, e env) [][2]uint64 {
	f := i.Fold
	var all [][][2]uint64
	n.loop(f.Body, e, func(b env) {
		var x [][2]uint64
		for _, y := range f.Yield {
			x = append(x, *n.value(y, b))
		}
		all = append(all, x)
	})
	combine := func(x, y [][2]uint64) (z [][2]uint64) {
		c := env{}
		for v, b := range e {
			c[v] = b
		}
		for j := range x {
			c[f.Params[j]], c[f.Params[len(x)+j]] = &x[j], &y[j]
		}
		n.region(f.Combine, c)
		for _, v := range f.Combined {
			z = append(z, *n.value(v, c))
		}
		return z
	}
	var blocks [][][2]uint64
	for len(all) > 0 {
		b := all[:min(len(all), kir.Block)]
		all = all[len(b):]
		lanes := b[:min(len(b), kir.Lanes)]
		for j, x := range b[len(lanes):] {
			lanes[j%kir.Lanes] = combine(lanes[j%kir.Lanes], x)
		}
		for m := len(lanes); m > 1; m = kir.Halve(m) {
			h := kir.Halve(m)
			for j := range m - h {
				lanes[j] = combine(lanes[j], lanes[h+j])
			}
		}
		blocks = append(blocks, lanes[0])
	}
	for len(blocks) > 1 {
		var next [][][2]uint64
		for j := 0; j < len(blocks); j += 2 {
			if j+1 < len(blocks) {
				next = append(next, combine(blocks[j], blocks[j+1]))
			} else {
				next = append(next, blocks[j])
			}
		}
		blocks = next
	}
	var init [][2]uint64
	for _, v := range i.Args {
		init = append(init, *n.value(v, e))
	}
	if len(blocks) == 0 {
		return init
	}
	return combine(init, blocks[0])
}

// random fills memory with elements of a type, small numbers mostly.
func random(r *rand.Rand, t dtype.Type, n int) []uint64 {
	mem := make([]uint64, (n*t.Size()+7)/8+1)
	p := unsafe.Pointer(&mem[0])
	for i := range n {
		x := complex(r.NormFloat64()*3, r.NormFloat64())
		if t.IsInt() {
			x = complex(float64(r.IntN(200)), 0)
		} else if t == dtype.Bool {
			x = complex(float64(r.IntN(2)), 0)
		}
		tile.Write(unsafe.Add(p, i*t.Size()), kir.Encode(t, x), t.Size())
	}
	return mem
}

// check runs a kernel on random memory, by the interpreter with one thread and with
// more, and naively: all bits must be the same.
func check(t *testing.T, name string, k *kir.Kernel) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	results := func(runner func(bufs []unsafe.Pointer)) [][]byte {
		r = rand.New(rand.NewPCG(1, 2))
		var bufs []unsafe.Pointer
		var out [][]byte
		for _, b := range k.Bufs {
			mem := random(r, b.Type, b.Elems)
			bufs = append(bufs, unsafe.Pointer(&mem[0]))
			out = append(out, unsafe.Slice((*byte)(unsafe.Pointer(&mem[0])), len(mem)*8))
		}
		runner(bufs)
		return out
	}
	want := results(func(bufs []unsafe.Pointer) { naive{k, bufs}.run() })
	collapsed := k.Collapse()
	for _, k := range []*kir.Kernel{k, collapsed} {
		if err := kir.Check(k); err != nil {
			t.Fatalf("%s: %v\n%v", name, err, k)
		}
	}
	var codes []*Code
	for _, l := range levels() {
		codes = append(codes, CompileFor(l, k), CompileFor(l, collapsed))
	}
	for n, c := range codes {
		for _, threads := range []int{1, 3} {
			run.SetThreads(threads)
			got := results(c.Run)
			for b := range want {
				if !bytes.Equal(got[b], want[b]) {
					t.Fatalf("%s: buffer %d differs, level %v, collapsed: %v, threads: %d\n%v", name, b, levels()[n/2], n%2 == 1, threads, k)
				}
			}
		}
	}
	run.SetThreads(0)
}

func sizes(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// TestElementwise tries chains of instructions on all types and sizes.
func TestElementwise(t *testing.T) {
	for _, d := range dtype.All() {
		for _, shape := range [][]int{{}, {0}, {1}, {3}, {513}, {2, 3}, {7, 200}, {3, 0, 2}, {5, 1, 4}} {
			b := kir.NewBuilder()
			n := sizes(shape)
			x, y := b.Memory(b.In(d, n), shape), b.Memory(b.In(d, 1), nil)
			out, test := b.Out(d, n), b.Out(dtype.Bool, n)
			i := b.Loops(make([]int, len(shape)), shape)
			v := b.Emit(kir.Mul, x.At(i), y.At(nil))
			v = b.Emit(kir.Add, v, b.Number(d, 1))
			less := b.Emit(kir.Lt, v, x.At(i))
			v = b.Emit(kir.Select, less, b.Emit(kir.Max, v, y.At(nil)), b.Emit(kir.Min, v, y.At(nil)))
			b.Store(out, b.Address(shape, i), v)
			b.Store(test, b.Address(shape, i), less)
			check(t, fmt.Sprint(d, shape), b.Kernel())
		}
	}
}

// TestAddresses moves elements around.
func TestAddresses(t *testing.T) {
	for _, d := range []dtype.Type{dtype.Bool, dtype.Float16, dtype.Float32, dtype.Complex64, dtype.Complex128} {
		for _, shape := range [][]int{{1, 1}, {3, 5}, {130, 7}, {2, 600}, {0, 3}} {
			b := kir.NewBuilder()
			n := sizes(shape)
			turned := []int{shape[1], shape[0]}
			x, row := b.Memory(b.In(d, n), turned), b.Memory(b.In(d, shape[1]), shape[1:])
			col := b.Memory(b.In(d, shape[0]), shape[:1])
			out, back := b.Out(d, n), b.Out(d, n)
			i := b.Loops([]int{0, 0}, shape)
			v := b.Emit(kir.Add, x.At([]kir.Val{i[1], i[0]}), row.At(i[1:]))
			v = b.Emit(kir.Add, v, col.At(i[:1]))
			// Backwards along the first axis, and an index as data.
			v = b.Emit(kir.Mul, v, b.Convert(d, b.Emit(kir.Add, i[1], i[0])))
			rev := b.Emit(kir.Sub, b.At(shape[0]-1), i[0])
			b.Store(out, b.Address(shape, []kir.Val{rev, i[1]}), v)
			b.Store(back, b.Address(turned, []kir.Val{i[1], i[0]}), v)
			check(t, fmt.Sprint(d, shape), b.Kernel())
		}
	}
}

// TestGather reads at computed indices.
func TestGather(t *testing.T) {
	for _, shape := range [][]int{{5, 3}, {40, 30}} {
		b := kir.NewBuilder()
		x := b.Memory(b.In(dtype.Float32, 12*shape[1]), []int{12, shape[1]})
		at := b.Memory(b.In(dtype.Int32, shape[0]), shape[:1])
		out := b.Out(dtype.Float32, sizes(shape))
		i := b.Loops([]int{0, 0}, shape)
		j := b.Emit(kir.Rem, b.Convert(kir.Index, at.At(i[:1])), b.At(12))
		j = b.Emit(kir.Max, b.Emit(kir.Min, j, b.At(11)), b.At(0))
		b.Store(out, b.Address(shape, i), x.At([]kir.Val{j, i[1]}))
		check(t, fmt.Sprint(shape), b.Kernel())
	}
}

// TestReduce reduces over the first, the last, and all axes, with one carry and with
// two.
func TestReduce(t *testing.T) {
	for _, shape := range [][]int{{1, 1}, {3, 1}, {1, 70}, {5, 64}, {200, 3}, {3, 700}, {0, 4}, {4, 0}, {2, 9000}, {9000, 2}} {
		for axis := range 3 {
			for _, d := range []dtype.Type{dtype.Float32, dtype.Int32, dtype.Complex64} {
				if sizes(shape) > 10000 && d != dtype.Float32 {
					continue
				}
				check(t, fmt.Sprint(d, shape, axis), reduction(d, shape, axis))
			}
		}
	}
}

func reduction(d dtype.Type, shape []int, axis int) *kir.Kernel {
	b := kir.NewBuilder()
	x := b.Memory(b.In(d, sizes(shape)), shape)
	kept, gone := shape[1-axis%2:][:1], shape[axis%2:][:1]
	if axis == 2 {
		kept, gone = nil, shape
	}
	sum, most, where := b.Out(d, sizes(kept)), b.Out(d, sizes(kept)), b.Out(dtype.Int64, sizes(kept))
	i := b.Loops(make([]int, len(kept)), kept)
	at := func(j []kir.Val) []kir.Val {
		switch axis {
		case 0:
			return []kir.Val{j[0], i[0]}
		case 1:
			return []kir.Val{i[0], j[0]}
		}
		return j
	}
	zero := b.Number(d, 0)
	s := b.Reduce(gone, []kir.Val{zero}, func(j []kir.Val) []kir.Val {
		return []kir.Val{b.Emit(kir.Mul, x.At(at(j)), b.Number(d, 1.5))}
	}, func(p, q []kir.Val) []kir.Val { return []kir.Val{b.Emit(kir.Add, p[0], q[0])} })
	m := b.Reduce(gone, []kir.Val{zero, b.Int(dtype.Int64, 1<<40)}, func(j []kir.Val) []kir.Val {
		return []kir.Val{x.At(at(j)), b.Address(gone, j)}
	}, func(p, q []kir.Val) []kir.Val {
		greater := b.Emit(kir.Gt, p[0], q[0])
		tie := b.Emit(kir.And, b.Emit(kir.Eq, p[0], q[0]), b.Emit(kir.Lt, p[1], q[1]))
		first := b.Emit(kir.Or, greater, tie)
		return []kir.Val{b.Emit(kir.Select, first, p[0], q[0]), b.Emit(kir.Select, first, p[1], q[1])}
	})
	b.Store(sum, b.Address(kept, i), b.Emit(kir.Add, s[0], b.Number(d, 1)))
	b.Store(most, b.Address(kept, i), m[0])
	b.Store(where, b.Address(kept, i), m[1])
	return b.Kernel()
}

// TestNested reduces inside of a reduction.
func TestNested(t *testing.T) {
	for _, n := range [][3]int{{3, 4, 5}, {1, 100, 3}, {70, 2, 90}, {2, 80, 70}} {
		b := kir.NewBuilder()
		x, y := b.Memory(b.In(dtype.Float32, n[0]*n[1]), n[:2]), b.Memory(b.In(dtype.Float32, n[1]*n[2]), n[1:])
		out := b.Out(dtype.Float32, n[0])
		i := b.Loops([]int{0}, n[:1])
		add := func(p, q []kir.Val) []kir.Val { return []kir.Val{b.Emit(kir.Add, p[0], q[0])} }
		zero := []kir.Val{b.Number(dtype.Float32, 0)}
		s := b.Reduce(n[1:2], zero, func(j []kir.Val) []kir.Val {
			in := b.Reduce(n[2:], zero, func(l []kir.Val) []kir.Val {
				return []kir.Val{b.Emit(kir.Mul, x.At([]kir.Val{i[0], j[0]}), y.At([]kir.Val{j[0], l[0]}))}
			}, add)
			return []kir.Val{b.Emit(kir.Square, in[0])}
		}, add)
		b.Store(out, i[0], s[0])
		check(t, fmt.Sprint(n), b.Kernel())
	}
}
