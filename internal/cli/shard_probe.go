//go:build !lean

package cli

import (
	"io"

	"github.com/middlebrick/middlebrick/internal/shard"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/probe"
)

// pairsOf makes a run one shard of a divided one; it returns nil for a run of its own.
func (c *command) pairsOf(f *scanFlags, opts *probe.Options) (*shard.Part, error) {
	if f.shard == "" {
		return nil, nil
	}
	number, shards, err := shard.Parse(f.shard)
	if err != nil {
		return nil, usage("middlebrick plan --shards N prints them", "--shard: %w", err)
	}
	if len(f.reports) > 0 || f.output != "" && f.output != "json" || f.baseline != "" || opts.Only != "" {
		return nil, usage("leave it to middlebrick merge", "with --shard the result is a part of a report: --report, --output, --baseline and --only are of the whole")
	}
	part := &shard.Part{Schema: shard.Schema, Shard: number, Pairs: shard.NewPairs(nil, shards)}
	opts.Shard, opts.Shards = number, shards
	opts.Divided = func(pairs []probe.Pair) { part.Pairs = planOf(pairs, shards) }
	return part, nil
}

func planOf(pairs []probe.Pair, shards int) *shard.Pairs {
	var out []shard.Pair
	for _, p := range pairs {
		out = append(out, shard.Pair(p))
	}
	return shard.NewPairs(out, shards)
}

// writePairs writes what one shard of a prober saw. It decides nothing: the gate is that of all shards together.
func (c *command) writePairs(f *scanFlags, part *shard.Part, static []finding.Finding, result *finding.Report) error {
	part.Static = static
	part.Reports = []shard.Report{{Application: ".", Report: result}}
	c.tellProbe(result)
	return c.emitTo(f.file, func(w io.Writer) error { return encode(w, part) })
}

// writePairsPlan writes which shard races which pairs.
func (c *command) writePairsPlan(s *shardFlags, pairs []probe.Pair) error {
	plan := planOf(pairs, s.shards)
	return c.emitPlan(s, plan, plan.GitHub)
}
