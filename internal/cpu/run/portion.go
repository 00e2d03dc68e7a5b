package run

import "sync/atomic"

// A portion is the chunks of a job that are one thread's own: from the lower half of the word
// up to the upper half. The thread takes the first; others, when they have none of their own
// any more, take the last.
type portion struct{ word atomic.Uint64 }

// mostChunks is how many a job may have.
const mostChunks = 1<<31 - 1

func (p *portion) set(lo, hi int) { p.word.Store(uint64(hi)<<32 | uint64(lo)) }

// left returns how many are left.
func (p *portion) left() int {
	w := p.word.Load()
	return int(w>>32) - int(uint32(w))
}

// first takes the first chunk, and returns -1 if there is none left.
func (p *portion) first() int {
	for {
		w := p.word.Load()
		lo, hi := int(uint32(w)), int(w>>32)
		if lo == hi {
			return -1
		}
		if p.word.CompareAndSwap(w, w+1) {
			return lo
		}
	}
}

// last takes the last chunk, and returns -1 if there is none left.
func (p *portion) last() int {
	for {
		w := p.word.Load()
		lo, hi := int(uint32(w)), int(w>>32)
		if lo == hi {
			return -1
		}
		if p.word.CompareAndSwap(w, w-1<<32) {
			return hi - 1
		}
	}
}

// divide gives each thread its portion, the first ones the larger; all have the same one if
// they are to take chunks in order.
func (j *job) divide(o order, threads int) {
	n, chunks := 1, int(j.chunks)
	if o == apart {
		n = max(1, min(threads, chunks))
	}
	j.own = j.few[:min(n, len(j.few))]
	if n > len(j.few) {
		j.own = make([]portion, n)
	}
	lo := 0
	for i := range j.own {
		hi := lo + (chunks-lo+n-i-1)/(n-i)
		j.own[i].set(lo, hi)
		lo = hi
	}
}

// claim takes a chunk for a thread, and returns -1 if there is none left.
func (j *job) claim(thread int) int {
	mine := thread % len(j.own)
	if i := j.own[mine].first(); i >= 0 {
		return i
	}
	for k := range j.own {
		if i := j.own[(mine+1+k)%len(j.own)].last(); i >= 0 {
			return i
		}
	}
	return -1
}
