package lax

import "gojax/internal/rule"

// Ops lists the operations, of each family all members. Their parameters are not set:
// it is for tests and documentation to range over, and for the compiler, which says
// what rule was forgotten.
func Ops() []rule.Complete {
	ops := []rule.Complete{
		convertElementType{}, bitcastConvertType{}, round{}, integerPow{}, pow{}, polygamma{}, complexOf{}, conj{},
		selectN{}, clamp{},
		broadcastInDim{}, reshape{}, squeeze{}, transpose{}, rev{}, slice{}, concatenate{}, pad{}, counting{},
		dynamicSlice{}, dynamicUpdateSlice{}, sort{}, topK{},
		argReduce{largest: true}, argReduce{},
		dotGeneral{}, gather{}, threefry2x32{},
		stopGradient{}, optimizationBarrier{},
		psum{}, pmax{by: reduceMax}, pmax{by: reduceMin}, axisIndex{},
	}
	for op := range unaryCount {
		ops = append(ops, op)
	}
	for op := range binaryCount {
		ops = append(ops, op)
	}
	for op := range compareCount {
		ops = append(ops, op)
	}
	for by := range reducerCount {
		ops = append(ops, reduce{by: by})
	}
	for by := range scattererCount {
		ops = append(ops, scatter{by: by})
	}
	for by := range cumulatorCount {
		ops = append(ops, cumulative{by: by})
	}
	return ops
}

// Those that are linear in some operand can be transposed.
var _ = []rule.Linear{
	unaryCount, binaryCount, convertElementType{}, complexOf{}, conj{}, selectN{},
	broadcastInDim{}, reshape{}, squeeze{}, transpose{}, rev{}, slice{}, concatenate{}, pad{},
	dynamicSlice{}, dynamicUpdateSlice{}, reduce{}, cumulative{}, optimizationBarrier{}, psum{},
	dotGeneral{}, gather{}, scatter{},
}

// Back ends compile each of these in the way listed; for those on named axes Vmap has
// other operations.
var (
	_ = []rule.Elementwise{unaryCount, binaryCount, compareCount, round{}, complexOf{}, conj{}, threefry2x32{}}
	_ = []rule.Kernel{
		convertElementType{}, bitcastConvertType{}, integerPow{}, pow{}, selectN{}, clamp{},
		broadcastInDim{}, reshape{}, squeeze{}, transpose{}, rev{}, slice{}, concatenate{}, pad{}, counting{}, gather{},
		dynamicSlice{}, dynamicUpdateSlice{},
	}
	_ = []rule.Reduction{reduce{}}
	_ = []rule.Library{cumulative{}, sort{}, topK{}, dotGeneral{}, scatter{}}
	_ = []rule.Recast{bitcastConvertType{}}
	_ = []rule.Alias{reshape{}, squeeze{}, stopGradient{}, optimizationBarrier{}}
)
