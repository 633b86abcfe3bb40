package scanner

import (
	"testing"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

func TestEveryGuardHasWords(t *testing.T) {
	for g := interleave.NoGuard; g <= interleave.ConditionalWrite; g++ {
		if text := guard(&race.Race{Verdict: interleave.Verdict{Outcome: interleave.Race, Guard: g, Stale: true}}); text.Verdict == "" {
			t.Errorf("%s: no words", g)
		}
	}
	clean := guard(&race.Race{Verdict: interleave.Verdict{Outcome: interleave.FailsCleanly, Guard: interleave.ConstraintGuard, Errors: 1}})
	if want := "a constraint keeps the data right: one of the two requests fails (unique violation)"; clean.Seen+" "+clean.Verdict != want {
		t.Errorf("got %q", clean.Seen+" "+clean.Verdict)
	}
}
