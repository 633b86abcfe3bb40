package race

import (
	"testing"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// TestLeaves tells which values take a row out of the set that a query asks for.
func TestLeaves(t *testing.T) {
	for _, c := range []struct {
		op, asked, given string
		want             bool
	}{
		{"=", "'held'", "'free'", true},
		{"=", "'held'", "'held'", false},
		{"=", "state", "'free'", false},
		{"in", "'held','taken'", "'free'", true},
		{"in", "'held','taken'", "'taken'", false},
		{"in", "", "'free'", false},
		{"!=", "'free'", "'free'", true},
		{"!=", "'free'", "'held'", false},
		{"is null", "", "'x'", true},
		{"is null", "", "None", false},
		{"is not null", "", "None", true},
		{"in", "'held','taken'", "state", false},
	} {
		set := []interleave.Assignment{{Column: "state", Value: c.given}}
		where := []interleave.Cond{{Column: "hall_id", Op: "=", Value: "hall_id"}, {Column: "state", Op: c.op, Value: c.asked}}
		if got := leaves(set, where); got != c.want {
			t.Errorf("state %s %s, given %s: leaves %t, want %t", c.op, c.asked, c.given, got, c.want)
		}
	}
}
