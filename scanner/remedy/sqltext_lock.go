package remedy

import (
	"regexp"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// lockText adds the row lock to the SELECT on which the check rests.
func lockText(r *race.Race) []change {
	s := sqlTextAt(r, r.Read)
	if s == nil || r.Engine.SQLite() || r.Op(r.Read).Lock.Strength != interleave.NoLock {
		return nil
	}
	lower := strings.ToLower(strings.TrimSpace(s.text))
	if !strings.HasPrefix(lower, "select") {
		return nil
	}
	for _, word := range []string{"for update", "for share", "group by", "distinct", "count(", "sum(", "max(", "min(", "avg(", "union"} {
		if strings.Contains(lower, word) {
			return nil
		}
	}
	of, ok := s.lockedOf(lower)
	if !ok {
		return nil
	}
	clause := "FOR UPDATE" + of
	if strings.Contains(s.text, "select") {
		clause = "for update" + of
	}
	body := strings.TrimRight(s.text, " \t\r\n;")
	at := s.at + int32(len(body))
	return []change{{s.f, at, at, below(body) + clause}}
}

// below is what stands before another clause of a statement: where its clauses have lines of their own, a line as deep as it begins.
func below(statement string) string {
	if !strings.Contains(strings.TrimSpace(statement), "\n") {
		return " "
	}
	first := strings.TrimLeft(statement, " \t\r\n")
	start := statement[:len(statement)-len(first)]
	if i := strings.LastIndexByte(start, '\n'); i >= 0 {
		return start[i:]
	}
	return " "
}

var (
	joinsTables = regexp.MustCompile(`\bjoin\b`)
	fromClause  = regexp.MustCompile(`\bfrom\s+(?:\w+\.)?"?(\w+)"?(?:\s+(?:as\s+)?(\w+))?`)
)

// lockedOf says whose rows are locked where others are joined: those of the table itself, by the name that the query has for it. ok is false
// where it stands on a side of a join that may be empty, or where its name is not plain.
func (s *sqlText) lockedOf(lower string) (of string, ok bool) {
	if !joinsTables.MatchString(lower) {
		return "", true
	}
	found := fromClause.FindStringSubmatch(lower)
	if found == nil || counts(s.driver) || strings.Count(lower, "select") > 1 || strings.Contains(lower, "right ") || strings.Contains(lower, "full ") {
		return "", false
	}
	name := found[1]
	if !strings.EqualFold(name, effects.Last(s.r.Resource())) {
		return "", false
	}
	if alias := found[2]; alias != "" && !slices.Contains([]string{"join", "inner", "left", "cross", "where", "order", "limit", "on"}, alias) {
		name = alias
	}
	return " OF " + name, true
}
