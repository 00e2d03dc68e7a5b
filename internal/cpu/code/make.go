package code

import "gojax/internal/asm/amd64"

// Make assembles kernels and loads them: the i-th [Func] is what emit[i] emits. The
// error is that of the assembler, or of [Load].
func Make(emit ...func(*amd64.Asm)) (*Code, error) {
	var (
		a       amd64.Asm
		need    amd64.Feature
		kernels [][]byte
	)
	for _, e := range emit {
		a.Reset()
		e(&a)
		text, err := a.Finish()
		if err != nil {
			return nil, err
		}
		need |= a.Need()
		kernels = append(kernels, append([]byte(nil), text...))
	}
	return Load(need, kernels...)
}
