#include "textflag.h"

// func call(entry uintptr, args unsafe.Pointer)
//
// The kernel returns to the caller of call, the wrapper by which Go calls assembly; that
// restores what Go wants in R14 and X15.
TEXT ·call(SB), NOSPLIT, $0-16
	MOVQ entry+0(FP), AX
	MOVQ args+8(FP), DI
	JMP AX
