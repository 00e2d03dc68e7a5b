package main

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
)

// The peers' programs: workloads, and what serves them.
var (
	//go:embed jax.py
	jaxProgram string
	//go:embed numpy.py
	numpyProgram string
	//go:embed serve.py
	serveProgram string
)

// A peer is a Python process that runs the same workloads with JAX or NumPy. Requests
// and answers are lines of JSON.
type peer struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

type answer struct {
	Known   bool    `json:"known"`
	Seconds float64 `json:"s"`
	Bytes   float64 `json:"bytes"`
	Error   string  `json:"error"`
}

func startPeer(python, library string, threads int) (*peer, error) {
	programs := map[string]string{"jax": jaxProgram, "numpy": numpyProgram}
	program, ok := programs[library]
	if !ok {
		return nil, fmt.Errorf("no programs for %q; there are some for jax and numpy", library)
	}
	cmd := exec.Command(python, "-c", program+serveProgram)
	cmd.Stderr = os.Stderr
	cmd.Env = append(os.Environ(), "JAX_PLATFORMS=cpu")
	if threads > 0 {
		n := strconv.Itoa(threads)
		cmd.Env = append(cmd.Env, "OMP_NUM_THREADS="+n, "OPENBLAS_NUM_THREADS="+n, "GOJAX_PEER_THREADS="+n)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &peer{cmd, in, bufio.NewScanner(out)}
	if _, err := p.ask(map[string]any{"setup": ""}); err != nil {
		return nil, fmt.Errorf("%s does not run the peer's programs: %w", python, err)
	}
	return p, nil
}

func (p *peer) ask(request any) (a answer, err error) {
	line, err := json.Marshal(request)
	if err != nil {
		return a, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return a, err
	}
	if !p.out.Scan() {
		return a, fmt.Errorf("the peer ended: %v", p.out.Err())
	}
	if err := json.Unmarshal(p.out.Bytes(), &a); err != nil {
		return a, err
	}
	if a.Error != "" {
		return a, fmt.Errorf("the peer failed: %s", a.Error)
	}
	return a, nil
}

// setup prepares a workload and reports whether the peer has it.
func (p *peer) setup(name string) (bool, error) {
	a, err := p.ask(map[string]any{"setup": name})
	return a.Known, err
}

func (p *peer) run(n int) (float64, error) {
	a, err := p.ask(map[string]any{"run": n})
	return a.Seconds, err
}

// resident is the most memory that the peer has had after n loops, in bytes.
func (p *peer) resident(n int) (float64, error) {
	a, err := p.ask(map[string]any{"resident": n})
	return a.Bytes, err
}

func (p *peer) stop() {
	p.in.Close()
	_ = p.cmd.Wait() // it ends with its input; how does not matter
}
