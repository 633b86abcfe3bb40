package sarif

import (
	"fmt"
	"strings"
	"unicode"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// describe declares the rules. Code scanning takes the severity of an alert from its rule alone, so a finding whose
// consequence is worse or milder than its rule's gets a descriptor of its own, "MB107/critical" beside "MB107":
// the badge says the truth. Results refer to descriptors by index; the library's own look-up is linear and answers
// an unknown rule with a number that is out of range.
func (b *builder) describe(findings []*finding.Finding) {
	for _, r := range b.Rules {
		b.rules[r.ID] = r
		b.declare(r.ID, r, r.Severity)
	}
	for _, f := range findings {
		id := b.ruleID(f)
		if _, ok := b.index[id]; !ok {
			b.declare(id, b.ruleOf(f), f.Severity)
		}
	}
}

func (b *builder) declare(id string, r finding.Rule, level finding.Severity) {
	driver := b.run.Tool.Driver
	b.index[id] = len(driver.Rules)
	driver.Rules = append(driver.Rules, descriptor(id, r, level))
}

func (b *builder) ruleID(f *finding.Finding) string {
	if f.Rule == "" { // seen by running the application, and claimed by no rule
		if f.Name == "" {
			return "MB000" // an empty id would make the log invalid
		}
		return "MB000/" + f.Name + "/" + string(f.Severity)
	}
	if r, ok := b.rules[f.Rule]; ok && r.Severity != f.Severity {
		return f.Rule + "/" + string(f.Severity)
	}
	return f.Rule
}

// ruleOf returns the rule of a finding; one that is not declared is described by what the finding says of it.
func (b *builder) ruleOf(f *finding.Finding) finding.Rule {
	if r, ok := b.rules[f.Rule]; ok {
		return r
	}
	return finding.Rule{ID: f.Rule, Name: f.Name, Title: f.Name, Category: f.Category, Severity: f.Severity, CWE: f.CWE}
}

func descriptor(id string, r finding.Rule, level finding.Severity) *gosarif.ReportingDescriptor {
	title := sentence(cut(plain(or(r.Title, "Race")), maxDescription-1))
	page := or(r.Page, title)
	d := gosarif.NewRule(id).
		WithName(cut(pascal(or(r.Name, "race")), maxName)).
		WithShortDescription(gosarif.NewMultiformatMessageString(title)).
		WithFullDescription(gosarif.NewMultiformatMessageString(sentence(cut(summary(r, title), maxDescription-1)))).
		WithHelp(gosarif.NewMultiformatMessageString(page).WithMarkdown(page)).
		WithDefaultConfiguration(&gosarif.ReportingConfiguration{Level: levelOf(level)})
	d.Properties = gosarif.Properties{
		"tags":             tags(r),
		"precision":        "medium",
		"problem.severity": problem(level),
	}
	if score, ok := score[level]; ok {
		d.Properties["security-severity"] = score
	}
	return d
}

// score places a severity in the middle of code scanning's band of the same name. A note has none: it is no security alert.
var score = map[finding.Severity]string{
	finding.Critical: "9.5", finding.High: "8.0", finding.Medium: "5.5", finding.Low: "2.5",
}

func levelOf(s finding.Severity) string {
	switch {
	case s.Rank() >= finding.High.Rank():
		return "error"
	case s == finding.Medium:
		return "warning"
	}
	return "note"
}

func problem(s finding.Severity) string {
	if l := levelOf(s); l != "note" {
		return l
	}
	return "recommendation"
}

// tags let people filter alerts: by weakness, and by rule also where the descriptor is one of several severities.
func tags(r finding.Rule) []string {
	all := []string{"security", "race-condition", r.ID}
	for _, cwe := range r.CWE {
		all = append(all, "external/cwe/"+strings.ToLower(cwe))
	}
	return all[:min(len(all), maxTags)]
}

// summary is the first paragraph of the rule's page below a heading.
func summary(r finding.Rule, title string) string {
	for paragraph := range strings.SplitSeq(r.Page, "\n\n") {
		paragraph = strings.TrimSpace(paragraph)
		if paragraph == "" || strings.HasPrefix(paragraph, "#") || strings.HasPrefix(paragraph, "```") {
			continue
		}
		return plain(strings.Join(strings.Fields(paragraph), " "))
	}
	return title
}

// plain takes the marks of Markdown out of a line of text.
func plain(s string) string { return strings.NewReplacer("`", "", "**", "").Replace(s) }

// pascal turns state-transition-race into StateTransitionRace.
func pascal(name string) string {
	var b strings.Builder
	up := true
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			up = true
			continue
		case up:
			r = unicode.ToUpper(r)
		}
		up = false
		b.WriteRune(r)
	}
	return b.String()
}

func or(s, otherwise string) string {
	if strings.TrimSpace(s) == "" {
		return otherwise
	}
	return s
}

func (b *builder) title(f *finding.Finding) string {
	return or(f.Description, fmt.Sprintf("%s in %s", or(f.Name, f.Rule), f.Location.Path))
}
