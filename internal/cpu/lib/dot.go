package lib

import (
	"slices"
	"time"
	"unsafe"

	"gojax/internal/core"
	"gojax/internal/cpu/gemm"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// A Product is dot_general, prepared for operands and a result of certain types. Many
// goroutines may run it at once.
//
// The order of additions is the same whatever the shape, the layout of the operands
// and the number of threads: the products of 256 successive indices k are added one
// after the other, beginning with 0; the sums of these blocks are added in order.
// Machine code (package gemm) adds products without rounding them first; where there
// is none, each is rounded before it is added. Halves are summed in float32. A product
// of complex matrices is four of real ones.
type Product struct {
	step      kir.Dot
	x, y, out core.Type
	perm      []int // axis a of out is axis perm[a] of the product; nil if they are equal
	direct    *direct
}

// NewProduct prepares the product s. If perm is not nil, axis a of out is axis perm[a]
// of what s says.
func NewProduct(s kir.Dot, x, y, out core.Type, perm []int) *Product {
	return &Product{s, x, y, out, perm, newDirect(s, x, y, out, perm, [2][]int{})}
}

// Strided returns the product of operands whose elements are so far apart along each axis, where
// strides are not nil; nil if it would have to copy them.
func (p *Product) Strided(strides [2][]int) *Product {
	d := newDirect(p.step, p.x, p.y, p.out, p.perm, strides)
	if d == nil {
		return nil
	}
	return &Product{p.step, p.x, p.y, p.out, p.perm, d}
}

// Turns reports whether the product s can be made with axes in another order at once.
func Turns(s kir.Dot, x, y, out core.Type, perm []int) bool {
	return newDirect(s, x, y, out, perm, [2][]int{}) != nil
}

// Cost estimates how long Run takes on one thread.
func (p *Product) Cost() time.Duration {
	if p.direct != nil {
		return p.direct.cost()
	}
	k := 1.0
	for _, a := range p.step.ContractX {
		k *= float64(p.x.Shape[a])
	}
	return 200 + time.Duration(0.5*k*float64(p.out.Size()))
}

// Run sets out to the product of x and y, which are the first elements. If then is not
// nil it is called for ranges of elements of out as they have got their values, each
// element once, by any thread.
func (p *Product) Run(x, y, out unsafe.Pointer, then func(lo, hi int)) {
	after := gemm.Then{}
	if then != nil {
		after.Do = func(_ unsafe.Pointer, lo, hi int) { then(lo, hi) }
	}
	p.RunOf(nil, x, y, out, gemm.Changes{}, after)
}

// Changing returns how often RunOf changes each element of the operands, if it can.
func (p *Product) Changing() (x, y gemm.Frequency) {
	if p.direct == nil {
		return gemm.Never, gemm.Never
	}
	return p.direct.plan.Changing()
}

// Rows returns how many elements rows of the result have, if RunOf can make it of whole rows that are not in
// memory after that; else 0.
func (p *Product) Rows() int {
	if p.direct == nil {
		return 0
	}
	return p.direct.plan.Rows()
}

// After returns the product as it is made if operand x, or y if i is 1, is made of the result of another one, a piece at a
// time, of whole rows, of so many bytes each; nil if it is not. The other operand may be computed, too.
func (p *Product) After(of *Product, i, row int, both bool) *Product {
	if p.direct == nil || [2]*copied{&p.direct.x, &p.direct.y}[i].bytes > 0 {
		return nil
	}
	d := *p.direct
	if d.plan = d.plan.After(of.direct.plan, i, row, both); d.plan == nil {
		return nil
	}
	q := *p
	q.direct = &d
	return &q
}

// Solid returns how many elements rows of the result have, if Part can make them; else 0.
func (p *Product) Solid() int {
	if p.direct == nil || p.direct.x.bytes > 0 || p.direct.y.bytes > 0 {
		return 0
	}
	return p.direct.plan.Solid()
}

// Part makes n elements of the result, whole rows of it, in out, on this thread, in memory of m: those from the at-th on.
// The result is Solid.
func (p *Product) Part(m *run.Memory, x, y, out unsafe.Pointer, at, n int, then func(p unsafe.Pointer, lo, hi int)) {
	p.direct.plan.Part(m, x, y, out, at, n, then)
}

// OfPart is how many bytes Part works in for n elements.
func (p *Product) OfPart(n int) int { return p.direct.plan.OfPart(n) }

// SizeOf is the size of an element of x, or of y if i is 1.
func (p *Product) SizeOf(i int) int { return [2]core.Type{p.x, p.y}[i].DType.Size() }

// PieceOf is how many bytes pieces of operand x, or y if i is 1, have at most.
func (p *Product) PieceOf(i int) int { return p.direct.plan.PieceOf(i) }

// Matrix returns how many elements each matrix of the result has, if RunOf can pass them on one by one, and they are not in
// memory after that; else 0.
func (p *Product) Matrix() int {
	if p.direct == nil {
		return 0
	}
	return p.direct.plan.Matrix()
}

// Size is how many elements the result has.
func (p *Product) Size() int { return p.out.Size() }

// Scratch returns how many bytes RunOf works in with so many threads.
func (p *Product) Scratch(u gemm.Use, threads int) int {
	switch t := p.out.DType; {
	case p.out.Size() == 0:
		return 0
	case p.direct != nil:
		return p.direct.scratch(u, threads)
	case p.perm != nil:
		return run.Room(p.out.Bytes()) + dotScratch(p.step, p.x, p.y, t, u, threads)
	default:
		return dotScratch(p.step, p.x, p.y, t, u, threads)
	}
}

// Computing returns how often RunOf computes each line of operands, if it can.
func (p *Product) Computing() (x, y gemm.Frequency) {
	if p.direct == nil {
		return gemm.Never, gemm.Never
	}
	x, y = p.direct.plan.Computing()
	if p.direct.x.bytes > 0 {
		x = gemm.Never
	}
	if p.direct.y.bytes > 0 {
		y = gemm.Never
	}
	return x, y
}

// RunOf is Run for operands that are changed, element by element, before they are multiplied, in
// memory of m.
func (p *Product) RunOf(m *run.Memory, x, y, out unsafe.Pointer, first gemm.Changes, then gemm.Then) {
	n := p.out.Size()
	if n == 0 {
		return
	}
	if p.direct != nil {
		p.direct.run(m, x, y, out, first, then)
		return
	}
	to := value(p.out, out)
	if p.perm == nil {
		p.general(m, value(p.x, x), value(p.y, y), to)
	} else {
		p.turned(m, value(p.x, x), value(p.y, y), to)
	}
	if then.Do != nil {
		run.Parallel(n, grain(1), func(lo, hi int) { then.Do(unsafe.Add(out, lo*p.out.DType.Size()), lo, hi) })
	}
}

// value is an array in memory that begins at p.
func value(t core.Type, p unsafe.Pointer) *core.Value {
	return core.NewIn(t, core.WrapBuffer(nil, unsafe.Slice((*byte)(p), t.Bytes())))
}

// turned makes the product in other memory, and then changes the order of axes.
func (p *Product) turned(m *run.Memory, x, y, out *core.Value) {
	shape := make([]int, len(p.perm))
	for a, b := range p.perm {
		shape[b] = out.Shape[a]
	}
	room := m.Alloc(out.Bytes())
	defer m.Free(room)
	t := value(core.Of(out.DType, shape...), unsafe.Pointer(unsafe.SliceData(room)))
	p.general(m, x, y, t)
	dims := make([]dim, len(p.perm))
	for a, b := range p.perm {
		dims[a] = dim{shape[b], core.Size(shape[b+1:])}
	}
	switch out.DType.Size() {
	case 1:
		permute(slice[uint8](out), slice[uint8](t), dims)
	case 2:
		permute(slice[uint16](out), slice[uint16](t), dims)
	case 4:
		permute(slice[uint32](out), slice[uint32](t), dims)
	case 8:
		permute(slice[uint64](out), slice[uint64](t), dims)
	default:
		permute(slice[complex128](out), slice[complex128](t), dims)
	}
}

// general makes the product in the order of axes that it has by itself.
func (p *Product) general(m *run.Memory, x, y, out *core.Value) {
	switch t := out.DType; t {
	case dtype.Float32, dtype.Float16, dtype.BFloat16, dtype.Bool:
		dotAs[float32](m, p.step, x, y, out)
	case dtype.Float64:
		dotAs[float64](m, p.step, x, y, out)
	case dtype.Int64, dtype.Uint64:
		dotAs[int64](m, p.step, x, y, out)
	case dtype.Complex64:
		dotComplex[float32](m, p.step, x, y, out)
	case dtype.Complex128:
		dotComplex[float64](m, p.step, x, y, out)
	default:
		dotAs[int32](m, p.step, x, y, out) // shorter integers are what is left of it
	}
}

// A term is a type that sums are made in.
type term interface {
	int32 | int64 | float32 | float64
}

// A product is one of batches of matrices: out[b,i,j] = Σ x[b,i,k]·y[b,j,k].
type product[T term] struct {
	b, m, n, k int
	x, y       matrix[T]
	out        []T
	memory     *run.Memory
}

// A matrix is batches of rows, elements far apart by strides.
type matrix[T term] struct {
	data            []T
	batch, row, col int
}

func dotAs[T term](m *run.Memory, s kir.Dot, x, y, out *core.Value) {
	var free []func()
	defer func() {
		for _, f := range free {
			f()
		}
	}()
	p := newProduct[T](s, x.Shape, y.Shape)
	p.memory = m
	xs, done := elementsAs[T](m, x)
	free = append(free, done)
	ys, done := elementsAs[T](m, y)
	free = append(free, done)
	p.x, done = arrange(m, xs, x.Shape, s.BatchX, s.ContractX)
	free = append(free, done)
	p.y, done = arrange(m, ys, y.Shape, s.BatchY, s.ContractY)
	free = append(free, done)
	if p.out = sameElements[T](out); p.out != nil {
		p.run()
		return
	}
	p.out = run.Of[T](m, out.Size())
	free = append(free, func() { run.Give(m, p.out) })
	p.run()
	storeAs(out, p.out)
}

func newProduct[T term](s kir.Dot, x, y []int) product[T] {
	p := product[T]{b: 1, m: 1, n: 1, k: 1}
	for a, n := range x {
		switch {
		case contains(s.BatchX, a):
			p.b *= n
		case contains(s.ContractX, a):
			p.k *= n
		default:
			p.m *= n
		}
	}
	for a, n := range y {
		if !contains(s.BatchY, a) && !contains(s.ContractY, a) {
			p.n *= n
		}
	}
	return p
}

// axesOf joins the batch axes of an array to one, and so the free and the
// contracting ones; ok reports whether each of the three is at one stride.
func axesOf(shape, batch, contract []int) (b, r, c dim, ok bool) {
	b, r, c, ok = dim{1, 0}, dim{1, 0}, dim{1, 0}, true
	for _, a := range batch {
		ok = b.join(dim{shape[a], core.Size(shape[a+1:])}) && ok
	}
	for _, a := range contract {
		ok = c.join(dim{shape[a], core.Size(shape[a+1:])}) && ok
	}
	for a, n := range shape {
		if !contains(batch, a) && !contains(contract, a) {
			ok = r.join(dim{n, core.Size(shape[a+1:])}) && ok
		}
	}
	return b, r, c, ok
}

// join makes e the fast part of d and reports whether that is one axis.
func (d *dim) join(e dim) bool {
	switch {
	case e.n == 1:
	case d.n == 1:
		*d = e
	case d.stride == e.stride*e.n:
		*d = dim{d.n * e.n, e.stride}
	default:
		return false
	}
	return true
}

// arranged returns how the matrices in an array lie, and whether they do once it has been
// copied, since its axes are not in a fitting order.
func arranged[T term](shape, batch, contract []int) (m matrix[T], copied bool) {
	b, r, c, ok := axesOf(shape, batch, contract)
	if ok {
		return matrix[T]{nil, b.stride, r.stride, c.stride}, false
	}
	inner, rows := 1, 1
	for a, n := range shape {
		switch {
		case contains(contract, a):
			inner *= n
		case !contains(batch, a):
			rows *= n
		}
	}
	return matrix[T]{nil, rows * inner, inner, 1}, true
}

// arrange returns the matrices in an array; done gives back the copy, if there is one.
func arrange[T term](memory *run.Memory, data []T, shape, batch, contract []int) (m matrix[T], done func()) {
	m, copied := arranged[T](shape, batch, contract)
	if !copied {
		m.data = data
		return m, func() {}
	}
	axes := slices.Clone(batch)
	for a := range shape {
		if !contains(batch, a) && !contains(contract, a) {
			axes = append(axes, a)
		}
	}
	var dims []dim
	for _, a := range append(axes, contract...) {
		dims = append(dims, dim{shape[a], core.Size(shape[a+1:])})
	}
	m.data = run.Of[T](memory, len(data))
	permute(m.data, data, dims)
	return m, func() { run.Give(memory, m.data) }
}

// sameElements returns the elements of v if they have type T, up to the sign.
func sameElements[T term](v *core.Value) []T {
	if !isOf[T](v.DType) {
		return nil
	}
	return slice[T](v)
}

// isOf reports whether elements of type t have type T, up to the sign.
func isOf[T term](t dtype.Type) bool {
	var x T
	switch any(x).(type) {
	case float32:
		return t == dtype.Float32
	case float64:
		return t == dtype.Float64
	case int32:
		return t == dtype.Int32 || t == dtype.Uint32
	default:
		return t == dtype.Int64 || t == dtype.Uint64
	}
}

// elementsAs returns the elements of v converted to T; done gives back the copy.
func elementsAs[T term](m *run.Memory, v *core.Value) (data []T, done func()) {
	if data = sameElements[T](v); data != nil {
		return data, func() {}
	}
	data = run.Of[T](m, v.Size())
	convert(data, v)
	return data, func() { run.Give(m, data) }
}

// convert sets dst to the elements of v, a real array.
func convert[T term](dst []T, v *core.Value) {
	switch v.DType {
	case dtype.Bool, dtype.Uint8:
		convertFrom(dst, slice[uint8](v))
	case dtype.Int8:
		convertFrom(dst, slice[int8](v))
	case dtype.Int16:
		convertFrom(dst, slice[int16](v))
	case dtype.Int32:
		convertFrom(dst, slice[int32](v))
	case dtype.Int64:
		convertFrom(dst, slice[int64](v))
	case dtype.Uint16:
		convertFrom(dst, slice[uint16](v))
	case dtype.Uint32:
		convertFrom(dst, slice[uint32](v))
	case dtype.Uint64:
		convertFrom(dst, slice[uint64](v))
	case dtype.Float32:
		convertFrom(dst, slice[float32](v))
	case dtype.Float64:
		convertFrom(dst, slice[float64](v))
	case dtype.Float16:
		for i, h := range slice[uint16](v) {
			dst[i] = T(dtype.F16ToF32(h))
		}
	case dtype.BFloat16:
		for i, h := range slice[uint16](v) {
			dst[i] = T(dtype.BF16ToF32(h))
		}
	}
}

func convertFrom[T term, S number](dst []T, src []S) {
	dst = dst[:len(src)]
	for i, x := range src {
		dst[i] = T(x)
	}
}

// storeAs rounds sums to the type of out.
func storeAs[T term](out *core.Value, sums []T) {
	switch out.DType {
	case dtype.Bool:
		for i, x := range sums {
			slice[bool](out)[i] = x != 0
		}
	case dtype.Int8, dtype.Uint8:
		storeInts(slice[int8](out), sums)
	case dtype.Int16, dtype.Uint16:
		storeInts(slice[int16](out), sums)
	default:
		narrow(slice[uint16](out), any(sums).([]float32), out.DType)
	}
}

func storeInts[D int8 | int16, T term](out []D, sums []T) {
	for i, x := range sums {
		out[i] = D(x)
	}
}

// dotComplex multiplies real and imaginary parts.
func dotComplex[T float32 | float64](m *run.Memory, s kir.Dot, x, y, out *core.Value) {
	part := newProduct[T](s, x.Shape, y.Shape)
	part.memory = m
	xs, ys := parts[T](m, x), parts[T](m, y)
	sums := [4][]T{}
	for i := range sums {
		p := part
		p.out = run.Of[T](m, out.Size())
		var doneX, doneY func()
		p.x, doneX = arrange(m, xs[i/2], x.Shape, s.BatchX, s.ContractX)
		p.y, doneY = arrange(m, ys[i%2], y.Shape, s.BatchY, s.ContractY)
		p.run()
		doneX()
		doneY()
		sums[i] = p.out
	}
	z := unsafe.Slice((*T)(out.Buf.Pointer()), 2*out.Size())
	for i := range out.Size() {
		z[2*i] = sums[0][i] - sums[3][i]
		z[2*i+1] = sums[1][i] + sums[2][i]
	}
	for _, list := range [][]T{sums[0], sums[1], sums[2], sums[3], xs[0], xs[1], ys[0], ys[1]} {
		run.Give(m, list)
	}
}

// parts returns the real and the imaginary parts of v.
func parts[T float32 | float64](m *run.Memory, v *core.Value) [2][]T {
	re, im := run.Of[T](m, v.Size()), run.Of[T](m, v.Size())
	switch v.DType {
	case dtype.Complex64:
		for i, z := range slice[complex64](v) {
			re[i], im[i] = T(real(z)), T(imag(z))
		}
	case dtype.Complex128:
		for i, z := range slice[complex128](v) {
			re[i], im[i] = T(real(z)), T(imag(z))
		}
	default:
		convert(re, v)
		clear(im)
	}
	return [2][]T{re, im}
}
