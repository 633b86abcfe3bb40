package probe

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// kinds describes the test types: what to write instead, and as what a confirmed one is reported.
var kinds = map[string]struct {
	name, category, advice string
	cwe                    []string
	severity               finding.Severity
}{
	stateChange: {"state-transition-race", "Broken Object State", "Make check and write one statement, UPDATE … WHERE id = :id AND status = :expected, and test the row count; or load the row with SELECT … FOR UPDATE in the transaction that writes it.",
		[]string{"CWE-367", "CWE-841"}, finding.High},
	conflicting: {"conflicting-transition", "Broken Object State", "Let both operations name the state they expect in the WHERE clause of their write, or lock the row before either of them reads it.",
		[]string{"CWE-367", "CWE-841"}, finding.High},
	limitOverrun: {"limit-overrun", "Unrestricted Resource Consumption", "Take the amount and test the limit in one statement, UPDATE … SET left = left - :n WHERE id = :id AND left >= :n, and test the row count; a CHECK constraint keeps the rest out.",
		[]string{"CWE-367", "CWE-799"}, finding.High},
	duplicateCreate: {"duplicate-create", "Data Integrity", "Add a unique constraint and turn its violation into the answer that the check gives today; a SELECT before the INSERT excludes nobody.",
		[]string{"CWE-362", "CWE-367"}, finding.Medium},
	lostUpdate: {"lost-update", "Data Integrity", "Write the change relative to the row (SET n = n + 1), compare a version in the WHERE clause, or lock the row before reading it.",
		[]string{"CWE-362", "CWE-367"}, finding.High},
	deleteVsUse: {"delete-versus-use", "Broken Object State", "Lock the row that is used or deleted, or let a foreign key without cascade refuse the loser.",
		[]string{"CWE-362", "CWE-367"}, finding.Medium},
	tokenReuse: {"single-use-race", "Broken Authentication", "Consume the code in one statement, UPDATE … SET used = true WHERE code = :code AND NOT used, and go on only when one row was changed.",
		[]string{"CWE-367", "CWE-837"}, finding.High},
	keyReuse: {"idempotency-key-race", "Data Integrity", "Insert the key first, under a unique constraint, in the transaction that does the work; who fails to insert waits for the stored answer.",
		[]string{"CWE-362", "CWE-837"}, finding.High},
	partialBuild: {"partial-construction", "Data Integrity", "Make the object visible in one transaction, complete.",
		[]string{"CWE-362"}, finding.Medium},
	roleChange: {"role-change-versus-use", "Broken Authorization", "Test the role in the transaction of the act, or in the WHERE clause of its write.",
		[]string{"CWE-367", "CWE-863"}, finding.High},
	revocation: {"revocation-in-flight", "Broken Authorization", "Check the permission after the body has been read, in a dependency or in the handler, and not in a middleware; for acts that matter test it in the write itself.",
		[]string{"CWE-367", "CWE-613"}, finding.High},
	getSideEffect: {"get-side-effect", "Data Integrity", "Move the effect out of the GET, or make its check and its write one statement.",
		[]string{"CWE-362"}, finding.Medium},
}

func cweOf(testType string) []string { return kinds[testType].cwe }

func advice(testType, verdict string) string {
	if verdict == freshness {
		return kinds[revocation].advice
	}
	return kinds[testType].advice
}

// alert makes a finding of a confirmed race that no static finding speaks of.
func (p *prober) alert(t *finding.Test) *finding.Finding {
	k := kinds[t.TestType]
	f := &finding.Finding{ID: t.ID, Name: k.name, Category: k.category, Severity: k.severity, Confidence: finding.HighConfidence,
		CWE: k.cwe, Description: t.Vulnerability, Endpoint: t.Endpoint, Method: t.Method, Remediation: t.Recommendation,
		Steps:       []finding.Step{},
		Fingerprint: finding.Fingerprint{Race: hash(t.Method + " " + shape(t.Endpoint) + " " + t.TestType)[:32]}}
	if t.Verdict == confirmedResponse {
		f.Severity = f.Severity.Lower(1)
	}
	if t.Rival != nil {
		f.Rival = &finding.Rival{Method: t.Rival.Method, Endpoint: t.Rival.Endpoint}
	}
	if t.Location != nil {
		f.Location = finding.Location{Path: t.Location.File, Line: t.Location.Line, Column: 1, EndLine: t.Location.Line, EndColumn: 1}
		f.CodeSnippet = p.line(t.Location.File, t.Location.Line)
	}
	return f
}

// doubt writes onto a static finding what its own schedule, forced, showed against it. A guard that was seen to work on
// this engine takes one step of confidence; a schedule that turned out wrong is told, and takes none; what a search did
// not observe is not even that.
func doubt(findings []finding.Finding, tests []finding.Test) {
	for _, t := range tests {
		i := slices.IndexFunc(findings, func(f finding.Finding) bool { return t.Finding != "" && f.ID == t.Finding })
		if i < 0 || t.Verdict != guarded && t.Verdict != notReproduced {
			continue
		}
		f := &findings[i]
		text := fmt.Sprintf("%s (%s): %s", t.ID, t.Verdict, t.Vulnerability)
		if slices.Contains(f.Assumptions, text) {
			continue
		}
		if t.Verdict == guarded && len(f.Evidence) == 0 {
			f.Confidence = f.Confidence.Lower(1)
		}
		f.Assumptions = append(slices.Clone(f.Assumptions), text)
	}
}

// line reads one line of the source, for the snippet.
func (p *prober) line(path string, n int) string {
	if p.opts.Dir == "" || !filepath.IsLocal(filepath.FromSlash(path)) {
		return ""
	}
	data, err := os.ReadFile(filepath.Join(p.opts.Dir, filepath.FromSlash(path)))
	if err != nil {
		return ""
	}
	lines := strings.Split(string(data), "\n")
	if n < 1 || n > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[n-1])
}

// finishReport brings the static findings and the tests together, and counts the tests.
func (p *prober) finishReport() {
	p.report.Findings = finding.Confirm(p.opts.Findings, p.report.Tests, p.alert)
	doubt(p.report.Findings, p.report.Tests)
	if p.report.Findings == nil {
		p.report.Findings = []finding.Finding{}
	}
	counts := map[string]int{}
	for _, t := range p.report.Tests {
		counts[t.Verdict]++
	}
	var parts []string
	for _, v := range []string{confirmedState, confirmedResponse, freshness, guarded, notReproduced, notObserved, inconclusive} {
		if counts[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[v], v))
		}
	}
	told := fmt.Sprintf("%d pairs probed with %d requests: %s", len(p.report.Tests), p.target.requests.Load(), strings.Join(parts, ", "))
	if s := spread(p.spreads); s != nil {
		told += fmt.Sprintf("; beside their offsets the requests of a volley left within %.0f us, 90 %% within %.0f", s.P50, s.P90)
	}
	p.report.Summary.Assumptions = append(p.report.Summary.Assumptions, told)
	p.report.Finish()
}
