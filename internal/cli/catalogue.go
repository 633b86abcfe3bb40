package cli

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/rules"
)

type rule = finding.Rule

// catalogue lists the rules in the order of their ids.
func catalogue() []rule {
	var all []rule
	for _, r := range rules.All() {
		all = append(all, rule{ID: r.ID, Name: r.Name, Title: r.Title, Category: r.Category, Severity: r.Severity, CWE: r.CWE, Page: r.Page()})
	}
	slices.SortFunc(all, func(a, b rule) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// ruleNamed finds a rule by its id or its name.
func (c *command) ruleNamed(word string) (rule, error) {
	for _, r := range c.rules {
		if strings.EqualFold(r.ID, word) || strings.EqualFold(r.Name, word) {
			return r, nil
		}
	}
	return rule{}, c.unknownRule(word)
}

func (c *command) unknownRule(word string) error {
	var names []string
	for _, r := range c.rules {
		names = append(names, r.ID, r.Name)
	}
	hint := "middlebrick rules lists them"
	if near := nearest(word, names); near != "" {
		hint = "did you mean " + near + "? middlebrick rules lists all"
	}
	return usage(hint, "unknown rule %q", word)
}

// chosen returns the ids that --select and --ignore leave. Both take ids, names, and beginnings of ids such as MB1.
// Without either it returns nil: all rules.
func (c *command) chosen(selected, ignored []string) ([]string, error) {
	if len(selected) == 0 && len(ignored) == 0 {
		return nil, nil
	}
	keep := map[string]bool{}
	if len(selected) == 0 {
		selected = []string{"MB"}
	}
	for _, word := range selected {
		if err := c.mark(word, keep, true); err != nil {
			return nil, err
		}
	}
	for _, word := range ignored {
		if err := c.mark(word, keep, false); err != nil {
			return nil, err
		}
	}
	ids := []string{}
	for _, r := range c.rules {
		if keep[r.ID] {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 {
		return nil, usage("middlebrick rules lists them", "--select and --ignore leave no rule")
	}
	return ids, nil
}

func (c *command) mark(word string, keep map[string]bool, value bool) error {
	word = strings.TrimSpace(word)
	upper, found := strings.ToUpper(word), false
	for _, r := range c.rules {
		group := strings.HasPrefix(upper, "MB") && strings.HasPrefix(r.ID, upper)
		if group || upper == "ALL" || strings.EqualFold(r.Name, word) {
			keep[r.ID] = value
			found = true
		}
	}
	if !found {
		return c.unknownRule(word)
	}
	return nil
}
