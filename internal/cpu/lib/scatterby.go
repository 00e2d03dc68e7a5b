package lib

import (
	"gojax/internal/core"
	"gojax/internal/cpu/run"
	"gojax/internal/kir"
)

// scatterScratch is what scatter works in: where all windows begin.
func scatterScratch(s kir.Scatter, operand, indices, updates core.Type, threads int) int {
	if updates.Size() == 0 || operand.Size() == 0 {
		return 0
	}
	w := newWindows(s, operand.Shape, updates.Shape)
	if v, ok := w.division(operand.Size(), indices.DType, operand.DType, threads); ok {
		return v.scratch(w.n)
	}
	return run.Rooms[int](w.n)
}

// scatterBy applies op to every element and its update.
func scatterBy[T any](w *windows, out, updates []T, op func(x, u T) T) {
	if inRows(w, out, updates, func(x, u []T) {
		u = u[:len(x)]
		for i := range x {
			x[i] = op(x[i], u[i])
		}
	}) {
		return
	}
	w.runs(func(into, from, n, p, q int) {
		for range n {
			out[into] = op(out[into], updates[from])
			into += p
			from += q
		}
	})
}

// scatterSet copies updates.
func scatterSet[T any](w *windows, out, updates []T) {
	if inRows(w, out, updates, func(x, u []T) { copy(x, u) }) {
		return
	}
	w.runs(func(into, from, n, p, q int) {
		if p == 1 && q == 1 {
			copy(out[into:into+n], updates[from:])
			return
		}
		for range n {
			out[into] = updates[from]
			into += p
			from += q
		}
	})
}

// scatterAdd adds updates.
func scatterAdd[T number](w *windows, out, updates []T) {
	if inRows(w, out, updates, addTo[T]) {
		return
	}
	w.runs(func(into, from, n, p, q int) {
		if p == 1 && q == 1 {
			addTo(out[into:into+n], updates[from:from+n])
			return
		}
		for range n {
			out[into] += updates[from]
			into += p
			from += q
		}
	})
}

func addTo[T number](x, u []T) {
	u = u[:len(x)]
	for i := range x {
		x[i] += u[i]
	}
}
