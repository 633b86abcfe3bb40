package scanner

import (
	"testing"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

func TestEveryGuardHasWords(t *testing.T) {
	for g := interleave.NoGuard; g <= interleave.ConditionalWrite; g++ {
		if text := guard(interleave.Verdict{Outcome: interleave.Race, Guard: g}); text.Verdict == "" {
			t.Errorf("%s: no words", g)
		}
	}
	clean := guard(interleave.Verdict{Outcome: interleave.FailsCleanly, Guard: interleave.ConstraintGuard, Errors: 1})
	if want := "a constraint keeps the data right: one of the two requests fails (unique violation)"; clean.Seen+" "+clean.Verdict != want {
		t.Errorf("got %q", clean.Seen+" "+clean.Verdict)
	}
}
