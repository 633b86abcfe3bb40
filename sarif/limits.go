package sarif

import (
	"cmp"
	"compress/gzip"
	"sort"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// The limits of code scanning, which refuses a log above them or silently keeps a part. What is cut here is cut by rank
// and told.
const (
	maxResults       = 25_000
	shownResults     = 5_000
	maxSteps         = 500 // in each of the two code flows; 1,000 are kept of a result
	maxTags          = 10
	maxName          = 255
	maxDescription   = 1024
	maxNotifications = 1000
	maxCompressed    = 10_000_000
)

// ranked returns the findings that go into the log, the worst first, then the surest, else in the order of the report.
func (b *builder) ranked(all []finding.Finding) []*finding.Finding {
	var findings []*finding.Finding
	for i := range all {
		if all[i].Suppressed == nil || b.Suppressed {
			findings = append(findings, &all[i])
		}
	}
	sort.SliceStable(findings, func(i, j int) bool {
		x, y := findings[i], findings[j]
		return cmp.Or(cmp.Compare(y.Severity.Rank(), x.Severity.Rank()), cmp.Compare(y.Confidence.Rank(), x.Confidence.Rank())) < 0
	})
	if n := len(findings); n > maxResults {
		b.note("%d findings are more than the %d that code scanning accepts: the %d least severe are left out, and their alerts will close", n, maxResults, n-maxResults)
		findings = findings[:maxResults]
	}
	if n := len(findings); n > shownResults {
		b.note("code scanning keeps the %d most severe of %d findings", shownResults, n)
	}
	return findings
}

// marshal encodes the log and makes it small enough: first the code flows of the least severe half go, again and
// again, then the results themselves.
func (b *builder) marshal(limit int) ([]byte, error) {
	keep := len(b.run.Results)
	for {
		log, err := b.encode()
		if err != nil || compressed(log) <= limit || len(b.run.Results) == 0 {
			return log, err
		}
		if keep > 0 {
			keep /= 2
			stripFlows(b.run.Results[keep:])
			b.note("the log is over %d kB when compressed: only the %d most severe findings keep their interleaving", limit/1000, keep)
			continue
		}
		left := len(b.run.Results) / 2
		b.note("the log is over %d kB when compressed: %d findings are left out, and their alerts will close", limit/1000, len(b.run.Results)-left)
		b.run.Results = b.run.Results[:left]
	}
}

func stripFlows(results []*gosarif.Result) {
	for _, r := range results {
		r.CodeFlows = nil
	}
}

// compressed is the size of the log as it is uploaded.
func compressed(log []byte) int {
	var size counter
	z := gzip.NewWriter(&size)
	// Neither the writer nor the counter can fail.
	_, _ = z.Write(log)
	_ = z.Close()
	return int(size)
}

type counter int

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }
