package schema

import (
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/sql"
)

// rawHistory applies the definitions that stand as SQL in strings: set-up code of projects without an ORM, and
// migrations of tools that keep SQL in Python. Files are taken in the order of their names, numbers by value.
func (r *reader) rawHistory() *history {
	h := newHistory()
	var found []foundText
	for _, t := range r.texts {
		m := t.scope.Module
		if isRevision(m) || isTestPath(m.File.Path) || t.scope.Function != nil && undoes(t.scope.Function.Name) {
			continue
		}
		found = append(found, t)
	}
	sort.SliceStable(found, func(i, j int) bool {
		return natural(found[i].scope.Module.File.Path) < natural(found[j].scope.Module.File.Path)
	})
	for _, t := range found {
		migration := r.isMigration(t.scope.Module)
		for _, s := range sql.Parse(t.text) {
			if s.Definition != nil {
				h.apply(s.Definition, r.place(t.scope.Module, t.node), migration)
			}
		}
	}
	return h
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
