package rules

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// What rules ask of a race.

func onTable(r *race.Race) bool  { return store(r) == interleave.Table }
func inMemory(r *race.Race) bool { return store(r) == interleave.Memory }
func onFile(r *race.Race) bool   { return store(r) == interleave.File }
func onKey(r *race.Race) bool    { return store(r) == interleave.KeyValue }

func outside(r *race.Race) bool { return store(r) == interleave.Remote }

// rows tells whether what races are the rows of a table or the documents of a collection.
func rows(r *race.Race) bool { return onTable(r) || onKey(r) && !onRedis(r) }

func store(r *race.Race) interleave.Store { return r.Op(r.Read).Res.Store }

func raced(r *race.Race) bool { return r.Verdict.Outcome == interleave.Race }

// checked tells whether a decision, and not only a value, rests on the read.
func checked(r *race.Race) bool { return len(r.Checks) > 0 }

// mentions tells whether one of the names holds one of the words.
func mentions(names []string, words ...string) bool {
	for _, n := range names {
		n = strings.ToLower(n)
		for _, w := range words {
			if strings.Contains(n, w) {
				return true
			}
		}
	}
	return false
}

// written returns the columns that the acts write on the row that was read.
func written(r *race.Race) []string {
	var out []string
	for _, a := range r.Acts {
		for _, s := range r.Op(a).Set {
			if !slices.Contains(out, s.Column) {
				out = append(out, s.Column)
			}
		}
	}
	return out
}

// onRow tells whether a row is checked, and then written or acted on.
func onRow(r *race.Race) bool { return r.Relation == race.SameRow || r.Relation == race.RowEffect }

// overlap returns the columns that are both looked at and written. An effect stands for a write of what was looked at.
func overlap(r *race.Race) []string {
	if r.Relation == race.RowEffect {
		return r.Columns
	}
	var out []string
	w := written(r)
	for _, c := range r.Columns {
		if r.EmptiesKey(c) && !r.GivesForKey() {
			continue
		}
		if slices.Contains(w, c) && c != "id" { // nobody gives a row another number
			out = append(out, c)
		}
	}
	return out
}

// wholeOrSame tells whether what is written derives from the same column's old value, or from the whole content.
func wholeOrSame(r *race.Race) bool {
	if r.SavesWhole(r.Act) {
		return true
	}
	if len(r.Columns) == 0 {
		return !onTable(r) || slices.Contains(written(r), "*") || r.Op(r.Read).Obj == 0
	}
	return len(overlap(r)) > 0 || slices.Contains(written(r), "*") && r.Self()
}

// fillsCache tells whether an entry is looked up and, when missing, made: two requests that both make it lose only work.
func fillsCache(r *race.Race) bool {
	if mentions([]string{r.Resource()}, "cache", "client", "pool", "instance", "model", "loaded", "registry") {
		act := r.Op(r.Act)
		return act.Value != nil && act.Value.Kind != effects.Const
	}
	return false
}

// relative tells whether an act lets the store compute the new value from the latest old one.
func relative(r *race.Race) bool {
	for _, a := range r.Acts {
		for _, s := range r.Op(a).Set {
			if s.Relative && slices.Contains(r.Columns, s.Column) {
				return true
			}
		}
	}
	return false
}

// inserts tells whether the act adds a row.
func inserts(r *race.Race) bool { return r.Relation == race.SetInsert }

// tableNames returns the names by which the contested table is known.
func tableNames(r *race.Race) []string {
	names := []string{r.Resource()}
	if r.Table != nil && r.Table.Class != nil {
		names = append(names, r.Table.Class.Name)
	}
	return names
}

// checkedColumns are the columns by which the set that was looked at is restricted to equal values.
func checkedColumns(r *race.Race) []string {
	var out []string
	for _, c := range r.Op(r.Read).Res.Where {
		if c.Op == "=" {
			out = append(out, c.Column)
		}
	}
	return out
}

// checkedBefore tells whether a decision on the read can keep the insert from happening at all.
func checkedBefore(r *race.Race) bool { return checked(r) }

func removes(r *race.Race) bool {
	switch r.Op(r.Act).Kind {
	case interleave.Remove, interleave.Delete:
		return true
	}
	return false
}

func overlaps(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

func isConstant(s string) bool {
	return s != "" && (s[0] == '\'' || s[0] >= '0' && s[0] <= '9' || s == "True" || s == "False" || s == "None")
}

// isLazyInit tells whether the cell is made on first use: it is compared with None and then set to what was made.
func isLazyInit(r *race.Race) bool {
	if v := r.Op(r.Act).Value; v == nil || v.Kind == effects.Const {
		return false // a flag is raised, nothing is made
	}
	if (r.Op(r.Read).Res.Key != "*" || ofEntry(r)) && r.TurnsAwayFinder() {
		return false // who finds the entry does not use it, but is turned away by it: it is taken
	}
	for _, c := range r.Checks {
		if p := r.Op(c).Pred; p != nil {
			for _, u := range p.Uses {
				if u.Op == "not exists" || u.Op == "exists" || u.Op == "false" || u.Op == "true" {
					return r.Op(r.Read).Res.Key == "*" || r.Op(r.Read).Res.Key == "?" || fillsCache(r) || r.MadeIfMissing()
				}
			}
		}
	}
	return false
}

// ofEntry tells whether what is read is an attribute of an entry, of which there is one for each key: `gondolas[number].party`.
func ofEntry(r *race.Race) bool { return strings.Contains(r.Op(r.Read).Res.Name, "].") }

func onRedis(r *race.Race) bool { return onKey(r) && strings.HasPrefix(r.Resource(), "redis") }

func checkSite(r *race.Race) *effects.Site {
	if len(r.Checks) > 0 {
		return r.Op(r.Checks[0]).Site
	}
	return r.Op(r.Read).Site
}

// existsOnly tells that the check asks only whether the key is there.
func existsOnly(r *race.Race) bool {
	if read := r.Op(r.Read); read.Res.Name != "" && strings.HasPrefix(read.Res.Key, read.Res.Name+"[") {
		return false // what stands at the place is used, not only that something does
	}
	for _, c := range r.Checks {
		if p := r.Op(c).Pred; p != nil {
			for _, u := range p.Uses {
				switch u.Op {
				case "exists", "not exists", "true", "false":
				default:
					return false
				}
			}
		}
	}
	return len(r.Checks) > 0 && !relativeWrite(r)
}

func relativeWrite(r *race.Race) bool {
	for _, s := range r.Op(r.Act).Set {
		if s.Relative {
			return true
		}
	}
	return false
}
