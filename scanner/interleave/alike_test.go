package interleave

import (
	"math/rand/v2"
	"testing"
)

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
		p := randomPair(seed)
		if seed%2 == 0 {
			p = retryingPair(seed)
		}
		pl := prepare(p, world{0, 1})
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

// retryingPair makes a pair of programs that stand in each other's way often, and begin again then.
func retryingPair(seed uint64) Pair {
	r := rand.New(rand.NewPCG(seed, 9))
	p := randomExperiment(r, dialect{locks: true, advisory: true, skip: true, subqueries: true}).pair(Engine(r.IntN(len(engines))))
	for _, program := range []*Program{&p.A, &p.B} {
		for i := range program.Ops {
			program.Ops[i].Retries = r.IntN(3) > 0
		}
	}
	return p
}
