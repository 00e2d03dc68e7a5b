package code

import (
	"sync"

	"gojax/internal/asm/amd64"
)

// Host is the set of features that this processor has and its system supports, 0 if it
// is no x86-64.
var Host = sync.OnceValue(host)

// A bit is where CPUID tells of a feature: a register's bit.
type bit struct {
	feature amd64.Feature
	shift   int
}

// Bits of CPUID leaf 1 (ecx), leaf 7 (ebx, ecx) and leaf 0x80000001 (ecx). Those of
// vectors count only if the system saves their registers.
var (
	bits1 = []bit{{amd64.HasPOPCNT, 23}}
	bits7 = []bit{{amd64.HasBMI1, 3}, {amd64.HasBMI2, 8}}
	bitsX = []bit{{amd64.HasLZCNT, 5}}

	bitsAVX1   = []bit{{amd64.HasAVX, 28}, {amd64.HasFMA, 12}, {amd64.HasF16C, 29}}
	bitsAVX7   = []bit{{amd64.HasAVX2, 5}}
	bits512    = []bit{{amd64.HasAVX512F, 16}, {amd64.HasAVX512DQ, 17}, {amd64.HasAVX512CD, 28}, {amd64.HasAVX512BW, 30}, {amd64.HasAVX512VL, 31}}
	bits512ecx = []bit{{amd64.HasAVX512VBMI, 1}, {amd64.HasAVX512VPOPCNTDQ, 14}}
)

// test is the set of features whose bits are set in reg.
func test(bits []bit, reg uint32) (f amd64.Feature) {
	for _, b := range bits {
		if reg>>b.shift&1 != 0 {
			f |= b.feature
		}
	}
	return f
}

// cpuState are the answers of the processor that features are read from.
type cpuState struct {
	ecx1, ebx7, ecx7, ecxX uint32
	xcr0                   uint32 // what the system saves; 0 if it cannot be asked
}

// features reads c.
func (c cpuState) features() amd64.Feature {
	const (
		ymm = 1<<1 | 1<<2
		zmm = ymm | 1<<5 | 1<<6 | 1<<7
	)
	f := amd64.HasBase | test(bits1, c.ecx1) | test(bits7, c.ebx7) | test(bitsX, c.ecxX)
	if c.xcr0&ymm == ymm {
		f |= test(bitsAVX1, c.ecx1) | test(bitsAVX7, c.ebx7)
	}
	if c.xcr0&zmm == zmm {
		f |= test(bits512, c.ebx7) | test(bits512ecx, c.ecx7)
	}
	return f
}
