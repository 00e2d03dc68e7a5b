package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
)

// A timer times functions as IPython's %timeit does and prints what that prints.
type timer struct {
	out   io.Writer
	quick bool
}

// time runs f in 7 runs of as many loops as take 0.2 s, and prints mean and standard
// deviation of the time a loop; quick is one run of one loop.
func (t timer) time(what string, f func()) {
	runs, loops := 7, 1
	if t.quick {
		runs = 1
	} else {
		for t.run(f, loops) < 0.2 {
			loops *= 10
		}
	}
	each := make([]float64, runs)
	for i := range each {
		each[i] = t.run(f, loops) / float64(loops)
	}
	fmt.Fprintf(t.out, "%s: %s\n", what, summary(each, loops))
}

// run returns the seconds that n calls of f take.
func (t timer) run(f func(), n int) float64 {
	start := time.Now()
	for range n {
		f()
	}
	return time.Since(start).Seconds()
}

// summary prints the mean and standard deviation of the seconds each.
func summary(each []float64, loops int) string {
	mean, square := 0.0, 0.0
	for _, s := range each {
		mean += s / float64(len(each))
	}
	for _, s := range each {
		square += (s - mean) * (s - mean) / float64(len(each))
	}
	return fmt.Sprintf("%s ± %s per loop (mean ± std. dev. of %s, %s each)",
		span(mean), span(math.Sqrt(square)), plural(len(each), "run"), plural(loops, "loop"))
}

// span prints seconds with three digits and a unit.
func span(seconds float64) string {
	unit, scale := "s", 1.0
	switch {
	case seconds >= 1:
	case seconds >= 1e-3:
		unit, scale = "ms", 1e3
	case seconds >= 1e-6:
		unit, scale = "µs", 1e6
	default:
		unit, scale = "ns", 1e9
	}
	return strconv.FormatFloat(seconds*scale, 'g', 3, 64) + " " + unit
}

// plural prints n, with commas, and the noun.
func plural(n int, noun string) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if n != 1 {
		noun += "s"
	}
	return digits + " " + noun
}
