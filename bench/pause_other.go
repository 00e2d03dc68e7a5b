//go:build !unix

package main

// Here a peer cannot be paused.

func (p *peer) pause() error { return nil }

func (p *peer) goOn() error { return nil }
