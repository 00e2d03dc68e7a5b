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
		if groups := n / u.group(); groups > 0 {
			t := turning{src: y.p, srcRow: y.row, dst: dst, dstRow: line, steps: k / u.step(), groups: groups}
			code.Call(u.turn, unsafe.Pointer(&t))
			j = groups * u.group()
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
	c, to := u.carry(room, x, m, d)
	c.rest()
	return to
}

// carry is packRows, but for the copying that is left to what it returns.
func (u *Unit) carry(room []byte, x operand, m, d int) (carrying, operand) {
	p := unsafe.Pointer(unsafe.SliceData(room))
	if x.apart() {
		return carrying{}, u.widened(p, x, m, d)
	}
	if x.row == u.size && x.col != u.size {
		line := u.pitch(m)
		return carrying{x.p, p, x.col, line, m * u.size, d, 0, 0, false}, operand{p: p, row: u.size, col: line}
	}
	line := u.pitch(d)
	to := operand{p: p, row: line, col: u.size}
	if x.col != u.size {
		u.gather(p, line, operand{p: x.p, row: x.col, col: x.row}, d, m)
		return carrying{}, to
	}
	return carrying{x.p, p, x.row, line, d * u.size, m, 0, 0, false}, to
}

// A carrying copies lines of memory. Micro kernels do that by the way: a vector of each of
// some lines with each panel.
type carrying struct {
	from, to       unsafe.Pointer // the lines that are left
	fromRow, toRow int            // between lines
	bytes          int            // of each
	lines          int            // to go
	some           int            // of these, which the kernels copy now
	at             int            // bytes of them that have been copied
	asked          bool           // for the beginnings of the lines, which nothing fetches by itself
}

// begin lets the kernel for t copy with each of n panels, or fewer: those that it returns; or
// ask for what it will copy, with one; or do nothing, for which it returns n.
func (c *carrying) begin(u *Unit, t *tile, r, n int) int {
	t.copies = 0
	if c.bytes-c.at < u.width || n == 0 || 2*r < 8 {
		return n
	}
	time := t.k - u.rows
	if c.at == 0 && c.lines > 0 && time > 0 {
		c.some = count(c.lines, count(c.lines, time))
	}
	if c.lines == 0 || c.some > time {
		return n
	}
	if !c.asked {
		c.asked = true
		t.next, t.nextRow = uintptr(c.from), c.fromRow
		return 1
	}
	t.from, t.to = uintptr(c.from)+uintptr(c.at), uintptr(c.to)+uintptr(c.at)
	t.fromRow, t.toRow = c.fromRow, c.toRow
	t.copies = c.some
	return min(n, (c.bytes-c.at)/u.width)
}

// end takes note of what the kernel has copied with n panels.
func (c *carrying) end(u *Unit, t *tile, n int) {
	if t.copies == 0 {
		return
	}
	if c.at += n * u.width; c.bytes-c.at < u.width {
		c.finish(c.some)
	}
}

// finish copies what is left of the first n lines.
func (c *carrying) finish(n int) {
	for range n {
		if c.at < c.bytes {
			copy(unsafe.Slice((*byte)(unsafe.Add(c.to, c.at)), c.bytes-c.at),
				unsafe.Slice((*byte)(unsafe.Add(c.from, c.at)), c.bytes-c.at))
		}
		if c.lines--; c.lines > 0 { // else pointers may go beyond their arrays, which the collector minds
			c.from, c.to = unsafe.Add(c.from, c.fromRow), unsafe.Add(c.to, c.toRow)
		}
	}
	c.at, c.some = 0, 0
}

// rest copies all that is left.
func (c *carrying) rest() {
	if c.at > 0 {
		c.finish(c.some)
	}
	c.finish(c.lines)
}

// ask is how many bytes a micro kernel asks for at once.
const ask = 64

// A nearing is memory that a thread needs next, which its micro kernels fetch to the second
// cache: with each panel a line of some rows of it.
type nearing struct {
	p    uintptr
	row  int // bytes between rows; 0 if all is one piece
	left int // bytes of the rows, or of the piece

	// Of short rows, which are fetched to the last; of others those of the first panels are.
	rows int // how many
	at   int // which is the first that is wanted; not below rows when all have come
	line int // which line of them, in bytes
	some int // how many come with a panel

	on bool
}

// nearing is that of n rows of d elements, which lie in one piece, or the columns do.
func (u *Unit) nearing(o operand, n, d int) nearing {
	const short = 256
	if o.lines != nil {
		return nearing{}
	}
	size := o.kind.size(u.size)
	w := nearing{p: uintptr(o.p), row: o.row, left: d * size}
	if o.row == size {
		w.row, w.left, n = o.col, n*size, d
	}
	switch w.left += int(w.p % 64); {
	case w.row == w.left:
		w.row, w.left = 0, n*w.left
	case w.left <= short:
		w.rows = n
	}
	return w
}

// begin lets the kernel for t, of r rows, fetch in the time that copying leaves. It returns with how
// many panels, at most, what is fetched is wanted.
func (w *nearing) begin(t *tile, r int) (panels int) {
	time := t.k - r - t.copies
	if w.on = w.left > 0 && time > 0 && (w.row == 0 || t.copies == 0) && t.next == 0; !w.on {
		return most
	}
	t.next, t.nextRow, t.nextPanel = w.p, w.row, ask
	switch {
	case w.row == 0:
		t.nextRow, t.nextPanel = ask, ask*time
	case w.rows > 0:
		w.some = time
		t.next += uintptr(w.at*w.row + w.line)
		return count(w.left-w.line, ask)
	}
	return most
}

// end takes note of what the kernel for t has fetched.
func (w *nearing) end(t *tile) {
	switch {
	case !w.on:
		return
	case w.rows > 0:
		w.line = int(t.next - w.p - uintptr(w.at*w.row))
		if w.line < w.left {
			return
		}
		w.line = 0
		if w.at += w.some; w.at >= w.rows {
			w.left = 0
		}
	default:
		w.left -= int(t.next - w.p)
		w.p = t.next
	}
}
