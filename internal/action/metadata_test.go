package action

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestMetadata keeps action.yml, its defaults, the inputs that are read, the outputs that are set and docs/action.md
// from telling different stories.
func TestMetadata(t *testing.T) {
	data, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	inputs, outputs, _ := strings.Cut(string(data), "\noutputs:\n")
	outputs, _, _ = strings.Cut(outputs, "\nruns:\n")
	_, inputs, _ = strings.Cut(inputs, "\ninputs:\n")

	declared := map[string]string{}
	entry := regexp.MustCompile(`(?m)^  ([a-z-]+):\n    description: .+\n    required: false\n    default: "?(.*?)"?$`)
	for _, m := range entry.FindAllStringSubmatch(inputs, -1) {
		declared[m[1]] = m[2]
	}
	asked := map[string]bool{}
	plain, err := ReadInputs(func(key string) string { asked[key] = true; return "" })
	if err != nil {
		t.Fatal(err)
	}
	for key := range asked {
		if name := strings.ToLower(strings.TrimPrefix(key, "INPUT_")); !strings.Contains(name, "_") {
			if _, ok := declared[name]; !ok {
				t.Errorf("input %s is read and not in action.yml", name)
			}
		}
	}
	for name := range declared {
		if !asked["INPUT_"+strings.ToUpper(name)] {
			t.Errorf("input %s is in action.yml and not read", name)
		}
	}
	declared["token"] = ""
	got, err := ReadInputs(func(key string) string { return declared[strings.ToLower(strings.TrimPrefix(key, "INPUT_"))] })
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Paths, plain.Paths) {
		t.Errorf("paths %v, want %v", got.Paths, plain.Paths)
	}
	got.Paths, plain.Paths = nil, nil
	if a, b := text(got), text(plain); a != b {
		t.Errorf("the defaults of action.yml give %s, the program has %s", a, b)
	}

	var names []string
	for _, m := range regexp.MustCompile(`(?m)^  ([a-z-]+):$`).FindAllStringSubmatch(outputs, -1) {
		names = append(names, m[1])
	}
	getenv := fakeEnv(t, nil)
	(&run{flow: NewWorkflow(os.Stderr, getenv, "")}).outputs()
	var set []string
	for name := range readOutputs(t, getenv("GITHUB_OUTPUT")) {
		set = append(set, name)
	}
	slices.Sort(names)
	slices.Sort(set)
	if !slices.Equal(names, set) {
		t.Errorf("action.yml has the outputs %v, the program sets %v", names, set)
	}
	for status := range reasons {
		if !strings.Contains(string(data), string(status)) {
			t.Errorf("action.yml does not name the upload-status %s", status)
		}
	}
}

func text(in Inputs) string { return fmt.Sprintf("%+v", in) }
