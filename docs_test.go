package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	yaml "github.com/pb33f/go-yaml"

	"github.com/middlebrick/middlebrick/internal/fixture"
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/rules"
)

// page rewrites or compares the generated part of a page.
func page(t *testing.T, name, part, with string) {
	t.Helper()
	text := string(read(t, name))
	now := replaced(t, text, part, with)
	if now == text {
		return
	}
	if !*update {
		t.Fatalf("%s: the part %q is out of date; go test . -update rewrites it", name, part)
	}
	if err := os.WriteFile(name, []byte(now), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestRulesIndex keeps the index of the rules' pages.
func TestRulesIndex(t *testing.T) {
	var lines []string
	for _, r := range rules.All() {
		lines = append(lines, fmt.Sprintf("| [%s](../scanner/rules/%s.md) | %s | %s | %s |\n", r.ID, r.Stem, r.Name, r.Severity, r.Title))
	}
	slices.Sort(lines)
	page(t, "docs/rules.md", "rules index", "| rule | name | severity | what goes wrong |\n|---|---|---|---|\n"+strings.Join(lines, ""))
}

// TestTruthTable shows what the engines were seen to do, from the rows that the fixtures' tests run.
func TestTruthTable(t *testing.T) {
	rows, err := fixture.Rows(os.DirFS("testdata/truth"))
	if err != nil {
		t.Fatal(err)
	}
	words := map[fixture.Outcome]string{fixture.Races: "**race**", fixture.Refused: "refused", fixture.Sound: "sound", fixture.Absent: "–"}
	var b strings.Builder
	b.WriteString("| row | shape |")
	for _, column := range fixture.Columns {
		fmt.Fprintf(&b, " %s |", column.Title)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(fixture.Columns)) + "\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | [%s](../testdata/truth/%s) |", r.ID, strings.ReplaceAll(r.Name, "_", " "), r.Path)
		for _, column := range fixture.Columns {
			want := r.Want[column.Name]
			if words[want] == "" {
				t.Errorf("%s: %q has no word", r.ID, want)
			}
			fmt.Fprintf(&b, " %s |", words[want])
		}
		b.WriteByte('\n')
	}
	page(t, "docs/how-it-knows.md", "truth", b.String())
}

// TestKnownGaps lists the lines of which the scanner is known to think wrongly.
func TestKnownGaps(t *testing.T) {
	cases, err := fixture.Rules("testdata/rules")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, c := range cases {
		marks, err := fixture.Expectations(c.FS)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range marks {
			if word := map[fixture.Kind]string{fixture.FalseNegative: "not found", fixture.FalsePositive: "found, and wrong"}[e.Kind]; word != "" {
				fmt.Fprintf(&b, "| %s | %s | %s | `%s` |\n", e.Rule, word, strings.ReplaceAll(e.Text, "|", `\|`), path.Join(c.Name, e.Path))
			}
		}
	}
	with := "No line of a fixture is marked so today.\n"
	if b.Len() > 0 {
		with = "| rule | | why | fixture |\n|---|---|---|---|\n" + b.String()
	}
	page(t, "docs/limits.md", "gaps", with)
}

// pages are all pages that people read.
func pages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("docs/*.md")
	if err != nil || len(found) < 10 {
		t.Fatalf("%v, %v", found, err)
	}
	return append(found, "README.md")
}

var link = regexp.MustCompile(`\]\(([^)#:\s]+)(?:#[^)\s]*)?\)`)

// TestLinks follows every link to a file.
func TestLinks(t *testing.T) {
	reached := map[string]bool{"README.md": true}
	all := pages(t)
	for _, name := range all {
		for _, m := range link.FindAllStringSubmatch(string(read(t, name)), -1) {
			to := path.Join(path.Dir(filepath.ToSlash(name)), m[1])
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
			reached[to] = true
		}
	}
	for _, name := range all {
		if !reached[filepath.ToSlash(name)] {
			t.Errorf("no page links to %s", name)
		}
	}
}

var (
	fenced = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")
	called = regexp.MustCompile(`middlebrick (scan|man|completion|explain|fix|config|baseline|rules)\b[^'"|&\n#]*`)
	inline = regexp.MustCompile("`middlebrick ([a-z]+)([^`]*)`")
	flags  = regexp.MustCompile(`--[a-z][a-z-]*`)
)

// elsewhere are the commands of console blocks that other tests run.
var elsewhere = map[string]string{
	"make dist":                        "TestWheelInstalls, for this platform",
	".venv/bin/pip install .":          "TestPipInstalls",
	".venv/bin/pip install --no-index": "TestWheelInstalls", ".venv/bin/middlebrick": "TestWheelInstalls",
	"python3 -m venv": "TestWheelInstalls", "(cd dist": "TestWheelInstalls", "tar ": "TestWheelInstalls",
	"docker ":                     "TestImage builds and runs the image, where there is an engine",
	"go test ./internal/fixture ": "itself",
}

// known is the beginning of a command that another test runs.
func known(command string) string {
	for begin := range elsewhere {
		if strings.HasPrefix(command, begin) {
			return begin
		}
	}
	return ""
}

// TestCommandsShown runs the commands that the pages show, in a copy of the shop.
func TestCommandsShown(t *testing.T) {
	dir, bin := t.TempDir(), t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "testdata/apps/shop"), os.DirFS("testdata/apps/shop")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "results"), os.DirFS("docs")); err != nil { // a directory that a step makes
		t.Fatal(err)
	}
	self, err := os.Executable() // TestMain makes the test binary the program when it is called by that name
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "middlebrick")); err != nil {
		t.Fatal(err)
	}
	ran := map[string]bool{}
	run := func(page, command string) {
		if ran[command] {
			return
		}
		ran[command] = true
		cmd := exec.CommandContext(t.Context(), "sh", "-c", strings.ReplaceAll(command, "$(Build.ArtifactStagingDirectory)", "results"))
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "MIDDLEBRICK_SHARD=1/1")
		if out, err := cmd.CombinedOutput(); err != nil && cmd.ProcessState.ExitCode() != 1 { // 1: there are findings
			t.Errorf("%s: %s: %v\n%s", page, command, err, out)
		}
	}
	for _, name := range pages(t) {
		for _, block := range fenced.FindAllStringSubmatch(string(read(t, name)), -1) {
			for line := range strings.Lines(block[2]) {
				line = strings.TrimSpace(line)
				command, console := strings.CutPrefix(line, "$ ")
				command = strings.Replace(command, "go run . ", "middlebrick ", 1)
				switch {
				case block[1] == "console" && !console:
				case console && strings.HasPrefix(command, "middlebrick "):
					shown, _, _ := strings.Cut(command, "|")
					run(name, shown)
				case console && known(command) == "":
					t.Errorf("%s shows %q, and no test is named that runs it", name, command)
				case block[1] == "yaml" || block[1] == "groovy" || block[1] == "json":
					for _, found := range called.FindAllString(line, -1) {
						if !strings.Contains(found, "--start") { // what starts an application is for the prober's tests
							run(name, strings.TrimSpace(found))
						}
					}
				}
			}
		}
	}
	if len(ran) < 10 {
		t.Errorf("only %d commands found", len(ran))
	}
}

// TestCommandsNamed asks for the help of every command that a sentence names: it is there, and so are the flags.
func TestCommandsNamed(t *testing.T) {
	n := 0
	for _, name := range pages(t) {
		for _, m := range inline.FindAllStringSubmatch(string(read(t, name)), -1) {
			n++
			if m[1] == "action" {
				continue // it takes no flags, but the variables of a workflow
			}
			help := program(t, 0, m[1], "--help")
			for _, flag := range flags.FindAllString(m[2], -1) {
				if !strings.Contains(help, flag) {
					t.Errorf("%s: `middlebrick %s%s`: there is no %s", name, m[1], m[2], flag)
				}
			}
		}
	}
	if n < 10 {
		t.Errorf("only %d commands found", n)
	}
}

// TestSnippetsParse reads the settings for other CI: a platform that cannot read them runs nothing.
func TestSnippetsParse(t *testing.T) {
	n := 0
	for _, name := range pages(t) {
		for _, block := range fenced.FindAllStringSubmatch(string(read(t, name)), -1) {
			if block[1] != "yaml" {
				continue
			}
			n++
			var value any
			if err := yaml.Unmarshal([]byte(block[2]), &value); err != nil || value == nil {
				t.Errorf("%s: %v\n%s", name, err, block[2])
			}
		}
	}
	if n < 5 {
		t.Errorf("only %d snippets found", n)
	}
}

// TestEditorSettings reads what the page about editors says to write.
func TestEditorSettings(t *testing.T) {
	lines := regexp.MustCompile(`"regexp": ("(?:[^"\\]|\\.)*")`)
	seen := map[string]bool{}
	for _, block := range fenced.FindAllStringSubmatch(string(read(t, "docs/editors.md")), -1) {
		seen[block[1]] = true
		var value map[string]any
		switch block[1] {
		case "toml":
			if _, err := toml.Decode(block[2], &value); err != nil {
				t.Error(err)
			}
		case "lua":
			if err := luaSyntax(t, block[2]); err != nil {
				t.Error(err)
			}
		case "json":
			if err := json.Unmarshal([]byte(block[2]), &value); err != nil {
				t.Fatal(err)
			}
			var pattern string
			if err := json.Unmarshal([]byte(lines.FindStringSubmatch(block[2])[1]), &pattern); err != nil {
				t.Fatal(err)
			}
			concise := program(t, 1, "scan", "testdata/apps/shop", "--output", "concise")
			for line := range strings.Lines(concise) {
				m := regexp.MustCompile(pattern).FindStringSubmatch(strings.TrimSpace(line))
				if m == nil || !fs.ValidPath(m[1]) || !strings.HasPrefix(m[4], "MB") {
					t.Errorf("the problem matcher makes %q of %q", m, line)
				}
			}
		}
	}
	if !seen["toml"] || !seen["lua"] || !seen["json"] {
		t.Errorf("the page shows %v", seen)
	}
}

// luaSyntax compiles Lua and runs nothing of it.
func luaSyntax(t *testing.T, text string) error {
	nvim, err := exec.LookPath("nvim")
	if err != nil {
		t.Log("NOT TESTED: Neovim is not installed, so the Lua of docs/editors.md is not compiled")
		return nil
	}
	file := filepath.Join(t.TempDir(), "settings.lua")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return err
	}
	cmd := exec.CommandContext(t.Context(), nvim, "--headless", "-u", "NONE", "-i", "NONE", "-c", "lua if not loadfile('"+file+"') then vim.cmd('cquit 1') end", "-c", "qall!")
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s\n%s", err, out, text)
	}
	return nil
}

// TestLibraries looks for every package that has a model, the standard library's apart, on the page that says what is understood.
func TestLibraries(t *testing.T) {
	text := string(read(t, "docs/libraries.md"))
	named := regexp.MustCompile("`([A-Za-z0-9_]+)`")
	told := map[string]bool{}
	for _, m := range named.FindAllStringSubmatch(text, -1) {
		told[m[1]] = true
	}
	packages := 0
	for _, l := range effects.Libraries {
		var names []string
		for _, f := range l.Funcs {
			names = append(names, f.Name)
		}
		for _, c := range l.Classes {
			names = append(names, c.Name)
		}
		for _, name := range names {
			top, _, dotted := strings.Cut(name, ".")
			if !dotted || strings.Contains(top, " ") || slices.Contains(standard, top) {
				continue
			}
			packages++
			if !told[top] {
				t.Errorf("docs/libraries.md does not name %s", top)
				told[top] = true
			}
		}
	}
	if packages < 100 {
		t.Errorf("%d models of libraries: were they found?", packages)
	}
}

// standard are the modules of Python's own library that are modelled and need no naming.
var standard = []string{
	"builtins", "bz2", "codecs", "csv", "functools", "glob", "gzip", "http", "imghdr", "io", "lzma", "marshal", "os", "pathlib", "pickle", "shutil",
	"smtplib", "socket", "subprocess", "tarfile", "tempfile", "tomllib", "urllib", "wave", "zipfile",
}
