package tree_test

import (
	"fmt"

	"gojax/tree"
)

// An Array stands for gojax's.
type Array struct{ name string }

type Params struct {
	Embed  Array
	Layers []Array
	Scale  map[string]Array
	Heads  int
	Rate   float64 `jax:"static"`
}

var p = Params{
	Embed:  Array{"e"},
	Layers: []Array{{"l0"}, {"l1"}},
	Scale:  map[string]Array{"out": {"so"}, "in": {"si"}},
	Heads:  8,
	Rate:   0.1,
}

func ExampleFlatten() {
	leaves, s, err := tree.Flatten[Array](p)
	fmt.Println(leaves, err)
	fmt.Println(s)
	fmt.Println(s.Paths())
	q := tree.Unflatten[Params](s, leaves)
	fmt.Println(q.Scale["out"], q.Heads)
	// Output:
	// [{e} {l0} {l1} {si} {so}] <nil>
	// Params{Embed: *, Layers: [*, *], Scale: {"in": *, "out": *}, Heads: 8, Rate: 0.1}
	// [Embed Layers[0] Layers[1] Scale["in"] Scale["out"]]
	// {so} 8
}

func ExampleFlatten_error() {
	type point struct{ X, Y float64 }
	_, _, err := tree.Flatten[Array](map[string][]point{"path": {{1, 2}}})
	fmt.Println(err)
	// Output:
	// ["path"][0].X: float64 is neither an array nor static: use an array, or tag the field `jax:"static"`
}

func ExampleMap() {
	q := tree.Map(p, func(x Array) Array { return Array{x.name + "'"} })
	fmt.Println(q.Embed, q.Layers, q.Scale)
	// Output: {e'} [{l0'} {l1'}] map[in:{si'} out:{so'}]
}

func ExampleDiff() {
	q := p
	q.Layers = q.Layers[:1]
	a, _ := tree.Of[Array](p)
	b, _ := tree.Of[Array](q)
	fmt.Println(tree.Join("params", tree.Diff(a, b)))
	// Output: params.Layers: slice of 2 against slice of 1
}

func ExamplePrefix() {
	s, _ := tree.Of[Array](p)
	axes, _ := tree.Prefix(s, tree.Axes{"Layers": []any{0, 1}, "*": nil})
	for i, axis := range axes {
		fmt.Println(s.Path(i), axis)
	}
	// Output:
	// Embed <nil>
	// Layers[0] 0
	// Layers[1] 1
	// Scale["in"] <nil>
	// Scale["out"] <nil>
}
