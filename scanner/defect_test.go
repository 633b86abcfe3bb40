package scanner

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// TestDefectCostsOnePiece fails when a panic in one piece of work loses another's result, or is not told.
func TestDefectCostsOnePiece(t *testing.T) {
	var d defects
	done := make([]bool, 50)
	err := each(context.Background(), len(done), func() {}, d.contain(
		func(i int) (string, int) { return "routes.py", i },
		func(i int) {
			if i%10 == 3 {
				var none []int
				_ = none[i]
			}
			done[i] = true
		}))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(d.skipped, func(a, b finding.Skip) int { return a.Line - b.Line })
	if len(d.skipped) != 5 {
		t.Fatalf("%d pieces told of, want 5: %v", len(d.skipped), d.skipped)
	}
	for k, s := range d.skipped {
		if want := 10*k + 3; s.Line != want || s.Path != "routes.py" || !s.Incomplete() ||
			!strings.Contains(s.Reason, "index out of range") || !strings.Contains(s.Reason, "TestDefectCostsOnePiece") {
			t.Errorf("piece %d is told as %+v", want, s)
		}
	}
	for i, ok := range done {
		if ok == (i%10 == 3) {
			t.Errorf("piece %d: done %t", i, ok)
		}
	}
}
