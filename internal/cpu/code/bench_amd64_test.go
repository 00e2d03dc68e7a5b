package code

import "testing"

// BenchmarkLoad loads twenty kernels, each by itself and all together.
func BenchmarkLoad(b *testing.B) {
	kernels := make([][]byte, 20)
	for i := range kernels {
		kernels[i] = make([]byte, 700)
		for j := range kernels[i] {
			kernels[i][j] = 0xC3
		}
	}
	b.Run("each", func(b *testing.B) {
		for b.Loop() {
			for _, k := range kernels {
				c, err := Load(0, k)
				if err != nil {
					b.Skip(err)
				}
				c.Free()
			}
		}
	})
	b.Run("together", func(b *testing.B) {
		for b.Loop() {
			c, err := Load(0, kernels...)
			if err != nil {
				b.Skip(err)
			}
			c.Free()
		}
	})
}
