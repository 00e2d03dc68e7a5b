package ref

import "math/bits"

// Threefry hashes the counter (x0, x1) under the key (k0, k1): Threefry-2x32 of 20
// rounds, the generator of jax.random.
func Threefry(k0, k1, x0, x1 uint32) (uint32, uint32) {
	rotations := [2][4]int{{13, 15, 26, 6}, {17, 29, 16, 24}}
	ks := [3]uint32{k0, k1, k0 ^ k1 ^ 0x1bd11bda}
	x0 += ks[0]
	x1 += ks[1]
	for i := range 5 {
		for _, r := range rotations[i%2] {
			x0 += x1
			x1 = bits.RotateLeft32(x1, r) ^ x0
		}
		x0 += ks[(i+1)%3]
		x1 += ks[(i+2)%3] + uint32(i+1)
	}
	return x0, x1
}
