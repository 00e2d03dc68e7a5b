package cpu_test

import "syscall"

// refuseExecution makes the system refuse to execute memory that was once writable.
func refuseExecution() bool {
	const setMDWE, refuseExecGain = 65, 1
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, setMDWE, refuseExecGain, 0, 0, 0, 0)
	return errno == 0
}
