// Package amd64 encodes x86-64 instructions: what a generator of vectorised kernels
// needs of the general registers, AVX, AVX2, FMA, F16C, and AVX-512 F, VL, DQ, BW, CD.
//
// An [Asm] collects code. Every instruction goes through one method,
//
//	a.Op(VFMADD231PS, Y0, Y1, Ptr(RSI, 32).Index(RCX, 4))
//
// which takes the operands in Intel's order: the destination first. The table of
// instructions (table.go) has a row for each combination of mnemonic and operand
// form; the first row that fits is encoded, with VEX if the row and the operands
// allow, and with EVEX if they ask for it (zmm registers, numbers above 15, masks,
// broadcasts) or the caller does ([Asm.EVEX]). Adding an instruction is adding a row
// and running the tests with -update, which lists the new mnemonic in zop.go.
//
// Labels are bound once and jumped to from either side. Constants are deduplicated
// and placed after the code in cache lines of their own, addressed from RIP, so that
// code and constants move together. While [Asm.Listing] is set, the text of all that
// is emitted is kept and [Asm.Text] prints it beside the bytes.
//
// An operand that no row takes makes an error that [Asm.Finish] reports; nothing
// panics. The package builds on every architecture and executes nothing.
//
//	reg.go    registers        mem.go    memory operands
//	asm.go    Asm, labels      pool.go   constants
//	row.go    rows, matching   encode.go bytes
//	table.go  the rows         text.go   Intel syntax
package amd64
