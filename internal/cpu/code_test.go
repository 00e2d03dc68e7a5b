package cpu_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/code"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/lax"
)

// several returns a program of more than one kernel, for every number another one.
func several(n float64) *ir.Func {
	return staged(func(x []array) []array {
		y := lax.Mul(lax.Sin(x[0]), lax.Number(dtype.Float32, n))
		z := lax.ReduceSum(y, []int{0})
		return []array{z, lax.Sub(y, lax.BroadcastTo(z, y.Shape())), lax.Rev(lax.CumSum(y, 0, false), []int{0})}
	}, f32(600))
}

// TestCodeIsReturned compiles programs and drops them: their machine code goes with them.
func TestCodeIsReturned(t *testing.T) {
	if l, _ := code.Chosen(); l == code.Portable {
		t.Skip("there is no machine code")
	}
	runtime.GC()
	before := code.Mapped()
	kept := cpu.CompileForTest(several(0.5))
	one := code.Mapped() - before
	if one <= 0 {
		t.Fatalf("a program has %d bytes of machine code", one)
	}
	if one > 16<<10 {
		t.Errorf("one program of few kernels takes %d bytes: is it in one mapping?", one)
	}
	n, most := 2000, int64(0)
	if testing.Short() {
		n = 100
	}
	for i := range n {
		cpu.CompileForTest(several(float64(i)))
		most = max(most, code.Mapped()-before)
	}
	for wait := time.Now(); code.Mapped() > before+one && time.Since(wait) < 10*time.Second; time.Sleep(time.Millisecond) {
		runtime.GC()
	}
	if left := code.Mapped() - before; left > one {
		t.Errorf("%d bytes of machine code are left of %d programs, want the %d of the one that is kept; at most there were %d",
			left, n, one, most)
	}
	runtime.KeepAlive(kept)
}

// TestWithoutExecution runs programs where the system refuses to execute what was
// written, in a process of its own: they compute the same.
func TestWithoutExecution(t *testing.T) {
	const variable = "GOJAX_TEST_WITHOUT_EXECUTION"
	results := func() (all []byte) {
		for _, f := range []*ir.Func{several(1.5), staged(func(x []array) []array { // rows that kernels take turns on
			return []array{x[0].Sub(lax.BroadcastInDim(lax.ReduceSum(x[0], []int{1}), x[0].Shape(), []int{0}))}
		}, f32(64, 200))} {
			for _, v := range core.Run(called{f: f}, cpu.Default(), inputs(f)) {
				all = append(all, data(v)...)
			}
		}
		return all
	}
	path := os.Getenv(variable)
	if path != "" {
		if !refuseExecution() {
			fmt.Println("SKIP")
			return
		}
		if err := os.WriteFile(path, results(), 0o666); err != nil {
			t.Fatal(err)
		}
		if code.Mapped() != 0 {
			t.Errorf("%d bytes are executable", code.Mapped())
		}
		return
	}
	path = t.TempDir() + "/results"
	cmd := exec.Command(os.Args[0], "-test.run=^TestWithoutExecution$")
	cmd.Env = append(os.Environ(), variable+"="+path)
	out, err := cmd.CombinedOutput()
	if bytes.Contains(out, []byte("SKIP")) {
		t.Skip("this system cannot refuse execution")
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, results()) {
		t.Error("the results differ")
	}
}
