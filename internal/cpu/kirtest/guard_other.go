//go:build !(linux || darwin)

package kirtest

import "errors"

// Guarded is not there on this system.
func (m Memory) Guarded(bool) (Memory, func(), error) { return nil, nil, errors.ErrUnsupported }
