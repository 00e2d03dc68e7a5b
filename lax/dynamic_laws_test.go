package lax_test

import (
	"testing"

	"gojax/lax"
)

func TestDynamicLaws(t *testing.T) {
	checkLaws(t, "dynamic_slice", func(x ...array) []array {
		return []array{lax.DynamicSlice(x[0], x[1:], []int{2, 1})}
	}, f64(3, 3), i32(), i32())
	checkLaws(t, "dynamic_slice of nothing", func(x ...array) []array {
		return []array{lax.DynamicSlice(x[0], x[1:], []int{0})}
	}, f64(3), i32())
	checkLaws(t, "dynamic_update_slice", func(x ...array) []array {
		return []array{lax.DynamicUpdateSlice(x[0], x[1], x[2:])}
	}, f64(3, 4), f64(2, 2), i32(), i32())
	checkLaws(t, "dynamic_update_slice by nothing", func(x ...array) []array {
		return []array{lax.DynamicUpdateSlice(x[0], x[1], x[2:])}
	}, f64(3), f64(0), i32())
}

func TestSortingLaws(t *testing.T) {
	checkLaws(t, "sort", one(func(x array) array { return lax.Sort(x, 0) }), f64(4, 2))
	checkLaws(t, "sort of nothing", one(func(x array) array { return lax.Sort(x, 1) }), f64(2, 0))
	checkLaws(t, "two keys", func(x ...array) []array { return lax.SortMulti(x, 1, 2) }, i32(2, 5), f64(2, 5), f64(2, 5))
	checkLaws(t, "top_k", func(x ...array) []array {
		values, indices := lax.TopK(x[0], 2)
		return []array{values, indices}
	}, f64(3, 4))
}
