package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// What a row is called: a name that people tell rows apart by. Where nothing finds a row by it, two rows of one name are two lines in a list.

// labels are how columns end that hold what a row is called.
var labels = []string{"name", "title", "label"}

func isLabel(column string) bool {
	column = strings.ToLower(column)
	return slices.ContainsFunc(labels, func(l string) bool { return column == l || strings.HasSuffix(column, "_"+l) })
}

// foundByName returns the columns, as table.column, by whose value some request looks for a row for more than to refuse who wants the name
// for another one.
func foundByName(traces []*flow.Trace) map[string]bool {
	found := map[string]bool{}
	for _, t := range traces {
		for i := range t.Ops {
			op := &t.Ops[i]
			if op.Kind != interleave.Read || !isRow(op) {
				continue
			}
			for _, c := range op.Res.Where {
				if isLabel(c.Column) && c.Op == "=" && !isConstant(c.Value) && !found[op.Res.Name+"."+c.Column] && !refusesFound(t, i) {
					found[op.Res.Name+"."+c.Column] = true
				}
			}
		}
	}
	return found
}

// refusesFound tells whether the first decision on what was looked for turns the request away where something was found.
func refusesFound(t *flow.Trace, read int) bool {
	check := read
	for check < len(t.Ops) && (t.Ops[check].Kind != interleave.Check || !asksAbout(t, check, read)) {
		check++
	}
	for i := check + 1; i < len(t.Ops); i++ {
		for c := t.Ops[i].Ctx; c != nil; c = c.Up {
			if c.Check == check {
				return c.Leaves >= effects.LeavesFunction && c.Arm == 0 && asksPresent(t.Ops[check].Pred, t.Ops[read].Res.Aggregate)
			}
		}
	}
	return false
}

// asksPresent tells whether a decision asks for something that is there.
func asksPresent(p *effects.Pred, aggregate interleave.Aggregate) bool {
	return p != nil && slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
		return u.Op == "true" || u.Op == "exists" || u.Op == ">" && aggregate == interleave.Count
	})
}

// OnlyLabel tells whether all that was asked before a row was inserted or renamed is whether what it is called is free, by itself or under one
// parent, and nobody finds a row by that.
func (r *Race) OnlyLabel() bool {
	read := r.Op(r.Read)
	if r.Relation != SetInsert && !r.Renames() || matches(r.Resource(), persons) || matches(r.Resource(), worth) || WorksOnce(r.Resource()) || len(read.Rare().Elsewhere) > 0 || r.SendsOut() {
		return false
	}
	called := false
	for _, c := range read.Res.Where {
		switch {
		case c.Op == "!=" && r.namesRow(c.Column):
		case c.Op != "=" || c.SubQuery || c.Column == "":
			return false
		case isLabel(c.Column):
			if r.foundByName[r.Resource()+"."+c.Column] {
				return false
			}
			called = true
		case !isConstant(c.Value) && !namesNumber(c.Column) && (read.Table == nil || read.Table.Column(c.Column) == nil || read.Table.Column(c.Column).Target == ""):
			return false
		}
	}
	return called
}

// awaiting begin the words for the state of a row that somebody else has yet to decide on.
var awaiting = []string{"pend", "request", "await", "submit"}

// AsksSomebody tells whether the new row is somebody's own request that another person has yet to decide on, and nothing is done because of it
// but to tell of it: who asks twice is answered twice.
func (r *Race) AsksSomebody() bool {
	read, act := r.Op(r.Read), r.Op(r.Act)
	if r.Relation != SetInsert || matches(r.Resource(), worth) || WorksOnce(r.Resource()) || !ofPerson(read, r.personal) {
		return false
	}
	waits := slices.ContainsFunc(act.Set, func(a interleave.Assignment) bool {
		return strings.HasPrefix(a.Value, "'") && begins(strings.ToLower(strings.Trim(a.Value, "'")), awaiting)
	})
	return waits && !slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		if i <= r.Read || i == r.Act || op.Phase >= effects.Teardown || !isAct(r.Trace, i) || !r.decidedOn(i) {
			return false
		}
		return !(op.Kind == interleave.Effect && onlyTells(r.Trace, op)) && op.Res.Store != interleave.Memory && !matches(op.Res.Name, bookkeeping) && !matches(op.Res.Name, telling)
	})
}
