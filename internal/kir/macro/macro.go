package macro

import (
	"fmt"

	"gojax/internal/dtype"
	"gojax/internal/kir"
)

type val = kir.Val

// Basic reports whether an instruction whose last operand is of type t is one that
// expansions are made of, or one that they leave alone: a back end has these.
func Basic(c kir.Code, t dtype.Type) bool { return expansion(c, t) == nil }

// Expand returns k with basic instructions in place of the others.
func Expand(k *kir.Kernel) *kir.Kernel {
	any := false
	for v := range k.Code {
		i := &k.Code[v]
		any = any || i.Code < kir.Convert && !Basic(i.Code, k.Code[i.Args[len(i.Args)-1]].Type)
	}
	if !any {
		return k
	}
	return k.Rewrite(func(b *kir.Builder, i *kir.Instr, args []val) (val, bool) {
		e := expansion(i.Code, b.Type(args[len(args)-1]))
		if e == nil {
			return 0, false
		}
		return e(b, args), true
	})
}

// Emit applies an instruction as Builder.Emit does, but made of basic instructions.
func Emit(b *kir.Builder, c kir.Code, args ...val) val {
	if len(args) != c.Args() || c.Args() == 0 {
		panic(fmt.Sprintf("macro: %v has %d operands, want %d", c, len(args), c.Args()))
	}
	if e := expansion(c, b.Type(args[len(args)-1])); e != nil {
		return e(b, args)
	}
	return b.Emit(c, args...)
}

// An expander makes what an instruction computes.
type expander func(b *kir.Builder, args []val) val

// expansion returns the expander of an instruction, nil if it is basic.
func expansion(c kir.Code, t dtype.Type) expander {
	switch {
	case t == dtype.Float32:
		return expanderOf(&single, c)
	case t == dtype.Float64:
		return expanderOf(&double, c)
	case t.IsHalf():
		return halfExpander(c, t)
	case t.IsInt():
		return integerExpander(c, t)
	}
	return complexExpander(c, t)
}

// expanderOf returns the expander for one of the two formats that there is code for.
func expanderOf(f *format, c kir.Code) expander {
	if e := unary(c); e != nil {
		return func(b *kir.Builder, args []val) val { return e(lanes{b, f}, args[0]) }
	}
	if e := binary(c); e != nil {
		return func(b *kir.Builder, args []val) val { return e(lanes{b, f}, args[0], args[1]) }
	}
	return nil
}

// halfExpander computes in float32 and rounds.
func halfExpander(c kir.Code, t dtype.Type) expander {
	if c == kir.NextAfter {
		f := &halfFormat
		if t == dtype.BFloat16 {
			f = &brainFormat
		}
		return func(b *kir.Builder, args []val) val { return lanes{b, f}.nextAfter(args[0], args[1]) }
	}
	e := expanderOf(&single, c)
	if e == nil {
		return nil
	}
	return func(b *kir.Builder, args []val) val {
		wide := make([]val, len(args))
		for i, x := range args {
			wide[i] = b.Convert(dtype.Float32, x)
		}
		y := e(b, wide)
		if b.Type(y) != dtype.Float32 {
			return y
		}
		return b.Convert(t, y)
	}
}

// unary returns what makes a function of one number, binary of two.
func unary(c kir.Code) func(l lanes, x val) val {
	switch c {
	case kir.Sign:
		return lanes.sign
	case kir.RoundAway:
		return lanes.roundAway
	case kir.IsFinite:
		return lanes.isFinite
	case kir.Exp:
		return lanes.exp
	case kir.Exp2:
		return lanes.exp2
	case kir.Expm1:
		return lanes.expm1
	case kir.Log:
		return lanes.log
	case kir.Log1p:
		return lanes.log1p
	case kir.Rsqrt:
		return lanes.rsqrt
	case kir.Cbrt:
		return lanes.cbrt
	case kir.Square:
		return func(l lanes, x val) val { return l.mul(x, x) }
	case kir.Logistic:
		return lanes.logistic
	case kir.Sinh:
		return lanes.sinh
	case kir.Cosh:
		return lanes.cosh
	case kir.Tanh:
		return lanes.tanh
	case kir.Erf:
		return lanes.erf
	case kir.Erfc:
		return lanes.erfc
	case kir.ErfInvGiles:
		return lanes.erfInvGiles
	case kir.ErfInv:
		return lanes.erfInv
	}
	return unaryAngle(c)
}

func unaryAngle(c kir.Code) func(l lanes, x val) val {
	switch c {
	case kir.Sin:
		return lanes.sin
	case kir.Cos:
		return lanes.cos
	case kir.Tan:
		return lanes.tan
	case kir.Asin:
		return lanes.asin
	case kir.Acos:
		return lanes.acos
	case kir.Atan:
		return lanes.atan
	case kir.Asinh:
		return lanes.asinh
	case kir.Acosh:
		return lanes.acosh
	case kir.Atanh:
		return lanes.atanh
	case kir.Lgamma:
		return lanes.lgamma
	case kir.Digamma:
		return lanes.digamma
	case kir.Real, kir.Conj:
		return func(_ lanes, x val) val { return x }
	case kir.Imag:
		return func(l lanes, _ val) val { return l.num(0) }
	}
	return nil
}

func binary(c kir.Code) func(l lanes, x, y val) val {
	switch c {
	case kir.Pow:
		return lanes.pow
	case kir.Atan2:
		return lanes.atan2
	case kir.Rem:
		return lanes.rem
	case kir.NextAfter:
		return lanes.nextAfter
	}
	return nil
}
