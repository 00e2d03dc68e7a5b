// Package gemm multiplies matrices of float32 or float64 with machine code that it
// makes at first use, at one of the levels of package code.
//
// Each element of a result is made in one way, whatever the shape, the layout of the
// operands, the level and the number of threads: the products of 256 successive
// indices k are added one after the other with fused multiply-adds, beginning with
// +0; the sums of these blocks are added in order. Only which NaN it is, where there
// is one, is left open.
//
// The micro kernels (micro.go) take their left operand by broadcasts of single
// elements, at any strides, so that one is packed only to lie together; what they need
// in one piece are some columns of the right operand, for each k. Where those lie so, and
// not too far apart for a cache, it is not packed.
//
//	gemm.go    which way a product takes
//	small.go   products that one thread makes
//	piece.go   … of what is computed first
//	part.go    … by other products
//	large.go   products that all threads make
//	grid.go    … of tiles
//	cut.go     which tiles, and where their rows are packed
//	own.go     … of rows that are in no other memory
//	vector.go  a matrix and a vector
//	portion.go … of which a part at a time is computed
//	pack.go    operands copied into the order of use
//	half.go    products of halves
//	upright.go … of few columns
//	few.go     … of few rows and a large matrix
//	unit.go    the kernels of a level
//	micro.go column.go chain.go line.go lines.go  their code
package gemm
