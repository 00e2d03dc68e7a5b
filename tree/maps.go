package tree

import (
	"cmp"
	"encoding/binary"
	"maps"
	"math"
	"reflect"
	"slices"
	"sync/atomic"
	"unsafe"
)

// An entry is one of a map's. A string key is s, a number is n, made so that n has the
// order of the numbers.
type entry struct {
	s string
	n uint64
	v unsafe.Pointer // to a copy of the element
}

// entries returns the entries of the map at v in the order of their keys. Not ok: one is
// NaN, which has no place in an order.
func (p *plan) entries(v unsafe.Pointer) (list []entry, ok bool) {
	m := p.at(v)
	n := m.Len()
	if n == 0 {
		return nil, true
	}
	list = make([]entry, 0, n)
	copies := reflect.MakeSlice(p.copies, n, n) // one allocation for all elements
	key := reflect.New(p.typ.Key()).Elem()
	for it := m.MapRange(); it.Next(); {
		key.SetIterKey(it)
		at := copies.Index(len(list))
		at.SetIterValue(it)
		e := entry{v: at.Addr().UnsafePointer()}
		switch {
		case key.CanInt():
			e.n = uint64(key.Int()) ^ 1<<63
		case key.CanUint():
			e.n = key.Uint()
		case key.CanFloat():
			f := key.Float()
			if f != f {
				return nil, false
			}
			e.n = orderedBits(f)
		default:
			e.s = key.String()
		}
		list = append(list, e)
	}
	slices.SortFunc(list, func(x, y entry) int {
		if c := cmp.Compare(x.n, y.n); c != 0 {
			return c
		}
		return cmp.Compare(x.s, y.s)
	})
	return list, true
}

// orderedBits maps numbers to integers of the same order; -0 and 0, which are one key of a
// map, to the same.
func orderedBits(f float64) uint64 {
	b := math.Float64bits(f + 0)
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

// key returns the entry's key, of type t.
func (e entry) key(t reflect.Type) reflect.Value {
	k := reflect.New(t).Elem()
	e.putKey(k)
	return k
}

func (e entry) putKey(k reflect.Value) {
	switch {
	case k.CanInt():
		k.SetInt(int64(e.n ^ 1<<63))
	case k.CanUint():
		k.SetUint(e.n)
	case k.CanFloat() && e.n>>63 == 0:
		k.SetFloat(math.Float64frombits(^e.n))
	case k.CanFloat():
		k.SetFloat(math.Float64frombits(e.n &^ (1 << 63)))
	default:
		k.SetString(e.s)
	}
}

// appendKey puts the entry's key into the key of the structure.
func (e entry) appendKey(dst []byte, isString bool) []byte {
	if isString {
		return appendString(dst, e.s)
	}
	return binary.NativeEndian.AppendUint64(dst, e.n)
}

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// An order remembers the sorted keys of maps from strings to leaves, by their number. To
// find that a map has just the keys of the last one is much cheaper than to sort them.
type order [8]atomic.Pointer[[]string]

// orderOf returns the sorted keys of m, not to be modified.
func orderOf[L any](o *order, m map[string]L) []string {
	last := &o[len(m)%len(o)]
	if keys := last.Load(); keys != nil && len(*keys) == len(m) && hasAll(m, *keys) {
		return *keys
	}
	keys := slices.AppendSeq(make([]string, 0, len(m)), maps.Keys(m))
	slices.Sort(keys)
	last.Store(&keys)
	return keys
}

func hasAll[L any](m map[string]L, keys []string) bool {
	for _, k := range keys {
		if _, ok := m[k]; !ok {
			return false
		}
	}
	return true
}
