package interleave

import "slices"

// Runs that come to the same. Two schedules in which all operations that meet come in the same order end in the same way, so one of them
// is enough: the one that stands first in the list.

// alike finds schedules that come to the same as one that was noted before.
type alike struct {
	meets   precedence            // by stretch of A: the stretches of B that it meets
	instead [2][maxHolds + 2]hold // by program and stretch: the first hold in the list from which nothing that meets lies between
	noted   []noted
}

// noted is the first schedule of its kind.
type noted struct {
	schedule
	precedence
}

// precedence tells by stretch of A which stretches of B come before it although they meet.
type precedence [maxHolds + 1]uint16

func newAlike(pl *plan, holds *[2][]hold, ends [2]hold) *alike {
	a := &alike{}
	touched := pl.touches(holds)
	var met [2]uint16
	for i := range touched[0] {
		for k := range touched[1] {
			if pl.meets(&touched[0][i], &touched[1][k]) {
				a.meets[i] |= 1 << k
				met[0] |= 1 << i
				met[1] |= 1 << k
			}
		}
	}
	for id, list := range holds {
		a.instead[id][ends[id].stretch] = ends[id]
		for _, h := range list {
			a.instead[id][h.stretch] = list[slices.IndexFunc(list, func(o hold) bool {
				return met[id]&(1<<max(h.stretch, o.stretch)-1<<min(h.stretch, o.stretch)) == 0
			})]
		}
	}
	return a
}

// earlier gives the schedule that was noted before and comes to the same as another one, or notes that one.
func (a *alike) earlier(s schedule) (schedule, bool) {
	if h, o := a.instead[s.first][s.hold.stretch], a.instead[1-s.first][s.other.stretch]; h != s.hold || o != s.other {
		return schedule{s.first, h, o}, true
	}
	p := a.meets
	for i := range p {
		switch {
		case s.first == 0 && i < s.hold.stretch:
			p[i] = 0
		case s.first == 0:
			p[i] &= 1<<s.other.stretch - 1
		case i < s.other.stretch:
			p[i] &= 1<<s.hold.stretch - 1
		}
	}
	for i := range a.noted {
		if n := &a.noted[i]; n.precedence == p {
			return n.schedule, true
		}
	}
	a.noted = append(a.noted, noted{s, p})
	return schedule{}, false
}

// ordered tells whether the engine looks at nothing but what was locked and written: at its SERIALIZABLE a read counts too, and with
// immediate transactions it locks.
func (r *rules) ordered() bool { return !r.serializable && !r.immediate }
