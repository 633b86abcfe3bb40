// Package sarif writes findings as a SARIF 2.1.0 log that code scanning accepts and shows well.
//
// A log has exactly one run, also when nothing was found: an empty run is what closes old alerts. Suppressed findings
// are left out unless asked for, because code scanning would open an alert for each. The same report gives the same bytes.
package sarif

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/middlebrick/middlebrick/internal/sink"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// The identity of the tool in a log.
const (
	schemaURI      = "https://json.schemastore.org/sarif-2.1.0.json"
	informationURI = "https://github.com/middlebrick/middlebrick"
	sourceRoot     = "%SRCROOT%"
)

// Options say what a report does not know.
type Options struct {
	Rules []finding.Rule // every rule that was applied, in the order of their ids
	// Prefix leads from the root of the repository to the root of the scan; empty when they are the same.
	Prefix string
	// Category keeps the alerts of several runs on one commit apart. It defaults to "middlebrick".
	Category string
	// Suppressed keeps suppressed findings, marked as such. It is for logs that people and other tools read: code
	// scanning does not know the mark and would open an alert for each.
	Suppressed bool
	// Source returns the content of a scanned file by its path in the report. It may be nil; with it regions get their
	// columns, snippets and fixes.
	Source func(path string) ([]byte, error)
}

// builder is one log in the making.
type builder struct {
	Options
	run   *gosarif.Run
	index map[string]int // of a rule id in the run
	rules map[string]finding.Rule
	files map[string]*text
	tests map[string]*finding.Test // by id
	notes []string
}

// Build returns the log, and a note for each thing that a limit kept out of it.
func Build(r *finding.Report, opts Options) (log []byte, notes []string, err error) {
	return buildWithin(r, opts, maxCompressed)
}

func buildWithin(r *finding.Report, opts Options, limit int) (log []byte, notes []string, err error) {
	b := &builder{Options: opts, index: map[string]int{}, rules: map[string]finding.Rule{}, files: map[string]*text{}, tests: map[string]*finding.Test{}}
	for i := range r.Tests {
		b.tests[r.Tests[i].ID] = &r.Tests[i]
	}
	b.start(r)
	findings := b.ranked(r.Findings)
	b.describe(findings)
	for _, f := range findings {
		b.run.Results = append(b.run.Results, b.result(f))
	}
	b.invocation(r)
	log, err = b.marshal(limit)
	return log, b.notes, err
}

func (b *builder) start(r *finding.Report) {
	b.run = gosarif.NewRunWithInformationURI(r.Tool.Name, informationURI)
	version := r.Tool.Version
	b.run.Tool.Driver.Version = &version
	b.run.Tool.Driver.SemanticVersion = &version
	b.run.ColumnKind = "utf16CodeUnits"
	category := b.Category
	if category == "" {
		category = "middlebrick"
	}
	id := category + "/" // code scanning takes what stands before the last slash
	b.run.AutomationDetails = gosarif.NewRunAutomationDetails().WithID(id)
	b.run.OriginalUriBaseIDs = map[string]*gosarif.ArtifactLocation{
		sourceRoot: gosarif.NewArtifactLocation().WithDescription(gosarif.NewTextMessage("The root of the repository.")),
	}
}

// invocation says that the scan ran, and names what it could not read.
func (b *builder) invocation(r *finding.Report) {
	done := true
	run := gosarif.NewInvocation()
	run.ExecutionSuccessful = &done
	left := 0
	for _, skip := range r.Summary.Skipped {
		if !skip.Incomplete() {
			continue
		}
		if len(run.ToolExecutionNotifications) == maxNotifications {
			left++
			continue
		}
		n := gosarif.NewNotification().WithLevel("warning").
			WithMessage(gosarif.NewTextMessage(sentence(sink.SARIFText(skip.Path + ": " + skip.Kind + ": " + skip.Reason))))
		n.Locations = []*gosarif.Location{gosarif.NewLocationWithPhysicalLocation(b.place(skip.Path, skip.Line))}
		run.ToolExecutionNotifications = append(run.ToolExecutionNotifications, n)
	}
	if left > 0 {
		b.note("%d more skipped files are not named in the log", left)
	}
	b.run.Invocations = []*gosarif.Invocation{run}
}

// place is a line of a file without columns; line 0 is the file as a whole.
func (b *builder) place(file string, line int) *gosarif.PhysicalLocation {
	p := gosarif.NewPhysicalLocation().WithArtifactLocation(b.artifact(file))
	if line > 0 {
		p.Region = gosarif.NewRegion().WithStartLine(line)
	}
	return p
}

func (b *builder) artifact(file string) *gosarif.ArtifactLocation {
	if file == "" {
		file = document
	}
	return gosarif.NewArtifactLocation().WithUri(sink.URI(path.Join(b.Prefix, file))).WithUriBaseId(sourceRoot)
}

func (b *builder) note(format string, args ...any) {
	b.notes = append(b.notes, fmt.Sprintf(format, args...))
}

func (b *builder) encode() ([]byte, error) {
	report := &gosarif.Report{Version: string(gosarif.Version210), Schema: schemaURI, Runs: []*gosarif.Run{b.run}}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetIndent("", "  ")
	if err := enc.Encode(report); err != nil {
		return nil, fmt.Errorf("the SARIF log could not be encoded: %w", err)
	}
	return out.Bytes(), nil
}
