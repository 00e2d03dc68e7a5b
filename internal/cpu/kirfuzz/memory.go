package main

import (
	"fmt"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/mem"
	"gojax/jax"
	"gojax/lax"
)

// checkMemory holds that a program, with the threads that are set, takes no more memory than is
// said before it runs, of operands that it may destroy as well, and hardly less where there is
// one thread: with several, some may have come too late to need theirs.
func (f function) checkMemory(alone bool) error {
	if mem.Shared.Poisoned() {
		return nil // what steps work in is lent one by one
	}
	for _, fn := range []any{f.call, jax.Jit(f.call, jax.DonateArgs(0))} {
		x := copies(f.inputs())
		c := jax.Lower(fn, x).Compile()
		said := c.MemoryAnalysis()
		cpu.Wait() // for results that nobody wanted too, which take memory
		mem.Shared.Collect()
		before := mem.Shared.Stats().Live
		mem.Shared.ResetPeak()
		y := c.Call(x)[0].([]jax.Array)
		jax.BlockUntilReady(y)
		s := mem.Shared.Stats()
		small := overlooked
		for _, y := range y {
			small += smaller(y)
		}
		taken, most := s.Peak-before, said.PeakMemory-said.ArgumentSize
		switch {
		case taken > most:
			return fmt.Errorf("a peak of %d bytes beside the arguments, predicted %d (%v)\n%s", taken, most, said, c)
		case s.Worked > said.WorkSize:
			return fmt.Errorf("a step worked in %d bytes, predicted %d\n%s", s.Worked, said.WorkSize, c)
		case s.Unplanned > 0:
			return fmt.Errorf("%d bytes were not planned, beside %d to work in\n%s", s.Unplanned, said.WorkSize, c)
		case alone && most > taken+taken/10+small:
			return fmt.Errorf("a peak of %d bytes beside the arguments, predicted as many as %d (%v)\n%s", taken, most, said, c)
		}
	}
	return nil
}

// overlooked is how much the arena does not lend, as it is little: temporaries, and what steps
// work in.
const overlooked = 2 * 64 << 10

// smaller is how many bytes of an array it does not lend.
func smaller(x jax.Array) int {
	if n := x.Type().Bytes(); n < mem.Large {
		return n
	}
	return 0
}

// copies are arrays of which nobody else has the memory.
func copies(x []jax.Array) []jax.Array {
	y := make([]jax.Array, len(x))
	for i, x := range x {
		v := core.New(x.Type(), lax.Device())
		copy(core.Fresh[byte](v.Buf), core.Slice[byte](x.Value().Host("kirfuzz")))
		y[i] = lax.Of(v)
	}
	return y
}
