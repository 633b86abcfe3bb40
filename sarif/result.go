package sarif

import (
	"crypto/sha1"
	"fmt"
	"strings"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/middlebrick/middlebrick/internal/sink"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

func (b *builder) result(f *finding.Finding) *gosarif.Result {
	id := b.ruleID(f)
	r := gosarif.NewRuleResult(id).WithRuleIndex(b.index[id]).WithLevel(levelOf(f.Severity))
	related, links := b.related(f)
	r.WithMessage(gosarif.NewTextMessage(b.message(f, links)))
	r.Locations = []*gosarif.Location{gosarif.NewLocationWithPhysicalLocation(b.primary(f))}
	r.RelatedLocations = related
	r.CodeFlows = b.flows(f)
	r.Fixes = b.fixes(f)
	r.PartialFingerprints = b.fingerprints(f)
	r.Suppressions = b.suppressions(f)
	r.Properties = gosarif.Properties{"severity": f.Severity, "confidence": f.Confidence}
	for key, value := range map[string]string{"endpoint": f.Endpoint, "method": f.Method, "engine": f.Engine, "id": f.ID} {
		if value != "" {
			r.Properties[key] = value
		}
	}
	b.web(r, f)
	return r
}

// suppressions says where and why a finding is accepted. Every field is set: the library writes null for one that is
// not, and null is not allowed by the schema.
func (b *builder) suppressions(f *finding.Finding) []*gosarif.Suppression {
	if f.Suppressed == nil {
		return nil
	}
	status, reason := "accepted", sink.SARIFText(f.Suppressed.Reason)
	id := uuid(fmt.Sprintf("%s\x00%s\x00%s\x00%d", f.Rule, f.Fingerprint.Race, f.Suppressed.Path, f.Suppressed.Line))
	kind := "inSource"
	if !strings.HasSuffix(f.Suppressed.Path, ".py") {
		kind = "external"
	}
	return []*gosarif.Suppression{{Kind: kind, Status: &status, Guid: &id, Justification: &reason,
		Location: gosarif.NewLocationWithPhysicalLocation(b.place(f.Suppressed.Path, f.Suppressed.Line))}}
}

// uuid makes a name-based identifier, version 5.
func uuid(name string) string {
	h := sha1.Sum([]byte("middlebrick\x00" + name))
	h[6], h[8] = h[6]&0x0f|0x50, h[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// message is the title of the alert and all that is shown without opening it: who, where, why, and the repair.
// It is one paragraph; the links lead to the related locations.
func (b *builder) message(f *finding.Finding, links string) string {
	parts := []string{sentence(sink.SARIFText(b.title(f)))}
	if links != "" {
		parts = append(parts, links)
	}
	if seen := b.seen(f); seen != "" {
		parts = append(parts, seen)
	}
	if g := f.Guard; g != nil && g.Verdict != "" {
		why := g.Verdict
		if g.Seen != "" {
			why = g.Seen + " " + g.Verdict
		}
		parts = append(parts, sentence(sink.SARIFText("Guard: "+why)))
	}
	if f.Remediation != "" {
		parts = append(parts, sentence(sink.SARIFText("To repair: "+f.Remediation)))
	}
	return strings.Join(parts, " ")
}

// related returns the read, the act and the rival, and the sentence that links to them.
func (b *builder) related(f *finding.Finding) ([]*gosarif.Location, string) {
	var all []*gosarif.Location
	var names []string
	add := func(label, path string, line int) {
		if path == "" || line <= 0 {
			return
		}
		id := len(all) + 1
		location := gosarif.NewLocationWithPhysicalLocation(b.statement(path, line, line)).WithId(id)
		location.Message = gosarif.NewTextMessage(sentence(sink.SARIFText(label)))
		all = append(all, location)
		names = append(names, fmt.Sprintf("[%s](%d)", sink.SARIFLink(label), id))
	}
	seen := map[finding.Role]bool{}
	for _, s := range f.Steps {
		if s.Actor != "A" || seen[s.Role] || s.Role != finding.Read && s.Role != finding.Act {
			continue
		}
		seen[s.Role] = true
		label := map[finding.Role]string{finding.Read: "the read", finding.Act: "the act"}[s.Role]
		add(label, s.Path, s.Line)
	}
	if r := f.Rival; r != nil {
		add(strings.TrimSpace("the rival "+r.Method+" "+r.Endpoint), r.Path, r.Line)
	}
	if len(names) == 0 {
		return nil, ""
	}
	return all, "See " + strings.Join(names, ", ") + "."
}

// primary is where the alert stands: one line, because code scanning shows an alert in a pull request only if every
// line of its region was changed there.
func (b *builder) primary(f *finding.Finding) *gosarif.PhysicalLocation {
	l := f.Location
	line := max(l.Line, 1)
	p := b.place(l.Path, line)
	p.Region.WithEndLine(line)
	source, known := b.line(l.Path, line)
	start, end := max(l.Column, 1), l.EndColumn
	if l.EndLine > line {
		end = 0
	}
	if known {
		length := units(source)
		start = min(start, length+1)
		if end <= start || end > length+1 {
			end = length + 1
		}
		p.Region.Snippet = gosarif.NewArtifactContent().WithText(source)
	}
	p.Region.WithStartColumn(start)
	if end > start {
		p.Region.WithEndColumn(end)
	}
	return p
}

// statement is the region from one line to another, or of one line, without the indentation when the source is at hand.
func (b *builder) statement(path string, line, end int) *gosarif.PhysicalLocation {
	p := b.place(path, line)
	end = max(line, end)
	p.Region.WithEndLine(end)
	first, ok := b.line(path, line)
	last, too := b.line(path, end)
	body := strings.TrimLeft(first, " \t")
	if ok && too && body != "" && last != "" {
		p.Region.WithStartColumn(len(first) - len(body) + 1).WithEndColumn(units(last) + 1)
	}
	return p
}

// fingerprints keep an alert the same alert when lines move.
func (b *builder) fingerprints(f *finding.Finding) map[string]any {
	prints := map[string]any{}
	hash := f.Fingerprint.PrimaryLocationLineHash
	if hash == "" {
		hash = b.hash(f.Location.Path, f.Location.Line)
	}
	if hash != "" {
		prints["primaryLocationLineHash"] = hash
	}
	if f.Fingerprint.Race != "" {
		prints["middlebrickRace/v1"] = f.Fingerprint.Race
	}
	return prints
}

// fixes are the edits of a verified fix; an unverified one is told in words only.
func (b *builder) fixes(f *finding.Finding) []*gosarif.Fix {
	if f.Fix == nil || !f.Fix.Safe || len(f.Fix.Edits) == 0 {
		return nil
	}
	var changes []*gosarif.ArtifactChange
	byPath := map[string]*gosarif.ArtifactChange{}
	for _, e := range f.Fix.Edits {
		replacement, ok := b.replacement(e)
		if !ok {
			return nil
		}
		change := byPath[e.Path]
		if change == nil {
			change = gosarif.NewArtifactChange(b.artifact(e.Path))
			byPath[e.Path] = change
			changes = append(changes, change)
		}
		change.Replacements = append(change.Replacements, replacement)
	}
	fix := gosarif.NewFix().WithDescriptionText(sentence(sink.SARIFText(or(f.Remediation, "Remove the race"))))
	fix.ArtifactChanges = changes
	return []*gosarif.Fix{fix}
}

// replacement turns an edit of whole lines into a region; both ends lie in lines that exist.
func (b *builder) replacement(e finding.Edit) (*gosarif.Replacement, bool) {
	region := gosarif.NewRegion().WithStartLine(e.StartLine).WithStartColumn(1)
	body := strings.TrimSuffix(e.Text, "\n")
	if e.EndLine < e.StartLine {
		region.WithEndLine(e.StartLine).WithEndColumn(1)
		body += "\n"
	} else {
		last, ok := b.line(e.Path, e.EndLine)
		if !ok {
			return nil, false
		}
		region.WithEndLine(e.EndLine).WithEndColumn(units(last) + 1)
	}
	r := gosarif.NewReplacement(region)
	r.InsertedContent = gosarif.NewArtifactContent().WithText(body)
	return r, true
}
