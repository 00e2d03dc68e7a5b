package code

import (
	"fmt"
	"os"
	"sync"

	"gojax/internal/asm/amd64"
)

// A Level is a set of instructions to generate code for.
type Level int

const (
	Portable Level = iota // no machine code
	AVX2                  // AVX2, FMA, F16C, BMI
	AVX512                // and AVX-512 F, VL, DQ, BW, CD
)

var levels = [...]struct {
	name string
	need amd64.Feature
}{
	Portable: {"portable", 0},
	AVX2: {"avx2", amd64.HasBase | amd64.HasAVX | amd64.HasAVX2 | amd64.HasFMA | amd64.HasF16C |
		amd64.HasBMI1 | amd64.HasBMI2 | amd64.HasLZCNT | amd64.HasPOPCNT},
	AVX512: {"avx512", amd64.HasAVX512F | amd64.HasAVX512VL | amd64.HasAVX512DQ | amd64.HasAVX512BW |
		amd64.HasAVX512CD},
}

func (l Level) String() string { return levels[l].name }

// Need is what code of level l may use.
func (l Level) Need() amd64.Feature {
	var f amd64.Feature
	for _, l := range levels[:l+1] {
		f |= l.need
	}
	return f
}

// Width is the size of a vector register in bytes, 0 for Portable.
func (l Level) Width() int { return [...]int{Portable: 0, AVX2: 32, AVX512: 64}[l] }

// Best is the highest level that a system with features f can run.
func Best(f amd64.Feature) Level {
	l := Portable
	for l < AVX512 && (l+1).Need()&^f == 0 {
		l++
	}
	return l
}

// Variable is the environment variable that forces a level.
const Variable = "GOJAX_CPU"

// Choose is the level to use on a system with features f where force, the value of
// [Variable], says so, and else the best. The error says that force is no level, or one
// that this system lacks; the level is then the best.
func Choose(force string, f amd64.Feature) (Level, error) {
	usual := Best(f)
	if force == "" {
		return usual, nil
	}
	for l, level := range levels {
		if level.name != force {
			continue
		}
		if l := Level(l); l <= Best(f) {
			return l, nil
		}
		return usual, fmt.Errorf("%s=%s: this processor has no %v; using %v",
			Variable, force, Level(l).Need()&^f, usual)
	}
	return usual, fmt.Errorf("%s=%s: no such level, want portable, avx2 or avx512; using %v",
		Variable, force, usual)
}

// Chosen is the level of this process: see [Choose]. It is decided at the first call, which
// says on standard error what is wrong with the variable: nobody looks for a misspelt level
// in numbers that are right.
func Chosen() (Level, error) { return chosen() }

var chosen = sync.OnceValues(func() (Level, error) {
	l, err := Choose(os.Getenv(Variable), Host())
	if err != nil {
		fmt.Fprintln(os.Stderr, "gojax:", err)
	}
	return l, err
})
