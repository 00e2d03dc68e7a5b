//go:build !amd64

package code

import "gojax/internal/asm/amd64"

func host() amd64.Feature { return 0 }
