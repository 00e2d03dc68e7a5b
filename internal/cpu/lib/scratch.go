package lib

import (
	"gojax/internal/core"
	"gojax/internal/cpu/gemm"
	"gojax/internal/cpu/run"
	"gojax/internal/cpu/scan"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// Scratch returns how many bytes Run works in with so many threads, for arrays of these types;
// results that nobody wants have none; inPlace says that the first is where the first operand is. Sizes are counted where the
// memory is asked for.
func Scratch(step kir.Step, in, out []core.Type, inPlace bool, threads int) int {
	switch s := step.(type) {
	case kir.Dot:
		return NewProduct(s, in[0], in[1], out[0], nil).Scratch(gemm.Use{}, threads)
	case kir.Sort:
		return sortScratch(s, in, out, inPlace, threads)
	case kir.TopK:
		return topKScratch(s.K, in[0], threads)
	case kir.Cumulative:
		return cumulativeScratch(s, in[0])
	case kir.Scatter:
		return scatterScratch(s, in[0], in[1], in[2], threads)
	}
	return 0
}

// dotScratch is how many bytes the product of x and y in elements of type t works in, where its
// axes come in their order.
func dotScratch(s kir.Dot, x, y core.Type, t dtype.Type, u gemm.Use, threads int) int {
	switch t {
	case dtype.Float32, dtype.Float16, dtype.BFloat16, dtype.Bool:
		return productScratch[float32](s, x, y, t, u, threads)
	case dtype.Float64:
		return productScratch[float64](s, x, y, t, u, threads)
	case dtype.Int64, dtype.Uint64:
		return productScratch[int64](s, x, y, t, u, threads)
	case dtype.Complex64:
		return complexScratch[float32](s, x, y, threads)
	case dtype.Complex128:
		return complexScratch[float64](s, x, y, threads)
	}
	return productScratch[int32](s, x, y, t, u, threads)
}

// productScratch is what dotAs works in.
func productScratch[T term](s kir.Dot, x, y core.Type, t dtype.Type, u gemm.Use, threads int) (sum int) {
	p := newProduct[T](s, x.Shape, y.Shape)
	for _, v := range []core.Type{x, y} {
		if !isOf[T](v.DType) {
			sum += run.Rooms[T](v.Size())
		}
	}
	if !isOf[T](t) {
		sum += run.Rooms[T](p.b * p.m * p.n)
	}
	sum += p.arranged(s, x, y)
	u.Same = u.Same && sum == 0
	return sum + p.scratch(u, threads)
}

// complexScratch is what dotComplex works in: both parts of the operands, four products, and one
// product at a time.
func complexScratch[T float32 | float64](s kir.Dot, x, y core.Type, threads int) int {
	p := newProduct[T](s, x.Shape, y.Shape)
	sum := 2*run.Rooms[T](x.Size()) + 2*run.Rooms[T](y.Size()) + 4*run.Rooms[T](p.b*p.m*p.n)
	return sum + p.arranged(s, x, y) + p.scratch(gemm.Use{}, threads)
}

// arranged sets how the operands lie once they are arranged, and returns what their copies take.
func (p *product[T]) arranged(s kir.Dot, x, y core.Type) (sum int) {
	var copied bool
	if p.x, copied = arranged[T](x.Shape, s.BatchX, s.ContractX); copied {
		sum += run.Rooms[T](x.Size())
	}
	if p.y, copied = arranged[T](y.Shape, s.BatchY, s.ContractY); copied {
		sum += run.Rooms[T](y.Size())
	}
	return sum
}

// scratch is what run works in.
func (p *product[T]) scratch(u gemm.Use, threads int) int {
	var x T
	switch any(x).(type) {
	case float32:
		if unit := gemm.Native[float32](); unit != nil {
			return p.plan(unit).Scratch(u, threads)
		}
	case float64:
		if unit := gemm.Native[float64](); unit != nil {
			return p.plan(unit).Scratch(u, threads)
		}
	}
	switch {
	case p.k == 0 || p.m*p.n*p.k <= tiny:
		return 0
	case p.n == 1:
		return p.vectorScratch(p.y, p.m, threads)
	case p.m == 1:
		return p.vectorScratch(p.x, p.n, threads)
	case p.isSmall():
		n, each := p.smallLots(threads)
		return n * each
	}
	rowsOf, columnsOf := p.rooms()
	tiles := (up(p.m, strip) / strip) * (up(p.n, width) / width)
	return columnsOf + run.Concurrent(tiles, p.largePart(min(p.k, depth)), threads)*rowsOf
}

// rooms is what packed rows of a strip take, and packed columns.
func (p *product[T]) rooms() (rowsOf, columnsOf int) {
	return run.Rooms[T](packed(strip, rows, p.k)), run.Rooms[T](packed(p.n, cols, p.k))
}

// smallLots is for how many threads small products are made, and what each works in.
func (p *product[T]) smallLots(threads int) (n, each int) {
	rowsOf, columnsOf := p.rooms()
	return run.Concurrent(p.b, p.smallPart(), threads), rowsOf + columnsOf
}

func (p *product[T]) vectorScratch(v matrix[T], n, threads int) int {
	if v.col == 1 || p.k == 1 {
		return 0
	}
	return run.Concurrent(p.b, vectorsPart(n, p.k), threads) * run.Rooms[T](p.k)
}

// cumulativeScratch is what cumulative works in.
func cumulativeScratch(s kir.Cumulative, x core.Type) int {
	if x.Size() == 0 {
		return 0
	}
	a := around(x.Shape, s.Axis)
	v := scan.View{Outer: a.outer, N: a.n, Inner: a.inner, Reverse: s.Reverse}
	switch x.DType {
	case dtype.Int32:
		return scan.Scratch(signed32(s), v)
	case dtype.Int64:
		return scan.Scratch(signed64(s), v)
	case dtype.Uint32:
		return scan.Scratch(unsigned32(s), v)
	case dtype.Uint64:
		return scan.Scratch(unsigned64(s), v)
	case dtype.Float32:
		return scan.Scratch(floats32(s), v)
	case dtype.Float64:
		return scan.Scratch(floats64(s), v)
	case dtype.Float16, dtype.BFloat16:
		return run.Rooms[float32](x.Size()) + scan.Scratch(floats32(s), v)
	}
	return scan.ScratchOf(x.DType.Size(), v)
}
