package code

import "gojax/internal/asm/amd64"

func cpuid(leaf, sub uint32) (a, b, c, d uint32)
func xgetbv() (low, high uint32)

func host() amd64.Feature {
	var s cpuState
	most, _, _, _ := cpuid(0, 0)
	_, _, s.ecx1, _ = cpuid(1, 0)
	if most >= 7 {
		_, s.ebx7, s.ecx7, _ = cpuid(7, 0)
	}
	if most, _, _, _ := cpuid(1<<31, 0); most > 1<<31 {
		_, _, s.ecxX, _ = cpuid(1<<31|1, 0)
	}
	const osxsave = 1 << 27 // xgetbv may be executed
	if s.ecx1&osxsave != 0 {
		s.xcr0, _ = xgetbv()
	}
	return s.features()
}
