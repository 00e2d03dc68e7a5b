package random

import (
	"math"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// PRNGKey returns the key, u32[2], for a seed: a Go integer or an integer scalar array,
// which may be traced. The key is JAX's for seeds of 32 bits, negative ones too, whose
// first word is 0; the 64 bits of others make both words.
func PRNGKey(seed any) lax.Array { return newKey("PRNGKey", seed) }

// Key is PRNGKey.
func Key(seed any) lax.Array { return newKey("Key", seed) }

func newKey(what string, seed any) lax.Array {
	if n, ok := integer(seed); ok {
		hi := uint32(n.bits >> 32)
		if n.negative && int64(n.bits) >= math.MinInt32 {
			hi = 0
		}
		return pack(word(hi), word(uint32(n.bits)))
	}
	x := lax.Operand(what, seed)
	switch {
	case !x.DType().IsInt():
		panic(core.Errorf(what, "the seed has type %v, want an integer", x.Type()))
	case x.Rank() != 0:
		panic(core.Errorf(what, "the seed has type %v, want a scalar: map over many seeds with jax.Vmap", x.Type()))
	}
	hi := word(0)
	if x.DType().Size() == 8 {
		hi = lax.Convert(lax.ShiftRightLogical(x, like(x, 32)), dtype.Uint32)
	}
	return pack(hi, lax.Convert(x, dtype.Uint32))
}

// whole is a Go integer.
type whole struct {
	bits     uint64 // negative ones wrap
	negative bool
}

// integer returns the value of a Go integer.
func integer(y any) (n whole, ok bool) {
	signed := func(v int64) (whole, bool) { return whole{uint64(v), v < 0}, true }
	unsigned := func(v uint64) (whole, bool) { return whole{bits: v}, true }
	switch y := y.(type) {
	case int:
		return signed(int64(y))
	case int8:
		return signed(int64(y))
	case int16:
		return signed(int64(y))
	case int32:
		return signed(int64(y))
	case int64:
		return signed(y)
	case uint:
		return unsigned(uint64(y))
	case uint8:
		return unsigned(uint64(y))
	case uint16:
		return unsigned(uint64(y))
	case uint32:
		return unsigned(uint64(y))
	case uint64:
		return unsigned(y)
	}
	return whole{}, false
}

func word(v uint32) lax.Array { return lax.Full(nil, v, dtype.Uint32) }

// pack returns u32 arrays of one shape side by side on a new last axis.
func pack(hi, lo lax.Array) lax.Array {
	last := []int{hi.Rank()}
	return lax.Concatenate(last[0], lax.ExpandDims(hi, last), lax.ExpandDims(lo, last))
}

// words returns the two words of a key.
func words(what string, key lax.Array) (hi, lo lax.Array) {
	if key.IsAbsent() {
		panic(core.Errorf(what, "the key is absent (the zero Array)"))
	}
	if !key.Type().Equal(core.Of(dtype.Uint32, 2)) {
		panic(core.Errorf(what, "the key has type %v, want u32[2]: map over many keys with jax.Vmap", key.Type()))
	}
	at := func(i int) lax.Array { return lax.Reshape(lax.Slice(key, []int{i}, []int{i + 1}, nil), lax.Shape{}) }
	return at(0), at(1)
}

// unpack returns the keys of hashes, u64[...]: u32[...,2].
func unpack(h lax.Array) lax.Array { return pack(high(h), low(h)) }

func high(h lax.Array) lax.Array {
	return lax.Convert(lax.ShiftRightLogical(h, like(h, 32)), dtype.Uint32)
}

func low(h lax.Array) lax.Array { return lax.Convert(h, dtype.Uint32) }

// Split returns new keys, u32[shape...,2]: two of them, if no shape is given. The key
// that was split should not be used again.
func Split(key lax.Array, shape ...int) lax.Array {
	if len(shape) == 0 {
		shape = []int{2}
	}
	checkShape("Split", shape)
	return unpack(hash("Split", key, shape))
}

// Split2 returns two new keys.
func Split2(key lax.Array) (lax.Array, lax.Array) { return split2("Split2", key) }

// SplitN returns n new keys.
func SplitN(key lax.Array, n int) []lax.Array { return splitN("SplitN", key, n) }

func split2(what string, key lax.Array) (lax.Array, lax.Array) {
	keys := splitN(what, key, 2)
	return keys[0], keys[1]
}

func splitN(what string, key lax.Array, n int) []lax.Array {
	shape := lax.Shape{n}
	checkShape(what, shape)
	all := unpack(hash(what, key, shape))
	keys := make([]lax.Array, n)
	for i := range keys {
		keys[i] = lax.Reshape(lax.Slice(all, []int{i, 0}, []int{i + 1, 2}, nil), lax.Shape{2})
	}
	return keys
}

// FoldIn returns a new key made of key and data, a Go integer of 32 bits or an integer
// scalar array, of which the low 32 bits count. Different data give keys that have
// nothing to do with each other.
func FoldIn(key lax.Array, data any) lax.Array {
	hi, lo := words("FoldIn", key)
	return unpack(lax.Threefry2x32(hi, lo, word(0), foldable(data)))
}

func foldable(data any) lax.Array {
	if n, ok := integer(data); ok {
		if n.bits > math.MaxUint32 {
			panic(core.Errorf("FoldIn", "the data are %v, want an integer from 0 to 2³²-1", data))
		}
		return word(uint32(n.bits))
	}
	x := lax.Operand("FoldIn", data)
	if !x.DType().IsInt() || x.Rank() != 0 {
		panic(core.Errorf("FoldIn", "the data have type %v, want an integer scalar: map over many with jax.Vmap", x.Type()))
	}
	return lax.Convert(x, dtype.Uint32)
}
