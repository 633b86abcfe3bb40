package action

import (
	"fmt"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/internal/sink"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// The platform drops a summary above 1 MiB whole, and draws only so many diagrams well.
const (
	maxSummary  = 900 << 10
	maxDetails  = 30
	maxDiagrams = 10
	maxRows     = 200
)

// stoppedSummary is the summary of a run that ended without a decision.
func stoppedSummary(reason string) string {
	return "## middlebrick\n\n**The scan did not run:** " + sink.Text(reason) + "\n"
}

// summary is the page that a reader opens first: the decision, the counts, then each finding with its interleaving.
func (r *run) summary() string {
	if !r.in.Summary {
		return ""
	}
	var b strings.Builder
	b.WriteString(r.table())
	entries := r.shown()
	details := 0
	for i, e := range entries {
		part := r.detail(e, i < maxDiagrams)
		if i >= maxDetails || b.Len()+len(part) > maxSummary-(64<<10) {
			break
		}
		b.WriteString(part)
		details++
	}
	r.rest(&b, entries[details:])
	r.fixedTable(&b)
	r.sideTables(&b)
	return sink.ClipBytes(b.String(), maxSummary)
}

// table is the head of the summary: decision, counts, channel, notes.
func (r *run) table() string {
	var b strings.Builder
	b.WriteString("## middlebrick\n\n")
	word := "✅ **Gate: pass.** "
	if !r.verdict.Pass {
		word = "❌ **Gate: fail.** "
	}
	b.WriteString(word + sink.Text(r.verdict.Reason) + "\n\n")
	if r.cmp.Compared {
		fmt.Fprintf(&b, "| new | fixed | known | suppressed |\n|--:|--:|--:|--:|\n| %d | %d | %d | %d |\n\n",
			len(r.cmp.Of(New)), len(r.cmp.Fixed), len(r.cmp.Of(Known, Baselined)), len(r.cmp.Of(Suppressed)))
	} else {
		fmt.Fprintf(&b, "| findings | in the baseline | suppressed |\n|--:|--:|--:|\n| %d | %d | %d |\n\n",
			len(r.cmp.Of(New, Known)), len(r.cmp.Of(Baselined)), len(r.cmp.Of(Suppressed)))
	}
	s := r.head.Summary
	fmt.Fprintf(&b, "%s, %s, %s. Upload to code scanning: %s.\n\n", count(s.Files, "file"), count(s.Lines, "line"), count(s.Routes, "route"), sink.Code(string(r.upload.Status)))
	for _, n := range r.notes {
		b.WriteString("- " + sink.Text(sink.Clip(n, 600)) + "\n")
	}
	if len(r.notes) > 0 {
		b.WriteString("\n")
	}
	return b.String()
}

func (r *run) detail(e Entry, draw bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s %s: %s\n\n", sink.Code(string(e.Severity)), sink.Code(e.Rule), sink.Text(sink.Clip(e.Name, 100)))
	fmt.Fprintf(&b, "%s · %s", r.link(e.Location.Path, e.Location.Line), sink.Text(string(e.State)))
	if e.Was != "" {
		b.WriteString(" (the base has it as " + sink.Code(string(e.Was)) + ")")
	}
	if e.Endpoint != "" {
		b.WriteString(" · " + sink.Code(strings.TrimSpace(e.Method+" "+e.Endpoint)))
	}
	if e.Rival != nil {
		b.WriteString(" against " + sink.Code(strings.TrimSpace(e.Rival.Method+" "+e.Rival.Endpoint)))
	}
	b.WriteString("\n\n" + sink.Prose(sink.Clip(e.Description, 2000)) + "\n\n")
	b.WriteString(r.proof(e))
	if e.Unaccepted != nil {
		fmt.Fprintf(&b, "This change suppresses the finding (%s). A suppression counts when it is in the base.\n\n", r.link(e.Unaccepted.Path, e.Unaccepted.Line))
	}
	if len(e.Steps) > 0 {
		if draw {
			b.WriteString(sink.Fence("mermaid", diagram(e.Finding)) + "\n")
		}
		b.WriteString(sink.Fence("text", r.timeline(e.Finding)) + "\n")
	}
	if e.Guard != nil {
		b.WriteString(sink.Prose(sink.Clip(strings.TrimSpace(e.Guard.Seen+" "+e.Guard.Verdict), 1000)) + "\n\n")
	}
	if e.Remediation != "" {
		b.WriteString("**To repair:** " + sink.Prose(sink.Clip(e.Remediation, 2000)) + "\n\n")
	}
	if diff := r.fixDiff(e.Finding); diff != "" {
		b.WriteString(sink.Fence("diff", sink.ClipBytes(diff, 8000)) + "\n")
	}
	return b.String()
}

// proof says how a run of the application confirmed the finding.
func (r *run) proof(e Entry) string {
	for i := range r.head.Tests {
		t := &r.head.Tests[i]
		if !slices.Contains(e.Evidence, t.ID) {
			continue
		}
		text := "**Confirmed by running it** (" + sink.Code(t.ID) + "): " + sink.Prose(sink.Clip(t.Vulnerability, 1000))
		if t.Replay != "" {
			text += " Again: " + sink.Code(t.Replay)
		}
		return text + "\n\n"
	}
	return ""
}

// rest lists what has no room for details.
func (r *run) rest(b *strings.Builder, entries []Entry) {
	if len(entries) == 0 {
		return
	}
	fmt.Fprintf(b, "### %d more\n\n| severity | rule | place | state |\n|--|--|--|--|\n", len(entries))
	for _, e := range entries[:min(len(entries), maxRows)] {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", sink.Code(string(e.Severity)), sink.Code(e.Rule), r.link(e.Location.Path, e.Location.Line), sink.Text(string(e.State)))
	}
	if n := len(entries) - maxRows; n > 0 {
		fmt.Fprintf(b, "\n%d more are in the SARIF file.\n", n)
	}
	b.WriteString("\n")
}

func (r *run) fixedTable(b *strings.Builder) {
	if len(r.cmp.Fixed) == 0 {
		return
	}
	b.WriteString("### Fixed by this change\n\n| severity | rule | was at |\n|--|--|--|\n")
	for _, f := range r.cmp.Fixed[:min(len(r.cmp.Fixed), maxRows)] {
		fmt.Fprintf(b, "| %s | %s | %s |\n", sink.Code(string(f.Severity)), sink.Code(f.Rule), sink.Code(fmt.Sprintf("%s:%d", r.inRepo(f.Location.Path), f.Location.Line)))
	}
	b.WriteString("\n")
}

// sideTables name what a change proposes but does not decide, and what was not analysed.
func (r *run) sideTables(b *strings.Builder) {
	if added := r.cmp.Unaccepted(); len(added) > 0 {
		b.WriteString("### Suppressions added by this change\n\nThey count when they are in the base, or with `config-from: head`.\n\n")
		for _, e := range added[:min(len(added), maxRows)] {
			fmt.Fprintf(b, "- %s at %s: %s\n", sink.Code(e.Rule), r.link(e.Unaccepted.Path, e.Unaccepted.Line), sink.Text(orElse(sink.Clip(e.Unaccepted.Reason, 300), "no reason given")))
		}
		b.WriteString("\n")
	}
	if len(r.settings) > 0 {
		b.WriteString("### Settings changed by this change\n\nThe settings of the base were used.\n\n")
		for _, name := range r.settings {
			fmt.Fprintf(b, "- %s\n", sink.Code(name))
		}
		b.WriteString("\n")
	}
	if all := r.head.Summary.Remarks; len(all) > 0 {
		b.WriteString("### Suppressions without effect\n\n")
		for _, x := range all[:min(len(all), maxRows)] {
			fmt.Fprintf(b, "- %s %s: %s\n", r.link(x.Path, x.Line), sink.Code(string(x.Kind)), sink.Text(sink.Clip(x.Text, 300)))
		}
		b.WriteString("\n")
	}
	r.skipped(b)
}

func (r *run) skipped(b *strings.Builder) {
	all := r.head.Summary.Skipped
	if len(all) == 0 {
		return
	}
	kinds := map[string]int{}
	var files []finding.Skip
	for _, s := range all {
		kinds[s.Kind]++
		if partialKinds[s.Kind] {
			files = append(files, s)
		}
	}
	b.WriteString("### Not covered\n\n")
	for _, kind := range []string{"given-up", "unresolved", "link"} {
		if n := kinds[kind]; n > 0 {
			fmt.Fprintf(b, "- %s: %d\n", kind, n)
		}
	}
	for _, s := range files[:min(len(files), maxRows)] {
		fmt.Fprintf(b, "- %s: %s\n", sink.Code(r.inRepo(s.Path)), sink.Text(sink.Clip(s.Kind+": "+s.Reason, 300)))
	}
	if n := len(files) - maxRows; n > 0 {
		fmt.Fprintf(b, "- and %s more, named in the JSON report\n", count(n, "file"))
	}
	b.WriteString("\n")
}

// link leads to a line at the scanned commit.
func (r *run) link(name string, line int) string {
	full := r.inRepo(name)
	text := sink.Code(sink.Clip(fmt.Sprintf("%s:%d", full, line), 200))
	if !isSHA(r.plan.Commit) {
		return text
	}
	return fmt.Sprintf("[%s](<%s/%s/blob/%s/%s#L%d>)", text, strings.TrimRight(r.ev.Server, "/"), r.ev.FullName(), r.plan.Commit, sink.URI(full), max(line, 1))
}
