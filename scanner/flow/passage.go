package flow

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Passage is where the operations of a trace stand, for whoever asks which other entry points a change of some place would concern.
type Passage struct {
	// Functions are those in whose calls the operations stand, each once.
	Functions []*program.Function
	// Loads are the places that read, Inserts the calls through which rows are inserted, each once for a table.
	Loads, Inserts []Passed
	// Written are the tables of which the entry point changes rows.
	Written map[string]bool
}

// Passed is a place through which a request comes at a table.
type Passed struct {
	Node  python.Node
	Table string
}

// Passage returns where the operations stand. It is found out once for as long as a search for races leaves the trace what it is, and not
// by two at the same time.
func (t *Trace) Passage() *Passage {
	if t.passage != nil {
		return t.passage
	}
	p := &Passage{Written: map[string]bool{}}
	seen, called, loads, inserts := map[*effects.Site]bool{}, map[*program.Function]bool{}, map[Passed]bool{}, map[Passed]bool{}
	for i := range t.Ops {
		op := &t.Ops[i]
		table := op.Res.Store == interleave.Table
		switch op.Kind {
		case interleave.Assign, interleave.Add, interleave.Update, interleave.Insert, interleave.Delete, interleave.Remove:
			if table {
				p.Written[op.Res.Name] = true
			}
		case interleave.Read:
			if op.Site != nil {
				p.Loads = passedOnce(p.Loads, loads, op.Site.Node, op)
			}
		}
		if table && (op.Kind == interleave.Add || op.Kind == interleave.Insert) {
			for s := op.Site; s != nil; s = s.Up {
				p.Inserts = passedOnce(p.Inserts, inserts, s.Node, op)
			}
		}
		for s := op.Site; s != nil && !seen[s]; s = s.Up {
			if seen[s] = true; !called[s.Function] {
				called[s.Function] = true
				p.Functions = append(p.Functions, s.Function)
			}
		}
	}
	p.Functions, p.Loads, p.Inserts = slices.Clip(p.Functions), slices.Clip(p.Loads), slices.Clip(p.Inserts)
	t.passage = p
	return p
}

// passedOnce adds a place to those that are seen, unless it is among them.
func passedOnce(list []Passed, seen map[Passed]bool, n python.Node, op *effects.Op) []Passed {
	p := Passed{n, op.Res.Name}
	if seen[p] {
		return list
	}
	seen[p] = true
	return append(list, p)
}
