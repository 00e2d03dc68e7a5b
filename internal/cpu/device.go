// Package cpu is the default back end.
package cpu

import "gojax/internal/core"

// A Device is the host's processor.
type Device struct{}

var host = &Device{}

// Default returns the one CPU device.
func Default() *Device { return host }

func (*Device) String() string { return "cpu:0" }

// Host returns b: host memory is where this device computes.
func (*Device) Host(b *core.Buffer) *core.Buffer { return b }

// Run applies op.
func (d *Device) Run(op core.Op, in []*core.Value, out []core.Type) []*core.Value {
	for _, v := range in {
		v.Buf.Wait(op.String())
	}
	res := op.Eval(in)
	for _, v := range res {
		v.Buf.Device = d
	}
	return res
}
