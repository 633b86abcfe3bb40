package effects

import "testing"

// TestRareBelongsToOneOperation: what a copy of an operation is given, the operation does not get, nor any other that has nothing rare.
func TestRareBelongsToOneOperation(t *testing.T) {
	var first, other Op
	first.Own().Manner = AskedRest
	again := first
	again.Own().Newest = "number"
	again.lasts(3)
	if got := first.Rare(); got.Manner != AskedRest || got.Newest != "" || got.Seconds != 0 {
		t.Errorf("an operation was given what its copy has: %+v", got)
	}
	if got := again.Rare(); got.Manner != AskedRest || got.Newest != "number" || got.Seconds != 3 {
		t.Errorf("a copy has %+v", got)
	}
	other.lasts(0)
	if other.rare != nil || nothingRare.Manner != "" {
		t.Errorf("what operations without anything rare share was changed: %+v", nothingRare)
	}
}
