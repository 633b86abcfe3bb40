package scanner

import (
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// hashLines gives every finding the hash of its line, by which code scanning knows it again. Only files with findings
// are hashed.
func hashLines(r *finding.Report, files []*python.File) {
	sources := make(map[string][]byte, len(files))
	for _, f := range files {
		sources[f.Path] = f.Source
	}
	hashes := map[string][]string{}
	for i := range r.Findings {
		f := &r.Findings[i]
		lines, ok := hashes[f.Location.Path]
		if !ok {
			lines = finding.LineHashes(sources[f.Location.Path])
			hashes[f.Location.Path] = lines
		}
		if n := f.Location.Line; n >= 1 && n <= len(lines) {
			f.Fingerprint.PrimaryLocationLineHash = lines[n-1]
		}
	}
}
