package config

import (
	"bytes"
	"errors"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/internal/suggest"
	"github.com/middlebrick/middlebrick/internal/toml"
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
)

// The bounds of one file.
const (
	maxItems = 1000 // of a list or table
	maxText  = 1024 // bytes of one string
)

// Parse reads a file. It returns nil when the file is a pyproject.toml that says nothing about middlebrick; one that is
// damaged is an error only if it seems to.
func Parse(name string, data []byte, rules []finding.Rule) (*Config, error) {
	c := Default()
	c.Path, c.Dir, c.lines = name, path.Dir(name), map[string]int{}
	own := path.Base(name) != Project
	if !own && !bytes.Contains(data, []byte("middlebrick")) {
		return nil, nil
	}
	values, doc, err := table(data, own)
	if err != nil {
		if doc == nil && !own && !bytes.Contains(data, []byte("tool.middlebrick")) {
			return nil, nil
		}
		return nil, c.located(err)
	}
	if values == nil {
		return nil, nil
	}
	if err := c.take(values, doc); err != nil {
		return nil, err
	}
	return c, c.check(rules)
}

// table returns the settings of a file, nil when it has no table for them.
func table(data []byte, own bool) (map[string]toml.Primitive, *toml.Document, error) {
	if own {
		values := map[string]toml.Primitive{}
		doc, err := toml.Decode(data, &values)
		return values, doc, err
	}
	var file struct {
		Tool map[string]toml.Primitive `toml:"tool"`
	}
	doc, err := toml.Decode(data, &file)
	if err != nil {
		return nil, nil, err
	}
	mine, ok := file.Tool["middlebrick"]
	if !ok {
		return nil, doc, nil
	}
	values, err := doc.Table(mine)
	return values, doc, err
}

func (c *Config) located(err error) error {
	var at *toml.Error
	if errors.As(err, &at) {
		return &Error{Path: c.Path, Line: at.Line, Message: at.Message}
	}
	return &Error{Path: c.Path, Message: err.Error()}
}

// take decodes the settings, in the order of their names so that of several mistakes the same one is told.
func (c *Config) take(values map[string]toml.Primitive, doc *toml.Document) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		k := keyNamed(name)
		if k == nil {
			return &Error{c.Path, doc.Line(values[name]), "unknown setting " + strconv.Quote(clip(name)), unknownHint(name)}
		}
		c.lines[name] = doc.Line(values[name])
		if err := c.set(k, values[name], doc); err != nil {
			return err
		}
	}
	return nil
}

func clip(s string) string { return s[:min(len(s), 80)] }

func unknownHint(name string) string {
	all := "the settings are " + strings.Join(keyNames(), ", ")
	// What other tools call it, and what the command line writes with underscores.
	name = strings.ReplaceAll(name, "_", "-")
	if name == "tool" || strings.Contains(name, "middlebrick") {
		return "in " + OwnFile + " settings stand at the top, in " + Project + " in the table [tool.middlebrick]"
	}
	if near := suggest.Nearest(name, keyNames()); near != "" {
		return "did you mean " + near + "?"
	}
	return all
}

func (c *Config) set(k *key, value toml.Primitive, doc *toml.Document) error {
	wrong := func(what string) error { return c.mistake(k.name, "it takes %s", what) }
	switch slot := k.slot(c).(type) {
	case *[]string:
		if doc.Decode(value, slot) != nil {
			return wrong("a list of strings")
		}
		return c.bounded(k.name, *slot)
	case *string:
		if doc.Decode(value, slot) != nil {
			return wrong("a string")
		}
		if k.kind == choice && !slices.Contains(k.options, *slot) {
			hint := "use " + strings.Join(k.options, ", ")
			if near := suggest.Nearest(*slot, k.options); near != "" {
				hint = "did you mean " + near + "?"
			}
			return &Error{c.Path, c.lines[k.name], k.name + ": unknown value " + strconv.Quote(clip(*slot)), hint}
		}
		return c.bounded(k.name, []string{*slot})
	case *int:
		if doc.Decode(value, slot) != nil || *slot < 1 || *slot > 10_000 {
			return wrong("a number from 1 to 10000")
		}
	case *bool:
		if doc.Decode(value, slot) != nil {
			return wrong("true or false")
		}
	case *[]FileRules:
		return c.perFile(k.name, value, doc, slot)
	case *[]effects.Declared:
		return c.models(k.name, value, doc, slot)
	}
	return nil
}

func (c *Config) bounded(name string, items []string) error {
	if len(items) > maxItems {
		return c.mistake(name, "it has %d items, more than the %d that are read", len(items), maxItems)
	}
	for _, s := range items {
		if len(s) > maxText {
			return c.mistake(name, "an item has %d bytes, more than the %d that are read", len(s), maxText)
		}
		if strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
			return c.mistake(name, "%q holds a control character", s)
		}
	}
	return nil
}

// entries reads a setting that is a table, in the order of its names.
func (c *Config) entries(name string, value toml.Primitive, doc *toml.Document, example string) (map[string]toml.Primitive, []string, error) {
	entries, err := doc.Table(value)
	if err != nil {
		return nil, nil, c.mistake(name, "it is a table: %s", example)
	}
	names := slices.Sorted(maps.Keys(entries))
	if len(names) > 0 && c.lines[name] == 0 { // a table has no line of its own, its first entry has
		c.lines[name] = doc.Line(entries[names[0]])
	}
	return entries, names, c.bounded(name, names)
}

func (c *Config) perFile(name string, value toml.Primitive, doc *toml.Document, slot *[]FileRules) error {
	entries, patterns, err := c.entries(name, value, doc, "\"tests/\" = [\"MB1\"]")
	if err != nil {
		return err
	}
	for _, p := range patterns {
		var rules []string
		if doc.Decode(entries[p], &rules) != nil {
			return &Error{c.Path, doc.Line(entries[p]), name + ": " + strconv.Quote(p) + " takes a list of rules", ""}
		}
		if err := c.bounded(name, rules); err != nil {
			return err
		}
		*slot = append(*slot, FileRules{p, rules})
	}
	return nil
}

// check looks at what the types do not tell: rules that exist, patterns that can match, levels that an engine has.
func (c *Config) check(rules []finding.Rule) error {
	for name, words := range map[string][]string{"ignore": c.Ignore, "select": c.Select} {
		for _, w := range words {
			if _, err := Matching(rules, w); err != nil {
				return c.wrongRule(name, err)
			}
		}
	}
	for _, f := range c.PerFileIgnores {
		if _, err := source.ParsePatterns([]string{f.Pattern}, ""); err != nil {
			return c.mistake("per-file-ignores", "%v", err)
		}
		for _, w := range f.Rules {
			if _, err := Matching(rules, w); err != nil {
				return c.wrongRule("per-file-ignores", err)
			}
		}
	}
	if _, err := c.Without(c.Dir); err != nil {
		return err
	}
	if c.Has("baseline") && (path.IsAbs(c.Baseline) || c.Baseline == "" || !inside(path.Join(c.Dir, c.Baseline))) {
		return c.mistake("baseline", "%q is not a path below the root of the project", c.Baseline)
	}
	lite := c.Isolation == "deferred" || c.Isolation == "immediate"
	if c.Engine != "" && c.Isolation != "" && c.Isolation != "autocommit" && lite != (c.Engine == "sqlite") {
		return c.mistake("isolation", "%s has no level %q", c.Engine, c.Isolation)
	}
	return nil
}

func (c *Config) wrongRule(key string, err error) error {
	var at *UnknownRule
	if errors.As(err, &at) {
		return &Error{c.Path, c.lines[key], key + ": " + err.Error(), at.Hint}
	}
	return c.mistake(key, "%v", err)
}

func inside(p string) bool { return p != ".." && !strings.HasPrefix(p, "../") }
