package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// made are the programs that were translated for the candidates of one trace. An act that several reads control, and a rival
// that several acts have, are translated once.
type made map[madeKey]interleave.Program

type madeKey struct {
	path  *Path
	act   int
	about subject
}

// program is Path.program, remembered; the operations are the caller's to change.
func (m made) program(p *Path, act int, with []int, about subject) interleave.Program {
	if m == nil || len(with) > 0 {
		return p.program(act, with, about)
	}
	key := madeKey{p, act, about}
	out, ok := m[key]
	if !ok {
		out = p.program(act, nil, about)
		m[key] = out
	}
	out.Ops = slices.Clone(out.Ops)
	return out
}
