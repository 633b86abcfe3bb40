package sarif

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// multitool is the directory of Microsoft's validator, which carries the OASIS schema; `make test-tools` installs it.
func multitool(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("../.cache/multitool-*/node_modules/@microsoft/sarif-multitool-" + runtime.GOOS + "/sarif-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Skip("NOT VALIDATED: the OASIS schema and Microsoft's multitool are not installed; run make test-tools")
	}
	dir, err := filepath.Abs(filepath.Dir(found[len(found)-1]))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// logs are the logs that must be valid, whatever is in the report.
func logs(t *testing.T) map[string][]byte {
	t.Helper()
	wide := sample(t)
	wide.Findings[0].Description = strings.Repeat("very long ", 500)
	all := map[string][]byte{}
	for name, r := range map[string]*finding.Report{"sample": sample(t), "hostile": hostile(), "confirmed": confirmed(t), "nothing": finding.NewReport(".", "0.1.0"), "long": wide} {
		_, data, _ := build(t, r, full())
		all[name] = data
	}
	accepted, opts := sample(t), full()
	accepted.Findings[0].Suppressed = &finding.Suppressed{Path: "app/a.py", Line: 3, Reason: "[x](y) {0}"}
	accepted.Findings[1].Suppressed = &finding.Suppressed{Path: "middlebrick.toml", Line: 1}
	opts.Suppressed = true
	log, data, _ := build(t, accepted, opts)
	if got := log.Runs[0].Results; len(got) != len(accepted.Findings) || len(got[0].Suppressions) != 1 || bytes.Contains(data, []byte("null")) {
		t.Errorf("suppressed findings are not kept, or have nulls: %d results", len(got))
	}
	all["suppressed"] = data
	return all
}

// The schema comes first: the multitool passes a log that it cannot read without a word.
func TestOASISSchema(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(multitool(t), "sarif-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("sarif-2.1.0.json", value); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("sarif-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range logs(t) {
		log, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(log); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken, _ := jsonschema.UnmarshalJSON(strings.NewReader(`{"version": "2.1.0", "runs": [{"tool": null}]}`))
	if schema.Validate(broken) == nil {
		t.Error("the schema accepts a log without a tool")
	}
}

// TestMultitool reads the verdict from the validator's own log: its exit code is 0 whatever it finds.
func TestMultitool(t *testing.T) {
	tool := filepath.Join(multitool(t), "Sarif.Multitool")
	for _, complaint := range validate(t, tool, logs(t)) {
		t.Error(complaint)
	}
	// The tool must be able to say no, or its silence means nothing.
	_, data, _ := build(t, sample(t), full())
	bad := bytes.ReplaceAll(data, []byte(`"uri": "app/`), []byte(`"uri": "/app/a b/`))
	if len(validate(t, tool, map[string][]byte{"bad": bad})) == 0 {
		t.Error("the multitool finds nothing wrong with an absolute, unencoded URI")
	}
}

// validate returns the errors and warnings of the multitool.
func validate(t *testing.T, tool string, logs map[string][]byte) []string {
	t.Helper()
	dir := t.TempDir()
	out := filepath.Join(dir, "verdict.sarif")
	args := []string{"validate"}
	for name, data := range logs {
		in := filepath.Join(dir, name+".sarif")
		if err := os.WriteFile(in, data, 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, in)
	}
	args = append(args, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--kind", "Fail", "-o", out, "--log", "ForceOverwrite")
	if text, err := exec.Command(tool, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var verdict struct {
		Runs []struct {
			Results []struct {
				RuleID, Level string
				Message       struct {
					ID        string
					Arguments []string
				}
				Locations []location
			}
		}
	}
	if err := json.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &verdict); err != nil {
		t.Fatal(err)
	}
	if len(verdict.Runs) != 1 {
		t.Fatalf("the multitool wrote %d runs", len(verdict.Runs))
	}
	var all []string
	for _, r := range verdict.Runs[0].Results {
		at := ""
		if len(r.Locations) > 0 {
			at = filepath.Base(r.Locations[0].Physical.Artifact.URI)
		}
		all = append(all, fmt.Sprintf("%s: %s %s %s %q", at, r.Level, r.RuleID, r.Message.ID, r.Message.Arguments))
	}
	return all
}

// TestLineHashesAgainstMultitool compares every line hash of some files with those that the multitool computes. It cuts
// off a byte order mark, which the uploader of code scanning does not; no file here begins with one.
func TestLineHashesAgainstMultitool(t *testing.T) {
	tool := filepath.Join(multitool(t), "Sarif.Multitool")
	files := map[string][]byte{
		"mixed.py":  []byte("def f():\n\tx = \"é😀\"\r\n\tif x:\r\t\treturn 1\n\n\n" + strings.Repeat("pass  # same\n", 30)),
		"long.py":   []byte(strings.Repeat("x", 300) + "\n" + strings.Repeat(" \t", 200) + "y\n"),
		"strange.p": []byte("a\u00a0b\u2028c\x0bd\x0ce\n\x00\n"),
	}
	for _, name := range []string{"app/orders.py", "app/uploads.py"} {
		data, err := fromSample(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = data
	}
	dir := t.TempDir()
	want := map[string][]string{}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
		want[name] = finding.LineHashes(data)
	}
	compared := 0
	for _, r := range rolling(t, tool, dir, want) {
		place := r.Locations[0].Physical
		name, line := place.Artifact.URI, place.Region.StartLine
		compared++
		if got := r.Fingerprints["primaryLocationLineHash"]; got != want[name][line-1] {
			t.Errorf("%s line %d: the multitool says %s, we say %s", name, line, got, want[name][line-1])
		}
	}
	if compared < 50 {
		t.Errorf("%d lines compared", compared)
	}
}

// rolling lets the multitool hash every line of some files.
func rolling(t *testing.T, tool, dir string, lines map[string][]string) []result {
	t.Helper()
	var results []string
	for name := range lines {
		for line := range lines[name] {
			results = append(results, fmt.Sprintf(`{"ruleId": "R", "message": {"text": "m."}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": %q, "uriBaseId": "ROOT"}, "region": {"startLine": %d}}}]}`, name, line+1))
		}
	}
	in, out := filepath.Join(dir, "in.sarif"), filepath.Join(dir, "out.sarif")
	log := fmt.Sprintf(`{"$schema": %q, "version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "originalUriBaseIds": {"ROOT": {"uri": "file://%s/"}}, "results": [%s]}]}`,
		schemaURI, dir, strings.Join(results, ","))
	if err := os.WriteFile(in, []byte(log), 0o644); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.Command(tool, "rewrite", in, "-o", out, "--insert", "RollingHashPartialFingerprints", "--log", "ForceOverwrite").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var back sarifLog
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &back); err != nil {
		t.Fatal(err)
	}
	return back.Runs[0].Results
}
