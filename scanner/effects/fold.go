package effects

import (
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
	"github.com/middlebrick/middlebrick/scanner/sql"
)

// Values that are compared or kept unique without regard to case: lower(email) = email.lower().

// folded returns the column inside lower(…) or upper(…), "" when the expression is something else.
func folded(expr string) string {
	for _, f := range []string{"lower(", "upper("} {
		if rest, ok := strings.CutPrefix(expr, f); ok && strings.HasSuffix(rest, ")") && !strings.ContainsAny(rest[:len(rest)-1], "( ,") {
			return rest[:len(rest)-1]
		}
	}
	return ""
}

// FoldedColumn returns the column inside lower(…) or upper(…), "" when the expression is something else.
func FoldedColumn(expr string) string { return folded(expr) }

// Fold returns the name of a value after case folding: the same for email, email.lower() and lower(email).
func Fold(v string) string {
	if v == "" || v == "None" {
		return v
	}
	for _, suffix := range []string{".lower()", ".upper()", ".casefold()"} {
		v = strings.TrimSuffix(v, suffix)
	}
	for _, f := range []string{"lower(", "upper("} {
		if rest, ok := strings.CutPrefix(v, f); ok && strings.HasSuffix(rest, ")") {
			v = rest[:len(rest)-1]
		}
	}
	return "lower(" + v + ")"
}

// withFolded adds to a new row what the unique keys over folded columns see of it.
func withFolded(t *schema.Table, set []interleave.Assignment) []interleave.Assignment {
	if t == nil {
		return set
	}
	for _, k := range t.Unique {
		for _, e := range k.Expressions {
			inner := folded(e)
			if inner == "" || has(set, e) {
				continue
			}
			for _, a := range set {
				if a.Column == inner {
					set = append(set, interleave.Assignment{Column: e, Value: Fold(a.Value)})
				}
			}
		}
	}
	return set
}

func has(set []interleave.Assignment, column string) bool {
	for _, a := range set {
		if a.Column == column {
			return true
		}
	}
	return false
}

// holes are the spellings of a placeholder in canonical text.
func holes(p sql.Param) []string {
	if p.Name != "" {
		return []string{":" + p.Name, "%(" + p.Name + ")s", "{" + p.Name + "}"}
	}
	return []string{"$" + strconv.Itoa(p.Index), "?", "%s"}
}

// bound puts the symbol of what a placeholder is bound to into the text of the expression around it, and drops casts.
func bound(text string, p sql.Param, v *Value) string {
	for _, hole := range holes(p) {
		if strings.Contains(text, hole) {
			text = strings.Replace(text, hole, v.Sym, 1)
			break
		}
	}
	if rest, ok := strings.CutPrefix(text, "cast("); ok && strings.HasSuffix(rest, ")") {
		if i := strings.LastIndex(rest, " as "); i > 0 {
			text = rest[:i]
		}
	}
	if i := strings.Index(text, "::"); i > 0 && !strings.ContainsAny(text[:i], " (") {
		text = text[:i]
	}
	return text
}
