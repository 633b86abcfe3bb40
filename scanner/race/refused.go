package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// A claim of another table: who takes a row makes another one, whose unique key is made of the row that was taken, or of what it was
// found by. The second request makes the same key, and the database refuses it: with it goes all that the transaction writes, and where
// the new row is made before the act, the request gets no further, whatever was committed in between.

// refusedElsewhere tells whether the database refuses a second request that gets as far as the act by a row that it makes elsewhere.
func (r *Race) refusedElsewhere(w writer, p *Path) bool {
	read, act := r.Op(r.Read), r.Op(r.Act)
	key := read.Res.Key
	if key == "" && act.Obj != 0 && act.Obj == read.Obj {
		key = act.Res.Key // the row of several that was taken out of what was found
	}
	same := r.Relation == SameRow && act.Res.Store == interleave.Table && act.Session != 0
	if !same && r.Relation != RowEffect || w.trace != r.Trace || key == "" || !p.has(w.op) {
		return false
	}
	goesWith := func(made, at int) bool { // what is written at one place is not written without the row
		op, write := r.Op(made), r.Op(at)
		if write.Kind == interleave.Effect { // what is done elsewhere is not done without it where the database was asked before
			sent := p.sends(made)
			return made < at && sent < at && (sent > made || op.Kind == interleave.Insert) && within(write.Ctx, op.Ctx)
		}
		return op.Session == write.Session && within(write.Ctx, op.Ctx) && (made < at || !p.commitsBetween(op.Session, made, at))
	}
	row := r.Resource() + "[" + key + "]"
	return slices.ContainsFunc(p.Ops, func(i int) bool {
		op := r.Op(i)
		if op.Kind != interleave.Add && op.Kind != interleave.Insert || op.Res.Store != interleave.Table || op.Res.Name == r.Resource() || op.Swallowed ||
			op.Flags&(interleave.OnConflictIgnore|interleave.OnConflictUpdate) != 0 || !goesWith(i, r.Act) || !goesWith(i, w.op) {
			return false
		}
		return slices.ContainsFunc(op.Unique, func(key []string) bool { return r.madeOfRow(op, key, row) })
	})
}

// madeOfRow tells whether what a new row gets in the columns of a key is the same for everybody who holds another row.
func (r *Race) madeOfRow(op *effects.Op, key []string, row string) bool {
	made := false
	for _, column := range key {
		value, ok := assigned(op.Set, column)
		of := ok && (strings.Contains(value, row) || foundBy(r.Op(r.Read), value) || r.equals(op, value, row))
		if !of && (!ok || !isConstant(value) || value == "None") {
			return false
		}
		made = made || of
	}
	return made
}

// foundBy tells whether a row was looked for by a value, so that everybody who holds the row has this value.
func foundBy(read *effects.Op, value string) bool {
	if value == "" || isConstant(value) {
		return false
	}
	return len(read.Res.Where) == 0 && value == read.Res.Key || slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool {
		return c.Op == "=" && !c.Either && !c.SubQuery && c.Value == value
	}) // a row that is got by its primary key has no conditions, and its key is the value
}

// equals tells whether an operation only happens where a value, or what it is a form of, has been found to be that of a column of the row.
func (r *Race) equals(op *effects.Op, value, row string) bool {
	for c := op.Ctx; c != nil; c = c.Up {
		if c.Check < 0 {
			continue
		}
		p := r.Op(c.Check).Pred
		if p == nil || !p.Certain(c.Arm) {
			continue
		}
		for _, u := range p.Uses {
			rel := u.On(c.Arm)
			if rel != "=" || u.Left == nil || u.Right == nil {
				continue
			}
			held, asked := u.Left.Sym, u.Right.Sym
			if !strings.HasPrefix(held, row) {
				held, asked = asked, held
			}
			if strings.HasPrefix(held, row+".") && asked != "" && !strings.Contains(asked, row) && (strings.HasPrefix(value, asked) || strings.HasPrefix(asked, value) || r.soleRow(asked, value)) {
				return true
			}
		}
	}
	return false
}

// soleRow tells whether a value is a column of a row that no two rows share, and key is what that row was found by: who has the value has
// the row, as the one user with an address.
func (r *Race) soleRow(value, key string) bool {
	at := strings.Index(value, "["+key+"].")
	if key == "" || at < 0 {
		return false
	}
	table, column := value[:at], value[at+len(key)+3:]
	return r.Trace.Any(func(op *effects.Op) bool {
		if op.Table == nil || op.Table.Name != table || op.Res.Key != key {
			return false
		}
		_, sole := op.Table.UniqueOn([]string{column})
		return sole
	})
}

// commitsBetween tells whether a session ends a transaction between two operations of a path, in whichever order they stand.
func (p *Path) commitsBetween(session, i, j int) bool {
	return slices.ContainsFunc(p.Ops, func(k int) bool {
		op := &p.Trace.Ops[k]
		return k > min(i, j) && k < max(i, j) && op.Session == session && (op.Kind == interleave.Commit || op.Kind == interleave.Rollback)
	})
}
