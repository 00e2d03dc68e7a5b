// Package code holds machine code made at run time and calls it: what the processor can
// do ([Host]), which level of instructions to generate for ([Chosen]), memory that is
// written, then executed, never both ([Load]), and the way from Go into it ([Call]).
//
// A kernel is a leaf. It finds its arguments through RDI and returns by RET. It may
// change every register but RSP and RBP, must leave the direction flag clear and MXCSR
// as it was, executes VZEROUPPER before it returns if it used vectors, and has no stack:
// space to spill into comes with the arguments. Because the return address stays at
// [RSP], a bad address in a kernel becomes an ordinary Go panic (not on Windows, where
// it ends the process).
//
// While a kernel runs, its goroutine cannot be preempted, and a garbage collection
// waits for it. Call polls on entry, so a long computation is to be cut into calls of at
// most some 200 µs each: kernels take a range and are called again for the next.
//
// Where code cannot be run (another architecture or system, an old processor, a system
// that refuses), the level is [Portable] or Load returns an error; the caller goes on
// without machine code.
//
//	cpu.go level.go  what there is and what is chosen
//	load.go mem_*.go memory
//	make.go          kernels from their generators
//	call.go          the call
package code
