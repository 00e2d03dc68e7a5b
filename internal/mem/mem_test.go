package mem

import (
	"runtime"
	"sync"
	"testing"
	"unsafe"
)

func lend(t *testing.T, a *Arena, n int) unsafe.Pointer {
	t.Helper()
	p, err := a.Lend(n, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestClass(t *testing.T) {
	for _, n := range []int{Large, Large + 1, 30_000, discardable, discardable + 1, 100_000, 1<<20 - 1, 1 << 20, 1<<20 + 1, 36_000_000} {
		bin, size := class(n)
		if b2, s2 := class(size); size < n || size > n+n/8 || b2 != bin || s2 != size || size%64 != 0 || n >= discardable && size%4096 != 0 {
			t.Errorf("class(%d) = %d, %d; class of that size %d, %d", n, bin, size, b2, s2)
		}
		if b2, _ := class(size + 1); b2 != bin+1 {
			t.Errorf("the class after that of %d is %d, want %d", n, b2, bin+1)
		}
	}
}

func TestFreeRecycles(t *testing.T) {
	var a Arena
	p := lend(t, &a, 300_000)
	if uintptr(p)%64 != 0 {
		t.Errorf("address %p", p)
	}
	a.Free(p)
	if q := lend(t, &a, 290_000); q != p {
		t.Error("not recycled")
	}
	if s := a.Stats(); s.Live != 290_000 || s.Peak != 300_000 || s.Lent != 2 || s.Fresh != 1 || s.Kept != 0 || s.Largest != 300_000 {
		t.Errorf("%+v", s)
	}
	a.Free(p)
	a.ResetPeak()
	if s := a.Stats(); s.Live != 0 || s.Peak != 0 || s.Kept < 300_000 {
		t.Errorf("%+v", s)
	}
	defer func() {
		if recover() == nil {
			t.Error("memory can be freed twice")
		}
	}()
	a.Free(p)
}

// Memory comes back when the last slice of some of its elements is dropped, not before.
func TestDroppedMemoryReturns(t *testing.T) {
	var a Arena
	a.Poison()
	p := lend(t, &a, 1<<20)
	part := unsafe.Slice((*byte)(unsafe.Add(p, 1<<19)), 10)
	part[3] = 1
	p = nil
	a.Collect()
	if s := a.Stats(); s.Live != 1<<20 || part[3] != 1 {
		t.Fatalf("memory came back while it was read: %+v", s)
	}
	runtime.KeepAlive(part)
	part = nil
	a.Collect()
	if s := a.Stats(); s.Live != 0 {
		t.Errorf("memory did not come back: %+v", s)
	}
}

// A loop that drops what it gets keeps to a few blocks.
func TestDroppingLoop(t *testing.T) {
	const n = 4 << 20
	var a Arena
	for range 300 {
		*(*byte)(lend(t, &a, n)) = 1
	}
	s := a.Stats()
	t.Logf("%+v", s)
	// A few that are in use while collections look are not found by them.
	if most := 2*mostAllowance + 8*n; s.Peak > most {
		t.Errorf("%d bytes were lent at once, want at most %d", s.Peak, most)
	}
}

func TestLimit(t *testing.T) {
	var a Arena
	a.SetLimit(1 << 20)
	p := lend(t, &a, 700_000)
	if _, err := a.Lend(700_000, nil); err == nil {
		t.Error("over the limit")
	} else if f := err.(*Full); f.Want != 700_000 || f.Live != 700_000 || f.Limit != 1<<20 {
		t.Errorf("%+v", f)
	}
	*(*byte)(p) = 1
	if _, err := a.Lend(700_000, nil); err != nil { // p has been dropped
		t.Error(err)
	}
	if l := a.Loans(); len(l) != 1 || l[0].Bytes != 700_000 {
		t.Errorf("%+v", l)
	}
}

func TestTrim(t *testing.T) {
	var a Arena
	p := lend(t, &a, 8<<20)
	a.Free(p)
	p = nil
	a.Trim()
	if s := a.Stats(); s.Kept != 0 || len(a.blocks) != 0 {
		t.Errorf("%+v", s)
	}
	runtime.GC()
	a.Free(lend(t, &a, 8<<20))
}

func TestPoison(t *testing.T) {
	var a Arena
	a.Poison()
	p := lend(t, &a, 100_001)
	data := unsafe.Slice((*byte)(p), 100_002)
	if data[0] != poison || data[100_000] != poison || uintptr(p)%64 != 0 {
		t.Errorf("%x at %p", data[:4], p)
	}
	data[7] = 1
	a.Free(p)
	if data[7] != poison {
		t.Error("what was freed is there")
	}
	p = lend(t, &a, 100_001)
	*(*byte)(unsafe.Add(p, 100_001)) = 0
	defer func() {
		if recover() == nil {
			t.Error("a write beyond the end is not seen")
		}
		*(*byte)(unsafe.Add(p, 100_001)) = guard
	}()
	a.Free(p)
}

func TestConcurrentUse(t *testing.T) {
	var a Arena
	a.Poison()
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 200 {
				p, err := a.Lend(Large+i*4096, nil)
				if err != nil {
					t.Error(err)
					return
				}
				x := unsafe.Slice((*int)(p), 1000)
				for k := range x {
					x[k] = g
				}
				for k := range x {
					if x[k] != g {
						t.Error("two have the same memory")
						return
					}
				}
				if i%2 == 0 {
					a.Free(p)
				}
			}
		})
	}
	wg.Wait()
}

func TestMachine(t *testing.T) {
	if n := machine("testdata/meminfo", "testdata/none", "testdata/max", "testdata/group"); n != 3<<30 {
		t.Errorf("limit %d", n)
	}
	if n := machine("testdata/meminfo", "testdata/max"); n != 4<<30 {
		t.Errorf("limit %d", n)
	}
	if n := machine("testdata/none"); n < 1<<30 {
		t.Errorf("limit %d", n)
	}
	if n := new(Arena).Stats().Limit; n <= 0 {
		t.Errorf("limit %d", n)
	}
}
