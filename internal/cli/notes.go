package cli

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// maxNotes bounds the lines about skipped things; the JSON report names them all.
const maxNotes = 100

// meaning says what a skipped thing means for the result.
var meaning = map[string]string{
	"unreadable": "races that pass through it are not found",
	"syntax":     "the damaged lines are left out, the rest of the file is scanned",
	"too-large":  "races that pass through it are not found",
	"limit":      "races in what was left out are not found",
	"link":       "imports through the link are not followed",
	"not-a-file": "it cannot be a module, so nothing is lost",
	"defect":     "races that pass through it are not found",
}

// tellSkipped names on standard error whatever the result does not cover: each file on its own line, and what happened
// inside files as a count.
func (c *command) tellSkipped(s *finding.Summary, target string) {
	said, inside := 0, map[string]int{}
	for _, skip := range s.Skipped {
		text, known := meaning[skip.Kind]
		if !known {
			inside[skip.Kind]++
			continue
		}
		if said++; said > maxNotes {
			continue
		}
		at := below(target, skip.Path)
		if skip.Line > 0 {
			at = fmt.Sprintf("%s:%d", at, skip.Line)
		}
		c.tell("%s: %s: %s (%s)", at, label(skip.Kind), skip.Reason, text)
	}
	if said > maxNotes {
		c.tell("… and %s more; --output json names them all in summary.skipped", plural(said-maxNotes, "skipped file"))
	}
	if n := inside["given-up"]; n > 0 {
		c.tell("%s given up on: races that need more than the bounds of the analysis are not found there (summary.skipped names them)", plural(n, "function"))
	}
	if n := inside["unresolved"]; n > 0 {
		c.tell("%s could not be resolved on a path that matters (summary.skipped names them)", plural(n, "call"))
	}
}

// many is the number of findings from which on a first look needs advice.
const many = 50

// tellMany says how to live with many findings.
func (c *command) tellMany(s *finding.Summary) {
	n := 0
	for _, k := range s.BySeverity {
		n += k
	}
	if n >= many {
		c.tell("%d findings are many to begin with: --min-severity high shows the worst, --output concise one line each, and middlebrick baseline create accepts what is there, so that only new ones count", n)
	}
}

// tellRemarks names the comments that suppress nothing. On a part of a program nobody can tell which ones are unused.
func (c *command) tellRemarks(s *scanned) {
	said := 0
	for _, r := range s.report.Summary.Remarks {
		if r.Kind == finding.Unused && !s.all {
			continue
		}
		if said++; said <= maxNotes {
			c.tell("%s:%d: suppression (%s): %s", below(s.report.Target, r.Path), r.Line, r.Kind, r.Text)
		}
	}
	if said > maxNotes {
		c.tell("… and %s more; --output json names them all in summary.remarks", plural(said-maxNotes, "suppression"))
	}
}

// below names a file of the scan as the user can open it from where he stands.
func below(target, file string) string { return path.Join(target, file) }

func label(kind string) string {
	switch kind {
	case "syntax":
		return "syntax error"
	case "limit":
		return "limit reached"
	case "defect":
		return "not analysed"
	}
	return "skipped"
}

// tellSummary is the last line of a scan: what was read and, where the report itself does not say it, what was found.
func (c *command) tellSummary(s *finding.Summary, elapsed int64, all []output) {
	read := fmt.Sprintf("scanned %s, %s, %s in %s", plural(s.Files, "file"), plural(s.Lines, "line"), plural(s.Routes, "route"), seconds(elapsed))
	if !slices.ContainsFunc(all, func(o output) bool { return o.form == "text" && o.file == "" }) {
		read += ": " + counts(s)
	}
	c.tell("%s", read)
}

func counts(s *finding.Summary) string {
	var parts []string
	for _, level := range []finding.Severity{finding.Critical, finding.High, finding.Medium, finding.Low, finding.Note, finding.Info} {
		if n := s.BySeverity[string(level)]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, level))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "no races found")
	}
	if s.Suppressed > 0 {
		parts = append(parts, fmt.Sprintf("%d suppressed", s.Suppressed))
	}
	return strings.Join(parts, ", ")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func seconds(ms int64) string {
	if ms < 1000 {
		return fmt.Sprintf("%d ms", ms)
	}
	return fmt.Sprintf("%.1f s", float64(ms)/1000)
}

// colored decides about colour: the flag, then NO_COLOR, then FORCE_COLOR and CLICOLOR_FORCE, then whether a person reads.
func (c *command) colored(toStdout bool) (bool, error) {
	switch c.color {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
	default:
		return false, usage("use auto, always or never", "--color: unknown value %q", c.color)
	}
	switch {
	case os.Getenv("NO_COLOR") != "":
		return false, nil
	case !toStdout:
		return false, nil
	case isSet("FORCE_COLOR") || isSet("CLICOLOR_FORCE"):
		return true, nil
	}
	fd, tty := c.terminal()
	return tty && term.IsTerminal(fd) && os.Getenv("TERM") != "dumb", nil
}

func isSet(name string) bool { v := os.Getenv(name); return v != "" && v != "0" }

// width is the number of columns for the text report.
func (c *command) width() int {
	if fd, ok := c.terminal(); ok {
		if w, _, err := term.GetSize(fd); err == nil {
			return w
		}
	}
	return 0
}

func (c *command) terminal() (fd int, ok bool) {
	if f, isFile := c.out.(*os.File); isFile {
		return int(f.Fd()), true
	}
	return 0, false
}
