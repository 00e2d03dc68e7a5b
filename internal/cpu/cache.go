package cpu

import (
	"sync"
	"sync/atomic"

	"gojax/internal/core"
	"gojax/internal/cpu/interp"
	"gojax/internal/ir"
)

// A cache has compiled programs by what they compute. When they take more memory
// than the limit, those that were not asked for the longest go.
type cache struct {
	mu    sync.RWMutex
	m     map[string]*entry
	bytes int
	clock atomic.Int64

	compilations, hits atomic.Int64
}

// cacheLimit bounds the estimated bytes of cached programs.
const cacheLimit = 32 << 20

type entry struct {
	once  sync.Once
	p     *program
	bytes int
	used  atomic.Int64
}

var programs = cache{m: map[string]*entry{}}

// Counters says what the caches of compiled programs have done so far.
type Counters struct {
	Compilations int64 // programs compiled
	Hits         int64 // programs found compiled
	Programs     int   // in the cache
	Bytes        int   // that these take, estimated
	Recalls      int64 // results that were computed again, as their memory had been given back
}

// Stats returns the counters.
func Stats() Counters {
	c := &programs
	c.mu.RLock()
	defer c.mu.RUnlock()
	return Counters{c.compilations.Load(), c.hits.Load(), len(c.m), c.bytes, recalls.Load()}
}

// find returns the program with a key, or nil.
func (c *cache) find(key []byte) *program {
	var p *program
	c.mu.RLock()
	e := c.m[string(key)]
	if e != nil {
		p = e.p // nil while it is compiled
	}
	c.mu.RUnlock()
	if p == nil {
		return nil
	}
	c.hits.Add(1)
	e.used.Store(c.clock.Add(1))
	return p
}

// get returns the program of f, compiled by the first who asks.
func (c *cache) get(key []byte, f func() *ir.Func) *program {
	c.mu.Lock()
	e := c.m[string(key)]
	if e == nil {
		e = &entry{}
		c.m[string(key)] = e
	}
	c.mu.Unlock()
	hit := true
	e.once.Do(func() {
		hit = false
		p := c.compile(f())
		c.mu.Lock()
		e.p, e.bytes = p, p.bytes+2*len(key)
		if c.m[string(key)] == e { // nobody has cleared the cache meanwhile
			c.bytes += e.bytes
		}
		c.mu.Unlock()
	})
	if e.p == nil { // compiling it panicked, and will again
		return c.compile(f())
	}
	if hit {
		c.hits.Add(1)
	}
	e.used.Store(c.clock.Add(1))
	c.shrink()
	return e.p
}

func (c *cache) compile(f *ir.Func) *program {
	c.compilations.Add(1)
	return compile(f)
}

// shrink drops programs until half of the limit is free, if it is exceeded.
func (c *cache) shrink() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bytes <= cacheLimit {
		return
	}
	var sum, n int64
	for _, e := range c.m {
		sum, n = sum+e.used.Load(), n+1
	}
	for old := sum / n; c.bytes > cacheLimit/2; old += n {
		for key, e := range c.m {
			if e.p != nil && e.used.Load() <= old {
				delete(c.m, key)
				c.bytes -= e.bytes
			}
		}
	}
}

// ClearCaches forgets all compiled programs and kernels: only those who have them keep them.
func ClearCaches() {
	programs.clear()
	interp.ClearCaches()
}

func (c *cache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.m)
	c.bytes = 0
}

// compiled returns the program of f, which f keeps too.
func compiled(f *ir.Func) *program {
	return ir.Memo(f, (*Device)(nil), func() *program {
		key, ok := f.Key()
		if !ok {
			return programs.compile(f)
		}
		return programs.get([]byte(key), func() *ir.Func { return f })
	})
}

// single returns the program of one operation.
func single(op core.Op, in []*core.Value, out []core.Type) *program {
	var buf [256]byte
	key, ok := ir.AppendOp(append(buf[:0], 0), op)
	for _, v := range in {
		key = ir.AppendType(key, v.Type())
	}
	if !ok {
		return programs.compile(equation(op, core.Types(in), out))
	}
	if p := programs.find(key); p != nil {
		return p
	}
	return programs.get(key, func() *ir.Func { return equation(op, core.Types(in), out) })
}

// equation returns the program of one equation.
func equation(op core.Op, in, out []core.Type) *ir.Func {
	f := &ir.Func{}
	for _, t := range in {
		f.In = append(f.In, f.NewVar(t))
	}
	e := ir.Eqn{Op: op, In: f.In}
	for _, t := range out {
		e.Out = append(e.Out, f.NewVar(t))
	}
	f.Eqns, f.Out = []ir.Eqn{e}, e.Out
	return f
}
