package ir_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/lax"
)

// Mode is an enumeration, as the modes of gather are.
type Mode uint8

func (m Mode) String() string { return [...]string{"Mode.CLIP", "Mode.DROP"}[m] }

// Dims prints as a named tuple, pairs by its method.
type Dims struct {
	Offset []int
	Kept   bool
}

type pairs struct{ Left, Right [2][]int }

func (p pairs) String() string {
	list := func(x []int) string { return strings.ReplaceAll(fmt.Sprint(x), " ", ", ") }
	return fmt.Sprintf("((%s, %s), (%s, %s))", list(p.Left[0]), list(p.Left[1]), list(p.Right[0]), list(p.Right[1]))
}

type embedded struct{ Length int }

// everything has parameters of every kind.
type everything struct {
	embedded
	hidden        int
	Name          string
	Text          string
	Axes          []string
	Axis          int
	Width         uint8
	Scale         float64
	Factor        complex128
	Reverse       bool
	Mask          core.Mask
	Config        [][3]int
	Element       dtype.Type
	None          dtype.Type
	Result        core.Type
	Mode          Mode
	DimsOfGather  Dims
	Pairs         pairs
	Strides       []int `ir:"none"`
	Extra, Absent []int `ir:"omitzero"`
	Shape         []int `ir:"implied"`
	Jaxpr         *ir.Func
	NoJaxpr       *ir.Func
	Branches      []*ir.Func
	Policy        any
	Callback      func()
}

func (everything) String() string { return "every-thing" }

func (everything) Infer([]core.Type) ([]core.Type, error) { return nil, nil }
func (everything) Eval([]*core.Value) []*core.Value       { return nil }

func callback() {}

func TestParamsOfEveryKind(t *testing.T) {
	f := &ir.Func{Types: []core.Type{vec}, In: []ir.Var{0}, Out: []ir.Var{0}}
	op := everything{
		embedded: embedded{7}, hidden: 3, Name: "f.func1", Text: "a {} \"b\"", Axes: []string{"i", "my axis"}, Axis: -1,
		Width: 200, Scale: 0.1, Factor: 1 - 2i, Reverse: true, Mask: core.Mask{true, false}, Config: [][3]int{{1, -1, 0}},
		Element: dtype.BFloat16, Result: mat, Mode: 1, DimsOfGather: Dims{[]int{0, 2}, true},
		Pairs: pairs{Left: [2][]int{{1}, {0}}}, Extra: []int{4}, Shape: []int{3}, Jaxpr: f, Branches: []*ir.Func{f, f},
		Callback: callback,
	}
	const want = `every-thing[name=f.func1 axes=('i', "my axis") axis=-1 ` +
		`branches=({ lambda ; a:f32[3]. let  in (a,) } { lambda ; b:f32[3]. let  in (b,) }) callback=callback ` +
		`config=((1, -1, 0),) dims_of_gather=Dims(offset=(0, 2), kept=True) element=bfloat16 extra=(4,) ` +
		`factor=(1-2j) jaxpr={ lambda ; c:f32[3]. let  in (c,) } length=7 mask=(True, False) mode=Mode.DROP ` +
		`no_jaxpr=None none=None pairs=(([1], [0]), ([], [])) policy=None result=f32[3,4] reverse=True scale=0.1 ` +
		`strides=None text="a {} \"b\"" width=200] `
	got := ir.OpText(op)
	if got != want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
	again, err := ir.ParseOp(got, everything{hidden: 3, Callback: callback, Absent: []int{1}}, nil, vec)
	if err != nil {
		t.Fatal(err)
	}
	if text := ir.OpText(again); text != want {
		t.Errorf("after parsing\n%s\nwant\n%s", text, want)
	}
	e := again.(everything)
	if e.hidden != 3 || e.Absent != nil || !reflect.DeepEqual(e.Shape, op.Shape) || !reflect.DeepEqual(e.Mask, op.Mask) {
		t.Errorf("got %+v", e)
	}
}

// fill sets the exported fields of v, and returns whether there are any, to values
// that depend on n.
func fill(v reflect.Value, n int) {
	switch {
	case v.Type() == reflect.TypeFor[lax.Fill](): // of a float: implied's type
		if fill := []lax.Fill{{}, {DType: f32, Bits: [2]uint64{0x40490fdb}}}; n%2 == 0 {
			v.Set(reflect.ValueOf(fill[n/2%2]))
		}
	case v.Type() == reflect.TypeFor[dtype.Type]():
		v.Set(reflect.ValueOf(dtype.All()[n%len(dtype.All())]))
	case v.Type() == reflect.TypeFor[core.Type]():
		v.Set(reflect.ValueOf(core.Of(f32, n, 3)))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() || f.Anonymous {
				fill(v.Field(i), n+i)
			}
		}
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), n%3+1, n%3+1))
		fallthrough
	case v.Kind() == reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n+i)
		}
	case v.Kind() == reflect.Bool:
		v.SetBool(n%2 == 1)
	case v.CanInt():
		v.SetInt(int64(n % 2)) // some are enumerations
	case v.CanUint():
		v.SetUint(uint64(n % 2))
	case v.CanFloat():
		v.SetFloat(math.Pi * float64(n))
	case v.Kind() == reflect.String:
		v.SetString(fmt.Sprint("s", n))
	}
}

// The parameters of every operation survive printing and parsing.
func TestParamsOfAllOps(t *testing.T) {
	for _, example := range lax.Ops() {
		for n := range 5 {
			v := reflect.New(reflect.TypeOf(example)).Elem()
			v.Set(reflect.ValueOf(example))
			if v.Kind() == reflect.Struct {
				fill(v, n)
			}
			op := v.Interface().(core.Op)
			text := ir.OpText(op)
			again, err := ir.ParseOp(text, example, nil, implied(v))
			if err != nil {
				t.Errorf("%s: %v", text, err)
			} else if !reflect.DeepEqual(again, op) {
				t.Errorf("%s: got %#v, want %#v", text, again, op)
			}
		}
	}
}

// implied is a result with what v does not print.
func implied(v reflect.Value) core.Type {
	t := core.Of(f32)
	if v.Kind() != reflect.Struct {
		return t
	}
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.Tag.Get("ir") == "implied" {
			switch x := v.Field(i).Interface().(type) {
			case []int:
				t.Shape = x
			case dtype.Type:
				t.DType = x
			}
		}
	}
	return t
}
