package kir

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unsafe"

	"gojax/internal/dtype"
)

// printer prints a kernel with names: i0, i1, … for loops, a, b, … for values.
type printer struct {
	k      *Kernel
	text   strings.Builder
	names  []string
	used   []bool // as data, not in addresses alone
	values int
	loops  int
}

// String returns the kernel as text, with loops nested as they run.
func (k *Kernel) String() string { return k.print().text.String() }

// Names lists how values are called in the text; those that it does not mention have
// no name.
func (k *Kernel) Names() []string { return k.print().names }

func (k *Kernel) print() *printer {
	p := &printer{k: k, names: make([]string, len(k.Code)), used: k.Data()}
	p.text.WriteString("kernel")
	for n, m := range k.Bufs {
		way := "in"
		if m.Out {
			way = "out"
		}
		fmt.Fprintf(&p.text, " %s%d:%v[%d]", way, n, m.Type, m.Elems)
	}
	p.text.WriteString(" {\n")
	p.region(0, "  ")
	if len(k.Regions) > 1 {
		p.loop("  ", "for", 1)
		p.region(1, "    ")
		p.stores(1, "    ")
		p.text.WriteString("  }\n")
	}
	p.text.WriteString("}\n")
	return p
}

// Data marks the values that instructions or stores use otherwise than in addresses:
// as elements, or as atoms of addresses that are computed.
func (k *Kernel) Data() []bool {
	used := make([]bool, len(k.Code))
	mark := func(vals []Val) {
		for _, v := range vals {
			used[v] = true
		}
	}
	address := func(v Val) {
		_, terms := k.Form(v)
		for _, t := range terms {
			if k.Code[t.Atom].Code != LoopIndex {
				used[t.Atom] = true
			}
		}
	}
	for _, s := range k.Stores {
		address(s.Addr)
		used[s.Val] = true
	}
	for v := len(k.Code) - 1; v >= 0; v-- {
		i := &k.Code[v]
		used[v] = used[v] || k.StoresIn(i.Fold)
		switch {
		case i.Code == Load:
			address(i.Args[0])
		case i.Code == Linear && !used[v]:
		default:
			mark(i.Args)
		}
		if i.Fold != nil {
			mark(i.Fold.Yield)
			mark(i.Fold.Combined)
		}
	}
	return used
}

// loop prints the head of a loop.
func (p *printer) loop(indent, word string, region int) {
	p.text.WriteString(indent + word)
	r := &p.k.Regions[region]
	for n, v := range r.Index {
		if r.Extents[n] == 1 {
			continue
		}
		p.names[v] = "i" + strconv.Itoa(p.loops)
		p.loops++
		fmt.Fprintf(&p.text, " %s<%d", p.names[v], r.Extents[n])
	}
	p.text.WriteString(" {\n")
}

// stores prints what is stored in a region.
func (p *printer) stores(region int, indent string) {
	for _, s := range p.k.Stores {
		if s.Region == region {
			fmt.Fprintf(&p.text, "%sout%d[%s] = %s\n", indent, s.Buf, p.index(s.Addr), p.name(s.Val))
		}
	}
}

func (p *printer) region(r int, indent string) {
	for v := range p.k.Code {
		i := &p.k.Code[v]
		if i.Region != r || i.Code == LoopIndex || i.Code == Param || i.Code == Constant ||
			i.Code == Linear && !p.used[v] {
			continue
		}
		p.text.WriteString(indent)
		p.instr(Val(v), i, indent)
		p.text.WriteByte('\n')
	}
}

func (p *printer) fresh(v Val) string {
	n := p.values
	p.values++
	name := ""
	for n >= 0 {
		name = string(rune('a'+n%26)) + name
		n = n/26 - 1
	}
	p.names[v] = name
	return name
}

// name returns the name of a value, or its text if it is a constant.
func (p *printer) name(v Val) string {
	if i := &p.k.Code[v]; i.Code == Constant {
		return Text(i.Type, i.Bits)
	}
	if p.names[v] == "" {
		return "v" + strconv.Itoa(int(v)) // not defined where it is used
	}
	return p.names[v]
}

// index returns an address or another sum as text: i0*4 + i1 + 3.
func (p *printer) index(v Val) string {
	off, terms := p.k.Form(v)
	text := ""
	for n, t := range terms {
		if n > 0 {
			text += " + "
		}
		text += p.name(t.Atom)
		if t.Stride != 1 {
			text += "*" + strconv.FormatInt(t.Stride, 10)
		}
	}
	switch {
	case text == "":
		return strconv.FormatInt(off, 10)
	case off != 0:
		return text + " + " + strconv.FormatInt(off, 10)
	}
	return text
}

func (p *printer) args(vals []Val) string {
	text := ""
	for _, v := range vals {
		text += " " + p.name(v)
	}
	return text
}

func (p *printer) instr(v Val, i *Instr, indent string) {
	switch i.Code {
	case Load:
		at := p.index(i.Args[0])
		fmt.Fprintf(&p.text, "%s:%v = in%d[%s]", p.fresh(v), i.Type, i.Buf, at)
	case Linear:
		at := p.index(v)
		fmt.Fprintf(&p.text, "%s:%v = %s", p.fresh(v), i.Type, at)
	case Reduce:
		p.fold(v, i, indent)
	case Piece:
		p.piece(v, i, indent)
	case Result:
		fmt.Fprintf(&p.text, "%s:%v = result %d of %s", p.fresh(v), i.Type, i.N, p.name(i.Args[0]))
	default:
		args := p.args(i.Args)
		fmt.Fprintf(&p.text, "%s:%v = %v%s", p.fresh(v), i.Type, i.Code, args)
	}
}

func (p *printer) fold(v Val, i *Instr, indent string) {
	f := i.Fold
	init := p.args(i.Args)
	fmt.Fprintf(&p.text, "%s:%v = reduce from%s by", p.fresh(v), i.Type, init)
	if by := p.k.apart(f); by != "" {
		p.loop(" ", by, f.Body)
		p.region(f.Body, indent+"  ")
		p.stores(f.Body, indent+"  ")
		fmt.Fprintf(&p.text, "%s  yield%s\n%s}", indent, p.args(f.Yield), indent)
		return
	}
	p.text.WriteString(" (")
	for _, x := range f.Params {
		p.text.WriteString(" " + p.fresh(x))
	}
	p.text.WriteString(" ) {\n")
	p.region(f.Combine, indent+"  ")
	fmt.Fprintf(&p.text, "%s  yield%s\n%s}", indent, p.args(f.Combined), indent)
	p.loop("", "", f.Body)
	p.region(f.Body, indent+"  ")
	p.stores(f.Body, indent+"  ")
	fmt.Fprintf(&p.text, "%s  yield%s\n%s}", indent, p.args(f.Yield), indent)
}

// piece prints the loops of the boxes, with the first value that these make.
func (p *printer) piece(v Val, i *Instr, indent string) {
	first := p.k.Code[v-1].Cut != i.Cut
	fmt.Fprintf(&p.text, "%s:%v = piece", p.fresh(v), i.Type)
	for n, r := range i.Cut.Regions {
		if first {
			p.loop(" ", "for", r)
			p.region(r, indent+"  ")
			fmt.Fprintf(&p.text, "%s}", indent)
		}
		p.text.WriteString(p.args(i.Args[n : n+1]))
	}
}

// apart lists the instructions by which a reduction combines its values, each apart from the
// others; nothing if it does not.
func (k *Kernel) apart(f *Fold) string {
	var by []string
	n := len(f.Combined)
	for m, v := range f.Combined {
		c := &k.Code[v]
		if len(c.Args) != 2 || c.Args[0] != f.Params[m] || c.Args[1] != f.Params[n+m] {
			return ""
		}
		by = append(by, c.Code.String())
	}
	return strings.Join(by, " ")
}

// Text returns a constant of type t as text.
func Text(t dtype.Type, bits [2]uint64) string {
	switch t {
	case dtype.Bool:
		return strconv.FormatBool(bits[0] != 0)
	case dtype.Float16:
		return float(float64(dtype.F16ToF32(uint16(bits[0]))), 32)
	case dtype.BFloat16:
		return float(float64(dtype.BF16ToF32(uint16(bits[0]))), 32)
	case dtype.Float32:
		return float(float64(math.Float32frombits(uint32(bits[0]))), 32)
	case dtype.Float64:
		return float(math.Float64frombits(bits[0]), 64)
	case dtype.Complex64:
		return fmt.Sprint(*(*complex64)(unsafe.Pointer(&bits)))
	case dtype.Complex128:
		return fmt.Sprint(*(*complex128)(unsafe.Pointer(&bits)))
	case dtype.Uint64:
		return strconv.FormatUint(bits[0], 10)
	}
	return strconv.FormatInt(signed(t, bits[0]), 10)
}

func float(x float64, size int) string {
	s := strconv.FormatFloat(x, 'g', -1, size)
	if !strings.ContainsAny(s, ".eNI") {
		s += ".0"
	}
	return s
}
