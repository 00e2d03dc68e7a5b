package gen

import (
	"fmt"

	"gojax/internal/kir"
)

// list keeps the text of a body.
func (g *gen) list(copies int) {
	if !g.Listing {
		return
	}
	switch {
	case g.masked:
		fmt.Fprintf(&g.text, "what is left, %d lanes at once, under a mask:\n", g.lanes)
	case g.one:
		g.text.WriteString("one element:\n")
	case copies == 0:
		g.text.WriteString("at the end:\n")
	default:
		fmt.Fprintf(&g.text, "%d lanes at once:\n", copies*g.lanes)
	}
	for i := range g.code {
		g.text.WriteString("  " + g.insText(&g.code[i]) + "\n")
	}
}

// insText is an instruction as text: what it makes, and of what.
func (g *gen) insText(i *ins) string {
	text := ""
	if i.dst != none {
		text = g.vregText(i.dst) + " = "
	}
	switch i.form {
	case fma:
		sign := [...]string{"", "-"}[i.imm&1]
		plus := [...]string{"+", "-"}[i.imm>>1]
		return text + fmt.Sprintf("fma.%d %s%s * %s %s %s", 8*i.size, sign, g.vregText(i.src[0]), g.vregText(i.src[1]), plus, g.vregText(i.src[2]))
	case choose:
		return text + fmt.Sprintf("choose %s ? %s : %s", g.vregText(i.src[2]), g.vregText(i.src[0]), g.vregText(i.src[1]))
	case ramp:
		return text + fmt.Sprintf("ramp in%d + %d", i.x, i.off)
	case load:
		text += fmt.Sprintf("load in%d + %d", i.x, i.off)
	case extend:
		from := "in"
		if i.back {
			from = "out"
		}
		text += fmt.Sprintf("%v %s%d + %d", i.op, from, i.x, i.off)
	case stepped:
		text += fmt.Sprintf("load in%d by %d + %d", i.x, g.In[i.x].Step, i.off)
	case store:
		text += fmt.Sprintf("store out%d + %d", i.x, i.off)
	case shrink, packed:
		text += fmt.Sprintf("%v out%d + %d", i.op, i.x, i.off)
	case reload:
		text += fmt.Sprintf("reload out%d + %d", i.x, i.off)
	case rest:
		text += "rest"
	case duplicate:
		text += "copy"
	case single:
		text += fmt.Sprintf("store first out%d", i.x)
	case gather:
		text += fmt.Sprintf("gather in%d to %d:", i.x, i.imm)
	case again:
		text += fmt.Sprintf("%v %d", i.op, i.imm)
	case keep:
		text += fmt.Sprintf("keep + %d", i.off)
	case away:
		text += fmt.Sprintf("detour %d if any", i.x)
	default:
		text += i.op.String()
	}
	for n, v := range i.src[:i.n] {
		if n > 0 {
			text += ","
		}
		text += " " + g.vregText(v)
	}
	if i.imm >= 0 && (i.form == plain || i.form == folding || i.form == compare) {
		text += fmt.Sprintf(", %d", i.imm)
	}
	return text
}

// vregText is a vector as text: one that is computed has a number, others say where
// they are.
func (g *gen) vregText(v vreg) string {
	d := &g.defs[v]
	switch d.home {
	case constant:
		return d.mem.String()
	case slot, spread:
		return fmt.Sprintf("in%d", d.in)
	case loaded:
		return fmt.Sprintf("in%d[%d]", d.in, d.off)
	case inRegister:
		return fmt.Sprintf("acc%d", v)
	}
	return fmt.Sprintf("v%d", v)
}

// Describe says what a block is called with and what it makes, by the names that values
// have in the text of the kernel.
func (b *Block) Describe(names []string) string {
	text := "with"
	for n, in := range b.In {
		kind := ""
		switch in.Kind {
		case Same:
			kind = " the same for all lanes"
		case Ramp:
			kind = fmt.Sprintf(" a ramp by %d", in.Stride)
		case Lanes:
			if in.Step != 0 {
				kind = fmt.Sprintf(" by %d", in.Step)
			}
		case Table:
			kind = fmt.Sprintf(" a table of %d", in.Elems)
		}
		text += fmt.Sprintf(" in%d=%s%s,", n, names[in.Val], kind)
	}
	text += " makes"
	for n, o := range b.Out {
		text += fmt.Sprintf(" out%d=%s", n, names[o.Val])
		if o.Fold != kir.NoCode {
			text += fmt.Sprintf(" by %v", o.Fold)
		}
	}
	return text
}
