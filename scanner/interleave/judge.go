package interleave

import (
	"iter"
	"slices"
)

// Pair is a candidate: A is the request whose check may go stale, B its rival.
type Pair struct {
	A, B      Program
	Engine    Engine
	Placement Placement
	// Overtaken asks for a race in which the rival wrote before it was settled what A did: A acted on what no longer held, and did not only
	// come before a rival that had looked at something too early.
	Overtaken bool
}

// Bounds on the work for one pair: a longer program is judged by its first operations, and held at its first acts and
// turns. Programs of real requests have a tenth of that.
const (
	MaxOps   = 300
	maxHolds = 12
	unasked  = 2 // runs that are made before it is asked which of them come to the same: most races are found by then
)

// Judge runs the two programs against each other in every schedule that matters and gives the worst that happened.
// Among races the first found is told, which is one with few turns: A is held right before its act.
func Judge(p Pair) Verdict {
	p.A.Ops, p.B.Ops = p.A.Ops[:min(len(p.A.Ops), MaxOps)], p.B.Ops[:min(len(p.B.Ops), MaxOps)]
	var worst Verdict
	first := true
	pl := newPlan(p)
	defer pl.free()
	holds, ends := pl.holds()
	pl.layRows()
	laid := pl.rows
	for i, w := range [...]world{{0, 1}, {1, 0}} {
		before := pl.rows
		pl.rows = slices.Clone(laid)
		pl.start(w)
		if i > 0 && sameStart(pl.rows, before) {
			break
		}
		pl.settle()
		m := newMachine(pl)
		defer m.free()
		var reach [2][maxHolds + 1]int // by first actor and its hold: how far the other came when nothing but a wait or its end stopped it
		var same *alike
		var start [unasked]schedule
		n := 0
		for s := range schedules(&holds, ends) {
			full := s.other == ends[1-s.first]
			far := &reach[s.first][s.hold.stretch]
			if !full && s.other.before > *far {
				continue // the other does not come that far: this run was made
			}
			if n < unasked {
				start[n] = s
			} else if pl.rules.ordered() {
				if same == nil {
					same = newAlike(pl, &holds, ends)
					for _, s := range start {
						same.earlier(s)
					}
				}
				if before, ok := same.earlier(s); ok {
					if full {
						*far = ends[1-s.first].before
						if before.first == s.first {
							*far = reach[s.first][before.hold.stretch]
						}
					}
					continue
				}
			}
			n++
			v, came := m.trial(s)
			if full {
				*far = came
			}
			errors := worst.Errors | v.Errors
			if first || better(&v, &worst) {
				worst = v
				worst.Story = append([]Event(nil), v.Story...)
				first = false
			}
			worst.Errors = errors
			if worst.Outcome == Race && worst.Victim {
				return worst
			}
		}
	}
	return worst
}

// better tells whether a verdict tells more than the worst so far.
func better(v, worst *Verdict) bool {
	if v.Outcome != worst.Outcome {
		return v.Outcome > worst.Outcome
	}
	if v.Outcome == Race {
		return v.Victim && !worst.Victim
	}
	return v.Guard > worst.Guard
}

// Weakest judges a pair on every engine and placement given and answers the worst verdict, the first among equals. With
// no engine or no placement given, the pair's own counts.
func Weakest(p Pair, on []Engine, at []Placement) (Verdict, Engine, Placement) {
	return weakest(p, on, at, Judge)
}

func weakest(p Pair, on []Engine, at []Placement, judge func(Pair) Verdict) (Verdict, Engine, Placement) {
	if len(on) == 0 {
		on = []Engine{p.Engine}
	}
	if len(at) == 0 {
		at = []Placement{p.Placement}
	}
	var worst Verdict
	engine, placement := on[0], at[0]
	for i, e := range on {
		for k, w := range at {
			p.Engine, p.Placement = e, w
			v := judge(p)
			if i+k == 0 || v.Outcome > worst.Outcome {
				worst, engine, placement = v, e, w
			}
			if worst.Outcome == Race {
				return worst, engine, placement
			}
		}
	}
	return worst, engine, placement
}

// schedule is one way to interleave: the first actor runs up to its hold, the other up to its own, the first to its
// end, the other to its end.
type schedule struct {
	first       int
	hold, other hold
}

// hold is a place at which a program is held.
type hold struct {
	before  int // the operation; the length of a program is its end
	stretch int // how many stretches of the program lie before it, each from one hold to the next
}

// schedules gives the ways that matter, those with the fewest turns first.
func schedules(holds *[2][]hold, ends [2]hold) iter.Seq[schedule] {
	return func(yield func(schedule) bool) {
		for first := range 2 {
			for _, h := range holds[first] {
				if !yield(schedule{first, h, ends[1-first]}) {
					return
				}
			}
		}
		for first := range 2 {
			for _, h := range holds[first] {
				for _, k := range holds[1-first] {
					if !yield(schedule{first, h, k}) {
						return
					}
				}
			}
		}
	}
}

// holds gives where both programs may be held, and their ends.
func (pl *plan) holds() (holds [2][]hold, ends [2]hold) {
	for id := range holds {
		list := pl.stops(id)
		holds[id] = make([]hold, len(list))
		for i, before := range list {
			stretch := 1
			for _, other := range list {
				if other < before {
					stretch++
				}
			}
			holds[id][i] = hold{before, stretch}
		}
		ends[id] = hold{len(pl.programs[id].ops), len(list) + 1}
	}
	return holds, ends
}

// stops gives the operations of a program before which it may be held: acts first, then locks, writes and commits, each
// only if the program did something since the last one. On an event loop only a suspension lets the other in.
func (pl *plan) stops(id int) []int {
	sc := &pl.programs[id]
	var acts, rest []int
	if pl.together && !sc.threaded && !pl.programs[1-id].threaded {
		for i := 1; i < len(sc.ops); i++ {
			if sc.ops[i-1].Kind == Suspend {
				rest = append(rest, i)
			}
		}
		return rest[:min(len(rest), maxHolds)]
	}
	moved := false
	for i := range sc.ops {
		s := &sc.ops[i]
		if i > 0 && moved && s.Flags&SameStatement == 0 && (s.act || s.visible()) {
			if s.act {
				acts = append(acts, i)
			} else {
				rest = append(rest, i)
			}
			moved = false
		}
		moved = moved || s.visible() || s.Kind == Read || s.Kind == Attr || s.Kind == Suspend
	}
	holds := append(acts, rest...)
	return holds[:min(len(holds), maxHolds)]
}

// visible tells whether the other request may notice an operation.
func (s *step) visible() bool {
	switch s.Kind {
	case Update, Insert, InsertWhereNotExists, Delete, Flush, Commit, Rollback, Close, Acquire, Release, Effect, Savepoint, ReleaseSavepoint, Refresh:
		return true
	case Read:
		return true
	}
	return false
}

// trial runs one schedule and tells what came of it, and how far the other came before the first ran on.
func (m *machine) trial(s schedule) (Verdict, int) {
	m.reset()
	b := 1 - s.first
	end := [2]int{len(m.actors[0].ops) + 1, len(m.actors[1].ops) + 1}
	m.run(s.first, s.hold.before)
	held := m.actors[s.first].pc
	m.run(b, s.other.before)
	other := m.actors[b].pc
	// Whoever waited goes on when the other has ended; who began again may wait for the other many times.
	for turn := 0; turn < 3 || m.begunAgain() && (m.actors[0].state == running || m.actors[1].state == running); turn++ {
		m.run(s.first, end[s.first])
		m.run(b, end[b])
	}
	v := Verdict{Story: m.story, Errors: m.errors, Hold: held}
	if s.first == 1 {
		v.Hold = other
	}
	for _, e := range m.story {
		if e.What == Waits {
			v.Waited = true
		}
	}
	e, race := m.race()
	switch {
	case race:
		v.Outcome = Race
		v.Stale, v.Victim = e.stale, e.missed[0] || e.void
	case m.errors != 0:
		v.Outcome = FailsCleanly
	}
	v.Guard = m.guardSeen(v, e)
	return v, other
}
