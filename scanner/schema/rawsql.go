package schema

import (
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/sql"
)

// script is SQL of one file or one string.
type script struct {
	path, text string
	place      Place
	migration  bool // drops count
}

// rawHistory applies the definitions that stand in SQL: set-up code of projects without an ORM, and migrations of tools
// that keep SQL in Python or in files. Files are taken in the order of their names, numbers by value.
func (r *reader) rawHistory() *history {
	h := newHistory()
	for _, script := range r.scripts() {
		for _, s := range sql.Parse(script.text) {
			if s.Definition != nil {
				h.apply(s.Definition, script.place, script.migration)
			}
		}
	}
	return h
}

func (r *reader) scripts() []script {
	var found []script
	for _, t := range r.texts {
		m := t.scope.Module
		if !isRevision(m) && !isTestPath(m.File.Path) && (t.scope.Function == nil || !undoes(t.scope.Function.Name)) {
			found = append(found, script{m.File.Path, t.text, r.place(m, t.node), r.isMigration(m)})
		}
	}
	for _, c := range r.f.scripts {
		name := strings.ToLower(c.Path)
		if !isTestPath(c.Path) && !strings.Contains(name, ".down.") && !strings.Contains(name, "rollback") && !strings.HasSuffix(name, "/down.sql") {
			text, _, _ := strings.Cut(string(c.Data), "-- migrate:down") // dbmate, goose: the way back in the same file
			text, _, _ = strings.Cut(text, "-- +goose Down")
			found = append(found, script{c.Path, text, Place{c.Path, 1}, strings.Contains(name, "migration")})
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return natural(found[i].path) < natural(found[j].path) })
	return found
}

// undoes tells that a function takes a migration back.
func undoes(name string) bool {
	for _, word := range []string{"downgrade", "down", "rollback", "revert", "backward", "backwards", "drop_all"} {
		if name == word {
			return true
		}
	}
	return false
}

// natural pads the numbers of a path, so that 10 comes after 9.
func natural(path string) string {
	var b strings.Builder
	for i := 0; i < len(path); {
		j := i
		for j < len(path) && '0' <= path[j] && path[j] <= '9' {
			j++
		}
		if j > i && j-i < 20 {
			b.WriteString(strings.Repeat("0", 20-(j-i)))
		}
		if j == i {
			j++
		}
		b.WriteString(path[i:j])
		i = j
	}
	return b.String()
}
