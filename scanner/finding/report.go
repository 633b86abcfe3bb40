package finding

import (
	"cmp"
	"slices"
	"sort"
)

// NewReport returns an empty report; its lists are empty, not null, in JSON.
func NewReport(target, version string) *Report {
	return &Report{
		Schema:   Schema,
		Target:   target,
		Tool:     Tool{Name: "middlebrick", Version: version},
		Findings: []Finding{},
		Tests:    []Test{},
		Summary:  Summary{BySeverity: map[string]int{}, Skipped: []Skip{}},
	}
}

// Finish puts findings and skipped things in their order and counts them: the same input gives the same bytes.
func (r *Report) Finish() {
	sort.SliceStable(r.Findings, func(i, j int) bool { return compare(r.Findings[i], r.Findings[j]) < 0 })
	sort.SliceStable(r.Summary.Skipped, func(i, j int) bool {
		a, b := &r.Summary.Skipped[i], &r.Summary.Skipped[j]
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Reason, b.Reason)) < 0
	})
	sort.SliceStable(r.Summary.Remarks, func(i, j int) bool {
		a, b := &r.Summary.Remarks[i], &r.Summary.Remarks[j]
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Text, b.Text)) < 0
	})
	r.count()
}

// Keep drops the findings that a filter refuses and counts the rest.
func (r *Report) Keep(wanted func(*Finding) bool) {
	r.Findings = slices.DeleteFunc(r.Findings, func(f Finding) bool { return !wanted(&f) })
	r.count()
}

func (r *Report) count() {
	r.Summary.BySeverity = map[string]int{}
	r.Summary.Suppressed = 0
	for i := range r.Findings {
		if r.Findings[i].Suppressed != nil {
			r.Summary.Suppressed++
			continue
		}
		r.Summary.BySeverity[string(r.Findings[i].Severity)]++
	}
}

// compare orders findings by severity, the worst first, then by path, line and rule; what follows only breaks ties.
func compare(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(b.Severity.Rank(), a.Severity.Rank()),
		cmp.Compare(a.Location.Path, b.Location.Path),
		cmp.Compare(a.Location.Line, b.Location.Line),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Location.Column, b.Location.Column),
		cmp.Compare(a.Endpoint, b.Endpoint),
		cmp.Compare(a.Method, b.Method),
		cmp.Compare(a.ID, b.ID),
		cmp.Compare(a.Description, b.Description),
	)
}

// Incomplete tells whether something that could hold a race was not read or not followed to its end.
func (s *Summary) Incomplete() bool { return slices.ContainsFunc(s.Skipped, Skip.Incomplete) }

// Incomplete tells whether the skipped thing could hold a race.
func (s Skip) Incomplete() bool {
	switch s.Kind {
	case "unreadable", "syntax", "too-large", "limit", "given-up", "defect":
		return true
	}
	return false
}
