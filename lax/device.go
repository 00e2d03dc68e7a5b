package lax

import "gojax/internal/core"

// DevicePut returns x on device d. If it is there already it is x itself; where a
// function is traced the program decides, and it is x too.
func DevicePut(x Array, d core.Device) Array {
	v := x.present("device_put").p
	if v.Traced() || v.Buf.Device() == d {
		return x
	}
	host := v.Host("device_put")
	if p, ok := d.(interface {
		Put(host *core.Buffer) *core.Buffer
	}); ok {
		return Of(core.NewIn(v.Type(), p.Put(host)))
	}
	return Of(core.NewIn(v.Type(), host.On(d)))
}
