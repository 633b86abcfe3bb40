package interleave

import "testing"

// TestLeftOutRunsComeToTheSame: whatever schedule is left out ends as the one that stands for it, so that the verdict is that of all of them.
func TestLeftOutRunsComeToTheSame(t *testing.T) {
	type end struct {
		outcome Outcome
		victim  bool
		guard   GuardSeen
		errors  Errors
	}
	left, all := 0, 0
	for seed := range uint64(12000) {
		pl := prepare(randomPair(seed), world{0, 1})
		if !pl.rules.ordered() {
			continue
		}
		m := newMachine(pl)
		holds, ends := pl.holds()
		same := newAlike(pl, &holds, ends)
		came := map[schedule]end{}
		for s := range schedules(&holds, ends) {
			v, _ := m.trial(s)
			now := end{v.Outcome, v.Victim, v.Guard, v.Errors}
			if v.Outcome == Race {
				now.guard = NoGuard // of several races the first is told
			}
			came[s] = now
			all++
			before, ok := same.earlier(s)
			if !ok {
				continue
			}
			left++
			if was := came[before]; was != now {
				t.Fatalf("seed %d: %v is left out for %v, which ends otherwise: %+v, %+v", seed, s, before, was, now)
			}
		}
	}
	if left*4 < all {
		t.Errorf("%d of %d runs are left out", left, all)
	}
}
