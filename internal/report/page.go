package report

import (
	"fmt"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// Page is a rule's page for a terminal: its Markdown as it is, with the headings and the code made visible by colour.
func Page(rule finding.Rule, color bool) string {
	p := painter(color)
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s, %s, %s\n\n", p.severity(rule.Severity, rule.ID), p.bold(rule.Name), rule.Severity,
		strings.Join(append([]string{rule.Category}, rule.CWE...), ", "))
	if strings.TrimSpace(rule.Page) == "" {
		return b.String() + rule.Title + ".\n\nThis rule has no page yet.\n"
	}
	code := false
	for line := range strings.SplitSeq(strings.TrimSpace(rule.Page), "\n") {
		switch {
		case strings.HasPrefix(line, "```"):
			code = !code
			line = p.dim(line)
		case code:
			line = p.code(line)
		case strings.HasPrefix(line, "#"):
			line = p.bold(line)
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}
