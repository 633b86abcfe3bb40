package shard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sort"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// PairsSchema names the form of a plan that divides the pairs of a prober.
const PairsSchema = "middlebrick-pairs/1"

// Pair is a race that one shard runs, on an instance of the application of its own.
type Pair struct {
	ID    string `json:"id"`
	Test  string `json:"test"`
	Title string `json:"title"`
	Shard int    `json:"shard"` // from 1 on
}

// Pairs says which shard races which pairs.
type Pairs struct {
	Schema string `json:"schema"`
	Shards int    `json:"shards"`
	Pairs  []Pair `json:"pairs"`
	matrix
}

// NewPairs is the plan of pairs that have their shards.
func NewPairs(pairs []Pair, shards int) *Pairs {
	p := &Pairs{Schema: PairsSchema, Shards: shards, Pairs: pairs}
	p.matrix = matrixOf(shards, p.Title)
	return p
}

// Title names a shard and how many pairs it races.
func (p *Pairs) Title(shard int) string {
	n := 0
	for _, pair := range p.Pairs {
		if pair.Shard == shard {
			n++
		}
	}
	if n == 1 {
		return fmt.Sprintf("%d/%d: 1 pair", shard, p.Shards)
	}
	return fmt.Sprintf("%d/%d: %d pairs", shard, p.Shards, n)
}

// Probed is what the shards of a prober wrote, put together.
type Probed struct {
	First   *finding.Report   // for what all shards have in common
	Static  []finding.Finding // what the source alone showed
	Tests   []finding.Test    // of all shards, in the order of their names
	Reports []*finding.Report
}

// JoinPairs puts together what the shards of one plan of pairs wrote. The error is a *Missing when not all of them are there.
func JoinPairs(parts []*Part) (*Probed, error) {
	first := parts[0]
	there := map[int]*Part{}
	for _, p := range parts {
		if !sameJSON(p.Pairs, first.Pairs) || !sameJSON(p.Static, first.Static) {
			return nil, fmt.Errorf("shards %d and %d are of two plans: they did not read the same commit, or were started with other flags", first.Shard, p.Shard)
		}
		if there[p.Shard] != nil {
			return nil, fmt.Errorf("shard %d is there twice", p.Shard)
		}
		there[p.Shard] = p
	}
	missing := &Missing{}
	for i := 1; i <= first.Pairs.Shards; i++ {
		if p := there[i]; p == nil || len(p.Reports) != 1 {
			missing.Shards = append(missing.Shards, first.Pairs.Title(i))
		}
	}
	if len(missing.Shards) > 0 {
		return nil, missing
	}
	out := &Probed{Static: first.Static}
	report := *there[1].Reports[0].Report
	report.Summary.Assumptions = nil
	for i := 1; i <= first.Pairs.Shards; i++ {
		r := there[i].Reports[0].Report
		out.Reports, out.Tests = append(out.Reports, r), append(out.Tests, r.Tests...)
		for _, text := range r.Summary.Assumptions {
			if !slices.Contains(report.Summary.Assumptions, text) {
				report.Summary.Assumptions = append(report.Summary.Assumptions, text)
			}
		}
		for _, skip := range r.Summary.Skipped {
			if !slices.Contains(report.Summary.Skipped, skip) {
				report.Summary.Skipped = append(report.Summary.Skipped, skip)
			}
		}
	}
	sort.SliceStable(out.Tests, func(i, j int) bool { return out.Tests[i].ID < out.Tests[j].ID })
	out.First = &report
	return out, nil
}

func sameJSON(a, b any) bool {
	x, first := json.Marshal(a)
	y, second := json.Marshal(b)
	return first == nil && second == nil && bytes.Equal(x, y)
}
