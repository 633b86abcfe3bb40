package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// made is what the candidates of one trace have in common while they are judged, one after the other: the programs that were
// translated for them, and room in which a judge's programs are put together. An act that several reads control, and a rival that
// several acts have, are translated once.
type made struct {
	programs map[madeKey]interleave.Program
	size     int // operations in programs
	rivals   map[rivalKey]*Path
	near     map[string]*neighbours // by place
	room     [rooms][]interleave.Op
}

// The rooms in which programs of a candidate are changed: those of the two requests, both with values of their own, and the one in which
// it is marked what the candidate is about. None is looked at any more when the next candidate is judged.
const (
	ofA = iota
	ofB
	apartA
	apartB
	marked
	rooms
)

// mostMade bounds the operations that are remembered, for traces of thousands of operations and hundreds of acts.
const mostMade = 1 << 15

// rivalKey is a path through another trace.
type rivalKey struct {
	ways *ways
	path pathKey
}

// rival returns the path on which a rival does its operation.
func (m *made) rival(w *ways, op int, variant int8) *Path {
	key := rivalKey{w, w.key(op, variant)}
	p := m.rivals[key]
	if p == nil {
		if m.rivals == nil {
			m.rivals = map[rivalKey]*Path{}
		}
		p = w.path(key.path)
		m.rivals[key] = p
	}
	return p
}

type madeKey struct {
	path  *Path
	act   int
	about subject
}

// program is Path.program, remembered. The operations are the caller's to change until the next program is put in the same room.
func (m *made) program(p *Path, act int, with []int, about subject, room int) interleave.Program {
	if m == nil || len(with) > 0 {
		return p.program(act, with, about)
	}
	key := madeKey{p, act, about}
	out, ok := m.programs[key]
	if !ok {
		out = p.program(act, nil, about)
		if m.size += len(out.Ops); m.size > mostMade {
			clear(m.programs)
			m.size = len(out.Ops)
		}
		m.programs[key] = out
	}
	return m.copy(out, room)
}

// copy puts a copy of a program into a room.
func (m *made) copy(p interleave.Program, room int) interleave.Program {
	if m == nil {
		p.Ops = slices.Clone(p.Ops)
		return p
	}
	m.room[room] = append(m.room[room][:0], p.Ops...)
	p.Ops = m.room[room]
	return p
}
