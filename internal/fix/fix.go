// Package fix turns the repairs that the engine proposes into verified changes of the source.
//
// A repair counts only when the changed files still parse, the finding is gone when the project is scanned again, and no other finding
// has come. Whether it is safe, too, is a property of its kind: a safe one leaves everything as it is for a request without a rival.
package fix

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
)

// Options choose what is repaired.
type Options struct {
	Scan scanner.Options
	// Unsafe also takes repairs that may change what a single request does.
	Unsafe bool
	// Wanted tells which findings are to be repaired; nil means all.
	Wanted func(*finding.Finding) bool
	// Takes tells which repairs of a finding are tried; nil means all.
	Takes func(*finding.Fix) bool
	// Progress is told of each finding that is tried; nil keeps quiet.
	Progress func(done, all int)
}

// Repaired is a finding that a verified change ends.
type Repaired struct {
	Finding finding.Finding
	Fix     finding.Fix
}

// Open is a finding that no repair ends, and why.
type Open struct {
	Finding finding.Finding
	Why     string
	// Unsafe tells that a change was not tried because it may change what a single request does.
	Unsafe bool
}

// Plan is what would be changed.
type Plan struct {
	Before, After *finding.Report
	Repaired      []Repaired
	Open          []Open
	// Old and New are the contents of the files that change, by path. A file that is made has no old contents.
	Old, New map[string][]byte
}

// Make tries the repairs of a report's findings, on top of those that hold, and scans the tree again to judge them. Repairs that have nothing
// to do with each other are judged by one scan.
func Make(ctx context.Context, tree *source.Tree, report *finding.Report, opts Options) (*Plan, error) {
	if opts.Scan.Memory == nil {
		opts.Scan.Memory = new(scanner.Memory) // the scans to come are of nearly the same tree
	}
	m := &maker{ctx: ctx, tree: tree, opts: opts, now: report, plan: &Plan{Before: report, Old: map[string][]byte{}, New: map[string][]byte{}}}
	var targets []finding.Finding
	for _, f := range report.Findings {
		if f.Suppressed == nil && (opts.Wanted == nil || opts.Wanted(&f)) {
			targets = append(targets, f)
		}
	}
	if err := m.run(targets); err != nil {
		return nil, err
	}
	m.plan.After = m.now
	return m.plan, nil
}

// maker is a plan in the making.
type maker struct {
	ctx  context.Context
	tree *source.Tree
	opts Options
	now  *finding.Report // after the repairs so far
	plan *Plan
	// apart tells that each repair is for the tree as it is, and not on top of those before it.
	apart bool
	// last tells that all is done that something else than the last resort could do.
	last bool
}

// refusesOnly tells that a finding is what a repair of a graver one leaves behind in the same request: the data stays right, and one of the
// two requests fails. It may have been there before, behind the finding that was repaired.
func refusesOnly(f, repaired *finding.Finding) bool {
	return f.Severity == finding.Low && (f.Rule == "MB104" || f.Rule == "MB118") && repaired.Severity.Rank() > finding.Low.Rank() &&
		f.Method == repaired.Method && f.Endpoint == repaired.Endpoint
}

// verdict says why a race is still there.
func verdict(r *finding.Report, target finding.Finding) string {
	for _, f := range r.Findings {
		if f.Fingerprint.Race == target.Fingerprint.Race && f.Guard != nil && f.Guard.Verdict != "" {
			return f.Guard.Verdict
		}
	}
	return "the race is still there"
}

// counts tells how many findings of a report are one race: a function can have several of one kind on one resource.
func counts(r *finding.Report) map[string]int {
	out := map[string]int{}
	for i := range r.Findings {
		out[r.Findings[i].Fingerprint.Race]++
	}
	return out
}

func paths(edits []finding.Edit) []string {
	var out []string
	for _, e := range edits {
		if !slices.Contains(out, e.Path) {
			out = append(out, e.Path)
		}
	}
	return out
}

// Verify tries the repairs of the first n findings, each for the tree as it is, and gives those that hold to their findings as safe fixes.
// As in Make, one scan judges many that have nothing to do with each other.
func Verify(ctx context.Context, tree *source.Tree, report *finding.Report, n int, opts Options) error {
	if opts.Scan.Memory == nil {
		opts.Scan.Memory = new(scanner.Memory)
	}
	var targets []finding.Finding
	for _, f := range report.Findings[:min(n, len(report.Findings))] {
		if f.Suppressed == nil {
			targets = append(targets, f)
		}
	}
	m := &maker{ctx: ctx, tree: tree, opts: opts, now: report, apart: true, plan: &Plan{Old: map[string][]byte{}, New: map[string][]byte{}}}
	if err := m.run(targets); err != nil {
		return err
	}
	for _, r := range m.plan.Repaired {
		i := slices.IndexFunc(report.Findings, func(f finding.Finding) bool { return f.ID == r.Finding.ID })
		if i >= 0 && r.Fix.Safe {
			report.Findings[i].Fix = &r.Fix
		}
	}
	return nil
}

// Apply makes the edits of one file. Edits that overlap, or lie outside the file, are an error that names both.
func Apply(data []byte, path string, edits []finding.Edit) ([]byte, error) {
	var mine []finding.Edit
	for _, e := range edits {
		if e.Path == path {
			mine = append(mine, e)
		}
	}
	sort.SliceStable(mine, func(i, j int) bool { return mine[i].StartLine < mine[j].StartLine })
	lines := bytes.SplitAfter(data, []byte("\n"))
	var out strings.Builder
	at := 1
	for _, e := range mine {
		if e.StartLine < at {
			return nil, fmt.Errorf("%s:%d: two edits overlap", path, e.StartLine)
		}
		if e.StartLine < 1 || e.StartLine > len(lines)+1 || e.EndLine > len(lines) {
			return nil, fmt.Errorf("%s:%d: the edit lies outside the file, which has %d lines", path, e.StartLine, len(lines))
		}
		for ; at < e.StartLine; at++ {
			out.Write(lines[at-1])
		}
		out.WriteString(e.Text)
		at = max(at, e.EndLine+1)
	}
	for ; at <= len(lines); at++ {
		out.Write(lines[at-1])
	}
	return []byte(out.String()), nil
}
