package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// PutsBack tells whether two requests of one kind give a row what they were given for one column of it, and otherwise what stood there: the old
// value comes back only where a request was sent for nothing. Of several columns each request may be sent for another one.
func (r *Race) PutsBack() bool {
	if !r.Self() || r.Relation != SameRow || r.Op(r.Read).Res.Store != interleave.Table || r.DoesTwice() {
		return false
	}
	contested := r.Contested()
	var replaced []string
	for _, act := range r.Acts {
		for _, a := range r.Op(act).Set {
			if len(contested) > 0 && !slices.Contains(contested, a.Column) || r.keeps(a) {
				continue
			}
			if a.Relative || a.Value == "" || a.Column == "*" || strings.ContainsAny(a.Value, "+*%/(") || strings.HasPrefix(a.Value, "not ") || strings.Contains(a.Value, r.Resource()+"[") {
				return false
			}
			if !slices.Contains(replaced, a.Column) {
				replaced = append(replaced, a.Column)
			}
		}
	}
	return len(replaced) == 1
}

// keeps tells whether a column is given what it held.
func (r *Race) keeps(a interleave.Assignment) bool {
	return strings.HasPrefix(a.Value, r.Resource()+"[") && strings.HasSuffix(a.Value, "]."+a.Column)
}
