package config

import (
	"fmt"
	"strings"

	"github.com/middlebrick/middlebrick/internal/suggest"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// UnknownRule is a word that names no rule.
type UnknownRule struct{ Word, Hint string }

func (e *UnknownRule) Error() string { return fmt.Sprintf("unknown rule %q", clip(e.Word)) }

// Unknown says which rule was probably meant.
func Unknown(rules []finding.Rule, word string) *UnknownRule {
	var names []string
	for _, r := range rules {
		names = append(names, r.ID, r.Name)
	}
	hint := "middlebrick rules lists them"
	if near := suggest.Nearest(word, names); near != "" {
		hint = "did you mean " + near + "? middlebrick rules lists all"
	}
	return &UnknownRule{word, hint}
}

// Matching returns the ids of the rules that a word names: an id, the beginning of ids such as MB1, a name, or ALL.
func Matching(rules []finding.Rule, word string) ([]string, error) {
	word = strings.TrimSpace(word)
	upper := strings.ToUpper(word)
	var ids []string
	for _, r := range rules {
		family := strings.HasPrefix(upper, "MB") && strings.HasPrefix(r.ID, upper)
		if family || upper == "ALL" || strings.EqualFold(r.Name, word) {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 {
		return nil, Unknown(rules, word)
	}
	return ids, nil
}

// Chosen returns the ids that select and ignore leave, nil when both are empty: all rules.
func Chosen(rules []finding.Rule, selected, ignored []string) (map[string]bool, error) {
	if len(selected) == 0 && len(ignored) == 0 {
		return nil, nil
	}
	keep := map[string]bool{}
	if len(selected) == 0 {
		selected = []string{"ALL"}
	}
	for i, words := range [][]string{selected, ignored} {
		for _, w := range words {
			ids, err := Matching(rules, w)
			if err != nil {
				return nil, err
			}
			for _, id := range ids {
				if i == 0 {
					keep[id] = true
				} else {
					delete(keep, id)
				}
			}
		}
	}
	return keep, nil
}
