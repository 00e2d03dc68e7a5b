package cpu_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/lax"
)

// TestSideBySide has short rows of 2 to 8 operands of all types that come side by side, computed
// and as they are: what nothing but copies is one step, and bits are those of one operation at a
// time.
func TestSideBySide(t *testing.T) {
	defer run.SetThreads(0)
	r := rand.New(rand.NewPCG(5, 6))
	for _, d := range []dtype.Type{dtype.Float32, dtype.Float64, dtype.Float16, dtype.Uint8, dtype.Bool, dtype.Complex64, dtype.Complex128} {
		for operands := 2; operands <= 8; operands++ {
			for _, rows := range [][]int{{100}, {300, 7}, {20_001}} {
				if len(rows) == 1 && rows[0] > 1000 && operands > 4 {
					continue
				}
				var types []core.Type
				var in []*core.Value
				for range operands {
					w := []int{1, 1, 1, 2, 3}[r.IntN(5)]
					types = append(types, core.Of(d, append(append([]int{}, rows...), w)...))
					in = append(in, filled(types[len(types)-1]))
				}
				f := staged(func(x []array) []array {
					y := append([]array(nil), x...)
					for i := range y {
						if i%3 != 1 && d != dtype.Bool {
							y[i] = lax.Add(x[i], x[i])
						}
					}
					return []array{lax.Concatenate(len(rows), x...), lax.Concatenate(len(rows), y...)}
				}, types...)
				want := oneByOne(f, in)
				for _, threads := range []int{1, 3} {
					run.SetThreads(threads)
					for i, got := range core.Run(called{f: f}, cpu.Default(), in) {
						if got.Buf.Wait(""); !bytes.Equal(data(got), data(want[i])) {
							t.Fatalf("%v, %d operands, %v rows: result %d differs:\n%s", d, operands, rows, i, cpu.Text(f))
						}
					}
				}
			}
		}
	}
	text := cpu.Text(staged(func(x []array) []array { return []array{lax.Concatenate(1, x...)} }, f32(5000, 2), f32(5000, 3)))
	if strings.Count(text, "\n") != 1 || !strings.Contains(text, "join") {
		t.Errorf("what only copies is not one step:\n%s", text)
	}
}
