package scan

// A Method is an operation on elements of type T.
type Method[T any] struct {
	Ns float64 // what the accumulation of one element takes, in nanoseconds
	// Op combines two elements, of which the first comes before.
	Op func(a, b T) T
	// Rows sets dst, which may be a or b, to what Op makes of their elements.
	Rows func(dst, a, b []T)
	// Serial says that the elements of a group are combined one after the other: where
	// the order changes no bit, or where each step is costly, or where numbers that
	// overflow make more NaNs in one order than in another.
	Serial bool
	Unit   *Unit // machine code for it, or nil

	chain  func(dst, x []T, reverse bool) // dst, which may be x, accumulates x, a group at most
	spread func(dst []T, a T)             // dst = a op dst
}

// Of returns the method of any operation, which takes ns nanoseconds.
func Of[T any](op func(a, b T) T, ns float64, serial bool) *Method[T] {
	m := &Method[T]{Ns: ns, Op: op, Serial: serial}
	if !serial {
		m.Ns *= 4
	}
	m.Rows = func(dst, a, b []T) {
		a, b = a[:len(dst)], b[:len(dst)]
		for i := range dst {
			dst[i] = op(a[i], b[i])
		}
	}
	m.spread = func(dst []T, a T) {
		for i := range dst {
			dst[i] = op(a, dst[i])
		}
	}
	m.chain = func(dst, x []T, reverse bool) { chainEights(dst, x, reverse, m.eight) }
	if serial {
		m.chain = func(dst, x []T, reverse bool) { chainSerial(dst, x, reverse, op) }
	}
	return m
}

// A Number can be added and multiplied.
type Number interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32 | float64
}

// Sum is the method of addition in plain Go.
func Sum[T Number](serial bool) *Method[T] {
	m := Of(func(a, b T) T { return a + b }, 0.5, serial)
	m.Rows = func(dst, a, b []T) {
		a, b = a[:len(dst)], b[:len(dst)]
		for i := range dst {
			dst[i] = a[i] + b[i]
		}
	}
	m.spread = func(dst []T, a T) {
		for i := range dst {
			dst[i] += a
		}
	}
	if serial {
		m.chain = sumSerial[T]
	} else {
		m.chain = func(dst, x []T, reverse bool) { chainEights(dst, x, reverse, sumEight[T]) }
	}
	return m
}

func sumSerial[T Number](dst, x []T, reverse bool) {
	x = x[:len(dst)]
	var acc T
	if reverse {
		for i := len(x) - 1; i >= 0; i-- {
			acc += x[i]
			dst[i] = acc
		}
		return
	}
	for i, y := range x {
		acc += y
		dst[i] = acc
	}
}

// chainSerial accumulates one element after the other.
func chainSerial[T any](dst, x []T, reverse bool, op func(a, b T) T) {
	i, step := 0, 1
	if reverse {
		i, step = len(x)-1, -1
	}
	acc := x[i]
	dst[i] = acc
	for range len(x) - 1 {
		i += step
		acc = op(acc, x[i])
		dst[i] = acc
	}
}

// chainEights accumulates a group by eights: eight(y, acc, first) accumulates the
// elements of y, and combines acc, what was accumulated before, with each unless y is
// first.
func chainEights[T any](dst, x []T, reverse bool, each func(y *[eight]T, acc T, first bool)) {
	var y [eight]T
	var acc T
	for at := 0; at < len(x); at += eight {
		n := min(eight, len(x)-at)
		if reverse {
			for i := range n {
				y[i] = x[len(x)-1-at-i]
			}
		} else {
			copy(y[:], x[at:])
		}
		each(&y, acc, at == 0)
		acc = y[eight-1]
		if reverse {
			for i := range n {
				dst[len(x)-1-at-i] = y[i]
			}
		} else {
			copy(dst[at:], y[:n])
		}
	}
}

// eight is the definition, for one column.
func (m *Method[T]) eight(y *[eight]T, acc T, first bool) {
	op := m.Op
	for i := 0; i < eight; i += 4 {
		y[i+3], y[i+2], y[i+1] = op(y[i+2], y[i+3]), op(y[i+1], y[i+2]), op(y[i], y[i+1])
		y[i+3], y[i+2] = op(y[i+1], y[i+3]), op(y[i], y[i+2])
	}
	for i := 4; i < eight; i++ {
		y[i] = op(y[3], y[i])
	}
	if first {
		return
	}
	for i := range y {
		y[i] = op(acc, y[i])
	}
}

func sumEight[T Number](y *[eight]T, acc T, first bool) {
	a, b, c, d := y[0], y[1], y[2], y[3]
	e, f, g, h := y[4], y[5], y[6], y[7]
	d, c, b = c+d, b+c, a+b
	d, c = b+d, a+c
	h, g, f = g+h, f+g, e+f
	h, g = f+h, e+g
	e, f, g, h = d+e, d+f, d+g, d+h
	if first {
		*y = [eight]T{a, b, c, d, e, f, g, h}
		return
	}
	*y = [eight]T{acc + a, acc + b, acc + c, acc + d, acc + e, acc + f, acc + g, acc + h}
}

// down accumulates the rows [lo, hi) of one group.
func (m *Method[T]) down(lo, hi int, x, out func(p int) []T) {
	for p := lo; p < hi; p++ {
		copy(out(p), x(p))
		if m.Serial && p > lo {
			m.Rows(out(p), out(p-1), out(p))
		}
	}
	if m.Serial {
		return
	}
	for at := lo; at < hi; at += eight {
		n := min(eight, hi-at)
		join := func(i, j int) {
			if i < n {
				m.Rows(out(at+i), out(at+j), out(at+i))
			}
		}
		for i := 0; i < eight; i += 4 {
			for _, k := range []int{1, 2} {
				for j := 3; j >= k; j-- {
					join(i+j, i+j-k)
				}
			}
		}
		for i := 4; i < eight; i++ {
			join(i, 3)
		}
		if at > lo {
			for i := range n {
				m.Rows(out(at+i), out(at-1), out(at+i))
			}
		}
	}
}
