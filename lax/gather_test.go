package lax_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"gojax/internal/ad"
	"gojax/internal/batch"
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/rule"
	"gojax/lax"
)

// stored is an array in testdata.
type stored struct {
	T string
	S []int
	D []float64
}

func (s *stored) value() *core.Value {
	if s == nil {
		return nil
	}
	t, ok := dtype.Parse(s.T)
	if !ok {
		panic(s.T)
	}
	v := core.New(core.Of(t, s.S...), nil)
	for i, x := range s.D {
		core.Put(v, i, complex(x, 0))
	}
	return v
}

// goldenCase is an operation on x and y, or x, indices and updates u: its result z,
// tangents tx, tu and tz, and cotangents ct, dx, dy and du, as JAX has them.
type goldenCase struct {
	Op, Mode            string
	Contract, Batch     [2][]int
	Dims                [5][]int
	Sizes               []int
	X, Y, Indices, U, Z *stored
	Tx, Tu, Tz, Ct      *stored
	Dx, Dy, Du          *stored
}

var modes = map[string]lax.GatherScatterMode{"promise": lax.PromiseInBounds, "clip": lax.Clip, "fill": lax.FillOrDrop}

// op returns the operation, its operands, their tangents and cotangents.
func (c *goldenCase) op() (f core.Fn, x, t, ct []*core.Value) {
	one := func(y lax.Array) []*core.Value { return []*core.Value{y.Value()} }
	switch d := c.Dims; c.Op {
	case "dot_general":
		z, _ := dtype.Parse(c.Z.T)
		return func(v ...*core.Value) []*core.Value {
				return one(lax.DotGeneral(lax.Of(v[0]), lax.Of(v[1]), c.Contract, c.Batch, z))
			}, []*core.Value{c.X.value(), c.Y.value()},
			make([]*core.Value, 2), []*core.Value{c.Dx.value(), c.Dy.value()}
	case "gather":
		n := lax.GatherDimensionNumbers{OffsetDims: d[0], CollapsedSliceDims: d[1], StartIndexMap: d[2],
			OperandBatchingDims: d[3], StartIndicesBatchingDims: d[4]}
		options := []lax.IndexOption{lax.FillValue(7), modes[c.Mode]}
		return func(v ...*core.Value) []*core.Value {
				return one(lax.Gather(lax.Of(v[0]), lax.Of(v[1]), n, c.Sizes, options...))
			}, []*core.Value{c.X.value(), c.Indices.value()},
			[]*core.Value{c.Tx.value(), nil}, []*core.Value{c.Dx.value(), nil}
	}
	d := c.Dims
	n := lax.ScatterDimensionNumbers{UpdateWindowDims: d[0], InsertedWindowDims: d[1], ScatterDimsToOperandDims: d[2],
		OperandBatchingDims: d[3], ScatterIndicesBatchingDims: d[4]}
	by := map[string]func(x, i, u lax.Array, d lax.ScatterDimensionNumbers, o ...lax.IndexOption) lax.Array{
		"scatter": lax.Scatter, "scatter-add": lax.ScatterAdd, "scatter-mul": lax.ScatterMul,
		"scatter-min": lax.ScatterMin, "scatter-max": lax.ScatterMax}[c.Op]
	return func(v ...*core.Value) []*core.Value {
			return one(by(lax.Of(v[0]), lax.Of(v[1]), lax.Of(v[2]), n, modes[c.Mode]))
		}, []*core.Value{c.X.value(), c.Indices.value(), c.U.value()},
		[]*core.Value{c.Tx.value(), nil, c.Tu.value()}, []*core.Value{c.Dx.value(), nil, c.Du.value()}
}

func goldenCases(t *testing.T) (cases []goldenCase) {
	text, err := os.ReadFile("testdata/gather.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

// closeTo reports whether two arrays agree to a few units in the last place of f32.
func closeTo(got, want *core.Value) bool {
	if got == nil || !got.Type().Equal(want.Type()) {
		return false
	}
	got, want = core.NewIn(got.Type(), got.Host("test")), core.NewIn(want.Type(), want.Host("test"))
	for i := range want.Size() {
		x, y := real(core.At(got, i)), real(core.At(want, i))
		if !(math.Abs(x-y) <= 2e-6*(1+math.Abs(y)) || math.IsNaN(x) && math.IsNaN(y)) {
			return false
		}
	}
	return true
}

// definitions is a trace in which operations are what Eval says.
type definitions struct{ *core.Frame }

func (definitions) Apply(op core.Op, in []*core.Value) []*core.Value {
	core.Infer(op, core.Types(in))
	for _, v := range in {
		v.Buf.Wait(op.String())
	}
	return op.Eval(in)
}

// byDefinition runs f by the definitions of its operations.
func byDefinition(f core.Fn, x ...*core.Value) (y []*core.Value) {
	core.Under(definitions{core.NewFrame(owner)}, func() { y = f(x...) })
	return y
}

func TestProductsAndIndicesAsJAX(t *testing.T) {
	for i, c := range goldenCases(t) {
		f, x, tx, dx := c.op()
		check := func(what string, got, want *core.Value) {
			if !closeTo(got, want) {
				t.Errorf("case %d, %s %s %s %v: got %v, want %v", i, c.Op, c.Mode, what, c.Dims, lax.Of(got), lax.Of(want))
			}
		}
		check("value", f(x...)[0], c.Z.value())
		check("definition", byDefinition(f, x...)[0], c.Z.value())
		if c.Tz != nil {
			_, tz := ad.JVP(owner, f, x, tx)
			check("tangent", tz[0], c.Tz.value())
		}
		if c.Ct != nil {
			in := core.Present(dx)
			_, l := ad.Linearize(owner, f, x, in, core.Mask{true})
			for k, got := range l.Pull([]*core.Value{c.Ct.value()}) {
				if in[k] {
					check("cotangent", lax.Dense(got, x[k].Type()), dx[k])
				}
			}
		}
	}
}

// TestVmapOfProductsAndIndices compares Vmap over every choice of operands with a loop.
func TestVmapOfProductsAndIndices(t *testing.T) {
	for i, c := range goldenCases(t) {
		f, x, _, _ := c.op()
		other := make([]*core.Value, len(x)) // another example of each
		for k, v := range x {
			other[k] = lax.Rev(lax.Of(v), allAxes(v)).Value()
			if v.DType == dtype.Int32 && c.Mode == "promise" {
				other[k] = v
			}
		}
		for set := 1; set < 1<<len(x); set++ {
			for n := range 4 {
				stacked, rows := make(core.Mask, len(x)), slices.Clone(x)
				for k := range x {
					if stacked[k] = set>>k&1 == 1; stacked[k] {
						rows[k] = stack(n, x[k], other[k])
					}
				}
				y, out := batch.Vmap(owner, rule.Axis{Size: n}, f, rows, stacked)
				if !out[0] {
					t.Fatalf("case %d: no rows", i)
				}
				if want := f(x...)[0].Type().Stacked(n); !y[0].Type().Equal(want) {
					t.Fatalf("case %d, %s %v: got type %v, want %v", i, c.Op, stacked, y[0].Type(), want)
				}
				for j := range n {
					example := slices.Clone(x)
					for k := range x {
						if stacked[k] && j%2 == 1 {
							example[k] = other[k]
						}
					}
					got, want := row(y[0], j), f(example...)[0]
					if !closeTo(got, want) {
						t.Fatalf("case %d, %s %s %v row %d: got %v, want %v", i, c.Op, c.Mode, stacked, j, lax.Of(got), lax.Of(want))
					}
				}
			}
		}
	}
}

func allAxes(v *core.Value) []int {
	s := make([]int, v.Rank())
	for i := range s {
		s[i] = i
	}
	return s
}

// stack returns n rows, x and y in turn.
func stack(n int, x, y *core.Value) *core.Value {
	out := core.New(x.Type().Stacked(n), nil)
	for i := range n {
		from := x
		if i%2 == 1 {
			from = y
		}
		b := x.Bytes()
		copy(core.Slice[byte](out.Buf)[i*b:(i+1)*b], core.Slice[byte](from.Host("test")))
	}
	return out
}

func row(x *core.Value, i int) *core.Value {
	out := core.New(x.Shaped(x.Shape[1:]...), nil)
	b := out.Bytes()
	copy(core.Slice[byte](out.Buf), core.Slice[byte](x.Host("test"))[i*b:(i+1)*b])
	return out
}
