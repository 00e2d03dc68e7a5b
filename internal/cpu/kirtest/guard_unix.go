//go:build linux || darwin

package kirtest

import (
	"bytes"
	"os"
	"syscall"
)

// Guarded returns a copy of m in which every buffer ends, or else begins, where pages
// begin that may not even be read, and what gives its memory back.
func (m Memory) Guarded(end bool) (Memory, func(), error) {
	page := os.Getpagesize()
	g := make(Memory, len(m))
	var all [][]byte
	free := func() {
		for _, p := range all {
			_ = syscall.Munmap(p) // what Mmap returned can be unmapped
		}
	}
	for n, b := range m {
		size := (b.len + page - 1) / page * page
		pages, err := syscall.Mmap(-1, 0, size+2*page, syscall.PROT_NONE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
		if err != nil {
			free()
			return nil, nil, err
		}
		all = append(all, pages)
		mem := pages[page : page+size : page+size]
		if size > 0 {
			if err := syscall.Mprotect(mem, syscall.PROT_READ|syscall.PROT_WRITE); err != nil {
				free()
				return nil, nil, err
			}
		}
		copy(mem, bytes.Repeat([]byte{canary}, size))
		g[n] = Buffer{mem: mem, len: b.len}
		if end {
			g[n].from = size - b.len
		}
		copy(g[n].Bytes(), b.Bytes())
	}
	return g, free, nil
}
