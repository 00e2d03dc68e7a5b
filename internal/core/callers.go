package core

import (
	"runtime"
	"sync"
)

// To list the calls that lead to an operation, inlined ones included, takes longer than all
// else that staging does with it. But programs are staged by few chains of calls, again and
// again; and where one leads shows from its return addresses, which are soon read.

const (
	depth    = 32        // calls that are listed
	chained  = depth + 6 // return addresses that tell lists apart, those left out included
	maxLists = 8192
)

// lists has what Callers returned, by return addresses.
var lists = struct {
	sync.RWMutex
	m map[[chained]uintptr][]uintptr
}{m: map[[chained]uintptr][]uintptr{}}

// Callers lists the calls that lead to the calling function, as runtime.Callers does,
// without the innermost of them: skip is 0 for the place in that function itself, and at
// most 4. The list must not be changed.
//
//go:noinline
func Callers(skip int) []uintptr {
	var at [chained]uintptr
	if chain(&at[0], len(at)) == 0 {
		return callers(skip + 1)
	}
	lists.RLock()
	list := lists.m[at]
	lists.RUnlock()
	if list != nil {
		return list
	}
	list = callers(skip + 1)
	lists.Lock()
	defer lists.Unlock()
	if len(lists.m) >= maxLists {
		clear(lists.m)
	}
	lists.m[at] = list
	return list
}

func callers(skip int) []uintptr {
	var pcs [depth]uintptr
	return append([]uintptr(nil), pcs[:runtime.Callers(skip+2, pcs[:])]...)
}
