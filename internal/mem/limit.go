package mem

import (
	"bytes"
	"math"
	"os"
	"strconv"
	"sync"
)

// SetLimit sets how many bytes may be lent at once; 0 is nine tenths of what this process
// can have.
func (a *Arena) SetLimit(bytes int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.limit = max(bytes, 0)
}

func (a *Arena) max() int {
	if a.limit > 0 {
		return a.limit
	}
	return system()
}

// system is the limit where none is set.
var system = sync.OnceValue(func() int {
	m := machine("/proc/meminfo", "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
	return int(float64(min(m, addresses())) * 0.9)
})

// machine returns how many bytes the system has for this process: all memory that there
// is or, where they say less, the control groups' part of it. Where nothing says, 1 TiB.
func machine(info string, groups ...string) int {
	total := min(math.MaxInt, 1<<40)
	if text, err := os.ReadFile(info); err == nil {
		if fields := bytes.Fields(text); len(fields) > 1 && string(fields[0]) == "MemTotal:" {
			if kib, err := strconv.Atoi(string(fields[1])); err == nil {
				total = min(kib, math.MaxInt>>10) << 10
			}
		}
	}
	for _, group := range groups {
		if text, err := os.ReadFile(group); err == nil {
			if limit, err := strconv.Atoi(string(bytes.TrimSpace(text))); err == nil && limit > 0 {
				total = min(total, limit)
			}
		}
	}
	return total
}
