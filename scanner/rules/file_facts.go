package rules

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// What rules ask of a race on a path.

// asksExistence tells whether what was looked at is only whether something is there.
func asksExistence(r *race.Race) bool {
	return r.Op(r.Read).Res.Aggregate == interleave.Exists
}

// takenMeanwhile tells whether the operating system refuses the second request, and nobody handles that.
func takenMeanwhile(r *race.Race) bool {
	return onFile(r) && r.Verdict.Outcome == interleave.FailsCleanly && r.Verdict.Errors&interleave.UniqueViolation != 0
}

// comesBack tells whether a file that was found to be there is written when somebody has taken it away.
func comesBack(r *race.Race) bool {
	return onFile(r) && r.Op(r.Act).Kind == interleave.Update && !r.FindsNothing() && r.TakenByBoth()
}

// filledOnDemand tells whether the file is made when it is missing and used either way: two requests that both make it lose
// work, and nobody was promised that there was none.
func filledOnDemand(r *race.Race) bool {
	if !asksExistence(r) {
		return false
	}
	key := r.Op(r.Read).Res.Key
	for i := range r.Trace.Ops {
		op := r.Op(i)
		if op.Kind == interleave.Read && op.Res.Store == interleave.File && op.Res.Aggregate == interleave.Rows && op.Res.Key == key {
			return true
		}
	}
	return false
}

// validates tells whether the decision is the validation of a model.
func validates(r *race.Race) bool {
	for _, c := range r.Checks {
		if r.Op(c).Rare().Demands == "validation" {
			return true
		}
	}
	return false
}

// namedByClient tells whether the request chooses the file: its name holds a parameter of the entry point.
func namedByClient(r *race.Race) bool {
	fn := r.Trace.Entry.Function
	if fn == nil || r.Trace.Assumed {
		return false
	}
	key := r.Op(r.Read).Res.Key
	if outside(r) {
		key = "{" + key + "}"
	}
	for _, p := range fn.Params {
		if holdsWord(key, p.Name) {
			return true
		}
	}
	return false
}

// fromSettings tells whether an address is the application's own choice: a field of its configuration, whatever else went into that.
func fromSettings(r *race.Race) bool {
	key := r.Op(r.Read).Res.Key
	from, _, _ := strings.Cut(key, "(")
	return mentions([]string{from}, "setting", "config", "getenv", "environ") || strings.HasSuffix(key, "base_url") ||
		!namedByClient(r) && mentions([]string{key}, "setting", "config", "getenv", "environ")
}

// holdsWord tells whether a name stands in the unknown parts of a text.
func holdsWord(text, word string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 || word == "" {
			return false
		}
		i += at
		end := i + len(word)
		if (i == 0 || !wordByte(text[i-1])) && (end == len(text) || !wordByte(text[end])) && strings.IndexByte(text[:i], '{') >= 0 {
			return true
		}
		at = end
	}
}

func wordByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
