package config

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
)

// maxNested bounds the configuration files below the scanned directory.
const maxNested = 1000

// local are the settings that a file below the scanned directory can make: those that look at single findings.
var local = map[string]bool{"select": true, "ignore": true, "per-file-ignores": true, "min-severity": true, "min-confidence": true}

// Set is the configuration of a scan: one file for the scan as a whole, and those below the scanned directory for the
// findings in their directories. The nearest one decides.
type Set struct {
	*Config
	Notes []string // what files further down say in vain
	// Override puts what the command line says in place of what a file says. It may be nil.
	Override func(*Config)
	filters
	nested map[string]*filter // by directory
}

type filters struct{ whole *filter }

// filter is a Config made ready for looking at findings.
type filter struct {
	keep       map[string]bool // nil: all rules
	ignores    []ignore
	severity   int
	confidence int
}

type ignore struct {
	patterns source.Patterns
	rules    map[string]bool
}

// NewSet makes c, with the root of the scan at dir of its tree, ready for use.
func NewSet(c *Config, dir string, rules []finding.Rule) (*Set, error) {
	f, err := newFilter(c, dir, rules)
	if err != nil {
		return nil, err
	}
	return &Set{Config: c, filters: filters{f}, nested: map[string]*filter{}}, nil
}

// Nest reads the configuration files of a scanned tree. The one of its root is passed over: it was looked for before.
func (s *Set) Nest(tree fs.FS, files []source.File, rules []finding.Rule) error {
	for _, f := range files {
		dir := path.Dir(f.Path)
		if base := path.Base(f.Path); base != OwnFile && base != Project || dir == "." || s.nested[dir] != nil {
			continue
		}
		c, err := in(tree, dir, rules)
		if err != nil {
			return err
		}
		if c == nil {
			continue
		}
		if len(s.nested) == maxNested {
			s.Notes = append(s.Notes, fmt.Sprintf("more than %d configuration files: %s and further ones are not read", maxNested, c.Path))
			return nil
		}
		if s.Override != nil {
			s.Override(c)
		}
		if s.nested[dir], err = newFilter(c, ".", rules); err != nil {
			return err
		}
		for _, k := range keys {
			if c.Has(k.name) && !local[k.name] {
				s.Notes = append(s.Notes, fmt.Sprintf("%s: %s counts only in the configuration of the directory that is scanned", c.From(k.name), k.name))
			}
		}
	}
	return nil
}

func newFilter(c *Config, dir string, rules []finding.Rule) (*filter, error) {
	f := &filter{}
	var err error
	if f.keep, err = Chosen(rules, c.Select, c.Ignore); err != nil {
		return nil, err
	}
	if f.keep != nil && len(f.keep) == 0 {
		return nil, c.mistake("select", "with ignore it leaves no rule")
	}
	f.severity = finding.Severity(c.MinSeverity).Rank()
	f.confidence = finding.Confidence(c.MinConfidence).Rank()
	for _, entry := range c.PerFileIgnores {
		// A file below the root names paths below its own directory.
		patterns, err := source.ParsePatterns([]string{entry.Pattern}, below(c.Dir, dir))
		if err != nil {
			return nil, c.mistake("per-file-ignores", "%v", err)
		}
		ids, err := Chosen(rules, entry.Rules, nil)
		if err != nil {
			return nil, err
		}
		f.ignores = append(f.ignores, ignore{patterns, ids})
	}
	return f, nil
}

// Keeps tells whether a finding is reported.
func (s *Set) Keeps(f *finding.Finding) bool {
	dir := path.Dir(f.Location.Path)
	for dir != "." {
		if n := s.nested[dir]; n != nil {
			return n.keeps(f, strings.TrimPrefix(f.Location.Path, dir+"/"))
		}
		dir = path.Dir(dir)
	}
	return s.whole.keeps(f, f.Location.Path)
}

func (x *filter) keeps(f *finding.Finding, file string) bool {
	if x.keep != nil && !x.keep[f.Rule] || f.Severity.Rank() < x.severity || f.Confidence.Rank() < x.confidence {
		return false
	}
	for _, i := range x.ignores {
		if i.rules[f.Rule] && i.patterns.Cover(file) {
			return false
		}
	}
	return true
}
