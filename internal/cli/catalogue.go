package cli

import (
	"errors"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/internal/config"
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
	sort.SliceStable(all, func(i, j int) bool { return all[i].ID < all[j].ID })
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

func (c *command) unknownRule(word string) error { return ruleError(config.Unknown(c.rules, word)) }

// ruleError is the failure for a word that names no rule.
func ruleError(err error) error {
	var at *config.UnknownRule
	if errors.As(err, &at) {
		return usage(at.Hint, "%w", err)
	}
	return err
}
