package gemm

import (
	"unsafe"

	"gojax/internal/cpu/code"
)

// packColumns copies d elements of n rows of y into panels: those of up to columns rows,
// by k. What a panel lacks is left as it is.
func (u *Unit) packColumns(dst unsafe.Pointer, y operand, n, d int) {
	switch line := u.columns * u.size; {
	case y.row == u.size:
		// Some panels at once, for elements of one k lie together.
		const together = 2 * abreast
		for j := 0; j < n; j += together * u.columns {
			u.packLines(unsafe.Add(dst, j*d*u.size), y.at(j, 0), min(n-j, together*u.columns), d)
		}
	default:
		for j := 0; j < n; j += u.columns {
			to := unsafe.Add(dst, j*d*u.size)
			u.transpose(to, line, y.at(j, 0), min(u.columns, n-j), d)
		}
	}
}

// packLines is packColumns for a few panels of rows that lie side by side.
func (u *Unit) packLines(dst unsafe.Pointer, y operand, n, d int) {
	line := u.columns * u.size
	for ; n >= u.columns; n -= min(n/u.columns, abreast) * u.columns {
		panels := min(n/u.columns, abreast)
		t := copying{src: y.p, srcRow: y.col, dst: dst, dstPanel: d * line, rows: d}
		code.Call(u.lines[panels-1], unsafe.Pointer(&t))
		if n == panels*u.columns {
			return
		}
		y.p, dst = unsafe.Add(y.p, panels*line), unsafe.Add(dst, panels*d*line)
	}
	for k := range d {
		copy(unsafe.Slice((*byte)(unsafe.Add(dst, k*line)), n*u.size),
			unsafe.Slice((*byte)(unsafe.Add(y.p, k*y.col)), n*u.size))
	}
}

// transpose sets the elements [k][j] of dst, rows of it line bytes apart, to those of y,
// n rows of d elements.
func (u *Unit) transpose(dst unsafe.Pointer, line int, y operand, n, d int) {
	j, k := 0, 0
	if y.col == u.size && d >= u.step() {
		k = d / u.step() * u.step()
		for ; j+u.group() <= n; j += u.group() {
			t := turning{src: y.at(j, 0).p, srcRow: y.row, dst: unsafe.Add(dst, j*u.size),
				dstRow: line, steps: k / u.step()}
			code.Call(u.turn, unsafe.Pointer(&t))
		}
	}
	if k < d { // what is left of the turned rows
		u.gather(unsafe.Add(dst, k*line), line, y.at(0, k), j, d-k)
	}
	if j < n {
		u.gather(unsafe.Add(dst, j*u.size), line, y.at(j, 0), n-j, d)
	}
}

// gather is transpose, element by element.
func (u *Unit) gather(dst unsafe.Pointer, line int, y operand, n, d int) {
	for j := range n {
		from, to := unsafe.Add(y.p, j*y.row), unsafe.Add(dst, j*u.size)
		if u.size == 4 {
			for k := range d {
				*(*uint32)(unsafe.Add(to, k*line)) = *(*uint32)(unsafe.Add(from, k*y.col))
			}
			continue
		}
		for k := range d {
			*(*uint64)(unsafe.Add(to, k*line)) = *(*uint64)(unsafe.Add(from, k*y.col))
		}
	}
}

// pitch is the distance of rows of n elements that does not put all into the same part
// of a cache.
func (u *Unit) pitch(n int) int { return up(n*u.size, 64) + 64 }

// room is how many bytes packRows needs at most.
func (u *Unit) room(m int) int {
	return max(m*u.pitch(depth), depth*u.pitch(m))
}

// packRows copies d elements of m rows of x into room, each row or each column in one
// piece, and returns how they lie there.
func (u *Unit) packRows(room []byte, x operand, m, d int) operand {
	p := unsafe.Pointer(unsafe.SliceData(room))
	if x.row == u.size && x.col != u.size {
		line := u.pitch(m)
		for k := range d {
			copy(unsafe.Slice((*byte)(unsafe.Add(p, k*line)), m*u.size),
				unsafe.Slice((*byte)(unsafe.Add(x.p, k*x.col)), m*u.size))
		}
		return operand{p: p, row: u.size, col: line}
	}
	line := u.pitch(d)
	if x.col == u.size {
		for i := range m {
			copy(unsafe.Slice((*byte)(unsafe.Add(p, i*line)), d*u.size),
				unsafe.Slice((*byte)(unsafe.Add(x.p, i*x.row)), d*u.size))
		}
	} else {
		u.gather(p, line, operand{p: x.p, row: x.col, col: x.row}, d, m)
	}
	return operand{p: p, row: line, col: u.size}
}

// A nearing is the part of an operand that a thread packs next, which its micro kernels
// fetch to the second cache: a line of each row, or of each column, for each panel.
type nearing struct {
	p          uintptr
	row, lines int
}

// nearing is that of n rows of d elements, which lie in one piece, or the columns do.
func (u *Unit) nearing(o operand, n, d int) nearing {
	w, bytes := nearing{p: uintptr(o.p), row: o.row}, d*u.size
	if o.row == u.size {
		w.row, bytes = o.col, n*u.size
	}
	w.lines = count(bytes+int(w.p%64), 64)
	return w
}

// begin lets the kernel for t fetch.
func (w *nearing) begin(t *tile) {
	if w.lines > 0 {
		t.next, t.nextRow, t.nextPanel = w.p, w.row, 64
	}
}

// end takes note of what the kernel for t has fetched.
func (w *nearing) end(t *tile) {
	if w.lines > 0 {
		w.lines -= int(t.next-w.p) / 64
		w.p = t.next
	}
}
