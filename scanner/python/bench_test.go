package python

import (
	"os"
	"strings"
	"testing"
)

// BenchmarkParse reads the standard library of the python3 on PATH, held in memory. A goal: 200 MB/s on one
// core.
func BenchmarkParse(b *testing.B) {
	sources := librarySources(b, 1<<40)
	var total int64
	for _, s := range sources {
		total += int64(len(s))
	}
	b.SetBytes(total)
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range sources {
			Parse("", s)
		}
	}
}

// librarySources reads files of the standard library, without test data that is broken on purpose.
func librarySources(tb testing.TB, budget int64) (sources [][]byte) {
	tb.Helper()
	pythons := interpreters()
	if len(pythons) == 0 {
		tb.Skip("no python3 on PATH: there is no library to read")
	}
	for _, path := range sample(pythonFiles(tb, pythons[0].library), budget) {
		if strings.Contains(path, "site-packages") {
			continue
		}
		src, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		if f := Parse(path, src); len(f.Errors) == 0 {
			sources = append(sources, src)
		}
	}
	return sources
}
