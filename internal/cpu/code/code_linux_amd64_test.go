package code

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"gojax/internal/asm/amd64"
)

// TestRefused has the system refuse execution, as hardened ones do, in a process of its
// own, and wants an error of it.
func TestRefused(t *testing.T) {
	const variable = "GOJAX_TEST_REFUSED"
	if os.Getenv(variable) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestRefused$", "-test.v")
		cmd.Env = append(os.Environ(), variable+"=1")
		out, err := cmd.CombinedOutput()
		if bytes.Contains(out, []byte("SKIP")) {
			t.Skipf("%s", out)
		}
		if err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	const setMDWE, refuseExecGain = 65, 1
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, setMDWE, refuseExecGain, 0, 0, 0, 0); errno != 0 {
		t.Skipf("this kernel cannot refuse execution: %v", errno)
	}
	_, err := Load(amd64.HasBase, []byte{0xC3})
	if err == nil || !strings.Contains(err.Error(), "code: execution refused: ") {
		t.Errorf("got error %v, want that execution was refused", err)
	}
	if Mapped() != 0 {
		t.Errorf("%d bytes are left of refused code", Mapped())
	}
}
