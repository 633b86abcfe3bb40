package scanner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/internal/suggest"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/rules"
)

// suppression is a comment that accepts findings of some rules on its line.
type suppression struct {
	file   *python.File
	line   int
	rules  []string // ids, or beginnings of ids such as MB1
	reason string
	until  string // the last day, as 2006-01-02; empty for ever
	used   bool
}

// suppress marks the findings that a comment accepts, and remarks on the comments that accept none.
func suppress(r *finding.Report, files []*python.File, opts Options) {
	type place struct {
		path string
		line int
	}
	at := map[place][]*suppression{}
	var all []*suppression
	for _, f := range files {
		for _, c := range f.Comments {
			s, wrong := parseSuppression(f, c)
			if wrong == nil && s != nil {
				wrong = s.refused(opts)
			}
			if wrong != nil {
				r.Summary.Remarks = append(r.Summary.Remarks, *wrong)
				continue
			}
			if s != nil {
				all = append(all, s)
				key := place{f.Path, s.target(c)}
				at[key] = append(at[key], s)
			}
		}
	}
	if len(all) == 0 {
		return
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		eachLine(f, func(path string, line int) {
			for _, s := range at[place{path, line}] {
				if s.names(f.Rule) {
					s.used = true
					if f.Suppressed == nil {
						f.Suppressed = &finding.Suppressed{Path: s.file.Path, Line: s.line, Reason: s.reason}
					}
				}
			}
		})
	}
	for _, s := range all {
		if !s.used {
			r.Summary.Remarks = append(r.Summary.Remarks, s.remark(finding.Unused, "no finding of %s on this line", strings.Join(s.rules, ", ")))
		}
	}
}

// eachLine calls do for every line that a finding is about.
func eachLine(f *finding.Finding, do func(path string, line int)) {
	for n := f.Location.Line; n <= max(f.Location.EndLine, f.Location.Line); n++ {
		do(f.Location.Path, n)
	}
	for _, s := range f.Steps {
		for n := s.Line; n <= max(s.EndLine, s.Line); n++ {
			do(s.Path, n)
		}
	}
}

func (s *suppression) names(rule string) bool {
	return slices.ContainsFunc(s.rules, func(id string) bool { return strings.HasPrefix(rule, id) })
}

func (s *suppression) remark(kind finding.RemarkKind, format string, args ...any) finding.Remark {
	return finding.Remark{Path: s.file.Path, Line: s.line, Kind: kind, Text: fmt.Sprintf(format, args...)}
}

// refused says why a well-formed comment suppresses nothing, nil when it may.
func (s *suppression) refused(opts Options) *finding.Remark {
	var r finding.Remark
	switch {
	case s.until != "" && opts.Today != "" && s.until < opts.Today:
		r = s.remark(finding.Expired, "the suppression of %s ended after %s", strings.Join(s.rules, ", "), s.until)
	case opts.RequireReason && s.reason == "":
		r = s.remark(finding.Unreasoned, "a suppression needs a reason here: # middlebrick: ignore[%s] why it is safe", strings.Join(s.rules, ", "))
	default:
		return nil
	}
	return &r
}

// target is the line that a comment speaks of: its own, or, when it stands alone, that of the code below it.
func (s *suppression) target(c python.Comment) int {
	if strings.TrimSpace(s.file.Line(s.line)) != strings.TrimSpace(c.Text) {
		return s.line
	}
	for n := s.line + 1; n < s.line+maxGap; n++ {
		if text := strings.TrimSpace(s.file.Line(n)); text != "" && text[0] != '#' {
			return n
		}
	}
	return s.line
}

// maxGap bounds the lines between a comment and the code that it speaks of.
const maxGap = 20

// marker begins a comment of middlebrick.
const marker = "middlebrick:"

// parseSuppression reads
//
//	# middlebrick: ignore[MB102, MB107] until 2027-01-31 why it is safe
//	# noqa: MB102
//
// It returns nil for a comment that is about something else, and a remark for one that cannot be understood.
func parseSuppression(f *python.File, c python.Comment) (*suppression, *finding.Remark) {
	line, _ := f.Position(c.Start)
	s := &suppression{file: f, line: line}
	wrong := func(kind finding.RemarkKind, format string, args ...any) (*suppression, *finding.Remark) {
		r := s.remark(kind, format, args...)
		return nil, &r
	}
	at := strings.Index(c.Text, marker)
	if at < 0 || strings.Trim(c.Text[:at], "# \t") != "" && !strings.HasSuffix(strings.TrimRight(c.Text[:at], " \t"), "#") {
		return s.noqa(c.Text)
	}
	text, _, _ := strings.Cut(c.Text[at+len(marker):], " #") // what follows is a comment of another tool
	text = strings.TrimSpace(text)
	word, rest, ok := strings.Cut(text, "[")
	list, rest, closed := strings.Cut(rest, "]")
	word = strings.TrimSpace(word)
	if word != "ignore" || !ok || !closed {
		hint := ""
		first, _, _ := strings.Cut(word, " ")
		if first != "ignore" && suggest.Nearest(first, []string{"ignore"}) != "" {
			hint = "did you mean ignore? "
		}
		return wrong(finding.Malformed, "%sit is written: # middlebrick: ignore[MB102] why it is safe", hint)
	}
	for _, name := range strings.Split(list, ",") {
		id, near := ruleID(strings.TrimSpace(name))
		if id == "" {
			return wrong(finding.UnknownRule, "unknown rule %q%s", name[:min(len(name), 40)], near)
		}
		s.rules = append(s.rules, id)
	}
	rest = strings.TrimLeft(rest, " \t")
	if day, ok := strings.CutPrefix(rest, "until "); ok {
		day = strings.TrimSpace(day)
		if s.until, rest, ok = cutDay(day); !ok {
			return wrong(finding.Malformed, "the last day is written: until 2027-01-31")
		}
	}
	s.reason = strings.TrimSpace(strings.TrimPrefix(strings.Trim(rest, " \t:-–—"), "reason:"))
	return s, nil
}

// cutDay takes a day off the beginning of a text.
func cutDay(s string) (day, rest string, ok bool) {
	const form = "0000-00-00"
	if len(s) < len(form) {
		return "", "", false
	}
	for i := range form {
		if digit := s[i] >= '0' && s[i] <= '9'; digit != (form[i] == '0') || !digit && s[i] != '-' {
			return "", "", false
		}
	}
	return s[:len(form)], s[len(form):], true
}

// noqa reads the comment of other linters, as far as it names rules of ours. Without a rule it is not for us.
func (s *suppression) noqa(text string) (*suppression, *finding.Remark) {
	at := strings.Index(strings.ToLower(text), "noqa:")
	if at < 0 {
		return nil, nil
	}
	codes := strings.FieldsFunc(text[at+len("noqa:"):], func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
	for _, code := range codes {
		if code == "#" {
			break
		}
		if upper := strings.ToUpper(code); strings.HasPrefix(upper, "MB") {
			if id, _ := ruleID(upper); id != "" {
				s.rules = append(s.rules, id)
			}
		}
	}
	if len(s.rules) == 0 {
		return nil, nil
	}
	return s, nil
}

// ruleID returns the id, or the beginning of ids, that a word means; else a suggestion.
func ruleID(word string) (id, near string) {
	upper := strings.ToUpper(word)
	var names []string
	for _, r := range rules.All() {
		if len(upper) > 2 && strings.HasPrefix(r.ID, upper) {
			return upper, ""
		}
		if strings.EqualFold(r.Name, word) {
			return r.ID, ""
		}
		names = append(names, r.ID, r.Name)
	}
	if n := suggest.Nearest(word, names); n != "" {
		return "", ", did you mean " + n + "?"
	}
	return "", ""
}
