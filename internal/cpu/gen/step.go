package gen

import (
	"gojax/internal/asm/amd64"
	"gojax/internal/dtype"
)

// Inputs whose elements are two apart, or go backwards, are loaded by vectors and put in
// order. No more memory is touched than they are in: of elements two apart the second of two
// vectors begins where the first one ends.

// CanStep reports whether an Input of elements of a type may have this Step.
func CanStep(step int64, t dtype.Type) bool { return (step == 2 || step == -1) && !longElement(t) }

// stepped makes the lanes of an input with a Step known.
func (l *lane) stepped(p *parts, n int, t dtype.Type) {
	g := l.g
	size := t.Size()
	at := l.n * g.lanes
	switch {
	case size == 8:
		for h := range p.half {
			p.half[h] = l.step(n, size, g.w, at+h*g.lanes/2)
		}
		return
	case size == 4:
		p.word = l.step(n, size, g.w, at)
		return
	}
	x := l.step(n, size, g.lanes*size, at)
	w := [4]uint8{0, uint8(max(g.lanes*size, 16))}
	switch {
	case t == dtype.Float16:
		p.raw, p.word = x, g.sized(amd64.VCVTPH2PS, -1, w, x)
		return
	case t == dtype.BFloat16:
		p.word = g.opImm(amd64.VPSLLD, 16, g.sized(amd64.VPMOVZXWD, -1, w, x))
	case t == dtype.Bool:
		p.word = g.sub(4, g.zero(), g.sized(amd64.VPMOVZXBD, -1, w, x))
		return
	default:
		p.word = g.sized(extension(t), -1, w, x)
	}
	p.raw = p.word
}

// step loads elements of a size that fill so many bytes, from lane number at on.
func (l *lane) step(n, size, bytes, at int) vreg {
	g := l.g
	i := ins{form: stepped, dst: g.temp(), x: n, size: size, off: int32(at), imm: bytes, part: l.part}
	if l.part {
		return g.put(i)
	}
	// Where the elements of the result are in two vectors, one after the other.
	count := bytes / size
	place := make([]int, count)
	for k := range place {
		switch {
		case g.In[n].Step == -1:
			place[k] = count - 1 - k
		case 2*k < count:
			place[k] = 2 * k
		default:
			place[k] = 2*k + 1
		}
	}
	switch {
	case bytes <= 16: // by bytes of each
		i.src[0] = g.pooled(g.turnOf(place, size, 0))
		i.n = 1
		if g.In[n].Step != -1 {
			i.src[1], i.n = g.pooled(g.turnOf(place, size, count)), 2
		}
	case g.wide || size == 4 && g.In[n].Step == -1:
		all := make([]byte, g.w)
		for k, x := range place {
			all[k*size] = byte(x)
		}
		i.src[0], i.n = g.pooled(all), 1
	}
	return g.put(i)
}

// turnOf is the constant by which VPSHUFB takes those of the elements that are in the vector
// whose first one has number from.
func (g *gen) turnOf(place []int, size, from int) []byte {
	all := make([]byte, g.w)
	for i := range all {
		all[i] = 0x80
	}
	for k, x := range place {
		if x < from || x >= from+len(place) {
			continue
		}
		for b := range size {
			all[k*size+b] = byte((x-from)*size + b)
		}
	}
	return all
}

// stepped emits step.
func (a *alloc) stepped(i *ins) {
	g := a.g
	if i.part {
		a.steppedPart(i)
		return
	}
	var c [2]amd64.Reg
	bytes := i.imm
	w := max(bytes, 16)
	for n, v := range i.src[:i.n] {
		c[n] = amd64.Vec(a.use(v), w)
	}
	to := a.take() // none of the constants'
	defer a.replace(i, to)
	r := amd64.Vec(to, w)
	x, y := g.steppedAt(i)
	backwards := g.In[i.x].Step == -1
	move := amd64.VMOVUPS
	if bytes == 8 {
		move = amd64.VMOVQ
	}
	byLanes := map[int][2]amd64.Op{2: {amd64.VPERMW, amd64.VPERMT2W}, 4: {amd64.VPERMD, amd64.VPERMT2D}, 8: {amd64.VPERMQ, amd64.VPERMT2Q}}[i.size]
	switch {
	case bytes <= 16:
		g.a.Op(move, r, x)
		g.a.Op(amd64.VPSHUFB, r, r, c[0])
		if !backwards {
			t := amd64.X(a.take())
			g.a.Op(move, t, y)
			g.a.Op(amd64.VPSHUFB, t, t, c[1])
			g.a.Op(amd64.VPOR, r, r, t)
		}
	case backwards && i.n == 1:
		g.a.Op(byLanes[0], r, c[0], x)
	case backwards:
		g.a.Op(amd64.VPERMQ, r, x, amd64.Imm(0x1B))
	case g.wide:
		g.a.Op(amd64.VMOVUPS, r, x)
		g.a.Op(byLanes[1], r, c[0], y)
	default:
		g.a.Op(amd64.VMOVUPS, r, x)
		if i.size == 4 {
			g.a.Op(amd64.VSHUFPS, r, r, y, amd64.Imm(0xD8))
		} else {
			g.a.Op(amd64.VSHUFPD, r, r, y, amd64.Imm(0xA))
		}
		g.a.Op(amd64.VPERMQ, r, r, amd64.Imm(0xD8))
	}
}

// steppedAt is where the two vectors begin that the lanes are in. It uses RDX.
func (g *gen) steppedAt(i *ins) (x, y amd64.Mem) {
	base := g.pointer(g.ptr[i.x])
	count, off := i.imm/i.size, int(i.off)
	if g.In[i.x].Step == -1 {
		g.a.Op(amd64.MOV, amd64.RDX, amd64.RCX)
		g.a.Op(amd64.NEG, amd64.RDX)
		return amd64.Ptr(base, int32(-(off+count-1)*i.size)).Index(amd64.RDX, i.size), x
	}
	x = amd64.Ptr(base, int32(2*off*i.size)).Index(amd64.RCX, min(2*i.size, 8))
	if i.size == 8 {
		g.a.Op(amd64.LEA, amd64.RDX, amd64.Ptr(amd64.RCX, 0).Index(amd64.RCX, 1))
		x = amd64.Ptr(base, int32(2*off*i.size)).Index(amd64.RDX, 8)
	}
	return x, x.Add(int32((count - 1) * i.size))
}

// steppedPart copies the elements of the lanes that are left to scratch memory, one by one,
// from the last one to the first.
func (a *alloc) steppedPart(i *ins) {
	g := a.g
	step := g.In[i.x].Step
	count := i.imm / i.size
	r := amd64.Vec(a.result(i), max(i.imm, 16))
	scratch := amd64.Ptr(amd64.RSI, int32(g.room(g.w)))
	base := g.pointer(g.ptr[i.x])
	// RBX is free here: no whole turn follows.
	by := int(step) * i.size
	g.a.Op(amd64.IMUL, amd64.RBX, amd64.RCX, amd64.Imm(by))
	g.a.Op(amd64.LEA, amd64.RBX, amd64.Ptr(base, int32(int(i.off)*by)).Index(amd64.RBX, 1))
	g.left()
	done, again := g.a.NewLabel(), g.a.NewLabel()
	if i.off > 0 {
		g.a.Op(amd64.SUB, amd64.RAX, amd64.Imm(int(i.off)))
	}
	g.a.Op(amd64.MOV, amd64.EDX, amd64.Imm(count))
	g.a.Op(amd64.CMP, amd64.RAX, amd64.RDX)
	g.a.Op(amd64.Greater.Cmov(), amd64.RAX, amd64.RDX)
	g.a.Op(amd64.CMP, amd64.RAX, amd64.Imm(0))
	g.a.Jcc(amd64.LessEqual, done)
	g.a.Op(amd64.IMUL, amd64.RDX, amd64.RAX, amd64.Imm(by))
	g.a.Op(amd64.ADD, amd64.RBX, amd64.RDX)
	g.a.Bind(again)
	if by > 0 {
		g.a.Op(amd64.SUB, amd64.RBX, amd64.Imm(by))
	} else {
		g.a.Op(amd64.ADD, amd64.RBX, amd64.Imm(-by))
	}
	from, to := amd64.Ptr(amd64.RBX, 0), scratch.Add(int32(-i.size)).Index(amd64.RAX, i.size)
	switch i.size {
	case 8:
		g.a.Op(amd64.MOV, amd64.RDX, from)
		g.a.Op(amd64.MOV, to, amd64.RDX)
	case 4:
		g.a.Op(amd64.MOV, amd64.EDX, from)
		g.a.Op(amd64.MOV, to, amd64.EDX)
	case 2:
		g.a.Op(amd64.MOVZX, amd64.EDX, from.Sized(2))
		g.a.Op(amd64.MOV, to, amd64.RDX.R16())
	default:
		g.a.Op(amd64.MOVZX, amd64.EDX, from.Sized(1))
		g.a.Op(amd64.MOV, to, amd64.RDX.R8())
	}
	g.a.Op(amd64.DEC, amd64.RAX)
	g.a.Jcc(amd64.NotEqual, again)
	g.a.Bind(done)
	if i.imm == 8 {
		g.a.Op(amd64.VMOVQ, r, scratch)
	} else {
		g.a.Op(amd64.VMOVUPS, r, scratch)
	}
}
