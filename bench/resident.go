package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// residentLoops is how often a workload runs before its memory is looked at.
const residentLoops = 10

// printResident prints the most memory that a process has had that ran nothing but one
// workload, here and at the peer.
func printResident(w workload, python, against string, threads int) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	child := exec.Command(self, "-resident-of", w.name, "-threads", strconv.Itoa(threads))
	child.Stderr = os.Stderr
	out, err := child.Output()
	if err != nil {
		return err
	}
	ours, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		return err
	}
	fmt.Printf("%-36s %9.1f MB", w.name, ours/1e6)
	if python != "" {
		p, err := startPeer(python, against, threads)
		if err != nil {
			return err
		}
		defer p.stop()
		known, err := p.setup(w.name)
		if err != nil {
			return err
		}
		if known {
			theirs, err := p.resident(residentLoops)
			if err != nil {
				return err
			}
			fmt.Printf(" %9.1f MB %8.2f", theirs/1e6, theirs/ours)
		}
	}
	fmt.Println()
	return nil
}

// residentOf runs the workload of that name and prints the most memory that this
// process has had, in bytes.
func residentOf(name string) error {
	for _, w := range workloads() {
		if w.name == name {
			run := w.setup()
			run(residentLoops)
			n, err := resident()
			if err != nil {
				return err
			}
			fmt.Println(n)
			return nil
		}
	}
	return fmt.Errorf("no workload %q", name)
}

// resident is the most memory that this process has had, in bytes.
func resident() (int, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, fmt.Errorf("memory is looked up where Linux has it: %w", err)
	}
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kb), "kB")))
			return n * 1024, err
		}
	}
	return 0, errors.New("no VmHWM in /proc/self/status")
}
