package core

import (
	"slices"
	"testing"

	"gojax/internal/dtype"
)

func TestMask(t *testing.T) {
	a, b, c := Number(dtype.Int32, 1), Number(dtype.Int32, 2), Number(dtype.Int32, 3)
	m := Present([]*Value{a, nil, b})
	for _, row := range []struct {
		what string
		got  Mask
		want string
	}{
		{"Present", m, "#.#"},
		{"Not", m.Not(), ".#."},
		{"All", All(2), "##"},
		{"Or", m.Or(Mask{false, true, false}), "###"},
		{"Or of nil", m.Or(nil), "#.#"},
		{"Present of none", Present(nil), ""},
	} {
		if got := row.got.String(); got != row.want {
			t.Errorf("%s: got %s, want %s", row.what, got, row.want)
		}
	}
	if m.Or(m.Not()); m.String() != "#.#" {
		t.Error("Or changed its mask")
	}
	if !m.Any() || m.Count() != 2 || (Mask{false}).Any() || Mask(nil).Any() {
		t.Error("a count is wrong")
	}
	lists := []struct {
		what      string
		got, want []*Value
	}{
		{"Pick", m.Pick([]*Value{a, b, c}), []*Value{a, c}},
		{"Spread", m.Spread([]*Value{a, c}), []*Value{a, nil, c}},
		{"Merge", m.Merge([]*Value{a, c}, []*Value{b}), []*Value{a, b, c}},
		{"Merge of none", Mask{}.Merge(nil, nil), []*Value{}},
	}
	for _, row := range lists {
		if !slices.Equal(row.got, row.want) {
			t.Errorf("%s: got %v, want %v", row.what, row.got, row.want)
		}
	}
}
