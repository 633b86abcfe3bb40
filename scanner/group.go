package scanner

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/rules"
)

// group is what readers see as one race: one decision, whichever routes reach it and whatever it leads to.
type group struct {
	rule *rules.Rule
	r    *race.Race
	key  string
	look look // of the witness that is named first, whichever stands first in the source
	// others are the further witnesses, which may do something else on the strength of the decision.
	others []*race.Race
}

// findings names the races, joins those that are the same one, and puts them into words.
func (a *assembler) findings(races []*race.Race, wanted func(id string) bool) []finding.Finding {
	byKey := map[string]*group{}
	var groups []*group
	for _, r := range races {
		rule := rules.Name(r)
		if rule == nil || !wanted(rule.ID) {
			continue
		}
		key := raceKey(rule, r)
		if g := byKey[key]; g != nil {
			g.join(rule, r)
			continue
		}
		g := &group{rule: rule, r: r, key: key, look: look{r.Trace, r.Read}}
		byKey[key], groups = g, append(groups, g)
		r.Routes = []*flow.Trace{r.Trace}
	}
	return a.oneForEachLook(groups)
}

// join adds another witness of the same race. Where the rules call the two by different names, the one that weighs more names both.
func (g *group) join(rule *rules.Rule, r *race.Race) {
	if better(r, g.r) || rule != g.rule && r.Trace.Assumed == g.r.Trace.Assumed && rule.SeverityOf(r).Rank() > g.rule.SeverityOf(g.r).Rank() {
		g.others = append(g.others, g.r)
		r.Routes, g.r, g.rule = append([]*flow.Trace{r.Trace}, g.r.Routes...), r, rule
	} else {
		g.others = append(g.others, r)
	}
	if !slices.Contains(g.r.Routes, r.Trace) {
		g.r.Routes = append(g.r.Routes, r.Trace)
	}
	if routeName(r.Trace) < routeName(g.look.trace) {
		g.look = look{r.Trace, r.Read}
	}
	g.share(r)
}

// routeName is the name of an entry point.
func routeName(t *flow.Trace) string {
	return t.Entry.Method + " " + t.Entry.Path + " " + t.Entry.Function.Qualname
}

// share takes over what another race of the same request acts on and decides by.
func (g *group) share(r *race.Race) {
	if r.Trace != g.r.Trace {
		return
	}
	for _, act := range r.Acts {
		if !slices.Contains(g.r.Acts, act) {
			g.r.Acts = append(g.r.Acts, act)
		}
	}
	for _, c := range r.Checks {
		if !slices.Contains(g.r.Checks, c) {
			g.r.Checks = append(g.r.Checks, c)
		}
	}
}

// better tells whether r is a better witness than old: what anybody can call before what runs by itself, and that before an entry
// point that is only assumed.
func better(r, old *race.Race) bool { return reach(r.Trace) > reach(old.Trace) }

// reach ranks entry points by who can call them.
func reach(t *flow.Trace) int {
	switch {
	case t.Assumed:
		return 0
	case t.Entry.Kind == fastapi.Worker || t.Entry.Kind == fastapi.Job:
		return 1
	}
	return 2
}

// look is one load of a row by one request.
type look struct {
	trace *flow.Trace
	read  int
}

// oneForEachLook joins the races that rest on one look at a row: what is checked and written there is repaired in one place, so it
// is told once, by the name that weighs most.
func (a *assembler) oneForEachLook(groups []*group) []finding.Finding {
	var out []finding.Finding
	var of []*group
	at := map[look]int{}
	told := map[look]*group{}
	later := map[int]look{} // what work after the answer trusts
	for _, g := range withoutFurtherLooks(withoutCounts(groups)) {
		f := a.finding(g)
		if g.r.Relation.Group() != "row" {
			if g.r.Relation == race.Captured {
				later[len(out)] = g.look
			}
			out, of = append(out, f), append(of, g)
			continue
		}
		l := g.look
		old := told[l]
		if old == nil {
			at[l], told[l] = len(out), g
			out, of = append(out, f), append(of, g)
			continue
		}
		if outweighs(&f, &out[at[l]]) {
			g, old = old, g
			told[l] = old
		}
		for _, t := range g.r.Routes {
			if !slices.Contains(old.r.Routes, t) {
				old.r.Routes = append(old.r.Routes, t)
			}
		}
		old.share(g.r)
		out[at[l]], of[at[l]] = a.finding(old), old
	}
	for i := range out {
		a.mend(&out[i], of[i].r) // only now, because what is joined with another one would have been mended for nothing
	}
	for n, l := range later {
		if told[l] != nil && out[at[l]].Severity.Rank() >= out[n].Severity.Rank() && out[n].Severity == finding.High {
			out[n].Severity = finding.Medium // the same look stops the merge already, for what the request itself does
		}
	}
	return out
}

// withoutFurtherLooks drops what is told of rows that are made into others, once they were looked at, for each further look of the same request:
// they are taken away in one place, and whoever finds that they are gone is turned away there.
func withoutFurtherLooks(groups []*group) []*group {
	taken := map[look]bool{}
	return slices.DeleteFunc(groups, func(g *group) bool {
		if g.rule.ID != "MB112" || !g.r.Taking() {
			return false
		}
		place := look{g.r.Trace, g.r.Act}
		again := taken[place]
		taken[place] = true
		return again
	})
}

// withoutCounts drops what is told of the writing back of a number of attempts, where the limit that is set by that number is told with
// the same write: one race, whether it is seen where it turns requests away or where it is counted.
func withoutCounts(groups []*group) []*group {
	limits := slices.DeleteFunc(slices.Clone(groups), func(g *group) bool { return g.rule.ID != "MB305" })
	return slices.DeleteFunc(groups, func(g *group) bool {
		return g.rule.ID != "MB305" && slices.ContainsFunc(limits, func(l *group) bool {
			return l.r.Trace == g.r.Trace && l.r.Resource() == g.r.Resource() && slices.Contains(l.r.Acts, g.r.Act)
		})
	})
}

// outweighs tells whether f says more than g of the same look: the worse consequence, and then the more particular rule.
func outweighs(f, g *finding.Finding) bool {
	if f.Severity.Rank() != g.Severity.Rank() {
		return f.Severity.Rank() > g.Severity.Rank()
	}
	return rules.Order(f.Rule) < rules.Order(g.Rule)
}
