package finding

import (
	"maps"
	"slices"
)

// Clone returns a copy of a scan's report: nothing that happens to its findings or its summary happens to the other's.
func (r *Report) Clone() *Report {
	out := *r
	out.Findings = slices.Clone(r.Findings)
	for i := range out.Findings {
		out.Findings[i].unshare()
	}
	s := &out.Summary
	s.BySeverity = maps.Clone(s.BySeverity)
	s.Skipped = slices.Clone(s.Skipped)
	s.Assumptions = slices.Clone(s.Assumptions)
	s.Remarks = slices.Clone(s.Remarks)
	return &out
}

func (f *Finding) unshare() {
	f.CWE = slices.Clone(f.CWE)
	f.Steps = slices.Clone(f.Steps)
	f.Routes = slices.Clone(f.Routes)
	f.Assumptions = slices.Clone(f.Assumptions)
	f.Evidence = slices.Clone(f.Evidence)
	f.Rival, f.Guard, f.Suppressed, f.Fix = copied(f.Rival), copied(f.Guard), copied(f.Suppressed), copied(f.Fix)
	if f.Fix != nil {
		f.Fix.Edits = slices.Clone(f.Fix.Edits)
	}
	f.Repairs = slices.Clone(f.Repairs)
	for i := range f.Repairs {
		f.Repairs[i].Edits = slices.Clone(f.Repairs[i].Edits)
	}
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}
