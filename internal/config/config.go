// Package config reads the configuration of a project: the table [tool.middlebrick] of pyproject.toml, or
// middlebrick.toml. Nothing in it runs or fetches anything, and nothing outside the project is read for it.
package config

import (
	"fmt"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
)

// The names of the files that are looked for.
const (
	OwnFile = "middlebrick.toml"
	Project = "pyproject.toml"
)

// Config is what one file says. The zero value says nothing: every setting has its default.
type Config struct {
	Path string // of the file, relative to the tree it was found in; empty when there is none
	Dir  string // of the file; paths and patterns in it are relative to this directory

	Select         []string
	Ignore         []string
	PerFileIgnores []FileRules
	MinSeverity    string
	MinConfidence  string
	FailOn         string
	Exclude        []string
	Baseline       string
	RequireReason  bool
	FastAPI        bool
	Strict         bool
	Engine         string
	Isolation      string
	Workers        int
	Models         []effects.Declared

	lines map[string]int // of the settings that the file makes
}

// FileRules are the rules that do not apply to the files that a pattern matches.
type FileRules struct {
	Pattern string
	Rules   []string
}

// Default returns the configuration of a project that has none.
func Default() *Config {
	return &Config{Dir: ".", FailOn: string(finding.High)}
}

// From says where a setting comes from: "FILE:LINE", or "default".
func (c *Config) From(key string) string {
	if n, ok := c.lines[key]; ok {
		return fmt.Sprintf("%s:%d", c.Path, n)
	}
	return "default"
}

// Has tells whether the file makes a setting.
func (c *Config) Has(key string) bool { _, ok := c.lines[key]; return ok }

// Without returns the patterns of what is left out of a tree whose root is the directory dir.
func (c *Config) Without(dir string) (source.Patterns, error) {
	p, err := source.ParsePatterns(c.Exclude, below(c.Dir, dir))
	if err != nil {
		return p, c.mistake("exclude", "%v", err)
	}
	return p, nil
}

// mistake is an error about a setting, with its place.
func (c *Config) mistake(key, format string, args ...any) error {
	return &Error{Path: c.Path, Line: c.lines[key], Message: key + ": " + fmt.Sprintf(format, args...)}
}

// Error is a mistake in a configuration file. A hint says what to do about it.
type Error struct {
	Path    string
	Line    int
	Message string
	Hint    string
}

func (e *Error) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Message)
	}
	return e.Path + ": " + e.Message
}
