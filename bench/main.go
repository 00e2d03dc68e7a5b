// Bench times gojax and, beside it, JAX: each workload here and the same program in a
// Python that has jax, interleaved in one run, so that both see the same machine.
//
//	go run ./bench                          # this side alone
//	go run ./bench -peer python3            # both sides
//	go run ./bench -peer python3 -against numpy
//	go run ./bench -limits                  # and each row's share of what the machine can do
//	go run ./bench -resident -peer python3  # memory instead of times
//	go run ./bench -run 'selu|compile' -json out.json
//
// A ratio is the peer's fastest time divided by ours: above 1, gojax is faster.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"time"

	"gojax/jax"
	"gojax/jnp"
)

// result is what one workload took, in seconds a loop.
type result struct {
	Workload   string   `json:"workload"`
	Min        float64  `json:"min_s"`
	Median     float64  `json:"median_s"`
	PeerMin    *float64 `json:"peer_min_s"`
	PeerMedian *float64 `json:"peer_median_s"`
	Ratio      *float64 `json:"ratio"`
}

func main() {
	pattern := flag.String("run", "", "run the workloads whose names match this regular expression")
	python := flag.String("peer", "", "a Python with jax, to run the same programs there")
	against := flag.String("against", "jax", "what the peer runs them with: jax or numpy")
	file := flag.String("json", "", "write the results to this file")
	threads := flag.Int("threads", 0, "threads to use here; 0 is all")
	reps := flag.Int("reps", 9, "how often each side is timed")
	budget := flag.Duration("time", 200*time.Millisecond, "about how long one timing takes")
	share := flag.Bool("limits", false, "measure the machine's limits, and each workload's share of them")
	memory := flag.Bool("resident", false, "print the most memory that each workload takes in a process of its own, instead of times")
	name := flag.String("resident-of", "", "print the memory of one workload here and exit (for -resident)")
	first := flag.Bool("first", false, "print an array and exit (for the start-up workload)")
	flag.Parse()
	if *first {
		fmt.Println(jnp.Arange(3.0))
		return
	}
	jax.SetThreads(*threads)
	if *name != "" {
		if err := residentOf(*name); err != nil {
			fatal(err)
		}
		return
	}
	match, err := regexp.Compile(*pattern)
	if err != nil {
		fatal(err)
	}
	if *memory {
		for _, w := range workloads() {
			if !match.MatchString(w.name) {
				continue
			}
			if err := printResident(w, *python, *against, *threads); err != nil {
				fatal(fmt.Errorf("%s: %w", w.name, err))
			}
		}
		return
	}
	var p *peer
	if *python != "" {
		if p, err = startPeer(*python, *against, *threads); err != nil {
			fatal(err)
		}
		defer p.stop()
	}
	var least map[string]cost
	var machine limits
	if *share {
		least, machine = costs(), measureLimits(*threads)
		fmt.Println(machine)
	}
	fmt.Printf("%-36s %12s %12s %12s %12s %8s\n", "workload", "min", "median", "peer min", "peer median", "ratio")
	var all []result
	for _, w := range workloads() {
		if !match.MatchString(w.name) {
			continue
		}
		r, err := measure(w, p, *reps, *budget)
		if err != nil {
			fatal(fmt.Errorf("%s: %w", w.name, err))
		}
		fmt.Print(r)
		if c, ok := least[w.name]; ok {
			fmt.Printf("  %3.0f %% of the machine's limit", 100*machine.share(c, r.Min))
		}
		fmt.Println()
		all = append(all, r)
	}
	if *file != "" {
		text, err := json.MarshalIndent(all, "", " ")
		if err == nil {
			err = os.WriteFile(*file, append(text, '\n'), 0o644)
		}
		if err != nil {
			fatal(err)
		}
	}
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "bench:", err)
	os.Exit(1)
}

func (r result) String() string {
	s := fmt.Sprintf("%-36s %12s %12s", r.Workload, span(&r.Min), span(&r.Median))
	if r.Ratio == nil {
		return s
	}
	return s + fmt.Sprintf(" %12s %12s %8.2f", span(r.PeerMin), span(r.PeerMedian), *r.Ratio)
}

// span prints seconds.
func span(s *float64) string {
	return time.Duration(*s * 1e9).Round(time.Duration(max(1, *s*1e9/1000))).String()
}

// A workload prepares a function that runs n loops and returns the seconds that they
// took, less what does not count.
type workload struct {
	name  string
	setup func() func(n int) float64
}

// measure times w here and at the peer in turn.
func measure(w workload, p *peer, reps int, budget time.Duration) (result, error) {
	ours := w.setup()
	sides := []func(n int) (float64, error){func(n int) (float64, error) { return ours(n), nil }}
	if p != nil {
		known, err := p.setup(w.name)
		if err != nil {
			return result{}, err
		}
		if known {
			sides = []func(n int) (float64, error){paused(p, sides[0]), p.run}
		}
	}
	loops := make([]int, len(sides))
	for i, run := range sides {
		n, err := calibrate(run, budget.Seconds())
		if err != nil {
			return result{}, err
		}
		loops[i] = n
	}
	times := make([][]float64, len(sides))
	for range reps {
		for i, run := range sides {
			s, err := run(loops[i])
			if err != nil {
				return result{}, err
			}
			times[i] = append(times[i], s/float64(loops[i]))
		}
	}
	r := result{Workload: w.name}
	r.Min, r.Median = summary(times[0])
	if len(sides) > 1 {
		low, mid := summary(times[1])
		ratio := low / r.Min
		r.PeerMin, r.PeerMedian, r.Ratio = &low, &mid, &ratio
	}
	return r, nil
}

// paused is run while the peer pauses.
func paused(p *peer, run func(n int) (float64, error)) func(n int) (float64, error) {
	return func(n int) (float64, error) {
		if err := p.pause(); err != nil {
			return 0, err
		}
		s, err := run(n)
		return s, errors.Join(err, p.goOn())
	}
}

// calibrate returns how many loops take about the given seconds, after warming up.
func calibrate(run func(n int) (float64, error), seconds float64) (int, error) {
	if _, err := run(1); err != nil {
		return 0, err
	}
	for n := 1; ; n *= 2 {
		begin := time.Now()
		if _, err := run(n); err != nil {
			return 0, err
		}
		if spent := time.Since(begin).Seconds(); spent > seconds/2 {
			return max(1, int(float64(n)*seconds/spent)), nil
		}
	}
}

func summary(times []float64) (low, mid float64) {
	slices.Sort(times)
	return times[0], times[len(times)/2]
}
