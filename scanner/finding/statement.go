package finding

import "strings"

// maxStatement bounds the lines that are joined to one statement.
const maxStatement = 24

// Statement is what a step does, on one line. A statement of several lines is joined when its lines are at hand and
// still say what the step says; else the step's own text stands for it.
func (s *Step) Statement(line func(path string, n int) (string, bool)) string {
	text := code(s.Text)
	if s.EndLine <= s.Line || s.EndLine-s.Line >= maxStatement {
		return text
	}
	joined := ""
	for n := s.Line; n <= s.EndLine; n++ {
		source, ok := line(s.Path, n)
		next := code(source)
		if !ok || n == s.Line && next != text {
			return text
		}
		switch {
		case joined == "" || next == "" || strings.HasSuffix(joined, "(") || strings.HasPrefix(next, "."):
		case strings.HasPrefix(next, ")"):
			joined = strings.TrimSuffix(joined, ",")
		default:
			joined += " "
		}
		joined += next
	}
	return joined
}

// code is a line of source without its comment, with single spaces. A comment is set off by two spaces, as everywhere.
func code(line string) string {
	if at := strings.Index(line, "  #"); at >= 0 && strings.TrimSpace(line[:at]) != "" {
		line = line[:at]
	}
	return strings.Join(strings.Fields(line), " ")
}
