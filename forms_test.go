package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// TestFormsAgree compares the findings of the shop in all forms: the same races, at the same places.
func TestFormsAgree(t *testing.T) {
	const shop = "testdata/apps/shop"
	var report finding.Report
	text := program(t, 1, "scan", shop, "--output", "json")
	if err := json.Unmarshal([]byte(text), &report); err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.NewCompiler().Compile("docs/report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Error(err)
	}
	var want []string
	for _, f := range report.Findings {
		want = append(want, fmt.Sprintf("%s %s/%s:%d", f.Rule, shop, f.Location.Path, f.Location.Line))
		if f.Fingerprint.Race == "" || f.Fingerprint.PrimaryLocationLineHash == "" || f.ID == "" {
			t.Errorf("%s has no identity: %+v", f.Rule, f.Fingerprint)
		}
	}
	if len(want) < 4 {
		t.Fatalf("%d findings in the shop", len(want))
	}
	slices.Sort(want)
	for form, got := range map[string][]string{
		"concise": concisely(program(t, 1, "scan", shop, "--output", "concise")),
		"text":    headed(program(t, 1, "scan", shop)),
		"sarif":   located(t, program(t, 1, "scan", shop, "--output", "sarif")),
	} {
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s has %q\njson has %q", form, got, want)
		}
	}
}

func concisely(text string) (places []string) {
	for line := range strings.Lines(text) {
		place, rest, _ := strings.Cut(line, ": ")
		rule, _, _ := strings.Cut(rest, " ")
		places = append(places, rule+" "+place[:strings.LastIndex(place, ":")])
	}
	return places
}

func headed(text string) (places []string) {
	rule := ""
	for line := range strings.Lines(text) {
		if _, rest, ok := strings.Cut(line, "[MB"); ok && line[0] != ' ' {
			rule, _, _ = strings.Cut("MB"+rest, "]")
		}
		if _, place, ok := strings.Cut(strings.TrimSpace(line), "--> "); ok && rule != "" {
			places = append(places, rule+" "+place[:strings.LastIndex(place, ":")])
			rule = ""
		}
	}
	return places
}

func located(t *testing.T, text string) (places []string) {
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID    string
				Locations []struct {
					Physical struct {
						Artifact struct{ URI string } `json:"artifactLocation"`
						Region   struct{ StartLine int }
					} `json:"physicalLocation"`
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &log); err != nil {
		t.Fatal(err)
	}
	for _, r := range log.Runs[0].Results {
		rule, _, _ := strings.Cut(r.RuleID, "/")
		at := r.Locations[0].Physical
		places = append(places, fmt.Sprintf("%s %s:%d", rule, at.Artifact.URI, at.Region.StartLine))
	}
	return places
}
