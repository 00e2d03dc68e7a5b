package core

// abstract is what is known of an array that has a type only.
type abstract struct{}

func (abstract) Trace() Trace  { return types }
func (abstract) Known() *Value { return nil }

// typeTrace handles operations on abstract arrays: it infers the types of results.
type typeTrace struct{ *Frame }

var types = typeTrace{&Frame{Owner: Owner{What: "EvalShape"}}}

func (typeTrace) Apply(op Op, in []*Value) []*Value {
	out := Infer(op, Types(in))
	v := make([]*Value, len(out))
	for i, t := range out {
		v[i] = Abstract(t)
	}
	return v
}

// Abstract returns an array of which only the type is known.
func Abstract(t Type) *Value { return new(Stands).Init(t, abstract{}) }
