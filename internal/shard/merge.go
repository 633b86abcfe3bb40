package shard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// Schema names the form of what a shard writes.
const Schema = "middlebrick-shard/1"

// Part is what one shard writes: the report of each of its applications, and the plan, so that who joins the parts knows what must be there.
type Part struct {
	Schema string `json:"schema"`
	Shard  int    `json:"shard"`
	Plan   *Plan  `json:"plan,omitempty"`
	Pairs  *Pairs `json:"pairs,omitempty"` // of a prober, in place of the plan
	// Static is what the source alone showed, before any shard confirmed a part of it.
	Static  []finding.Finding `json:"static,omitempty"`
	Reports []Report          `json:"reports"`
}

// Report is the report of one application, its paths relative to the root of the repository.
type Report struct {
	Application string          `json:"application"`
	Report      *finding.Report `json:"report"`
}

// Decode reads a part from its JSON.
func Decode(data []byte) (*Part, error) {
	p := &Part{}
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(p); err != nil {
		return nil, fmt.Errorf("not what a shard writes: %w", err)
	}
	if p.Schema != Schema {
		return nil, fmt.Errorf("not what a shard of this version writes: its schema is %q, want %q", p.Schema, Schema)
	}
	if p.Pairs != nil && p.Plan == nil {
		if p.Pairs.Schema != PairsSchema || p.Shard < 1 || p.Shard > p.Pairs.Shards || p.Pairs.Shards > MaxShards {
			return nil, fmt.Errorf("its plan is damaged")
		}
	} else if p.Pairs != nil || p.Plan == nil || p.Plan.Schema != PlanSchema || p.Shard < 1 || p.Shard > p.Plan.Shards || p.Plan.Shards > MaxShards || len(p.Plan.Applications) == 0 ||
		slices.ContainsFunc(p.Plan.Applications, func(a Application) bool { return a.Shard < 1 || a.Shard > p.Plan.Shards }) {
		return nil, fmt.Errorf("its plan is damaged")
	}
	for _, r := range p.Reports {
		if r.Report == nil || r.Report.Schema != finding.Schema {
			return nil, fmt.Errorf("the report of %s is damaged", r.Application)
		}
	}
	return p, nil
}

// Missing is a set of parts of which some are not there, or do not hold what they should.
type Missing struct{ Shards []string }

func (m *Missing) Error() string {
	if len(m.Shards) == 1 {
		return "shard " + m.Shards[0] + " failed or is missing"
	}
	return fmt.Sprintf("%d shards failed or are missing: %s", len(m.Shards), strings.Join(m.Shards, "; "))
}

// Join joins the parts of one plan into one report, which does not depend on how many there were. The error is a *Missing when not
// all of them are there.
func Join(parts []*Part) (*finding.Report, error) {
	if len(parts) == 0 {
		return nil, fmt.Errorf("no shard wrote anything")
	}
	plan := parts[0].Plan
	if slices.ContainsFunc(parts, func(p *Part) bool { return p.Plan == nil }) {
		return nil, fmt.Errorf("some shards are of a scan and some of a prober: join each kind by itself")
	}
	want, err := json.Marshal(plan)
	if err != nil {
		return nil, err
	}
	there, reports := map[int]bool{}, map[string]*finding.Report{}
	for _, p := range parts {
		if got, err := json.Marshal(p.Plan); err != nil || !bytes.Equal(got, want) {
			return nil, fmt.Errorf("shards %d and %d are of two plans: they did not read the same commit", parts[0].Shard, p.Shard)
		}
		if there[p.Shard] {
			return nil, fmt.Errorf("shard %d is there twice", p.Shard)
		}
		there[p.Shard] = true
		for _, r := range p.Reports {
			reports[r.Application] = r.Report
		}
	}
	missing := &Missing{}
	for i := 1; i <= plan.Shards; i++ {
		if !there[i] || slices.ContainsFunc(plan.Of(i), func(a Application) bool { return reports[a.Path] == nil }) {
			missing.Shards = append(missing.Shards, plan.Title(i))
		}
	}
	if len(missing.Shards) > 0 {
		return nil, missing
	}
	return joined(plan, reports), nil
}

// joined is one report of all applications. What two of them find in code that they share is told once.
func joined(plan *Plan, reports map[string]*finding.Report) *finding.Report {
	first := reports[plan.Applications[0].Path]
	out := finding.NewReport(first.Target, first.Tool.Version)
	s := &out.Summary
	type place struct {
		id   string
		at   finding.Location
		does string
	}
	told, skipped, assumed := map[place]bool{}, map[finding.Skip]bool{}, map[string]bool{}
	unused := map[finding.Remark]int{}
	engines := map[string]bool{}
	for _, app := range plan.Applications {
		r := reports[app.Path]
		for _, f := range r.Findings {
			p := place{f.ID, f.Location, f.Rule}
			if !told[p] {
				told[p] = true
				out.Findings = append(out.Findings, f)
			}
		}
		s.Framework = max(s.Framework, r.Summary.Framework)
		s.Files += r.Summary.Files
		s.Lines += r.Summary.Lines
		s.Bytes += r.Summary.Bytes
		s.Routes += r.Summary.Routes
		s.EntryPoints += r.Summary.EntryPoints
		for _, k := range r.Summary.Skipped {
			if !skipped[k] {
				skipped[k] = true
				s.Skipped = append(s.Skipped, k)
			}
		}
		for _, a := range r.Summary.Assumptions {
			if !assumed[a] {
				assumed[a] = true
				s.Assumptions = append(s.Assumptions, a)
			}
		}
		for _, m := range r.Summary.Remarks {
			unused[m]++
		}
		engines[r.Summary.Engine] = true
	}
	for m, n := range unused {
		// A comment in shared code is used when one application has a finding there.
		if m.Kind != finding.Unused || owner(plan.Applications, m.Path) >= 0 || n == len(plan.Applications) {
			s.Remarks = append(s.Remarks, m)
		}
	}
	if len(engines) == 1 {
		s.Engine = slices.Collect(maps.Keys(engines))[0]
	}
	out.Finish()
	return out
}
