//go:build !unix

package mem

import "math"

// addresses returns how many bytes of addresses this process may have: no limit is known.
func addresses() int { return math.MaxInt }
