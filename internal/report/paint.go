package report

import "github.com/middlebrick/middlebrick/scanner/finding"

// painter colours text, or not. It is given plain text only and always ends what it begins.
type painter bool

func (p painter) paint(code, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p painter) bold(s string) string   { return p.paint("1", s) }
func (p painter) dim(s string) string    { return p.paint("2", s) }
func (p painter) gutter(s string) string { return p.paint("1;34", s) }
func (p painter) code(s string) string   { return p.paint("36", s) }
func (p painter) good(s string) string   { return p.paint("32", s) }
func (p painter) bad(s string) string    { return p.paint("31", s) }

func (p painter) severity(level finding.Severity, s string) string {
	switch {
	case level.Rank() >= finding.High.Rank():
		return p.paint("1;31", s)
	case level == finding.Medium:
		return p.paint("1;33", s)
	case level == finding.Low:
		return p.paint("1;36", s)
	}
	return p.paint("1", s)
}

// actor colours the two requests apart.
func (p painter) actor(name, s string) string {
	if name == "B" {
		return p.paint("35", s)
	}
	return p.paint("33", s)
}
