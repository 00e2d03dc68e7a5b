package lax_test

import (
	"fmt"

	"gojax/internal/dtype"
	"gojax/lax"
)

// placeCases are the goldens of sorts and of slices at computed places.
func placeCases(add func(key string, x array)) {
	add("sort signs", lax.Sort(signs, 0))
	add("sort places", lax.SortMulti([]array{signs, lax.Iota(dtype.Int32, 8)}, 0, 1)[1])
	add("sort c128", lax.Sort(complexes, 0))
	add("sort u64", lax.Sort(vector[uint64](1<<63, 5, 1<<64-1), 0))
	keys := []array{vector[int64](1, 0, 1, 0), vector(2., 5, 1, 5), lax.Iota(dtype.Int64, 4)}
	add("sort keys", lax.SortMulti(keys, 0, 2)[2])
	add("jac sort ties", jacobian(func(x array) array { return lax.Sort(x, 0) }, vector(1., 1, 0)))
	for _, name := range []string{"ties", "ends", "holes", "signs"} {
		values, places := lax.TopK(named[name], 3)
		add("top_k "+name, values)
		add("top_k places "+name, places)
	}
	top3 := func(x array) array {
		values, _ := lax.TopK(x, 3)
		return values
	}
	largest, _ := lax.TopK(vector[uint64](1<<63, 5, 1<<64-1), 2)
	add("top_k u64", largest)
	add("jac top_k ties", jacobian(top3, ties))

	numbers := lax.Iota(dtype.Float64, 10)
	update := lax.Neg(lax.SliceInDim(numbers, 1, 3, 1, 0))
	slice := func(start array) array { return lax.DynamicSlice(numbers, []array{start}, []int{2}) }
	replace := func(start array) array { return lax.DynamicUpdateSlice(numbers, update, []array{start}) }
	for _, at := range []int{-3, -30, 9} {
		start := vector(int32(at)) // an array: numbers of the program take another path
		add(fmt.Sprint("dynamic_slice int32 ", at), slice(lax.Squeeze(start, []int{0})))
		add(fmt.Sprint("dynamic_update_slice int32 ", at), replace(lax.Number(dtype.Int32, float64(at))))
	}
	add("dynamic_slice uint8 9", slice(lax.Number(dtype.Uint8, 9)))
	add("dynamic_update_slice uint8 9", replace(lax.Number(dtype.Uint8, 9)))
	far := lax.Squeeze(vector[uint64](1<<63+5), []int{0})
	add("dynamic_slice uint64 9223372036854775813", slice(far))
	add("dynamic_update_slice uint64 9223372036854775813", replace(far))
	starts := vector[int32](-3, -30, 4, 9)
	add("dynamic_slice rows", rows(slice, starts))
	add("dynamic_update_slice rows", rows(replace, starts))
}
