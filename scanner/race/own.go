package race

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// asked is what the decisions and values behind an act look at: rows, by object and by key, and their columns.
type asked struct {
	objects []int
	keys    []string
	columns []string
}

// askedOf finds what the operations on which an act hangs look at in the contested table.
func (p *Path) askedOf(needed marks, about subject) asked {
	var a asked
	if about.store != interleave.Table {
		return a
	}
	for _, i := range p.Ops {
		op := &p.Trace.Ops[i]
		if !needed.has(i) || op.Res.Name != about.name || op.Res.Store != about.store {
			continue
		}
		switch op.Kind {
		case interleave.Attr:
			a.columns = append(a.columns, op.Res.Columns...)
		case interleave.Read:
			a.columns = append(a.columns, whereColumns(op.Res.Where)...)
		default:
			continue
		}
		if op.Obj != 0 && !slices.Contains(a.objects, op.Obj) {
			a.objects = append(a.objects, op.Obj)
		}
		if op.Res.Key != "" && !slices.Contains(a.keys, op.Res.Key) {
			a.keys = append(a.keys, op.Res.Key)
		}
	}
	return a
}

// answeredBy tells whether an operation gives what is asked about another value: whoever comes after it is told that one. Who claims a
// row, does the work and then settles it has shut out the others with the claim.
func (a asked) answeredBy(op *effects.Op) bool {
	if op.Kind != interleave.Assign && op.Kind != interleave.Update || op.Flags&interleave.FreshObject != 0 {
		return false
	}
	if (op.Obj == 0 || !slices.Contains(a.objects, op.Obj)) && (op.Res.Key == "" || !slices.Contains(a.keys, op.Res.Key)) {
		return false
	}
	return slices.ContainsFunc(op.Set, func(s interleave.Assignment) bool { return slices.Contains(a.columns, s.Column) })
}

// OwnFewMore tells whether the rows that are counted are the caller's own and the limit stands in no table: somebody gets a few more of what
// he may have several of, and nobody else gets less.
func (r *Race) OwnFewMore() bool {
	if r.Relation != SetInsert || !r.ofCaller(r.Read) {
		return false
	}
	limited := false
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		if p == nil {
			continue
		}
		for _, u := range p.Uses {
			switch u.Op {
			case "<", "<=", ">", ">=":
				if u.Left == nil || u.Right == nil || u.Left.Src != 0 && u.Right.Src != 0 {
					return false
				}
				limited = true
			}
		}
	}
	return limited
}

// ofCaller tells whether rows are looked for by who calls, and by nothing else that was read before.
func (r *Race) ofCaller(read int) bool { return ofCaller(r.Trace, read) }

func ofCaller(t *flow.Trace, read int) bool {
	found := false
	for _, d := range t.Ops[read].From {
		base := baseRead(t, d)
		if base >= 0 && t.Ops[base].Res.Name == effects.Claims && ofPerson(&t.Ops[read], nil) {
			found = true // whom the token names, wherever nobody looks him up
			continue
		}
		if base < 0 || t.Ops[base].Res.Store != interleave.Table && !(isDocument(&t.Ops[base]) && identityRead(t, base)) {
			continue
		}
		if op := &t.Ops[base]; op.Phase <= effects.Dependency && WorksOnce(op.Res.Name) {
			continue // whether what the caller shows was taken back
		}
		if !identityRead(t, base) {
			return false
		}
		found = true
	}
	return found
}

// OwnProfile tells whether both requests write to the row of who calls, and all that one takes from the other is what he says about himself:
// what he may do, what he shows to get in and how much of something he has is more than that.
func (r *Race) OwnProfile() bool {
	if r.Relation != SameRow || r.Rival == nil || !r.SavesWhole(r.Act) || !writesCaller(r.Trace, r.Act) || !writesCaller(r.Rival, r.RivalAct) {
		return false
	}
	lost := r.Contested()
	return len(lost) > 0 && !slices.ContainsFunc(lost, func(c string) bool {
		return matches(c, authorityWords) || matches(c, stateWords) || matches(c, codeWords) || matches(c, stakes) || matches(c, tallied) || isPresence(c)
	})
}

// stakes are parts of the names of columns of a person by which more hangs than what he says about himself.
var stakes = []string{"pass", "verif", "confirm", "totp", "factor", "attempt", "limit", "plan", "status", "expire", "version", "credit", "email"}

// writesCaller tells whether an act writes to the row of who calls.
func writesCaller(t *flow.Trace, act int) bool {
	obj := t.Ops[act].Obj
	for i := range act {
		if op := &t.Ops[i]; obj != 0 && loads(op, obj) && matches(op.Res.Name, authorityTables) {
			return identityRead(t, i) || ofCaller(t, i)
		}
	}
	return false
}
