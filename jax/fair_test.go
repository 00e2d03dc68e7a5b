package jax_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gojax/jax"
	"gojax/jnp"
)

// A caller of little work does not wait for all the work of callers of much, and equal callers
// get as much done. It is calls that are counted, as the machine may have other things to do.
func TestCallersShareTheCores(t *testing.T) {
	product := jax.Jit(func(x jax.Array) jax.Array { return jnp.Dot(jnp.Dot(x, x), x) })
	little := jax.Jit(func(x jax.Array) jax.Array { return jnp.Exp(x).Mul(2) })
	much, some := jnp.Full(jax.Shape{500, 500}, 0.01), jnp.Ones(jax.Shape{100_000})
	jax.BlockUntilReady([]jax.Array{product(much), little(some)})
	const callers, enough = 3, 12
	var stop atomic.Bool
	var done [callers]atomic.Int64
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			for !stop.Load() {
				product(much).BlockUntilReady()
				done[i].Add(1)
			}
		})
	}
	count := func() (least, most int64) {
		least = done[0].Load()
		for i := range done {
			least, most = min(least, done[i].Load()), max(most, done[i].Load())
		}
		return least, most
	}
	calls := int64(0)
	begin := time.Now()
	for least := int64(0); least < enough && time.Since(begin) < 30*time.Second; least, _ = count() {
		little(some).BlockUntilReady()
		calls++
	}
	least, most := count()
	stop.Store(true)
	all.Wait()
	if calls < 2*most { // as many, if they took turns
		t.Errorf("%d calls of little work beside %d of much", calls, most)
	}
	if most > 2*least+2 {
		t.Errorf("equal callers made from %d to %d calls", least, most)
	}
}

// What several goroutines ask for runs side by side, but what is written where others read is
// written afterwards, and nothing is computed of what is not there yet.
func TestDonationWaitsForOtherCallers(t *testing.T) {
	read := jax.Jit(func(x jax.Array) jax.Array { return jnp.Sum(jnp.Exp(jnp.Exp(x))) })
	write := jax.Jit(func(x jax.Array) jax.Array { return x.Mul(-1).Add(3) }, jax.DonateArgs(0))
	want := read(jnp.Ones(jax.Shape{100_000})).Float()
	for range 15 {
		x := jnp.Ones(jax.Shape{100_000}).BlockUntilReady()
		var readers [3][4]jax.Array
		var asked, all sync.WaitGroup
		asked.Add(len(readers))
		for i := range readers {
			all.Go(func() {
				for k := range readers[i] {
					readers[i][k] = read(x)
				}
				asked.Done()
				for _, y := range readers[i] {
					if y.Float() != want {
						t.Errorf("a reader got %v, want %v", y, want)
					}
				}
			})
		}
		asked.Wait()
		y := write(x)
		all.Go(func() {
			if z := write(y).Index(7).Float(); z != 1 {
				t.Errorf("got %v, want 1", z)
			}
		})
		all.Wait()
	}
}
