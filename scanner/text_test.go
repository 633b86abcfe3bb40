package scanner

import (
	"testing"
	"testing/fstest"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
)

// scanText scans a program of one file.
func scanText(t *testing.T, text string) *finding.Report {
	t.Helper()
	tree, err := source.FromFS(fstest.MapFS{"main.py": {Data: []byte(text)}}, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	report, err := Scan(t.Context(), tree, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}
