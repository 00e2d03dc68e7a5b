package npfmt

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"gojax/internal/dtype"
)

// A golden is a line of testdata/golden.jsonl, which testdata/gen.py describes.
type golden struct {
	T     string
	Shape []int
	Data  []byte
	Rule  *rule
	Opts  map[string]any
	Str   string
	Repr  string
}

type rule struct {
	name string
	args []float64
}

func (r *rule) UnmarshalJSON(b []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(b, &parts); err != nil {
		return err
	}
	r.args = make([]float64, len(parts)-1)
	for i := range r.args {
		if err := json.Unmarshal(parts[i+1], &r.args[i]); err != nil {
			return err
		}
	}
	return json.Unmarshal(parts[0], &r.name)
}

func (g *golden) options(t *testing.T) Options {
	o := Default()
	for name, v := range g.Opts {
		n, _ := v.(float64)
		switch name {
		case "precision":
			o.Precision = int(n)
		case "threshold":
			o.Threshold = int(n)
		case "edgeitems":
			o.EdgeItems = int(n)
		case "linewidth":
			o.LineWidth = int(n)
		case "suppress":
			o.Suppress = v.(bool)
		case "verb":
			o.Verb = v.(string)[0]
		default:
			t.Fatalf("option %s is not known", name)
		}
	}
	return o
}

// bytes returns the little-endian contents of the array.
func (g *golden) bytes(t dtype.Type) []byte {
	if g.Rule == nil {
		return g.Data
	}
	n, width := size(g.Shape), t.Size()
	if t.IsComplex() && g.Rule.name != "arange" {
		n, width = 2*n, width/2
	}
	b := make([]byte, 0, n*width)
	args := g.Rule.args
	state := uint64(args[0])
	for i := range n {
		var v uint64
		switch g.Rule.name {
		case "bits":
			v = uint64(args[0]) + uint64(i)*uint64(args[1])
		case "lcg":
			state = state*6364136223846793005 + 1442695040888963407
			v = state >> (64 - 8*width)
			if t == dtype.Bool {
				v >>= 7
			}
		case "arange":
			switch x := args[0] + float64(i)*args[1]; t {
			case dtype.Float32, dtype.Complex64: // the imaginary part is the high half
				v = uint64(math.Float32bits(float32(x)))
			case dtype.Float64:
				v = math.Float64bits(x)
			default:
				v = uint64(int64(x))
			}
		default:
			panic("rule " + g.Rule.name)
		}
		var le [8]byte
		binary.LittleEndian.PutUint64(le[:], v)
		b = append(b, le[:width]...)
	}
	return b
}

// decode returns the elements as Append takes them.
func decode(t dtype.Type, b []byte) any {
	switch t {
	case dtype.Bool:
		x := make([]bool, len(b))
		for i := range b {
			x[i] = b[i] != 0
		}
		return x
	case dtype.Float16:
		return widen(b, half)
	case dtype.BFloat16:
		return widen(b, func(h uint16) float32 { return math.Float32frombits(uint32(h) << 16) })
	case dtype.Int8:
		return read[int8](t, b)
	case dtype.Int16:
		return read[int16](t, b)
	case dtype.Int32:
		return read[int32](t, b)
	case dtype.Int64:
		return read[int64](t, b)
	case dtype.Uint8:
		return read[uint8](t, b)
	case dtype.Uint16:
		return read[uint16](t, b)
	case dtype.Uint32:
		return read[uint32](t, b)
	case dtype.Uint64:
		return read[uint64](t, b)
	case dtype.Float32:
		return read[float32](t, b)
	case dtype.Float64:
		return read[float64](t, b)
	case dtype.Complex64:
		return read[complex64](t, b)
	}
	return read[complex128](t, b)
}

func read[E any](t dtype.Type, b []byte) []E {
	x := make([]E, len(b)/t.Size())
	if err := binary.Read(bytes.NewReader(b), binary.LittleEndian, x); err != nil {
		panic(err)
	}
	return x
}

func widen(b []byte, f func(uint16) float32) []float32 {
	x := make([]float32, len(b)/2)
	for i := range x {
		x[i] = f(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return x
}

// half decodes a float16.
func half(h uint16) float32 {
	exp, frac := int(h>>10&31), float64(h&1023)
	x := math.Ldexp(1024+frac, exp-25)
	switch {
	case exp == 31 && frac == 0:
		x = math.Inf(1)
	case exp == 31:
		x = math.NaN()
	case exp == 0:
		x = math.Ldexp(frac, -24)
	}
	if h>>15 == 1 {
		x = math.Copysign(x, -1)
	}
	return float32(x)
}

func TestGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/golden.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		var g golden
		if err := json.Unmarshal(line, &g); err != nil {
			t.Fatalf("golden.jsonl:%d: %v", i+1, err)
		}
		typ, ok := dtype.Parse(g.T)
		if !ok {
			t.Fatalf("golden.jsonl:%d: type %s", i+1, g.T)
		}
		data, o := decode(typ, g.bytes(typ)), g.options(t)
		name := fmt.Sprintf("golden.jsonl:%d: %s%v %v", i+1, g.T, g.Shape, g.Opts)
		if got := string(AppendOptions(nil, typ, g.Shape, data, o)); got != g.Str {
			t.Errorf("%s: str\ngot\n%s\nwant\n%s", name, got, g.Str)
		}
		if got := string(AppendReprOptions(nil, typ, g.Shape, data, o)); g.Repr != "" && got != g.Repr {
			t.Errorf("%s: repr\ngot\n%s\nwant\n%s", name, got, g.Repr)
		}
	}
}
