// Package cpu is the default back end: programs are simplified, fused into loops,
// and run by an interpreter of those loops in plain Go.
//
//	device.go   the device, and which way an operation takes
//	eager.go    instructions on small arrays, at once
//	defer.go    operations on large ones, put off
//	chain.go    what was put off, as programs
//	cache.go    compiled programs, shared by what they compute
//	graph.go    programs made flat and simplified
//	dot.go      products of transposed operands, and with transposed results
//	epilogue.go kernels that run as a part of a product
//	finish.go   … and of its rows
//	fuse.go     what is computed where
//	lower.go    kernels of what is computed together
//	program.go  steps between slots of memory
//	make.go     how they are made of what was fused
//	rows.go     kernels that are run together, a few rows at a time
//	plan.go     where temporaries are
//	join.go     concatenation
//	move.go     copies in another order, by themselves and for kernels
//	take.go     copies of what lies at indices
//	update.go   scatters in the memory of their operand
//	recast.go   the bytes of an operand as elements of another size
//	exec.go     running programs, at once or later
//	past.go     results that give their memory to the next ones
//	recall.go   those of them that somebody has after all
//	working.go  what steps work in
//	analysis.go what programs take, before they run
//	stages.go   a program at every stage, as text
package cpu

import (
	"gojax/internal/core"
	"gojax/internal/ir"
	"gojax/internal/rule"
)

// A Device is the host's processor.
type Device struct{}

var (
	host  = &Device{}
	place = core.Device(host)
)

// Default returns the one CPU device.
func Default() *Device { return host }

func (*Device) String() string { return "cpu:0" }

// Place returns where the device is; there is one.
func (*Device) Place() *core.Device { return &place }

// Host returns b: host memory is where this device computes.
func (*Device) Host(b *core.Buffer) *core.Buffer { return b }

// Run applies op. What takes long is done later, when somebody asks for it or in the
// background. The elements do not depend on how many threads there are, nor on when they
// are computed, nor on whether op is run by itself or as a part of a program.
func (d *Device) Run(op core.Op, in []*core.Value, out []core.Type) []*core.Value {
	switch o := op.(type) {
	case rule.Elementwise:
		if v := tiny(o.Code(), in, out[0]); v != nil {
			return []*core.Value{v}
		}
		if v := putOff(op, in, out[0]); v != nil {
			return []*core.Value{v}
		}
	case ir.Caller:
		var donated core.Mask
		if o, ok := op.(ir.Donor); ok {
			donated = o.Donated()
		}
		return compiled(o.Program()).call(op, in, donated)
	case rule.Alias:
		if hangs(in) {
			if v := deferred(op, in, out); v != nil {
				return v
			}
		}
		views := make([]*core.Value, len(out))
		for i, t := range out {
			views[i] = core.NewIn(t, in[i].Buf.On(d))
		}
		return views
	case rule.Reduction, rule.Library, rule.Expander:
		if hangs(in) {
			return runAfter(op, in, out)
		}
	case rule.Kernel:
		if v := deferred(op, in, out); v != nil {
			return v
		}
		// What is joined goes straight to its place.
		if _, ok := op.(rule.Concatenation); ok && len(in) <= mostJoined && hangs(in) {
			return runAfter(op, in, out)
		}
	default:
		return d.define(op, in)
	}
	return single(op, in, out).call(op, in, nil)
}

// mostJoined bounds the operands of a concatenation that is run with the chains that they
// hang on.
const mostJoined = 64

// define runs an operation by its definition.
func (d *Device) define(op core.Op, in []*core.Value) []*core.Value {
	for _, v := range in {
		v.Buf.View()
		v.Buf.Wait(op.String())
	}
	out := op.Eval(in)
	for _, v := range out {
		v.Buf.SetDevice(d)
	}
	return out
}
