package remedy

import (
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// rewritten tells whether any entry point changes a column of a row that is there: what nobody changes is what it was, and need not be
// compared.
func (m *Mender) rewritten(r *race.Race, column string) bool {
	if m.changed == nil {
		m.changed = map[string]bool{}
		for _, t := range m.Traces {
			for i := range t.Ops {
				op := &t.Ops[i]
				if op.Res.Store != interleave.Table || op.Kind == interleave.Insert || op.Kind == interleave.Add {
					continue
				}
				for _, s := range op.Set {
					m.changed[op.Res.Name+" "+s.Column] = true
				}
			}
		}
	}
	table := r.Op(r.Read).Res.Name + " "
	return m.changed[table+column] || m.changed[table+"*"]
}
