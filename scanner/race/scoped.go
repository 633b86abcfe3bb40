package race

import (
	"cmp"
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// ScopedKey is the unique key that refuses the rival's row unless it belongs to another parent, nil without one: what was asked for
// among all rows is unique among those of one parent, so that the same request sent twice fails, and only one for another parent
// gets through.
func (r *Race) ScopedKey() []string {
	read, act := r.Op(r.Read), r.Op(r.Act)
	if r.Verdict.Outcome != interleave.Race || r.Relation != SetInsert || r.Table == nil || read.Res.Store != interleave.Table || act.Flags&(interleave.OnConflictIgnore|interleave.OnConflictUpdate) != 0 {
		return nil
	}
	var asked []string
	for _, c := range read.Res.Where {
		if c.Op != "=" || c.SubQuery {
			return nil
		}
		asked = append(asked, c.Column)
	}
	// A look that goes by parents only asks how many there are, and not for something that must be unique.
	own := slices.ContainsFunc(asked, func(column string) bool { return !r.refers(column) })
	if !own {
		return nil
	}
	for _, key := range act.Unique {
		if len(key) > len(asked) && !slices.ContainsFunc(asked, func(column string) bool { return !slices.Contains(key, column) }) &&
			!slices.ContainsFunc(key, func(column string) bool { return !slices.Contains(asked, column) && !r.refers(column) }) {
			return key
		}
	}
	return nil
}

// SpelledOtherwise tells whether only rows that are spelled differently get in side by side: the look goes without regard to case, and a
// unique key is about the column as it is, so that the same request sent twice fails.
func (r *Race) SpelledOtherwise() bool {
	read, act := r.Op(r.Read), r.Op(r.Act)
	if r.Verdict.Outcome != interleave.Race || r.Relation != SetInsert || r.Table == nil || act.Flags&(interleave.OnConflictIgnore|interleave.OnConflictUpdate) != 0 || len(act.Unique) == 0 {
		return false
	}
	var plain, rest, like, either []string
	folds := false
	for _, c := range read.Res.Where {
		inner := effects.FoldedColumn(c.Column)
		folds = folds || inner != "" && (c.Op == "=" || c.Either)
		switch column := cmp.Or(inner, c.Column); {
		case c.SubQuery:
			return false
		case c.Either:
			either = append(either, column)
		case c.Op == "=":
			plain = append(plain, column)
		case c.Op == "?" && c.Value != "":
			if v, ok := assigned(act.Set, c.Column); ok && effects.Fold(v) == effects.Fold(c.Value) { // `name ILIKE :name`
				folds, like = true, append(like, c.Column)
			}
		case c.Op == "is null":
			rest, plain = append(rest, c.Column+" is null"), append(plain, c.Column)
		}
	}
	if !folds {
		return false
	}
	if len(either) > 0 { // whichever of them it was found by
		either = append(either, like...)
		return len(either) == len(read.Res.Where) && !slices.ContainsFunc(either, func(column string) bool {
			_, unique := r.Table.UniqueWhere([]string{column}, nil)
			return !unique
		})
	}
	_, unique := r.Table.UniqueWhere(append(plain, like...), rest)
	return unique
}

// EitherWay tells whether only a row that is the mirror of the new one gets in beside it: rows are looked for that join two things, whichever
// of them stands first, and a unique key is about the order in which they stand, so that the same request sent twice fails.
func (r *Race) EitherWay() bool {
	read, act := r.Op(r.Read), r.Op(r.Act)
	if r.Verdict.Outcome != interleave.Race || r.Relation != SetInsert || r.Table == nil || act.Flags&(interleave.OnConflictIgnore|interleave.OnConflictUpdate) != 0 {
		return false
	}
	times := map[string]int{}
	for _, c := range read.Res.Where {
		if c.Either && !c.SubQuery {
			times[c.Column]++
		}
	}
	return slices.ContainsFunc(act.Unique, func(key []string) bool {
		return len(key) > 1 && givesAll(act.Set, key) && !slices.ContainsFunc(key, func(c string) bool { return times[c] < 2 })
	})
}

// refers tells whether a column of the race's table is a foreign key.
func (r *Race) refers(column string) bool {
	c := r.Table.Columns[column]
	return c != nil && c.Target != ""
}
