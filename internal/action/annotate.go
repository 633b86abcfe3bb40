package action

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/middlebrick/middlebrick/internal/sink"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// shown returns the entries that a reader should be told of: on a comparison the new ones, else all that count; above
// min-severity and min-confidence, and in any case those that fail the gate.
func (r *run) shown() []Entry {
	states := []State{New}
	if !r.cmp.Compared || !r.plan.NewOnly {
		states = []State{New, Known}
	}
	failing := map[string]bool{}
	for _, e := range r.verdict.Failing {
		failing[place(e.Finding)] = true
	}
	return slices.DeleteFunc(r.cmp.Of(states...), func(e Entry) bool {
		loud := e.Severity.Rank() >= r.in.MinSeverity.Rank() && e.Confidence.Rank() >= r.in.MinConfidence.Rank()
		return !loud && !failing[place(e.Finding)]
	})
}

func place(f finding.Finding) string {
	return fmt.Sprintf("%s\x00%s\x00%s\x00%d\x00%d", f.Rule, f.Fingerprint.Race, f.Location.Path, f.Location.Line, f.Location.Column)
}

// annotate marks findings in the diff view. When code scanning has them it shows them itself, with one exception: an
// alert whose line the pull request does not touch stays invisible there, and for a race that is the usual case, as
// when a lock was removed elsewhere.
func (r *run) annotate(ctx context.Context) error {
	entries := r.shown()
	if r.upload.ok() && r.in.Annotations == "auto" {
		entries = r.outsideDiff(entries)
	}
	switch r.in.Annotations {
	case "none":
		return nil
	case "checks":
		return r.checkRun(ctx, entries)
	}
	used := map[Level]int{}
	for _, e := range entries {
		a := r.annotation(e)
		if used[a.Level]++; used[a.Level] <= r.in.MaxAnnotations {
			r.flow.Annotate(a)
		}
	}
	for _, level := range []Level{LevelError, LevelWarning, LevelNotice} {
		if n := used[level]; n > r.in.MaxAnnotations {
			r.flow.Log("%d of %d annotations of level %s shown; the summary and the SARIF file have all", r.in.MaxAnnotations, n, level)
		}
	}
	return nil
}

func (r *run) annotation(e Entry) Annotation {
	return Annotation{Level: levelOf(e.Severity), Path: r.inRepo(e.Location.Path), Line: e.Location.Line, EndLine: max(e.Location.EndLine, e.Location.Line),
		Column: e.Location.Column, EndColumn: e.Location.EndColumn, Title: title(e.Finding), Message: sink.ClipBytes(message(e), 4000)}
}

func levelOf(s finding.Severity) Level {
	switch {
	case s.Rank() >= finding.High.Rank():
		return LevelError
	case s == finding.Medium:
		return LevelWarning
	}
	return LevelNotice
}

func title(f finding.Finding) string {
	return sink.Clip(strings.TrimSpace(fmt.Sprintf("%s %s (%s)", f.Rule, f.Name, f.Severity)), 250)
}

func message(e Entry) string {
	parts := []string{e.Description}
	if e.Rival != nil {
		parts = append(parts, strings.TrimSpace("Rival: "+e.Rival.Method+" "+e.Rival.Endpoint))
	}
	if e.Remediation != "" {
		parts = append(parts, "To repair: "+e.Remediation)
	}
	if e.Unaccepted != nil {
		parts = append(parts, "The suppression that this change adds does not count before it is in the base.")
	}
	return strings.Join(parts, "\n")
}

// outsideDiff returns the entries whose lines are as they were in the base.
func (r *run) outsideDiff(entries []Entry) []Entry {
	if r.base == nil {
		return nil
	}
	changed := map[string]map[int]bool{}
	return slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool {
		lines, ok := changed[e.Location.Path]
		if !ok {
			lines = r.changedIn(e.Location.Path)
			changed[e.Location.Path] = lines
		}
		return e.State != New || lines == nil || lines[e.Location.Line]
	})
}

// changedIn returns the lines of a scanned file that the base does not have; nil when that cannot be told.
func (r *run) changedIn(name string) map[int]bool {
	after, err := r.source(name)
	if err != nil {
		return nil
	}
	before, _ := fs.ReadFile(r.base.tree, r.inRepo(name)) // a new file has nothing before
	return changedLines(strings.Split(string(before), "\n"), strings.Split(string(after), "\n"))
}

// The limits of the API of checks.
const (
	annotationsPerRequest = 50
	maxCheckText          = 65_000
	maxCheckAnnotations   = 500
)

// checkRun writes the findings as a check of the pull request's head. The platform files it under any workflow of the
// commit, which is why it is not the default.
func (r *run) checkRun(ctx context.Context, entries []Entry) error {
	if r.hub == nil {
		return fmt.Errorf("there is no API for a check run")
	}
	sha := r.plan.Commit
	if r.ev.Pull != nil {
		sha = r.ev.Pull.HeadSHA // the merge commit is not shown on the pull request
	}
	if len(entries) > maxCheckAnnotations {
		r.note("%d of %d findings are in the check run; the summary and the SARIF file have all", maxCheckAnnotations, len(entries))
		entries = entries[:maxCheckAnnotations]
	}
	var all []*github.CheckRunAnnotation
	for _, e := range entries {
		all = append(all, r.checkAnnotation(e))
	}
	conclusion, headline := "success", "No race fails the gate"
	if !r.verdict.Pass {
		conclusion, headline = "failure", sink.Clip(sink.Log(r.verdict.Reason), 200)
	}
	output := func(part []*github.CheckRunAnnotation) *github.CheckRunOutput {
		return &github.CheckRunOutput{Title: &headline, Summary: github.String(sink.ClipBytes(r.table(), maxCheckText)), Annotations: part}
	}
	first := all[:min(len(all), annotationsPerRequest)]
	check, _, err := r.hub.client.Checks.CreateCheckRun(ctx, r.ev.Owner, r.ev.Repo, github.CreateCheckRunOptions{
		Name: "middlebrick", HeadSHA: sha, Status: github.String("completed"), Conclusion: &conclusion, Output: output(first)})
	if err != nil {
		return refusedReport("check run", "checks: write", err)
	}
	for rest := all[len(first):]; len(rest) > 0; {
		part := rest[:min(len(rest), annotationsPerRequest)]
		rest = rest[len(part):]
		if _, _, err := r.hub.client.Checks.UpdateCheckRun(ctx, r.ev.Owner, r.ev.Repo, check.GetID(), github.UpdateCheckRunOptions{Name: "middlebrick", Output: output(part)}); err != nil {
			return refusedReport("check run", "checks: write", err)
		}
	}
	return nil
}

func (r *run) checkAnnotation(e Entry) *github.CheckRunAnnotation {
	a := r.annotation(e)
	level := map[Level]string{LevelError: "failure", LevelWarning: "warning", LevelNotice: "notice"}[a.Level]
	out := &github.CheckRunAnnotation{Path: &a.Path, StartLine: &a.Line, EndLine: &a.EndLine, AnnotationLevel: &level,
		Message: github.String(sink.CommandData(a.Message)), Title: github.String(sink.CommandProperty(a.Title))}
	if a.Line == a.EndLine && a.Column > 0 && a.EndColumn > 0 {
		out.StartColumn, out.EndColumn = &a.Column, &a.EndColumn
	}
	return out
}

// refusedReport names the permission that an opt-in report needs.
func refusedReport(what, permission string, err error) error {
	_, why := Explain(err)
	return fmt.Errorf("%s: %s (it needs the permission %q)", what, why, permission)
}
