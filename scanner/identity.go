package scanner

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// identity tells which race this is, in words that outlive an edit: where it is decided, on what, what is done about it, and what
// goes wrong. It holds no line and no text of the source, and not the name that the rules give it: a race stays the same one when
// it is told under another rule because something around it changed.
func identity(r *race.Race) string {
	done, _ := deed(r)
	return strings.Join([]string{where(r), r.Resource(), kindOf(r), done, harm(r)}, "|")
}

// kindOf is the relation of check and act, where more than one can be between the same two.
func kindOf(r *race.Race) string {
	group := r.Relation.Group()
	if act := r.Op(r.Act).Site.Function; r.Relation == race.Again && act != nil {
		group += "|" + act.Qualname // a test that many share is no more than that: each use of its answer is a place of its own
	}
	return group
}

// where is the function that decides, and the entry point where no function is known.
func where(r *race.Race) string { return placeOf(r, checkSite(r)) }

func placeOf(r *race.Race, site *effects.Site) string {
	if site.Function == nil {
		return strings.TrimSpace(r.Trace.Entry.Method + " " + r.Trace.Entry.Path)
	}
	return site.Module.Name + "." + site.Function.Qualname
}

// identity is that of the group: of several witnesses the one that has the worst end and does the most to the thing that was checked, and
// else the first by name. Which of them stands first in the source may not count: to move a function makes no other race of it.
func (g *group) identity() string {
	best, name := 0, ""
	for _, r := range append(g.others, g.r) {
		if reach(r.Trace) != reach(g.r.Trace) {
			continue
		}
		_, weight := deed(r)
		weight += 4 * int(r.Verdict.Outcome)
		if id := identity(r); name == "" || weight > best || weight == best && id < name {
			best, name = weight, id
		}
	}
	return name
}

// deed is what is done on the strength of the check, and to what. Of several deeds it is what is done to the thing that was checked, and
// else the first of their names: which of them a finding shows depends on the rule that names it. weight tells how near it is to that thing.
func deed(r *race.Race) (least string, weight int) {
	for _, i := range append([]int{r.Act}, r.Acts...) {
		op := r.Op(i)
		name, near := deedOf(op), 2
		switch {
		case op.Kind == interleave.Effect:
			near = 1
		case op.Res.Name == r.Resource():
			near = 3
		}
		if near > weight || near == weight && name < least {
			least, weight = name, near
		}
	}
	return least, weight
}

func deedOf(op *effects.Op) string {
	what := "other"
	switch op.Kind {
	case interleave.Assign, interleave.Update:
		what = "change"
	case interleave.Add, interleave.Insert, interleave.InsertWhereNotExists:
		what = "insert"
	case interleave.Remove, interleave.Delete:
		what = "remove"
	case interleave.Effect:
		return "effect " + op.External
	}
	return what + " " + op.Res.Name
}

// harm is what goes wrong: the data, or only the request that the engine refuses.
func harm(r *race.Race) string {
	v := &r.Verdict
	switch {
	case v.Outcome != interleave.FailsCleanly:
		return "data"
	case v.Errors&interleave.UniqueViolation != 0:
		return "conflict"
	}
	return "refused"
}

// shortHash is a text as 16 hexadecimal digits.
func shortHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
