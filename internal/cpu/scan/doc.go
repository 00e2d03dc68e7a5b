// Package scan accumulates along an axis of an array: running sums and their kin, in
// plain Go, and with machine code for the usual operations.
//
// The order of operations is one, whatever the layout, the level and the number of
// threads. Elements are taken in groups of [Group], counted from where accumulation
// begins. In a group, eight at a time are accumulated in three steps:
//
//	x[i] = x[i-1] op x[i]	for i = 1 2 3, 5 6 7 (with the old x[i-1])
//	x[i] = x[i-2] op x[i]	for i = 2 3, 6 7 (with the old x[i-2])
//	x[i] = x[3] op x[i]	for i = 4 5 6 7
//
// and what was accumulated before them in the group is combined with each of the eight;
// but serial operations accumulate a group one element after the other.
// The last elements of the groups are accumulated in the same way, and what comes before
// a group is combined with each of its elements. So rounding errors are those of some
// short chains. Only which NaN it is, where there is one, is left open.
//
//	scan.go    which elements are accumulated by whom
//	method.go  operations in Go
//	unit.go    operations in machine code, and how it is called
//	row.go     … along elements that lie one after the other
//	wide.go    … with vectors of AVX-512
//	total.go   … of which only the last is wanted
//	column.go  … along an axis that has others inside
package scan
