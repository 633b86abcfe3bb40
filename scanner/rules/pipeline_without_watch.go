package rules

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/race"
)

var pipelineWithoutWatch = Rule{
	ID:       "MB804",
	Name:     "pipeline-without-watch",
	Title:    "A pipeline writes what was computed from an earlier read",
	Category: "Business logic",
	Severity: finding.Medium,
	CWE:      []string{"CWE-362"},
	Stem:     "pipeline_without_watch",
	Applies: func(r *race.Race) bool {
		return raced(r) && onRedis(r) && r.Op(r.Act).Pipelined && !r.Op(r.Read).Pipelined
	},
	Consequence: func(r *race.Race) string {
		return "the pipeline runs in one piece, but what it writes rests on a value that was read before it"
	},
}
