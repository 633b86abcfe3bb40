package race

import (
	"slices"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// TestStatesOf states that a new row which gets one of several constants may have any of them, and no other.
func TestStatesOf(t *testing.T) {
	seats := interleave.Resource{Store: interleave.Table, Name: "seats"}
	write := func(kind interleave.Kind, set interleave.Assignment) effects.Op {
		return effects.Op{Op: interleave.Op{Kind: kind, Res: seats, Set: []interleave.Assignment{set}}, Table: &schema.Table{Name: "seats"}}
	}
	for _, c := range []struct {
		name  string
		given interleave.Assignment
		want  []string // nil where it is not known
	}{
		{"one of two", interleave.Assignment{Column: "state", Among: []string{"'taken'", "'waiting'"}}, []string{"'taken'", "'waiting'", "'left'"}},
		{"one", interleave.Assignment{Column: "state", Value: "'waiting'"}, []string{"'waiting'", "'left'"}},
		{"what the client says", interleave.Assignment{Column: "state", Value: "body.state"}, nil},
	} {
		trace := &flow.Trace{Ops: []effects.Op{write(interleave.Insert, c.given), write(interleave.Update, interleave.Assignment{Column: "state", Value: "'left'"})}}
		index, at := writers([]*flow.Trace{trace})
		f := &finder{index: index, places: at, result: &result{written: map[string]bool{}}}
		read := &effects.Op{Op: interleave.Op{Res: seats}}
		got, ok := f.statesOf(read, "state")
		if ok != (c.want != nil) || !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, %t", c.name, got, ok)
		}
	}
}
