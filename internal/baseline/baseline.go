// Package baseline holds the races that a project has accepted for now, so that only further ones count. A race is
// known by its fingerprint, never by its line.
package baseline

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// Schema is the version of the file. A change of the fingerprint changes it too: then no race would be known again.
const Schema = "middlebrick-baseline/1"

// MaxSize bounds what is read.
const MaxSize = 64 << 20

// File is a baseline.
type File struct {
	Schema string `json:"schema"`
	Races  []Race `json:"races"`
}

// Race is one accepted race. The fingerprint says which, and the severity up to which it is accepted; the rest is for people.
type Race struct {
	Fingerprint string           `json:"middlebrickRace/v1"`
	Rule        string           `json:"rule"`
	Severity    finding.Severity `json:"severity,omitempty"` // of the worst; without it any is accepted
	Path        string           `json:"path"`
	Endpoint    string           `json:"endpoint,omitempty"`
	Count       int              `json:"count,omitempty"` // how many findings have the fingerprint, when more than one
}

// Of returns the baseline that accepts the findings of a report. Those that a comment accepts need none.
func Of(r *finding.Report) *File {
	f := &File{Schema: Schema, Races: []Race{}}
	at := map[string]int{}
	for i := range r.Findings {
		x := &r.Findings[i]
		print := x.Fingerprint.Race
		if x.Suppressed != nil || print == "" {
			continue
		}
		if n, ok := at[print]; ok {
			f.Races[n].Count = max(f.Races[n].Count, 1) + 1
			if x.Severity.Rank() > f.Races[n].Severity.Rank() {
				f.Races[n].Severity = x.Severity
			}
			continue
		}
		at[print] = len(f.Races)
		f.Races = append(f.Races, Race{Fingerprint: print, Rule: x.Rule, Severity: x.Severity, Path: x.Location.Path, Endpoint: strings.TrimSpace(x.Method + " " + x.Endpoint)})
	}
	sort.SliceStable(f.Races, func(i, j int) bool {
		a, b := &f.Races[i], &f.Races[j]
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Fingerprint, b.Fingerprint)) < 0
	})
	return f
}

// Parse reads a baseline. A report of middlebrick is one too: all its findings are accepted.
func Parse(name string, data []byte) (*File, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%s: over the limit of %d MB for a baseline", name, MaxSize>>20)
	}
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, damaged(name, data, err)
	}
	switch {
	case head.Schema == finding.Schema:
		var r finding.Report
		if err := json.Unmarshal(data, &r); err != nil {
			return nil, damaged(name, data, err)
		}
		return Of(&r), nil
	case head.Schema == "":
		return nil, fmt.Errorf("%s: not a baseline: it has no schema; middlebrick baseline create makes one", name)
	case head.Schema != Schema:
		return nil, fmt.Errorf("%s: its schema is %q, this version reads %q; make it again with middlebrick baseline update", name, head.Schema, Schema)
	}
	f := new(File)
	if err := json.Unmarshal(data, f); err != nil {
		return nil, damaged(name, data, err)
	}
	for i, r := range f.Races {
		if r.Fingerprint == "" || r.Count < 0 {
			return nil, fmt.Errorf("%s: damaged: race %d has no fingerprint or an impossible count", name, i+1)
		}
	}
	return f, nil
}

func damaged(name string, data []byte, err error) error {
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	offset := int64(-1)
	if errors.As(err, &syntax) {
		offset = syntax.Offset
	} else if errors.As(err, &typed) {
		offset = typed.Offset
	}
	if offset < 0 || offset > int64(len(data)) {
		return fmt.Errorf("%s: damaged: %w", name, err)
	}
	return fmt.Errorf("%s:%d: damaged: %w", name, 1+bytes.Count(data[:offset], []byte("\n")), err)
}

// JSON writes the file, one race a line, so that a review shows what is accepted and a merge joins it.
func (f *File) JSON() ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n  \"schema\": %q,\n  \"races\": [", f.Schema)
	for i, r := range f.Races {
		var line bytes.Buffer
		enc := json.NewEncoder(&line)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(r); err != nil {
			return nil, err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n    ")
		b.Write(bytes.TrimSpace(line.Bytes()))
	}
	if len(f.Races) > 0 {
		b.WriteString("\n  ")
	}
	b.WriteString("]\n}\n")
	return b.Bytes(), nil
}

// Left is what a baseline still accepts; each finding that it accepts takes one away.
type Left map[string]*accepted

type accepted struct {
	count    int
	severity finding.Severity
}

// Left returns all that the baseline accepts; a nil file accepts nothing.
func (f *File) Left() Left {
	left := Left{}
	if f == nil {
		return left
	}
	for _, r := range f.Races {
		a := left[r.Fingerprint]
		if a == nil {
			a = &accepted{severity: r.Severity}
			left[r.Fingerprint] = a
		}
		a.count += max(r.Count, 1)
		if r.Severity == "" || a.severity != "" && r.Severity.Rank() > a.severity.Rank() {
			a.severity = r.Severity
		}
	}
	return left
}

// Take tells whether a finding is accepted, and counts it. One that got worse since is not; that it was confirmed by running it
// makes it no other.
func (l Left) Take(f *finding.Finding) bool {
	a := l[f.Fingerprint.Race]
	if a == nil || a.count == 0 || a.severity != "" && len(f.Evidence) == 0 && f.Severity.Rank() > a.severity.Rank() {
		return false
	}
	a.count--
	return true
}

// Apply marks the findings that the baseline accepts, and returns how many races of it are gone.
func (f *File) Apply(r *finding.Report, name string) (gone int) {
	left := f.Left()
	for i := range r.Findings {
		x := &r.Findings[i]
		if x.Suppressed == nil && left.Take(x) {
			x.Suppressed = &finding.Suppressed{Path: name, Line: 1, Reason: "in the baseline"}
		}
	}
	for _, a := range left {
		gone += a.count
	}
	return gone
}

// Prune drops the races that a report no longer has, and returns how many.
func (f *File) Prune(r *finding.Report) int {
	have := map[string]int{}
	for i := range r.Findings {
		have[r.Findings[i].Fingerprint.Race]++
	}
	before := 0
	kept := []Race{}
	for _, race := range f.Races {
		before += max(race.Count, 1)
		n := min(max(race.Count, 1), have[race.Fingerprint])
		if n == 0 {
			continue
		}
		have[race.Fingerprint] -= n
		if race.Count = n; n == 1 {
			race.Count = 0
		}
		kept = append(kept, race)
		before -= n
	}
	f.Races = kept
	return before
}
