package race

import (
	"testing"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

func TestLeaves(t *testing.T) {
	asked := []interleave.Cond{{Column: "pier", Op: "=", Value: "pier_id"}, {Column: "state", Op: "=", Value: "'moored'"}, {Column: "left_at", Op: "is null"}}
	for _, c := range []struct {
		name, column, value string
		want                bool
	}{
		{"no pier any more", "pier", "None", true},
		{"another pier, which may be the one", "pier", "other_id", false},
		{"another state", "state", "'left'", true},
		{"the same state", "state", "'moored'", false},
		{"a state that is not known", "state", "state", false},
		{"a time of leaving", "left_at", "now", false}, // "now" is no constant: it may be cleared as well
		{"a column that nobody asked for", "boat", "None", false},
	} {
		if got := leaves([]interleave.Assignment{{Column: c.column, Value: c.value}}, asked); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}
