//go:build unix

package main

import "syscall"

// pause stops the peer while something else is measured: some libraries' idle threads go on
// spinning for a while. Go on ends that.
func (p *peer) pause() error { return p.cmd.Process.Signal(syscall.SIGSTOP) }

func (p *peer) goOn() error { return p.cmd.Process.Signal(syscall.SIGCONT) }
