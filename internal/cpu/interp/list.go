package interp

import (
	"fmt"
	"strings"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/gen"
	"gojax/internal/kir"
)

// A Listing is what a kernel is compiled to, as text: the instructions of vectors, and
// those of the machine with their bytes. What is not machine code is in a list of its own.
type Listing struct {
	Lanes   string // which loops are lanes, and how many iterations make a tile
	Vectors string
	Machine string
	Plain   []string // what is done by loops of Go instead, and why

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
	switch {
	case level == code.Portable:
	case p.native.failed != nil:
		l.Plain = []string{"all of it: " + p.native.failed.Error()}
	default:
		l.Plain = p.plain()
	}
	for _, s := range l.Plain {
		l.Lanes += "not machine code: " + s + "\n"
	}
	return l
}

// ListRows is what Batch.Rows compiles for a level, which this machine need not have: of
// kernels, and the numbers of the memory of their buffers. It is nil if that is nothing.
func ListRows(level code.Level, rows int, kernels []*kir.Kernel, slots [][]int) *Listing {
	var list []RowKernel
	for n, k := range kernels {
		c, p := prepare(level, k, nil)
		if p.native.failed != nil {
			return nil
		}
		list = append(list, RowKernel{Code: c, Slots: slots[n]})
	}
	m := makeRows(rows, list)
	if m == nil {
		return nil
	}
	for _, s := range m.gen.Stages {
		s.Listing = true
	}
	text, err := gen.CompileRows(level, &m.gen)
	if err != nil {
		return nil
	}
	return &Listing{Lanes: fmt.Sprintf("%d rows at once at most\n", m.gen.Group), Vectors: indent(text.Vectors), Machine: indent(text.Text)}
}

// plain lists what lanes do without machine code.
func (p *plan) plain() (list []string) {
	k, names := p.k, p.k.Names()
	add := func(what, why string) { list = append(list, what+", "+why) }
	apart := func(a *address) string {
		switch {
		case len(a.varying) > 0:
			return "at indices that are computed"
		case len(a.lanes) > 0 && a.lanes[len(a.lanes)-1] != 1:
			return fmt.Sprintf("of elements %d apart", a.lanes[len(a.lanes)-1])
		}
		return "of elements in short rows"
	}
	into := map[kir.Val]bool{} // reductions with machine code
	for _, f := range p.c.folds {
		into[f.carries[0].result] = len(f.into) > 0
	}
	for v := range k.Code {
		i := &k.Code[v]
		name := names[v]
		switch {
		case i.Code == kir.Reduce && p.laneRegion(i.Fold.Body) != 0 && !into[kir.Val(v)]:
			add("reduction "+name, "by what there is no code for")
		case p.chosen[kir.Val(v)] != nil:
			add("choice "+name, "which is parts of memory")
		case !p.varys[v] || !p.data[v] || p.native.on[v] || p.native.ramp[v] || p.native.still[v]:
		case i.Code == kir.Load:
			if a := p.address(i.Args[0], i.Region); !a.unit && p.native.step[v] == 0 {
				add(fmt.Sprintf("load %s of in%d", name, i.Buf), apart(a))
			}
		case i.Code == kir.LoopIndex || i.Code == kir.Linear:
			add("indices "+name, "for an address or in short rows")
		case i.Code <= kir.Bitcast:
			add(fmt.Sprintf("%v %s", i.Code, name), fmt.Sprintf("of %v", k.Code[i.Args[len(i.Args)-1]].Type))
		}
	}
	for _, s := range k.Stores {
		if a := p.address(s.Addr, s.Region); p.laneRegion(s.Region) != 0 && !a.unit {
			add(fmt.Sprintf("store of %s in out%d", names[s.Val], s.Buf), apart(a))
		}
	}
	return list
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
