package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/middlebrick/middlebrick/internal/sink"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// JUnit writes one test suite for each file with findings, and in it one failed test for each finding. Without findings
// there is one suite with one test that passed: an empty report is an error for some readers.
func JUnit(w io.Writer, r *finding.Report) error {
	suites := map[string][]*finding.Finding{}
	var files []string
	total := 0
	counted(r, func(f *finding.Finding) {
		file := inRepo(r, f.Location.Path)
		if suites[file] == nil {
			files = append(files, file)
		}
		suites[file] = append(suites[file], f)
		total++
	})
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	fmt.Fprintf(&b, `<testsuites name="middlebrick" tests="%d" failures="%d" errors="0" time="0">`+"\n", max(total, 1), total)
	if total == 0 {
		b.WriteString(`  <testsuite name="middlebrick" tests="1" failures="0" errors="0" skipped="0" time="0">` + "\n" +
			`    <testcase name="no races found" classname="middlebrick" time="0"/>` + "\n  </testsuite>\n")
	}
	for _, file := range files {
		n := len(suites[file])
		fmt.Fprintf(&b, `  <testsuite name="%s" tests="%d" failures="%d" errors="0" skipped="0" time="0">`+"\n", sink.XML(file), n, n)
		for _, f := range suites[file] {
			begin, _ := lines(f.Location)
			name := strings.TrimSpace(fmt.Sprintf("%s at %s:%d %s", title(f), file, begin, route(f.Method, f.Endpoint)))
			fmt.Fprintf(&b, `    <testcase name="%s" classname="%s" file="%s" line="%d" time="0">`+"\n", sink.XML(name), sink.XML(file), sink.XML(file), begin)
			fmt.Fprintf(&b, `      <failure message="%s" type="%s">%s</failure>`+"\n", sink.XML(f.Description), sink.XML(strings.TrimSpace(f.Rule+" "+string(f.Severity))), sink.XML(explained(f)+"\n\n"+schedule(f)))
			b.WriteString("    </testcase>\n")
		}
		b.WriteString("  </testsuite>\n")
	}
	b.WriteString("</testsuites>\n")
	_, err := io.WriteString(w, b.String())
	return err
}
