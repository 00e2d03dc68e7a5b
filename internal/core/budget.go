package core

import (
	"bytes"
	"math"
	"os"
	"strconv"
	"sync"
)

// memory is how many bytes this process can have: the machine's memory or, where the
// system says so, the control group's part of it. Where nothing says, 1 TiB.
var memory = sync.OnceValue(func() int {
	total := min(math.MaxInt, 1<<40)
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		if fields := bytes.Fields(text); len(fields) > 1 && string(fields[0]) == "MemTotal:" {
			if kib, err := strconv.Atoi(string(fields[1])); err == nil {
				total = kib << 10
			}
		}
	}
	if text, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if limit, err := strconv.Atoi(string(bytes.TrimSpace(text))); err == nil && limit > 0 {
			total = min(total, limit)
		}
	}
	return total
})

// large is the size from which an array is weighed against the machine's memory.
const large = 1 << 30

// affordable panics if an array of type t cannot be allocated on this machine, where Go's
// allocator would end the process.
func affordable(t Type, bytes int) {
	if bytes < large {
		return
	}
	if total := memory(); bytes > total {
		panic(Errorf("memory", "an array of type %v takes %.1f GiB, more than the %.1f GiB that this process can have",
			t, float64(bytes)/(1<<30), float64(total)/(1<<30)))
	}
}
