package lib

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// A scatterCase is a random scatter: sizes by what axes are for.
type scatterCase struct {
	s                         kir.Scatter
	operand, indices, updates []int
}

func randomScatter(r *rand.Rand) scatterCase {
	var c scatterCase
	// Axes of the operand: b batching, i inserted, w window.
	var kinds []byte
	for range 1 + r.IntN(3) {
		kinds = append(kinds, "biw"[r.IntN(3)])
	}
	batch := []int{} // sizes of the axes of indices but the last
	var fromOperand []int
	for a, k := range kinds {
		n := 1 + r.IntN(6)
		c.operand = append(c.operand, n)
		switch k {
		case 'b':
			c.s.OperandBatching = append(c.s.OperandBatching, a)
			fromOperand = append(fromOperand, n)
		case 'i':
			c.s.InsertedWindow = append(c.s.InsertedWindow, a)
		}
		if k != 'b' && r.IntN(4) > 0 {
			c.s.ScatterToOperand = append(c.s.ScatterToOperand, a)
		}
	}
	r.Shuffle(len(c.s.ScatterToOperand), func(i, j int) {
		l := c.s.ScatterToOperand
		l[i], l[j] = l[j], l[i]
	})
	for range r.IntN(3) {
		batch = append(batch, r.IntN(6))
	}
	for _, n := range fromOperand { // somewhere among the axes of indices
		at := r.IntN(len(batch) + 1)
		batch = slices.Insert(batch, at, n)
		for i, b := range c.s.IndicesBatching {
			if b >= at {
				c.s.IndicesBatching[i]++
			}
		}
		c.s.IndicesBatching = append(c.s.IndicesBatching, at)
	}
	c.indices = append(slices.Clone(batch), len(c.s.ScatterToOperand))
	// Axes of updates: those of windows anywhere, in order.
	c.updates = slices.Clone(batch)
	last := 0
	for a, k := range kinds {
		if k != 'w' {
			continue
		}
		at := last + r.IntN(len(c.updates)-last+1)
		c.updates = slices.Insert(c.updates, at, 1+r.IntN(c.operand[a]))
		c.s.UpdateWindow = append(c.s.UpdateWindow, at)
		last = at + 1
	}
	switch r.IntN(3) {
	case 0:
		c.s.Clip = true
	case 1:
		c.s.FillOrDrop = true
	}
	return c
}

// naiveScatter is the definition: for each index vector in order, each element of
// its window.
func naiveScatter(c scatterCase, operand, indexArray, updates *core.Value) *core.Value {
	out := core.New(operand.Type(), nil)
	copyBytes(out, operand)
	window := make([]int, len(c.operand)) // sizes
	next := 0
	for a := range window {
		window[a] = 1
		if !contains(c.s.InsertedWindow, a) && !contains(c.s.OperandBatching, a) {
			window[a] = c.updates[c.s.UpdateWindow[next]]
			next++
		}
	}
	var batchSizes, windowSizes []int
	for a, n := range c.updates {
		if contains(c.s.UpdateWindow, a) {
			windowSizes = append(windowSizes, n)
		} else {
			batchSizes = append(batchSizes, n)
		}
	}
	both := append(slices.Clone(batchSizes), windowSizes...)
	indices(both, func(i []int) {
		batch, inWindow := i[:len(batchSizes)], i[len(batchSizes):]
		u := make([]int, len(c.updates))
		nb, nw := 0, 0
		for a := range u {
			if contains(c.s.UpdateWindow, a) {
				u[a] = inWindow[nw]
				nw++
			} else {
				u[a] = batch[nb]
				nb++
			}
		}
		start := make([]int, len(c.operand))
		for k, a := range c.s.ScatterToOperand {
			start[a] = int(core.Int(indexArray, at(append(slices.Clone(batch), k), c.indices)))
			if indexArray.DType == dtype.Uint64 && start[a] < 0 {
				start[a] = math.MaxInt
			}
		}
		fits := true
		for a := range start {
			if c.s.Clip {
				start[a] = min(max(start[a], 0), c.operand[a]-window[a])
			}
			fits = fits && start[a] >= 0 && start[a] <= c.operand[a]-window[a]
		}
		for k, a := range c.s.OperandBatching {
			start[a] = batch[c.s.IndicesBatching[k]]
		}
		next := 0
		for a := range start {
			if !contains(c.s.InsertedWindow, a) && !contains(c.s.OperandBatching, a) {
				start[a] += u[c.s.UpdateWindow[next]]
				next++
			}
		}
		if fits {
			scatterOne(c.s.By, out, at(start, c.operand), updates, at(u, c.updates))
		}
	})
	return out
}

func scatterOne(by kir.Code, out *core.Value, i int, updates *core.Value, j int) {
	if by == kir.NoCode {
		copyElement(out, i, updates, j)
		return
	}
	d := out.DType
	if !d.IsInexact() {
		a, b := core.Int(out, i), core.Int(updates, j)
		c := compare2(d, a, b)
		switch {
		case by == kir.Add:
			a += b
		case by == kir.Mul:
			a *= b
		case (by == kir.Max) == (c < 0):
			a = b
		}
		core.PutInt(out, i, a)
		return
	}
	a, b := core.At(out, i), core.At(updates, j)
	if d.IsComplex() {
		switch by {
		case kir.Add:
			a += b
		case kir.Mul:
			a = times(a, b)
		case kir.Max:
			a = larger(a, b)
		case kir.Min:
			a = smaller(a, b)
		}
	} else {
		switch by {
		case kir.Add:
			a = complex(real(a)+real(b), 0)
		case kir.Mul:
			a = complex(real(a)*real(b), 0)
		case kir.Max:
			a = complex(max(real(a), real(b)), 0)
		case kir.Min:
			a = complex(min(real(a), real(b)), 0)
		}
	}
	core.Put(out, i, a)
}

func TestScatter(t *testing.T) {
	r := rand.New(rand.NewPCG(25, 26))
	all := dtype.All()
	for n := range 3000 {
		d := all[n%len(all)]
		c := randomScatter(r)
		c.s.By = []kir.Code{kir.NoCode, kir.Add, kir.Mul, kir.Min, kir.Max}[r.IntN(5)]
		operand := random(r, core.Of(d, c.operand...), r.IntN(2) == 0)
		updates := random(r, core.Of(d, c.updates...), r.IntN(2) == 0)
		it := []dtype.Type{dtype.Int32, dtype.Int64, dtype.Uint8, dtype.Int8}[r.IntN(4)]
		index := core.New(core.Of(it, c.indices...), nil)
		for i := range index.Size() {
			core.PutInt(index, i, int64(r.IntN(10)-2))
		}
		in := []*core.Value{operand, index, updates}
		same(t, fmt.Sprintf("%+v %v", c, d), runs(t, c.s, in, operand.Type())[0], naiveScatter(c, operand, index, updates))
	}
}

// Many updates of single elements are divided among threads.
func TestScatterDivided(t *testing.T) {
	r := rand.New(rand.NewPCG(29, 30))
	const n = 1<<17 + 77
	types := []dtype.Type{dtype.Float32, dtype.Int8, dtype.Complex128, dtype.BFloat16, dtype.Float64, dtype.Bool}
	codes := []kir.Code{kir.Add, kir.NoCode, kir.Mul, kir.Min, kir.Max}
	for i, size := range []int{1, 3, 500, 70_000, 1 << 20, n} {
		d := types[i]
		c := scatterCase{operand: []int{size}, indices: []int{n, 1}, updates: []int{n}}
		c.s = kir.Scatter{InsertedWindow: []int{0}, ScatterToOperand: []int{0}, FillOrDrop: true}
		if i%2 == 1 { // elements that are not neighbours
			c.operand, c.s.InsertedWindow = []int{size, 3}, []int{0, 1}
		}
		operand := random(r, core.Of(d, c.operand...), false)
		updates := random(r, core.Of(d, c.updates...), false)
		index := core.New(core.Of(dtype.Int32, c.indices...), nil)
		for j := range n {
			p := int64(r.IntN(size+2) - 1)
			switch r.IntN(20) {
			case 0:
				p = int64(int32(r.Uint32()))
			case 1, 2: // in order
				p = int64(j) * int64(size) / n
			}
			core.PutInt(index, j, p)
		}
		for k, by := range codes {
			if k > 0 && k != 1+i%4 {
				continue
			}
			c.s.By = by
			in := []*core.Value{operand, index, updates}
			same(t, fmt.Sprintf("%+v %v", c, d), runs(t, c.s, in, operand.Type())[0], naiveScatter(c, operand, index, updates))
		}
	}
}

// Windows that are rows, of one element or many, are divided among threads, by rows or along them.
func TestScatterRows(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	types := []dtype.Type{dtype.Float32, dtype.Int64, dtype.BFloat16, dtype.Uint8, dtype.Float64, dtype.Complex64, dtype.Bool, dtype.Int32}
	integers := []dtype.Type{dtype.Int32, dtype.Int64, dtype.Uint32, dtype.Uint64, dtype.Int16, dtype.Uint16, dtype.Int8, dtype.Uint8}
	codes := []kir.Code{kir.Add, kir.NoCode, kir.Mul, kir.Min, kir.Max}
	for n := range 60 {
		row := 1 + r.IntN([]int{1, 9, 300, 9000}[n%4])
		windows := 1 + r.IntN(max(2, min(60_000/row, 9000)))
		size := []int{1 + r.IntN(5), 1 + r.IntN(300)}[r.IntN(2)]
		c := scatterCase{operand: []int{size, row}, indices: []int{windows, 1}, updates: []int{windows, row}}
		c.s = kir.Scatter{UpdateWindow: []int{1}, InsertedWindow: []int{0}, ScatterToOperand: []int{0}, Clip: r.IntN(3) == 0}
		switch r.IntN(5) {
		case 0: // part of each row
			c.operand[1] *= 1 + r.IntN(3)
		case 1: // two components
			c.operand, c.indices = []int{size, 3, row}, []int{windows, 2}
			c.s.InsertedWindow, c.s.ScatterToOperand = []int{0, 1}, [][]int{{0, 1}, {1, 0}}[r.IntN(2)]
		case 2: // windows of both axes
			c.s.UpdateWindow, c.s.InsertedWindow, c.s.ScatterToOperand = []int{1, 2}, nil, []int{0, 1}
			c.operand, c.indices, c.updates = []int{size, row + r.IntN(2)}, []int{windows, 2}, []int{windows, 1, row}
		case 3: // several operands
			c.s.UpdateWindow, c.s.InsertedWindow, c.s.ScatterToOperand = []int{2}, []int{1}, []int{1}
			c.s.OperandBatching, c.s.IndicesBatching = []int{0}, []int{1}
			c.operand, c.indices, c.updates = []int{2, size, row}, []int{windows, 2, 1}, []int{windows, 2, row}
		}
		if row == 1 && len(c.s.UpdateWindow) == 1 { // without its axis
			c.s.UpdateWindow, c.updates = nil, c.updates[:len(c.updates)-1]
			c.s.InsertedWindow = append(c.s.InsertedWindow, len(c.operand)-1)
		}
		d := types[r.IntN(len(types))]
		c.s.By = codes[r.IntN(len(codes))]
		operand, updates := random(r, core.Of(d, c.operand...), false), random(r, core.Of(d, c.updates...), n%3 == 0)
		index := core.New(core.Of(integers[r.IntN(len(integers))], c.indices...), nil)
		for i := range index.Size() {
			p := int64(r.IntN(size+2) - 1)
			if r.IntN(20) == 0 {
				p = int64(r.Uint64())
			}
			core.PutInt(index, i, p)
		}
		in := []*core.Value{operand, index, updates}
		same(t, fmt.Sprintf("%+v %v", c, d), runs(t, c.s, in, operand.Type())[0], naiveScatter(c, operand, index, updates))
	}
}

// Long windows that begin anywhere overlap, and are applied one after the other by any number of threads.
func TestScatterOverlaps(t *testing.T) {
	r := rand.New(rand.NewPCG(33, 34))
	for n := range 40 {
		size := 200 + r.IntN(6000)
		c := scatterCase{operand: []int{1 + r.IntN(3), size}}
		c.s = kir.Scatter{UpdateWindow: []int{1, 2}, ScatterToOperand: []int{1}, Clip: n%2 == 0, By: []kir.Code{kir.Add, kir.NoCode}[r.IntN(2)]}
		windows := 2 + r.IntN(40)
		long := 1 + r.IntN(size)
		c.indices, c.updates = []int{windows, 1}, []int{windows, c.operand[0], long}
		if n%3 == 0 { // a last axis that windows have all of
			c.operand, c.updates = append(c.operand, 2), append(c.updates, 2)
			c.s.UpdateWindow = append(c.s.UpdateWindow, 3)
		}
		d := []dtype.Type{dtype.Float32, dtype.Int8, dtype.Float16}[r.IntN(3)]
		operand, updates := random(r, core.Of(d, c.operand...), false), random(r, core.Of(d, c.updates...), false)
		index := core.New(core.Of(dtype.Int32, c.indices...), nil)
		for i := range index.Size() {
			core.PutInt(index, i, int64(r.IntN(size-long+1)))
		}
		in := []*core.Value{operand, index, updates}
		same(t, fmt.Sprintf("%+v %v", c, d), runs(t, c.s, in, operand.Type())[0], naiveScatter(c, operand, index, updates))
	}
}

func BenchmarkScatter(b *testing.B) {
	const n = 1_000_000
	r := rand.New(rand.NewPCG(1, 1))
	x := random(r, core.Of(dtype.Float32, n), false)
	index := core.New(core.Of(dtype.Int32, n, 1), nil)
	for i := range n {
		core.PutInt(index, i, int64(r.IntN(n)))
	}
	out := core.New(x.Type(), nil)
	for name, by := range map[string]kir.Code{"add": kir.Add, "set": kir.NoCode, "max": kir.Max} {
		b.Run(name, func(b *testing.B) {
			s := kir.Scatter{By: by, InsertedWindow: []int{0}, ScatterToOperand: []int{0}, FillOrDrop: true}
			for b.Loop() {
				Run(nil, s, []*core.Value{x, index, x}, []*core.Value{out})
			}
		})
	}
}
