package race

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// askedOfValue tells apart whether an entry of memory is there and what lies in it: `if n not in seats: raise`, and then
// `if seats[n] is not None: raise`. The path goes on where the entry is there, so the answer to the second question is what it holds,
// and not that it is missing: no state of the place would answer both.
func (p *Path) askedOfValue(ops []interleave.Op) {
	type place struct{ name, key string }
	var there map[place]bool
	for i := range ops {
		op := &ops[i]
		at := place{op.Res.Name, op.Res.Key}
		if op.Res.Store == interleave.Memory && op.Kind != interleave.Read {
			delete(there, at)
		}
		for k := range op.Uses {
			u := &op.Uses[k]
			read := &ops[u.From]
			if read.Kind != interleave.Read || read.Res.Store != interleave.Memory || read.Res.Aggregate != interleave.Rows || u.Column != "" || u.Op != "exists" && u.Op != "not exists" {
				continue
			}
			at, is := place{read.Res.Name, read.Res.Key}, u.Op == "exists" != u.Negated
			switch asked := p.Trace.Ops[read.Tag].Rare().Manner == effects.AskedThere; {
			case asked && is && !u.Loose:
				if there == nil {
					there = map[place]bool{}
				}
				there[at] = true
			case !asked && !is && there[at]:
				if u.Column = effects.ValueColumn; u.Op == "exists" {
					u.Op = "is not null"
				} else {
					u.Op = "is null"
				}
			}
		}
	}
}
