package random_test

import (
	"encoding/binary"
	"encoding/json"
	"hash/fnv"
	"math"
	"os"
	"strconv"
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/jax"
	"gojax/lax"
	"gojax/random"
)

// golden is a row of testdata/golden.json: bits that JAX drew.
type golden struct {
	DType string
	Shape []int
	FNV   string
	Bits  []string
}

// A draw is a call that a golden row tells the result of, which may be off by ulps units
// in the last place.
type draw struct {
	ulps uint64
	f    func(key lax.Array) lax.Array
}

// draws maps the names of rows to calls.
type draws map[string]draw

func (d draws) exact(name string, f func(key lax.Array) lax.Array) { d[name] = draw{0, f} }
func (d draws) near(ulps uint64, name string, f func(key lax.Array) lax.Array) {
	d[name] = draw{ulps, f}
}

func TestGolden(t *testing.T) {
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows map[string]golden
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	calls := draws{}
	keyDraws(calls)
	uniformDraws(calls)
	randintDraws(calls)
	discreteDraws(calls)
	permutationDraws(calls)
	continuousDraws(calls)
	choiceDraws(calls)
	for name, want := range rows {
		d, ok := calls[name]
		if !ok {
			t.Errorf("%s: no call for this row", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			compare(t, d.f(key), want, d.ulps)
			compare(t, jax.Jit(d.f)(key), want, d.ulps)
			keys := lax.Concatenate(0, lax.FromSlice([]uint32{1, 2}, 1, 2), lax.Reshape(key, lax.Shape{1, 2}))
			rows := jax.Jit(jax.Vmap(d.f))(keys)
			compare(t, row(rows, 1), want, d.ulps)
		})
	}
	for name := range calls {
		if _, ok := rows[name]; !ok {
			t.Errorf("%s: no row for this call", name)
		}
	}
}

func compare(t *testing.T, x lax.Array, want golden, ulps uint64) {
	t.Helper()
	wanted, _ := dtype.Parse(want.DType)
	if !x.Type().Equal(core.Of(wanted, want.Shape...)) {
		t.Fatalf("has type %v, want %s%v", x.Type(), want.DType, want.Shape)
	}
	raw := core.Slice[byte](x.Value().Host("test"))
	if want.FNV != "" {
		h := fnv.New64a()
		h.Write(raw)
		if got := strconv.FormatUint(h.Sum64(), 16); got != want.FNV {
			t.Errorf("has checksum %s, want %s", got, want.FNV)
		}
	}
	width := x.DType().Real().Size()
	worst := uint64(0)
	for i, hex := range want.Bits {
		w, _ := strconv.ParseUint(hex, 16, 64)
		got := word(raw[i*width:], width)
		if d := distance(got, w, width); d > worst {
			worst = d
			if d > ulps {
				t.Errorf("element %d is %x, want %x (%d ulp)", i, got, w, d)
			}
		}
	}
	if worst > 0 {
		t.Logf("%d ulp", worst)
	}
}

// row returns x[i].
func row(x lax.Array, i int) lax.Array {
	return lax.Squeeze(lax.SliceInDim(x, i, i+1, 1, 0), []int{0})
}

func word(b []byte, width int) uint64 {
	var w [8]byte
	copy(w[:], b[:width])
	return binary.LittleEndian.Uint64(w[:])
}

// distance counts the values between two floats, whose signs must agree.
func distance(a, b uint64, width int) uint64 {
	if sign := uint64(1) << (8*width - 1); a&sign != b&sign && a|b != sign {
		return math.MaxUint64
	}
	return max(a, b) - min(a, b)
}

var key = random.PRNGKey(42)

var floats = []lax.DType{dtype.Float32, dtype.Float64, dtype.Float16, dtype.BFloat16}
