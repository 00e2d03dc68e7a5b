//go:build !amd64 || !(linux || darwin || windows)

package code

import "errors"

func alloc(int) ([]byte, error) { return nil, errors.ErrUnsupported }
func protect([]byte) error      { return errors.ErrUnsupported }
func release([]byte)            {}
