package core

import (
	"math"
	"os"
	"strconv"
	"strings"
	"sync"
)

// small is the size of results, in bytes, that are not held against Memory.
const small = 1 << 30

// Memory is how many bytes of memory this process may have, as far as the system says:
// the least of the machine's memory and the limits of the process and its control group.
// Go ends a process that asks for more; what cannot fit is an error here before that.
var Memory = sync.OnceValue(func() int {
	least := addressable()
	for _, file := range [...]string{
		"/proc/meminfo",
		"/sys/fs/cgroup/memory.max",
		"/sys/fs/cgroup/memory/memory.limit_in_bytes",
	} {
		if text, err := os.ReadFile(file); err == nil {
			least = min(least, limit(string(text)))
		}
	}
	return least
})

// limit reads a number of bytes, or kilobytes if "kB" follows, after a name if there is
// one; without a number there is no limit.
func limit(text string) int {
	words := strings.Fields(text)
	if len(words) > 1 && strings.HasSuffix(words[0], ":") {
		words = words[1:]
	}
	if len(words) == 0 {
		return math.MaxInt
	}
	n, err := strconv.ParseUint(words[0], 10, 63)
	if err != nil {
		return math.MaxInt
	}
	if len(words) > 1 && words[1] == "kB" {
		n <<= 10
	}
	return int(min(n, math.MaxInt))
}
