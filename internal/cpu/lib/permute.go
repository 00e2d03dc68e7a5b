package lib

import "gojax/internal/cpu/run"

// A dim is an axis of an array that is read: how long it is and how far apart its
// elements are.
type dim struct{ n, stride int }

// tile is the side of the squares in which axes are exchanged: small enough for
// two of them to stay in the fastest cache.
const tile = 32

// permute copies the elements of src that dims describe, last one fastest, to dst.
func permute[T any](dst, src []T, dims []dim) {
	dims = merge(dims)
	if len(dst) == 0 {
		return
	}
	last := dims[len(dims)-1]
	dims = dims[:len(dims)-1]
	if last.stride == 1 {
		copyRows(dst, src, dims, last.n)
		return
	}
	// Tiles go along the last axis and the one that is closest in memory.
	near := -1
	for i, d := range dims {
		if d.n > 1 && (near < 0 || d.stride < dims[near].stride) {
			near = i
		}
	}
	if near < 0 {
		for i := range dst {
			dst[i] = src[i*last.stride]
		}
		return
	}
	exchange(dst, src, dims, near, last)
}

// merge returns the same walk with as few axes as possible, at least one.
func merge(dims []dim) []dim {
	out := make([]dim, 0, len(dims)+1)
	for _, d := range dims {
		if d.n == 1 {
			continue
		}
		if k := len(out) - 1; k >= 0 && out[k].stride == d.stride*d.n {
			out[k] = dim{out[k].n * d.n, d.stride}
			continue
		}
		out = append(out, d)
	}
	if len(out) == 0 {
		out = append(out, dim{1, 1})
	}
	return out
}

func length(dims []dim) int {
	n := 1
	for _, d := range dims {
		n *= d.n
	}
	return n
}

// offset returns where the i-th element of a walk lies.
func offset(dims []dim, i int) int {
	at := 0
	for a := len(dims) - 1; a >= 0; a-- {
		at += i % dims[a].n * dims[a].stride
		i /= dims[a].n
	}
	return at
}

func copyRows[T any](dst, src []T, dims []dim, n int) {
	run.Parallel(length(dims), grain(10+0.3*float64(n)), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			from := offset(dims, i)
			copy(dst[i*n:i*n+n], src[from:from+n])
		}
	})
}

// exchange copies tiles of dims[near] × last.
func exchange[T any](dst, src []T, dims []dim, near int, last dim) {
	step := last.n // in dst, along near
	for _, d := range dims[near+1:] {
		step *= d.n
	}
	across := dims[near]
	blocks := (across.n + tile - 1) / tile
	// The other axes, as they lie in src and in dst.
	var from, to []dim
	stride := last.n
	for i := len(dims) - 1; i >= 0; i-- {
		if i != near {
			from = append(from, dims[i])
			to = append(to, dim{dims[i].n, stride})
		}
		stride *= dims[i].n
	}
	run.Parallel(length(from)*blocks, grain(float64(tile*last.n)), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			s, d := src[offset(from, i/blocks):], dst[offset(to, i/blocks):]
			first := i % blocks * tile
			rows := min(tile, across.n-first)
			for col := 0; col < last.n; col += tile {
				cols := min(tile, last.n-col)
				for r := first; r < first+rows; r++ {
					row := d[r*step+col:][:cols]
					p := r*across.stride + col*last.stride
					for c := range row {
						row[c] = s[p]
						p += last.stride
					}
				}
			}
		}
	})
}

// swapped returns the walk of an array outer × n × inner with the last two
// exchanged.
func (v view) swapped() []dim {
	return []dim{{v.outer, v.n * v.inner}, {v.inner, 1}, {v.n, v.inner}}
}

// back returns the walk that undoes swapped.
func (v view) back() []dim { return view{v.outer, v.inner, v.n}.swapped() }
