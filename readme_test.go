package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/internal/cli"
)

var update = flag.Bool("update", false, "rewrite the made parts of README.md, of the pages in docs, and of the command line scripts")

// expectation is what the examples say about themselves on their lines.
var expectation = regexp.MustCompile(`  # (want|step) MB.*`)

// heading is the first finding of a state transition, to its last line.
var heading = regexp.MustCompile(`(?ms)^\w+\[MB107\].*?^ *= rule: [^=]*?\n\n`)

// TestREADME runs what README shows and compares.
func TestREADME(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	scan := program(t, 1, "scan", "testdata/apps/shop", "--color", "never")
	scan = expectation.ReplaceAllString(scan, "")
	example := heading.FindString(scan)
	if example == "" {
		t.Fatalf("the shop has no finding of MB107:\n%s", scan)
	}
	readme = replaced(t, readme, "middlebrick scan testdata/apps/shop", "```text\n"+strings.TrimSpace(example)+"\n```\n")
	readme = replaced(t, readme, "rules", rulesTable(program(t, 0, "rules")))
	if readme == string(text) {
		return
	}
	if !*update {
		t.Fatal("README.md shows what the program does not print; go test . -update rewrites it")
	}
	if err := os.WriteFile("README.md", []byte(readme), 0o644); err != nil {
		t.Fatal(err)
	}
}

func program(t *testing.T, code int, args ...string) string {
	t.Helper()
	var out, err bytes.Buffer
	if got := cli.Main(args, nil, &out, &err); got != code {
		t.Fatalf("middlebrick %s: exit code %d, want %d\n%s", strings.Join(args, " "), got, code, err.String())
	}
	return out.String()
}

func replaced(t *testing.T, readme, name, with string) string {
	t.Helper()
	begin, end := "<!-- begin: "+name+" -->\n", "<!-- end -->"
	before, rest, ok := strings.Cut(readme, begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("README.md has no place for %q", name)
	}
	return before + begin + with + end + after
}

func rulesTable(listed string) string {
	var b strings.Builder
	b.WriteString("| rule | severity | what goes wrong |\n|---|---|---|\n")
	for line := range strings.Lines(listed) {
		fields := strings.Fields(line)
		fmt.Fprintf(&b, "| %s %s | %s | %s |\n", fields[0], fields[2], fields[1], strings.Join(fields[3:], " "))
	}
	return b.String()
}
