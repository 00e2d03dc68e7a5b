package core

import "slices"

// A Mask marks some members of a list: the operands that have a tangent, say.
type Mask []bool

// Present marks what is not nil.
func Present(v []*Value) Mask {
	m := make(Mask, len(v))
	for i := range v {
		m[i] = v[i] != nil
	}
	return m
}

// All marks all of n members.
func All(n int) Mask { return slices.Repeat(Mask{true}, n) }

// Any reports whether a member is marked.
func (m Mask) Any() bool { return slices.Contains(m, true) }

// Count is the number of marked members.
func (m Mask) Count() (n int) {
	for _, on := range m {
		if on {
			n++
		}
	}
	return n
}

// Or marks what m or n does; a nil mask marks nothing.
func (m Mask) Or(n Mask) Mask {
	or := slices.Clone(m)
	for i := range n {
		or[i] = or[i] || n[i]
	}
	return or
}

// Not marks what m does not.
func (m Mask) Not() Mask {
	not := make(Mask, len(m))
	for i := range m {
		not[i] = !m[i]
	}
	return not
}

// Pick returns the marked members of v.
func Pick[T any](m Mask, v []T) []T {
	picked := make([]T, 0, len(v))
	for i := range m {
		if m[i] {
			picked = append(picked, v[i])
		}
	}
	return picked
}

// Pick returns the marked members of v.
func (m Mask) Pick(v []*Value) []*Value { return Pick(m, v) }

// Spread undoes Pick: it returns a list in which the marked members are those
// of v and the others are nil.
func (m Mask) Spread(v []*Value) []*Value {
	all := make([]*Value, len(m))
	for i, next := 0, 0; i < len(m); i++ {
		if m[i] {
			all[i] = v[next]
			next++
		}
	}
	return all
}

// Merge is Spread with the members of rest, which lists those not marked, in the
// places between.
func (m Mask) Merge(v, rest []*Value) []*Value {
	all := make([]*Value, len(m))
	for i, on := range m {
		if on {
			all[i], v = v[0], v[1:]
		} else {
			all[i], rest = rest[0], rest[1:]
		}
	}
	return all
}

// String makes a mask part of a key.
func (m Mask) String() string {
	s := make([]byte, len(m))
	for i := range m {
		s[i] = '.'
		if m[i] {
			s[i] = '#'
		}
	}
	return string(s)
}
