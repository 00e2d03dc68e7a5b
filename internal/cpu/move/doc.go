// Package move copies elements that lie at other places than they go to: along axes in
// another order, with gaps, backwards, repeated ([Walk]), or at indices that are in
// memory themselves ([Take]). Elements have 1, 2, 4, 8 or 16 bytes, and what they mean
// does not matter. What sorts and scatters have of this is a [Sieve].
//
//	move.go       walks, and copies of rows
//	exchange.go   copies in which the nearest elements change places with distant ones
//	weave.go      copies of narrow rows, by shuffles
//	lanes.go      … of which any run is fetched
//	rows.go       copies of short rows
//	piece.go      … in pieces that are used at once
//	take.go       copies at indices
//	unit.go       the kernels, in machine code
//	turn.go pick.go  their code
//	sieve.go      kernels that tell items by their kind
//	sift.go       … indices in a range
//	deal.go       … copies to places of a kind, and how many there are
//	order.go      … integers in the order of floats
package move
