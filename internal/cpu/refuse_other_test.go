//go:build !linux

package cpu_test

func refuseExecution() bool { return false }
