package race

import (
	"slices"

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

// refers tells whether a column of the race's table is a foreign key.
func (r *Race) refers(column string) bool {
	c := r.Table.Columns[column]
	return c != nil && c.Target != ""
}
