package run

// part is how many bytes are copied at once.
const part = 128 << 10

// Copy copies src to dst, which is as long. Much is copied in parts: by several threads,
// and so that no collection waits for all of it.
func Copy(dst, src []byte) {
	if len(dst) < 2*part {
		copy(dst, src)
		return
	}
	Parallel(len(dst), part, func(lo, hi int) { copy(dst[lo:hi], src[lo:hi]) })
}
