package probe

import (
	"slices"
	"sort"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// Pair is a scenario of a run that several runners share.
type Pair struct {
	ID    string `json:"id"`
	Test  string `json:"test"` // the id of its test
	Title string `json:"title"`
	Shard int    `json:"shard"` // from 1 on
}

// divide says which shard races which scenario, in turn by their names: the same document gives the same division, whatever is known of
// findings and identities. What two users do goes with what one does, since the second is left out where the first one shows a race.
func divide(scenarios []*scenario, shards int) map[*scenario]int {
	order := slices.Clone(scenarios)
	sort.SliceStable(order, func(i, j int) bool { return order[i].id < order[j].id })
	out := map[*scenario]int{}
	next := 0
	alone := map[string]int{} // by what is raced against itself
	for _, s := range order {
		if s.several {
			continue
		}
		out[s] = next%shards + 1
		next++
		if s.identical() {
			alone[s.racers[0].op.Key()] = out[s]
		}
	}
	for _, s := range order {
		if s.several {
			out[s] = max(alone[s.racers[0].op.Key()], 1)
		}
	}
	return out
}

// division is which shard races which scenario, as it is told to who asked for it; nil where the run is not divided.
func (p *prober) division(scenarios []*scenario) map[*scenario]int {
	if p.opts.Shards == 0 {
		return nil
	}
	shard := divide(scenarios, p.opts.Shards)
	if p.opts.Divided != nil {
		p.opts.Divided(pairs(scenarios, shard))
	}
	return shard
}

// mine keeps the scenarios of this run's shard, all of them where it is not divided.
func (p *prober) mine(scenarios []*scenario) []*scenario {
	shard := p.division(scenarios)
	if shard == nil {
		return scenarios
	}
	return slices.DeleteFunc(slices.Clone(scenarios), func(s *scenario) bool { return shard[s] != p.opts.Shard })
}

func pairs(scenarios []*scenario, shard map[*scenario]int) []Pair {
	var out []Pair
	for _, s := range scenarios {
		out = append(out, Pair{ID: s.id, Test: testID(s), Title: s.title(), Shard: shard[s]})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// replays tells whether this run's shard replays a finding: the shard that races the first scenario which speaks of it, so that what is
// settled by the replay is not searched for elsewhere.
func (p *prober) replays(scenarios []*scenario, shard map[*scenario]int, f *finding.Finding, i int) bool {
	if shard == nil {
		return true
	}
	for _, s := range scenarios {
		if p.speaksOf(s, f) {
			return shard[s] == p.opts.Shard
		}
	}
	return i%p.opts.Shards+1 == p.opts.Shard
}

// Fuse is the report of all shards: what static analysis found, confirmed by the tests of all of them. Each shard's report holds the alerts
// of its own tests.
func Fuse(first *finding.Report, static []finding.Finding, tests []finding.Test, shards []*finding.Report) *finding.Report {
	alerts := map[string]*finding.Finding{}
	for _, r := range shards {
		for i := range r.Findings {
			if f := &r.Findings[i]; f.Rule == "" {
				alerts[f.ID] = f
			}
		}
	}
	out := *first
	out.Tests = tests
	out.Findings = finding.Confirm(static, tests, func(t *finding.Test) *finding.Finding { return alerts[t.ID] })
	doubt(out.Findings, tests)
	if out.Findings == nil {
		out.Findings = []finding.Finding{}
	}
	out.Finish()
	return &out
}
