package source

import (
	"errors"
	"fmt"
	"path"
	"strings"
)

// Bounds for hostile ignore files. No path is as long as maxPattern, so a longer pattern is dropped.
const (
	maxIgnoreFile = 128 << 10
	maxPattern    = 1024
)

// verdict is what a set of rules says about a path.
type verdict uint8

const (
	unmatched verdict = iota
	ignored
	included // by a negated pattern
)

// ruleSet is one ignore file: the last pattern that matches decides.
type ruleSet struct {
	dir      string // the directory of the file, "." for the root
	patterns []pattern
}

// pattern is one line of an ignore file.
type pattern struct {
	negated  bool
	dirOnly  bool
	anchored bool     // compared with the whole path below the file's directory, not with the last element alone
	segments []string // split at '/'; "**" stands for any number of elements
}

func (w *walker) ignoreFile(dir string) ruleSet {
	name := path.Join(dir, ".gitignore")
	data, err := (&Tree{open: w.tree.open, limits: Limits{FileSize: maxIgnoreFile}}).read(File{Path: name})
	if err != nil {
		reason := "so nothing is left out for its sake: " + err.(*ReadError).Skip.Reason
		w.skip(unreadable(name, "the ignore file could not be read, "+reason))
	}
	return ruleSet{dir: dir, patterns: parseIgnore(string(data))}
}

// ErrExclude is an Options.Exclude that can match nothing.
var ErrExclude = errors.New("not an exclude pattern")

func parseExclude(lines []string) (ruleSet, error) {
	set := ruleSet{dir: "."}
	for _, line := range lines {
		p, ok := parsePattern(line)
		if !ok {
			return set, fmt.Errorf("%w: %q", ErrExclude, line)
		}
		set.patterns = append(set.patterns, p)
	}
	return set, nil
}

func parseIgnore(text string) []pattern {
	var patterns []pattern
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if p, ok := parsePattern(line); ok {
			patterns = append(patterns, p)
		}
	}
	return patterns
}

func parsePattern(line string) (pattern, bool) {
	line = trimUnescapedSpaces(line)
	var p pattern
	if rest, ok := strings.CutPrefix(line, "!"); ok {
		p.negated, line = true, rest
	}
	if rest, ok := strings.CutSuffix(line, "/"); ok {
		p.dirOnly, line = true, rest
	}
	p.anchored = strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	if line == "" || len(line) > maxPattern {
		return p, false
	}
	p.segments = splitPattern(line)
	return p, true
}

// splitPattern splits at the slashes that do not stand in a bracket expression.
func splitPattern(line string) []string {
	var segments []string
	start := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '[':
			if width, _ := readClass(line[i:], 0); width > 0 {
				i += width - 1
			}
		case '/':
			segments = append(segments, line[start:i])
			start = i + 1
		}
	}
	return append(segments, line[start:])
}

// trimUnescapedSpaces cuts the spaces at the end of a line, but not one that a backslash protects.
func trimUnescapedSpaces(line string) string {
	end := 0
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && i+1 < len(line):
			i++
			end = i + 1
		case line[i] != ' ':
			end = i + 1
		}
	}
	return line[:end]
}

func (s ruleSet) match(name string, dir bool) verdict {
	if s.dir != "." {
		rest, ok := strings.CutPrefix(name, s.dir+"/")
		if !ok {
			return unmatched
		}
		name = rest
	}
	var elements []string
	for i := len(s.patterns) - 1; i >= 0; i-- {
		p := &s.patterns[i]
		if p.dirOnly && !dir {
			continue
		}
		if elements == nil {
			elements = strings.Split(name, "/")
		}
		if p.matches(elements) {
			if p.negated {
				return included
			}
			return ignored
		}
	}
	return unmatched
}

func (p *pattern) matches(elements []string) bool {
	if !p.anchored {
		return matchElement(p.segments[0], elements[len(elements)-1])
	}
	return matchPath(p.segments, elements)
}

// matchPath compares pattern and path element by element. Like matchElement it goes back to the last "**" only,
// which is enough, and keeps the time within the product of both lengths.
func matchPath(segments, elements []string) bool {
	s, e := 0, 0
	star, from := -1, 0
	for e < len(elements) {
		switch {
		case s < len(segments) && segments[s] == "**":
			if s == len(segments)-1 {
				return true // "dir/**" matches everything below dir, and there is something left
			}
			star, from = s, e
			s++
		case s < len(segments) && matchElement(segments[s], elements[e]):
			s++
			e++
		case star >= 0:
			from++
			s, e = star+1, from
		default:
			return false
		}
	}
	return s == len(segments)
}

// matchElement compares one element of a path with a pattern of *, ?, [...] and backslash escapes.
func matchElement(glob, name string) bool {
	g, n := 0, 0
	star, from := -1, 0
	for n < len(name) {
		if g < len(glob) && glob[g] == '*' {
			star, from = g, n
			g++
			continue
		}
		if width := matchOne(glob[g:], name[n]); width > 0 {
			g += width
			n++
			continue
		}
		if star < 0 {
			return false
		}
		from++
		g, n = star+1, from
	}
	for g < len(glob) && glob[g] == '*' {
		g++
	}
	return g == len(glob)
}

// matchOne returns the width of the pattern item at the start of glob if it matches the byte c, else 0.
func matchOne(glob string, c byte) int {
	if glob == "" {
		return 0
	}
	switch glob[0] {
	case '?':
		return 1
	case '[':
		if width, hit := readClass(glob, c); hit {
			return width
		}
		return 0
	case '\\':
		if len(glob) > 1 && glob[1] == c {
			return 2
		}
		return 0
	}
	if glob[0] == c {
		return 1
	}
	return 0
}

// readClass reads the bracket expression at the start of glob, [abc], [a-z], [!a], [^a] or [[:alpha:]], and tells its
// width and whether it matches c. One without an end has no width and matches nothing.
func readClass(glob string, c byte) (width int, hit bool) {
	i, negated := 1, false
	if i < len(glob) && (glob[i] == '!' || glob[i] == '^') {
		negated = true
		i++
	}
	for first := true; ; first = false {
		if i >= len(glob) {
			return 0, false
		}
		if glob[i] == ']' && !first {
			return i + 1, hit != negated
		}
		if name, ok := posixClass(glob[i:]); ok {
			in, known := inPosixClass(name, c)
			if !known {
				return 0, false
			}
			hit = hit || in
			i += len(name) + 4
			continue
		}
		low, n := classByte(glob[i:])
		i += n
		high := low
		if i+1 < len(glob) && glob[i] == '-' && glob[i+1] != ']' {
			high, n = classByte(glob[i+1:])
			i += 1 + n
		}
		if n == 0 {
			return 0, false
		}
		hit = hit || low <= c && c <= high
	}
}

// classByte reads one byte of a bracket expression, which a backslash may protect.
func classByte(glob string) (byte, int) {
	if glob[0] != '\\' {
		return glob[0], 1
	}
	if len(glob) < 2 {
		return 0, 0
	}
	return glob[1], 2
}

func posixClass(glob string) (string, bool) {
	rest, ok := strings.CutPrefix(glob, "[:")
	if !ok {
		return "", false
	}
	name, _, ok := strings.Cut(rest, ":]")
	return name, ok && !strings.Contains(name, "]")
}

func inPosixClass(name string, c byte) (in, known bool) {
	lower, upper, digit := 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9'
	graph := 0x20 < c && c < 0x7f
	switch name {
	case "alpha":
		return lower || upper, true
	case "digit":
		return digit, true
	case "alnum":
		return lower || upper || digit, true
	case "lower":
		return lower, true
	case "upper":
		return upper, true
	case "space":
		return c == ' ' || '\t' <= c && c <= '\r', true
	case "blank":
		return c == ' ' || c == '\t', true
	case "punct":
		return graph && !lower && !upper && !digit, true
	case "xdigit":
		return digit || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F', true
	case "cntrl":
		return c < 0x20 || c == 0x7f, true
	case "graph":
		return graph, true
	case "print":
		return graph || c == ' ', true
	}
	return false, false
}
