package finding

import "strings"

// maxStatement bounds the lines that are joined to one statement.
const maxStatement = 24

// Statement is what a step does, on one line. A statement of several lines is joined when its lines are at hand and
// still say what the step says; else the step's own text stands for it.
func (s *Step) Statement(line func(path string, n int) (string, bool)) string {
	text := strings.Join(strings.Fields(s.Text), " ")
	if s.EndLine <= s.Line || s.EndLine-s.Line >= maxStatement {
		return text
	}
	joined := ""
	for n := s.Line; n <= s.EndLine; n++ {
		source, ok := line(s.Path, n)
		next := strings.Join(strings.Fields(source), " ")
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
