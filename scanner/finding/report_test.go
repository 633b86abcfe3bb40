package finding

import (
	"math/rand/v2"
	"reflect"
	"testing"
)

func TestFinishOrdersAndCounts(t *testing.T) {
	want := []Finding{
		{Severity: Critical, Rule: "MB107", Location: Location{Path: "z.py", Line: 9}},
		{Severity: High, Rule: "MB101", Location: Location{Path: "a.py", Line: 2}},
		{Severity: High, Rule: "MB102", Location: Location{Path: "a.py", Line: 2}},
		{Severity: High, Rule: "MB101", Location: Location{Path: "a.py", Line: 10}},
		{Severity: High, Rule: "MB101", Location: Location{Path: "b.py", Line: 1}, Suppressed: &Suppressed{}},
		{Severity: Low, Rule: "MB104", Location: Location{Path: "a.py", Line: 1}},
	}
	skipped := []Skip{{Path: "a.py", Kind: "syntax", Line: 2}, {Path: "a.py", Kind: "syntax", Line: 10}, {Path: "b.py", Kind: "link"}}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		r := NewReport(".", "0")
		r.Findings = append(r.Findings, want...)
		r.Summary.Skipped = append(r.Summary.Skipped, skipped...)
		rng.Shuffle(len(r.Findings), func(i, j int) { r.Findings[i], r.Findings[j] = r.Findings[j], r.Findings[i] })
		rng.Shuffle(len(skipped), func(i, j int) {
			s := r.Summary.Skipped
			s[i], s[j] = s[j], s[i]
		})
		r.Finish()
		if !reflect.DeepEqual(r.Findings, want) || !reflect.DeepEqual(r.Summary.Skipped, skipped) {
			t.Fatalf("got %+v\n%+v", r.Findings, r.Summary.Skipped)
		}
		if !reflect.DeepEqual(r.Summary.BySeverity, map[string]int{"critical": 1, "high": 3, "low": 1}) || r.Summary.Suppressed != 1 {
			t.Fatalf("counts %v, %d suppressed", r.Summary.BySeverity, r.Summary.Suppressed)
		}
		r.Keep(func(f *Finding) bool { return f.Rule == "MB101" })
		if len(r.Findings) != 3 || !reflect.DeepEqual(r.Summary.BySeverity, map[string]int{"high": 2}) {
			t.Fatalf("kept %+v, counts %v", r.Findings, r.Summary.BySeverity)
		}
	}
}

func TestLevels(t *testing.T) {
	if High.Lower(1) != Medium || Low.Lower(9) != Note || Critical.Lower(0) != Critical {
		t.Error("Severity.Lower")
	}
	if HighConfidence.Lower(1) != MediumConfidence || LowConfidence.Lower(3) != LowConfidence {
		t.Error("Confidence.Lower")
	}
	for _, s := range severities {
		if got, err := ParseSeverity(string(s)); err != nil || got != s {
			t.Errorf("%s: %v", s, err)
		}
	}
	if _, err := ParseSeverity("High"); err == nil {
		t.Error("an unknown severity was read")
	}
	if _, err := ParseConfidence("sure"); err == nil {
		t.Error("an unknown confidence was read")
	}
	if Severity("worst").Rank() != 0 || Critical.Rank() <= High.Rank() {
		t.Error("Severity.Rank")
	}
}
