// Package mem lends the memory that large arrays and temporaries are in, and takes it
// back to lend it again: fresh memory costs a page fault for every 4 KB.
//
//	arena.go     lending and taking back
//	class.go     the sizes of blocks
//	collect.go   finding what was dropped
//	copy.go      copying large arrays
//	limit.go     how much there may be
//	poison.go    what shows wrong use, in tests
//	advice_*.go  huge pages
//
// Blocks come from Go's own heap, and the arena forgets those that it has lent. So memory
// that nobody gives back returns when the garbage collector finds that nothing points into
// it any more, not even a slice of some of its elements: it comes by a finalizer, which
// hands the memory itself over. No mistake elsewhere can make the arena lend what somebody
// still reads, but for a wrong Free. Memory from outside Go's heap would need every reader
// to keep the owner of each address alive, and the collector would not see its weight.
package mem
