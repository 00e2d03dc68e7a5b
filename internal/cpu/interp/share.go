package interp

import (
	"sync"
	"weak"

	"gojax/internal/cpu/code"
	"gojax/internal/kir"
)

// Kernels that are the same are compiled once: the layers of a model are, and so is most
// of what two programs for the same arrays consist of. They are known by their text as long
// as a program has them.

// shared has what was compiled, by keys.
type shared[T any] struct {
	mu    sync.Mutex
	m     map[string]weak.Pointer[T]
	sweep int // how many there may be until those that have gone are looked for
}

var (
	kernels    = shared[Code]{m: map[string]weak.Pointer[Code]{}, sweep: 1024}
	sharedRows = shared[Rows]{m: map[string]weak.Pointer[Rows]{}, sweep: 1024}
)

// find returns what has a key, or nil.
func (s *shared[T]) find(key []byte) *T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.m[string(key)].Value()
}

// add makes known what can be run.
func (s *shared[T]) add(list map[string]*T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, c := range list {
		s.m[key] = weak.Make(c)
	}
	if len(s.m) < s.sweep {
		return
	}
	for key, c := range s.m {
		if c.Value() == nil {
			delete(s.m, key)
		}
	}
	s.sweep = max(1024, 2*len(s.m))
}

func (s *shared[T]) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.m)
}

// ClearCaches forgets all kernels: only the programs that have them keep them.
func ClearCaches() {
	kernels.clear()
	sharedRows.clear()
}

// Shared is Compile of what expand makes of kernel k, unless the same has been compiled
// already, for this batch or another one. expand must make the same of the same. See
// Source.
func (b *Batch) Shared(k *kir.Kernel, expand func(*kir.Kernel) *kir.Kernel) *Code {
	level, _ := code.Chosen()
	b.key = k.AppendKey(append(b.key[:0], byte(level)))
	if c := b.own[string(b.key)]; c != nil {
		return c
	}
	c := kernels.find(b.key)
	if c == nil {
		c = b.CompileFor(level, expand(k))
		c.source = k
	}
	if b.own == nil {
		b.own = map[string]*Code{}
	}
	b.own[string(b.key)] = c
	return c
}
