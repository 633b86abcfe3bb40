package interleave

import "testing"

// TestLeftOutRunsComeToTheSame: whatever schedule is left out ends as one does that is made, so that the verdict is that of all of them.
func TestLeftOutRunsComeToTheSame(t *testing.T) {
	left, all := 0, 0
	for seed := range uint64(12000) {
		p := randomPair(seed)
		pl := prepare(p, world{0, 1})
		type end struct {
			outcome Outcome
			guard   GuardSeen
			errors  Errors
		}
		m := newMachine(pl)
		ends := map[schedule]end{}
		every := pl.list(func(*[2][]int, int, int, int) bool { return false })
		for _, s := range every {
			v, _ := m.trial(s)
			ends[s] = end{v.Outcome, v.Guard, v.Errors}
		}
		kept := map[schedule]bool{}
		for _, s := range schedules(pl) {
			kept[s] = true
		}
		seen := map[end]bool{}
		for _, s := range every {
			all++
			if kept[s] {
				seen[ends[s]] = true
				continue
			}
			left++
			if !seen[ends[s]] {
				t.Fatalf("seed %d: %v is left out and ends as none before it: %+v", seed, s, ends[s])
			}
		}
	}
	if left*10 < all {
		t.Errorf("%d of %d runs are left out", left, all)
	}
}
