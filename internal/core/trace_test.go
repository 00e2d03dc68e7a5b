package core

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"gojax/internal/dtype"
)

// double is an operation on floats.
type double struct{}

func (double) String() string { return "double" }

func (double) Infer(in []Type) ([]Type, error) {
	if len(in) != 1 || !in[0].DType.IsFloat() {
		return nil, fmt.Errorf("operands are %v, want one of floats", in)
	}
	return in, nil
}

func (double) Eval(in []*Value) []*Value {
	y := New(in[0].Type(), nil)
	for i := range y.Size() {
		Put(y, i, 2*At(in[0], i))
	}
	return []*Value{y}
}

// recorder is a trace that notes what it was asked to do, and does nothing.
type recorder struct {
	*Frame
	log *[]string
}

type recorded struct{ r recorder }

func (v recorded) Trace() Trace  { return v.r }
func (v recorded) Known() *Value { return nil }

func (r recorder) Apply(op Op, in []*Value) []*Value {
	*r.log = append(*r.log, r.Owner.What+" "+op.String())
	return []*Value{r.value()}
}

func (r recorder) value() *Value { return new(Stands).Init(Of(dtype.Float32), recorded{r}) }

func record(what string, log *[]string) recorder { return recorder{NewFrame(Owner{What: what}), log} }

// caught returns the Error that fn panics with.
func caught(t *testing.T, fn func()) (err *Error) {
	t.Helper()
	defer func() {
		e := recover()
		var ok bool
		if err, ok = e.(*Error); !ok {
			t.Errorf("panic is %v, want an Error", e)
			err = new(Error)
		}
	}()
	fn()
	return nil
}

func TestUnderNestsAndRestores(t *testing.T) {
	var log []string
	a, b := record("a", &log), record("b", &log)
	at := func(want Trace) {
		t.Helper()
		if got := Current(); got != want {
			t.Errorf("current trace is %v, want %v", got, want)
		}
	}
	at(nil)
	Under(a, func() {
		at(a)
		Under(b, func() { at(b) })
		at(a)
		Under(a, func() { at(a) })
		Under(nil, func() {
			at(nil)
			Under(b, func() { at(b) })
			at(nil)
		})
		func() {
			defer func() { _ = recover() }()
			Under(b, func() { panic("in b") })
		}()
		at(a)
	})
	at(nil)
	if n := open.Load(); n != 0 {
		t.Errorf("%d calls of Under are open, want 0", n)
	}
}

// The current trace belongs to one goroutine.
func TestCurrentIsPerGoroutine(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			var log []string
			mine := record(fmt.Sprint(i), &log)
			for range 200 {
				if c := Current(); c != nil {
					t.Errorf("goroutine %d begins under %v", i, c)
				}
				Under(mine, func() {
					if c := Current(); c != mine {
						t.Errorf("goroutine %d is under %v", i, c)
					}
				})
			}
		})
	}
	wg.Wait()
	var log []string
	Under(record("outer", &log), func() {
		wg.Go(func() {
			if c := Current(); c != nil {
				t.Errorf("another goroutine is under %v", c)
			}
		})
		wg.Wait()
	})
}

// The highest trace handles an operation, be it current or that of an operand.
func TestBindAsksTheHighestTrace(t *testing.T) {
	var log []string
	low, high := record("low", &log), record("high", &log)
	array := Number(dtype.Float32, 3)
	Bind(double{}, low.value())
	Under(high, func() { Bind(double{}, low.value()) })
	Under(low, func() {
		Bind(double{}, high.value())
		Bind(double{}, array)
		inner := record("inner", &log)
		inner.Outside(func() { Bind(double{}, array) })
	})
	high.Outside(func() { log = append(log, fmt.Sprint(At(Bind(double{}, array)[0], 0))) })
	want := []string{"low double", "high double", "high double", "low double", "low double", "(6+0i)"}
	if !slices.Equal(log, want) {
		t.Errorf("got %q, want %q", log, want)
	}
}

func TestFrameRefusesEndedAndForeignUse(t *testing.T) {
	var log []string
	r := recorder{NewFrame(OwnerOf("Jit", TestFrameRefusesEndedAndForeignUse)), &log}
	v := r.value()
	r.Confine()
	Bind(double{}, v)

	var foreign *Error
	done := make(chan bool)
	go func() {
		defer close(done)
		foreign = caught(t, func() { Bind(double{}, v) })
	}()
	<-done
	const owner = "Jit (TestFrameRefusesEndedAndForeignUse, trace_test.go:"
	for _, want := range []string{"double: an operand is traced by " + owner, "in another goroutine: a program is staged by one goroutine"} {
		if got := foreign.Error(); !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
	known := caught(t, func() { v.Concrete("Item") })
	for _, want := range []string{"Item: f32[] is traced by " + owner, "Use jnp.Where for choices"} {
		if got := known.Error(); !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
	r.End()
	for _, ended := range []*Error{
		caught(t, func() { Bind(double{}, v) }), caught(t, func() { v.Concrete("double") }),
	} {
		for _, want := range []string{"double: an operand was traced by " + owner, "which has returned: return traced values"} {
			if got := ended.Error(); !strings.Contains(got, want) {
				t.Errorf("got %q, want %q in it", got, want)
			}
		}
	}
	if len(log) != 1 {
		t.Errorf("the trace handled %q, want one operation", log)
	}
}

func TestInferErrorsNameTheOperation(t *testing.T) {
	err := caught(t, func() { Bind(double{}, Number(dtype.Int32, 1)) })
	if want := "double: operands are [i32[]], want one of floats"; err.Op+": "+err.Msg != want {
		t.Errorf("got %s: %s, want %s", err.Op, err.Msg, want)
	}
}

func TestHolesAndAbstractValues(t *testing.T) {
	x := Hole(Of(dtype.Float32, 2))
	if !IsHole(x) || IsHole(Number(dtype.Float32, 1)) || IsHole(Abstract(x.Type())) {
		t.Error("IsHole is wrong")
	}
	if err := caught(t, func() { Bind(double{}, x) }); !strings.Contains(err.Msg, "not linear in an operand") {
		t.Errorf("got %v", err)
	}
	y := Bind(double{}, Abstract(x.Type()))[0]
	if !y.Type().Equal(x.Type()) || y.Buf != nil {
		t.Errorf("got %v", y)
	}
	if err := caught(t, func() { y.Concrete("Item") }); !strings.Contains(err.Msg, "EvalShape") {
		t.Errorf("got %v", err)
	}
}

// machine is a device that counts what it runs.
type machine struct {
	name string
	ran  int
	at   Device
}

func (m *machine) Place() *Device {
	m.at = m
	return &m.at
}

func (m *machine) String() string         { return m.name }
func (m *machine) Host(b *Buffer) *Buffer { return b }
func (m *machine) Run(op Op, in []*Value, out []Type) []*Value {
	m.ran++
	return []*Value{New(out[0], m)}
}

// An operation runs on the device of its operands, else on the one it is told; numbers
// go anywhere.
func TestRunChoosesTheDevice(t *testing.T) {
	a, b := &machine{name: "a:0"}, &machine{name: "b:0"}
	on := func(d Device) *Value { return New(Of(dtype.Float32), d) }
	number := on(b)
	number.SetLiteral()
	for i, row := range []struct {
		d       Device
		in      *Value
		a, b    int
		outcome Device
	}{
		{nil, on(nil), 0, 0, nil},
		{a, on(nil), 1, 0, a},
		{a, on(b), 1, 1, b},
		{nil, number, 1, 2, b},
	} {
		y := Run(double{}, row.d, []*Value{row.in})[0]
		if a.ran != row.a || b.ran != row.b || y.Buf.Device() != row.outcome {
			t.Errorf("row %d: ran %d times on a, %d on b, result on %v", i, a.ran, b.ran, y.Buf.Device())
		}
	}
	if d := device(double{}, []*Value{number, on(a)}); *d != a {
		t.Errorf("a number of device b took an operation of a to %v", d)
	}
	err := caught(t, func() { device(double{}, []*Value{on(a), on(b)}) })
	if !strings.Contains(err.Msg, "operands are on devices a:0 and b:0, want one device") {
		t.Errorf("got %v", err)
	}
}

func TestEffects(t *testing.T) {
	e := Effects{Axes: []string{"i"}}.Union(Effects{World: true, Axes: []string{"j"}}).Union(Effects{})
	if !e.World || !slices.Equal(e.Axes, []string{"i", "j"}) {
		t.Errorf("got %v", e)
	}
	if e := EffectsOf(double{}); e.World || e.Axes != nil {
		t.Errorf("got %v", e)
	}
}
