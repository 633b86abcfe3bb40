package toml

import (
	"fmt"
	"strings"
)

// shape refuses a file that is nested too deeply or has keys of too many parts. It follows strings and comments as the
// grammar does; where a file is not TOML the library stops at the same place.
func shape(s string) error {
	depth, dots := 0, 0
	for i := 0; i < len(s); {
		switch c := s[i]; c {
		case '#':
			i = lineEnd(s, i)
			continue
		case '"', '\'':
			i = stringEnd(s, i)
			continue
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(depth-1, 0)
		case '.':
			dots++
		case '\n', ',', '=':
			dots = 0
		}
		if depth > maxDepth {
			return &Error{lineOf(s, i), fmt.Sprintf("values are nested more than %d deep", maxDepth)}
		}
		if dots > maxParts {
			return &Error{lineOf(s, i), fmt.Sprintf("a key has more than %d parts", maxParts)}
		}
		i++
	}
	return nil
}

func lineOf(s string, i int) int { return 1 + strings.Count(s[:i], "\n") }

func lineEnd(s string, i int) int {
	if n := strings.IndexByte(s[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(s)
}

// stringEnd returns the index behind the string that begins at i. One without an end stops at the end of its line, or
// of the file when it may span lines.
func stringEnd(s string, i int) int {
	quote := s[i]
	if triple := strings.Repeat(string(quote), 3); strings.HasPrefix(s[i:], triple) {
		for i += 3; i < len(s); i++ {
			if s[i] == '\\' && quote == '"' {
				i++
			} else if strings.HasPrefix(s[i:], triple) {
				// Up to two quotes before the end belong to the text.
				for i += 3; i < len(s) && s[i] == quote; i++ {
				}
				return i
			}
		}
		return len(s)
	}
	for i++; i < len(s) && s[i] != '\n'; i++ {
		if s[i] == '\\' && quote == '"' {
			i++
		} else if s[i] == quote {
			return i + 1
		}
	}
	return min(i, len(s))
}
