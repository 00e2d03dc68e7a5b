package interp

import (
	"fmt"
	"strings"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/gen"
	"gojax/internal/kir"
)

// A Listing is what a kernel is compiled to, as text: the instructions of vectors, and
// those of the machine with their bytes. What is not machine code is not in it.
type Listing struct {
	Lanes   string // which loops are lanes, and how many iterations make a tile
	Vectors string
	Machine string

	blocks int
}

// List compiles a kernel for a level, which this machine need not have.
func List(level code.Level, k *kir.Kernel) *Listing {
	l := &Listing{}
	c, p := prepare(level, k, l)
	what := "the loops"
	if c.lanes != 1 {
		what = "reductions"
	}
	l.Lanes = fmt.Sprintf("lanes are iterations of %s, %d at once at most\n", what, c.width)
	if level != code.Portable && (p.native.failed || l.blocks == 0) {
		l.Lanes += "there is no machine code\n"
	}
	return l
}

// add adds the code of a block.
func (l *Listing) add(k *kir.Kernel, b *gen.Block, c *gen.Code) {
	head := fmt.Sprintf("block %d %s\n", l.blocks, b.Describe(k.Names()))
	l.blocks++
	l.Vectors += head + indent(c.Vectors)
	l.Machine += head + indent(c.Text)
}

func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("  " + line)
	}
	return b.String()
}
