package main

import (
	"go/ast"
	"go/token"
	"strconv"
)

// swapped are functions whose first two operands do not commute.
var swapped = map[string]bool{"Sub": true, "Div": true, "Pow": true, "Rem": true, "Atan2": true, "Lt": true, "Le": true, "Gt": true,
	"Ge": true, "Complex": true, "pickFirst": true, "lessComplex": true, "lessInt": true, "slices.Concat": true}

// mistaken are functions that one may take for others.
var mistaken = map[string]string{
	"Add": "Sub", "Sub": "Add", "Mul": "Div", "Div": "Mul", "Sin": "Cos", "Cos": "Sin", "Sinh": "Cosh", "Cosh": "Sinh",
	"Real": "Imag", "Imag": "Real", "Max": "Min", "Min": "Max", "Lt": "Le", "Le": "Lt", "Gt": "Ge", "Ge": "Gt", "Eq": "Ne", "Ne": "Eq",
	"Sqrt": "Rsqrt", "Rsqrt": "Sqrt", "Exp": "Log", "Log": "Exp", "one": "zero", "zero": "one", "ReduceSum": "ReduceMax",
	"BitwiseAnd": "BitwiseOr", "min": "max", "max": "min", "lead": "shift",
}

// identities are functions of one operand, or of more, that one may forget.
var identities = map[string]bool{"Neg": true, "shift": true, "Conj": true, "replaceZero": true, "inverse": true, "to": true, "from": true,
	"Square": true, "Sign": true, "Floor": true, "Abs": true, "ofType": false}

// codes are instructions that one may take for others.
var codes = map[string]string{
	"kir.Add": "kir.Sub", "kir.Sub": "kir.Add", "kir.Mul": "kir.Add", "kir.Div": "kir.Mul", "kir.Rem": "kir.Div",
	"kir.Max": "kir.Min", "kir.Min": "kir.Max", "kir.Lt": "kir.Le", "kir.Le": "kir.Lt", "kir.Gt": "kir.Ge", "kir.Ge": "kir.Gt",
	"kir.Eq": "kir.Ne", "kir.Ne": "kir.Eq", "kir.And": "kir.Or", "kir.Or": "kir.And", "kir.Xor": "kir.Or",
	"kir.ShiftLeft": "kir.ShiftRightLogical", "kir.ShiftRightLogical": "kir.ShiftRightArithmetic",
	"kir.ShiftRightArithmetic": "kir.ShiftRightLogical", "kir.Real": "kir.Imag", "kir.Imag": "kir.Real",
	"kir.RoundEven": "kir.RoundAway", "kir.RoundAway": "kir.RoundEven", "kir.Sin": "kir.Cos", "kir.Exp": "kir.Exp2",
	"kir.Log": "kir.Log1p", "kir.Neg": "kir.Abs", "kir.Floor": "kir.Ceil", "kir.Ceil": "kir.Floor", "kir.Sqrt": "kir.Rsqrt",
}

func (f *finder) call(n *ast.CallExpr) {
	fun, args := f.src(n.Fun), n.Args
	if now := mistaken[fun]; now != "" {
		f.replace(n.Fun, now)
	}
	if identities[fun] {
		f.replace(n, f.src(args[0]))
	}
	switch {
	case swapped[fun] && len(args) >= 2:
		f.swap(args[0], args[1])
	case fun == "Select":
		f.swap(args[1], args[2])
	case fun == "b.Emit" && len(args) == 4 && f.src(args[0]) == "kir.Select":
		f.swap(args[2], args[3])
	}
	switch fun {
	case "Add", "Mul", "Sum", "BitwiseAnd":
		if len(args) == 2 {
			f.replace(n, f.src(args[0]))
			f.replace(n, f.src(args[1]))
		}
	}
	switch fun {
	case "Mul", "Div", "Select":
		if f.rule == "JVP" || f.rule == "Transpose" || f.rule == "grad" || f.rule == "dx" || f.rule == "dy" {
			f.replace(n, "Neg("+f.src(n)+")")
		}
	}
}

func (f *finder) swap(x, y ast.Expr) {
	f.put(x.Pos(), y.End(), f.src(y)+string(f.text[f.offset(x.End()):f.offset(y.Pos())])+f.src(x))
}

var operators = map[token.Token]string{
	token.ADD: "-", token.SUB: "+", token.MUL: "+", token.QUO: "*", token.REM: "/", token.LSS: "<=", token.LEQ: "<",
	token.GTR: ">=", token.GEQ: ">", token.EQL: "!=", token.NEQ: "==", token.LAND: "||", token.LOR: "&&",
	token.AND: "|", token.OR: "&", token.XOR: "|", token.SHL: ">>", token.SHR: "<<",
}

func (f *finder) binary(n *ast.BinaryExpr) {
	if now := operators[n.Op]; now != "" {
		f.put(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), now)
	}
}

// literal is off by one, or by a factor.
func (f *finder) literal(n *ast.BasicLit) {
	switch n.Kind {
	case token.INT:
		if i, err := strconv.Atoi(n.Value); err == nil {
			f.replace(n, strconv.Itoa(i+1))
			if i == 1 {
				f.replace(n, "0")
			}
		}
	case token.FLOAT:
		f.replace(n, "("+n.Value+"*1.25)")
	}
}
