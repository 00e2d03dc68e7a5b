package interp

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/gen"
	"gojax/internal/cpu/tile"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// levels lists what this machine can run.
func levels() []code.Level {
	var all []code.Level
	for l := code.Portable; l <= code.Best(code.Host()); l++ {
		all = append(all, l)
	}
	return all
}

// A maker makes random kernels of what machine code has, and of some that it lacks.
type maker struct {
	r    *rand.Rand
	b    *kir.Builder
	vals map[dtype.Type][]kir.Val
}

var (
	makerTypes = []dtype.Type{dtype.Float32, dtype.Float64, dtype.Int32, dtype.Int64, dtype.Uint32, dtype.Uint64, dtype.Bool}
	oneArg     = []kir.Code{kir.Neg, kir.Sign, kir.Abs, kir.Floor, kir.Ceil, kir.RoundAway, kir.RoundEven, kir.IsFinite,
		kir.Sqrt, kir.Square, kir.Not, kir.PopulationCount, kir.Clz}
	twoArgs = []kir.Code{kir.Add, kir.Sub, kir.Mul, kir.Div, kir.Rem, kir.Max, kir.Min, kir.And, kir.Or, kir.Xor,
		kir.ShiftLeft, kir.ShiftRightArithmetic, kir.ShiftRightLogical, kir.Eq, kir.Ne, kir.Lt, kir.Le, kir.Gt, kir.Ge}
)

func (m *maker) any(t dtype.Type) kir.Val {
	if l := m.vals[t]; len(l) > 0 && m.r.IntN(8) > 0 {
		return l[m.r.IntN(len(l))]
	}
	return m.b.Number(t, complex(float64(m.r.IntN(70)-5), 0))
}

func (m *maker) add(v kir.Val) {
	t := m.b.Type(v)
	m.vals[t] = append(m.vals[t], v)
}

// step adds one random instruction.
func (m *maker) step() {
	t := makerTypes[m.r.IntN(len(makerTypes))]
	switch m.r.IntN(8) {
	case 0:
		m.add(m.b.Convert(makerTypes[m.r.IntN(len(makerTypes))], m.any(t)))
	case 1:
		m.add(m.b.Emit(kir.Select, m.any(dtype.Bool), m.any(t), m.any(t)))
	case 2:
		if t.IsFloat() || t.IsInt() {
			m.add(m.b.Emit(kir.Fma, m.any(t), m.any(t), m.any(t)))
		}
	case 3:
		u := makerTypes[m.r.IntN(len(makerTypes))]
		if t == dtype.Bool || u == dtype.Bool || t.Size() != u.Size() {
			return
		}
		x := m.any(t)
		if t.IsFloat() { // the payload of a NaN is not defined
			x = m.b.Emit(kir.Select, m.b.Emit(kir.Eq, x, x), x, m.b.Number(t, 0))
		}
		m.add(m.b.Bitcast(u, x))
	case 4, 5:
		if c := oneArg[m.r.IntN(len(oneArg))]; tile.Of(c, t) != nil {
			m.add(m.b.Emit(c, m.any(t)))
		}
	default:
		if m.r.IntN(30) == 0 {
			u := dtype.Uint32
			m.add(m.b.Emit(kir.Threefry, m.any(u), m.any(u), m.any(u), m.any(u)))
			return
		}
		if c := twoArgs[m.r.IntN(len(twoArgs))]; tile.Of(c, t) != nil {
			m.add(m.b.Emit(c, m.any(t), m.any(t)))
		}
	}
}

// kernel makes a random kernel over one or two loops, possibly with a reduction.
func (m *maker) kernel() *kir.Kernel {
	b, r := m.b, m.r
	shape := []int{r.IntN(1000)}
	if r.IntN(2) == 0 {
		shape = []int{1 + r.IntN(6), r.IntN(200)}
	}
	n := sizes(shape)
	type source struct {
		mem kir.Operand
		by  int
	}
	var in []source
	for range 1 + r.IntN(12) {
		t := makerTypes[r.IntN(len(makerTypes))]
		switch by := r.IntN(5); by {
		case 0: // a scalar
			in = append(in, source{b.Memory(b.In(t, 1), nil), by})
		case 1: // a row
			in = append(in, source{b.Memory(b.In(t, shape[len(shape)-1]), shape[len(shape)-1:]), by})
		case 2: // transposed
			turned := []int{shape[len(shape)-1], shape[0]}
			in = append(in, source{b.Memory(b.In(t, sizes(turned)), turned), by})
		default:
			in = append(in, source{b.Memory(b.In(t, n), shape), by})
		}
	}
	var out []int
	for range 1 + r.IntN(3) {
		t := makerTypes[r.IntN(len(makerTypes))]
		out = append(out, b.Out(t, n))
	}
	i := b.Loops(make([]int, len(shape)), shape)
	read := func(s source, i []kir.Val) kir.Val {
		switch s.by {
		case 0:
			return s.mem.At(nil)
		case 1:
			return s.mem.At(i[len(i)-1:])
		case 2:
			return s.mem.At([]kir.Val{i[len(i)-1], i[0]})
		}
		return s.mem.At(i)
	}
	for _, s := range in {
		m.add(read(s, i))
	}
	m.add(b.Address(shape, i))
	for range r.IntN(90) {
		m.step()
	}
	if r.IntN(3) == 0 && n > 0 {
		m.reduce(in[0].mem.DType, shape)
	}
	for _, o := range out {
		k := b.Kernel()
		b.Store(o, b.Address(shape, i), m.any(k.Bufs[o].Type))
	}
	return b.Kernel()
}

// reduce adds a reduction of a computed value.
func (m *maker) reduce(t dtype.Type, shape []int) {
	b := m.b
	codes := []kir.Code{kir.Add, kir.Mul, kir.Max, kir.Min}
	c := codes[m.r.IntN(len(codes))]
	x := m.any(t)
	s := b.Reduce([]int{1 + m.r.IntN(300)}, []kir.Val{m.any(t)}, func(j []kir.Val) []kir.Val {
		return []kir.Val{b.Emit(kir.Add, x, b.Convert(t, j[0]))}
	}, func(p, q []kir.Val) []kir.Val { return []kir.Val{b.Emit(c, p[0], q[0])} })
	m.add(s[0])
}

// arena is memory with a buffer in it that nothing around may be written.
type arena struct {
	mem       []byte
	from, len int
}

const canary = 0xA5

func newArena(r *rand.Rand, t dtype.Type, n int) arena {
	a := arena{from: 64 + t.Size()*r.IntN(9), len: n * t.Size()}
	a.mem = bytes.Repeat([]byte{canary}, a.from+a.len+64)
	for i := range n {
		tile.Write(unsafe.Pointer(&a.mem[a.from+i*t.Size()]), element(r, t), t.Size())
	}
	return a
}

func (a arena) clone() arena { return arena{bytes.Clone(a.mem), a.from, a.len} }

func (a arena) pointer() unsafe.Pointer { return unsafe.Pointer(&a.mem[a.from]) }

func (a arena) intact() bool {
	for i, x := range a.mem {
		if (i < a.from || i >= a.from+a.len) && x != canary {
			return false
		}
	}
	return true
}

var specials = []float64{0, math.Copysign(0, -1), 1, -1, 0.5, -0.5, 1.5, 2.5, math.Inf(1), math.Inf(-1), math.NaN(),
	math.MaxFloat32, -math.MaxFloat32, 1e-45, -1e-45, 1 << 31, -1 << 31, 1<<31 - 128, 1 << 32, 4294967040, -1<<31 - 256, 1e300, 5e-324}

// element is a random element, often a special one.
func element(r *rand.Rand, t dtype.Type) [2]uint64 {
	switch {
	case t == dtype.Bool:
		return [2]uint64{uint64(r.IntN(2))}
	case t.IsFloat() && r.IntN(3) == 0:
		return kir.Encode(t, complex(specials[r.IntN(len(specials))], 0))
	case t.IsFloat():
		return kir.Encode(t, complex(r.NormFloat64()*10, 0))
	case r.IntN(2) == 0:
		return [2]uint64{r.Uint64()}
	}
	return [2]uint64{uint64(int64(r.IntN(80) - 10))}
}

// same compares elements; NaNs are all one.
func same(t dtype.Type, x, y []byte) (int, bool) {
	for i := 0; i < len(x); i += t.Size() {
		a, b := x[i:i+t.Size()], y[i:i+t.Size()]
		if bytes.Equal(a, b) {
			continue
		}
		switch t {
		case dtype.Float32:
			if f, g := *(*float32)(unsafe.Pointer(&a[0])), *(*float32)(unsafe.Pointer(&b[0])); f != f && g != g {
				continue
			}
		case dtype.Float64:
			if f, g := *(*float64)(unsafe.Pointer(&a[0])), *(*float64)(unsafe.Pointer(&b[0])); f != f && g != g {
				continue
			}
		}
		return i / t.Size(), false
	}
	return 0, true
}

// differ runs a random kernel at all levels and says where results differ.
func differ(seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 7))
	m := &maker{r: r, b: kir.NewBuilder(), vals: map[dtype.Type][]kir.Val{}}
	k := m.kernel()
	if r.IntN(2) == 0 {
		k = k.Collapse()
	}
	return levelsAgree(r, k)
}

func levelsAgree(r *rand.Rand, k *kir.Kernel) error {
	var mem []arena
	for _, b := range k.Bufs {
		mem = append(mem, newArena(r, b.Type, b.Elems))
	}
	var want []arena
	for _, l := range levels() {
		got := make([]arena, len(mem))
		bufs := make([]unsafe.Pointer, len(mem))
		for i := range mem {
			got[i] = mem[i].clone()
			bufs[i] = got[i].pointer()
		}
		CompileFor(l, k).Run(bufs)
		if l == code.Portable {
			want = got
			continue
		}
		for i := range got {
			g, w := got[i], want[i]
			if !g.intact() {
				return fmt.Errorf("%v: written around buffer %d\n%v", l, i, k)
			}
			t := k.Bufs[i].Type
			if at, ok := same(t, g.mem[g.from:g.from+g.len], w.mem[w.from:w.from+w.len]); !ok {
				x, y := g.mem[g.from+at*t.Size():][:t.Size()], w.mem[w.from+at*t.Size():][:t.Size()]
				return fmt.Errorf("%v: element %d of buffer %d is %x, want %x\n%v", l, at, i, x, y, k)
			}
		}
	}
	return nil
}

// TestNative compares machine code with the interpreter on random kernels.
func TestNative(t *testing.T) {
	n := uint64(150)
	if testing.Short() {
		n = 30
	}
	for seed := range n {
		if err := differ(seed); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

func FuzzNative(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		if err := differ(seed); err != nil {
			t.Fatal(err)
		}
	})
}

// TestNativeOps compares each instruction by itself on elements of all kinds.
func TestNativeOps(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	count := 0
	for _, from := range makerTypes {
		for c := kir.Neg; c <= kir.Bitcast; c++ {
			targets := []dtype.Type{from}
			if c == kir.Convert {
				targets = makerTypes
			}
			for _, to := range targets {
				k := one(c, from, to, 333)
				if k == nil {
					continue
				}
				if last := &k.Code[k.Stores[0].Val]; gen.Supported(k, last) {
					count++
				}
				if err := levelsAgree(r, k); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if count < 150 {
		t.Errorf("machine code has %d instructions", count)
	}
}

// one is the kernel of one instruction, or nil.
func one(c kir.Code, from, to dtype.Type, n int) *kir.Kernel {
	b := kir.NewBuilder()
	var args []kir.Val
	shape := []int{n}
	var in []kir.Operand
	for a := range max(c.Args(), 1) {
		t := from
		if (c == kir.Select || c == kir.Rarely) && a == 0 {
			t = dtype.Bool
		}
		in = append(in, b.Memory(b.In(t, n), shape))
	}
	i := b.Loops([]int{0}, shape)
	for _, x := range in {
		args = append(args, x.At(i))
	}
	var v kir.Val
	switch {
	case c == kir.Convert:
		if from == to {
			return nil
		}
		v = b.Convert(to, args[0])
	case c.Args() == 0 || tile.Of(c, from) == nil || from == kir.Index && c == kir.Neg:
		return nil
	default:
		v = b.Emit(c, args...)
	}
	b.Store(b.Out(b.Type(v), n), i[0], v)
	return b.Kernel()
}

// TestNativeConcurrent runs machine code in many goroutines under continuous garbage
// collection.
func TestNativeConcurrent(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	m := &maker{r: r, b: kir.NewBuilder(), vals: map[dtype.Type][]kir.Val{}}
	k := m.kernel()
	stop := make(chan struct{})
	var collector, workers sync.WaitGroup
	collector.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	})
	c := Compile(k)
	var mem []arena
	for _, b := range k.Bufs {
		mem = append(mem, newArena(r, b.Type, b.Elems))
	}
	run := func() []arena {
		got := make([]arena, len(mem))
		bufs := make([]unsafe.Pointer, len(mem))
		for i := range mem {
			got[i] = mem[i].clone()
			bufs[i] = got[i].pointer()
		}
		c.Run(bufs)
		return got
	}
	want := run()
	for range 8 {
		workers.Go(func() {
			for range 100 {
				for i, g := range run() {
					if !bytes.Equal(g.mem, want[i].mem) {
						t.Errorf("buffer %d differs", i)
						return
					}
				}
			}
		})
	}
	workers.Wait()
	close(stop)
	collector.Wait()
}
