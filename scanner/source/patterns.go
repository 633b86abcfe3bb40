package source

import (
	"path"
	"strings"
)

// Patterns are lines in the syntax of .gitignore. The zero value matches nothing.
type Patterns struct {
	set   ruleSet
	under string
}

// ParsePatterns reads patterns that are relative to a directory. Where the root of a tree lies below that directory,
// under is the path that leads to it; else it is empty. The error is an ErrExclude.
func ParsePatterns(lines []string, under string) (Patterns, error) {
	set, err := parseExclude(lines)
	return Patterns{set, under}, err
}

// Match tells whether a path of the tree matches; a later pattern that is negated takes back what an earlier one says.
func (p Patterns) Match(name string, dir bool) bool {
	return len(p.set.patterns) > 0 && p.set.match(path.Join(p.under, name), dir) == ignored
}

// Cover tells whether a file of the tree, or a directory that it lies in, matches.
func (p Patterns) Cover(file string) bool {
	if p.Match(file, false) {
		return true
	}
	for at := strings.LastIndexByte(file, '/'); at >= 0; at = strings.LastIndexByte(file[:at], '/') {
		if p.Match(file[:at], true) {
			return true
		}
	}
	return false
}
