package probe

import (
	"math/rand/v2"
	"slices"
	"time"
)

// direction is what a trial looked like.
type direction int

const (
	neither direction = iota
	likeAB
	likeBA
	hit
)

// search chooses the offset of the second racer of the next trial.
type search interface {
	next() time.Duration
	tell(offset time.Duration, d direction)
	// void is told of a volley whose requests did not overlap: they were too far apart.
	void(offset time.Duration, d direction)
}

// floor below which a step is noise of the server.
const stepFloor = 200 * time.Microsecond

// steered looks for the offset at which "A won" turns into "B won", by steps that grow while the same wins and shrink when it
// turns: racers of unequal work hardly ever meet at offset 0.
type steered struct {
	offset  time.Duration
	step    time.Duration
	most    time.Duration // a step is never longer
	last    direction
	same    int  // how often the same has won again
	flipped bool // another one has won, at least once
	found   *time.Duration
	n       int
	rng     *rand.Rand
}

// drifted is how often the same wins in a row, after it had turned already, before the steps grow again.
const drifted = 4

// newSteered starts at the difference of the latencies, which is wrong by a small part of them: a positive offset delays B.
func newSteered(a, b time.Duration, rng *rand.Rand) *steered {
	return &steered{offset: a - b, step: 2*stepFloor + (a+b)/32, most: max((a+b)/2, 4*time.Millisecond), rng: rng}
}

func (s *steered) next() time.Duration {
	s.n++
	if s.found != nil {
		return s.around(*s.found, 100*time.Microsecond)
	}
	if s.n%9 == 0 { // now and then somewhere else: the signal may mislead
		return s.around(s.offset, 4*s.step)
	}
	return s.around(s.offset, s.step/4)
}

func (s *steered) around(at, spread time.Duration) time.Duration {
	return at + time.Duration((s.rng.Float64()*2-1)*float64(spread))
}

func (s *steered) tell(offset time.Duration, d direction) {
	switch d {
	case hit:
		s.found = &offset
		return
	case neither:
		return
	}
	switch s.last {
	case neither:
	case d:
		if s.same++; !s.flipped || s.same >= drifted { // the flip is further away than it seemed
			s.step, s.same = min(2*s.step, s.most), 0
		}
	default:
		s.step, s.same, s.flipped = max(s.step/2, stepFloor), 0, true
	}
	s.last = d
	if d == likeAB {
		s.offset = offset - s.step // B must come earlier
	} else {
		s.offset = offset + s.step
	}
}

func (s *steered) void(offset time.Duration, d direction) {
	if d == neither {
		s.offset /= 2
		return
	}
	s.tell(offset, d)
	// Far off: both the signal and the distance say that the racers belong closer together.
	if (d == likeAB) == (s.offset > 0) {
		s.offset -= s.offset / 4
	}
}

// arms tries a fixed set of offsets for identical racers, where no direction can be read off: evenly at first,
// then the arms that hit.
type arms struct {
	offsets []time.Duration
	hits    []int
	plays   []int
	voids   []int
	n       int
}

// newArms scales the offsets by how long one request takes alone. Distinct racers whose order cannot be told get
// the offsets in both directions.
func newArms(latency time.Duration, both bool) *arms {
	scale := min(max(float64(latency)/float64(5*time.Millisecond), 0.5), 8)
	a := &arms{}
	for _, ms := range []float64{0, 0.5, 1, 0.25, 1.5, 2, 3} {
		d := time.Duration(ms * scale * float64(time.Millisecond))
		a.offsets = append(a.offsets, d)
		if both && d > 0 {
			a.offsets = append(a.offsets, -d)
		}
	}
	a.voids = make([]int, len(a.offsets))
	a.hits, a.plays = make([]int, len(a.offsets)), make([]int, len(a.offsets))
	return a
}

func (a *arms) next() time.Duration {
	i := a.n % len(a.offsets)
	for a.voids[i] > 1 && i > 0 { // too far apart for this server: the arm is dead
		a.n++
		i = a.n % len(a.offsets)
	}
	a.n++
	if best := a.best(); best >= 0 && a.n%explore != 0 {
		i = best
	}
	a.plays[i]++
	return a.offsets[i]
}

// explore is how often another arm than the best one is played: the first hit may have been luck.
const explore = 4

// best returns the arm with the best rate once one has hit.
func (a *arms) best() int {
	best, rate := -1, 0.0
	for i, h := range a.hits {
		if r := float64(h) / float64(a.plays[i]+1); h > 0 && r > rate {
			best, rate = i, r
		}
	}
	return best
}

func (a *arms) tell(offset time.Duration, d direction) {
	if i := slices.Index(a.offsets, offset); i >= 0 && d == hit {
		a.hits[i]++
	}
}

func (a *arms) void(offset time.Duration, _ direction) {
	for i, o := range a.offsets {
		if o.Abs() >= offset.Abs() {
			a.voids[i]++
		}
	}
}
