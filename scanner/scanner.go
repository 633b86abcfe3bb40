// Package scanner finds check-then-act races in FastAPI projects. Scan is its one door; it reads nothing but the tree
// it is given, writes nothing, and runs nothing.
package scanner

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/schema"
	"github.com/middlebrick/middlebrick/scanner/source"
)

// Options choose what is looked for. What the user states about the deployment goes before what the project says.
type Options struct {
	Version   string   // of the program, for the report
	Rules     []string // ids of the rules to apply; nil means all
	Engine    string   // of the database: postgresql, mysql, mariadb or sqlite
	Isolation string   // of its transactions
	Workers   int      // processes that serve the application; with 1, what a process locks is locked
	// RequireReason makes a comment that gives no reason suppress nothing.
	RequireReason bool
	// Today is the day by which the end of a suppression is judged, as 2006-01-02; without it none has ended.
	Today string
	// Progress is told how far the scan is, from several goroutines. It may be nil.
	Progress Progress
	// Route is told every path operation with the place of its handler, also those without a finding. It may be nil.
	Route func(finding.Route)
	// Models describe functions and methods of libraries that only the project knows.
	Models []effects.Declared
	// Memory is shared with other scans. It changes what a scan costs and never what it says; it may be nil.
	Memory *Memory
}

// Scan reads the tree and reports its races. An error means that the scan was cancelled or that a model is
// not understood; whatever could not be read or
// understood is named in the report.
func Scan(ctx context.Context, tree *source.Tree, opts Options) (*finding.Report, error) {
	start := time.Now()
	report := finding.NewReport(tree.Root, opts.Version)
	report.Summary.Skipped = append(report.Summary.Skipped, tree.Skipped...)
	files, configs, err := read(ctx, tree, report, opts)
	if err != nil {
		return nil, err
	}
	now := &analysed{files: files, configs: configs, skipped: slices.Clone(report.Summary.Skipped), opts: opts.plain()}
	if old := opts.Memory.recall(now); old != nil && opts.Route == nil {
		old.Target, old.Summary.ElapsedMS = tree.Root, time.Since(start).Milliseconds()
		return old, nil
	}
	own, err := effects.LibraryOf(opts.Models)
	if err != nil {
		return nil, err
	}
	a, err := analyse(ctx, files, configs, own, opts)
	if err != nil {
		return nil, err
	}
	a.report(report, func(id string) bool { return len(opts.Rules) == 0 || slices.Contains(opts.Rules, id) })
	if opts.Route != nil {
		a.tellRoutes(opts.Route)
	}
	hashLines(report, files)
	suppress(report, files, opts)
	report.Finish()
	opts.Memory.keep(now, report)
	report.Summary.ElapsedMS = time.Since(start).Milliseconds()
	return report, nil
}

// read reads and parses all files of the tree on all processors, and counts them.
func read(ctx context.Context, tree *source.Tree, report *finding.Report, opts Options) ([]*python.File, []schema.Config, error) {
	type result struct {
		file   *python.File
		config *schema.Config
		skip   *finding.Skip
		lines  int
	}
	results := make([]result, len(tree.Files))
	var broken defects
	err := each(ctx, len(tree.Files), opts.Progress.of("reading", len(tree.Files)), broken.contain(func(i int) (string, int) { return tree.Files[i].Path, 0 }, func(i int) {
		path := tree.Files[i].Path
		src, err := tree.Read(i)
		if err != nil {
			s := source.SkipOf(path, err)
			results[i].skip = &s
			return
		}
		if tree.Files[i].Kind == source.Config {
			results[i].config = &schema.Config{Path: path, Data: src}
			return
		}
		results[i].file = opts.Memory.parse(path, src)
		results[i].lines = bytes.Count(src, []byte("\n"))
	}))
	if err != nil {
		return nil, nil, err
	}
	report.Summary.Skipped = append(report.Summary.Skipped, broken.skipped...)
	var files []*python.File
	var configs []schema.Config
	for _, r := range results {
		switch {
		case r.skip != nil:
			report.Summary.Skipped = append(report.Summary.Skipped, *r.skip)
		case r.config != nil:
			configs = append(configs, *r.config)
		case r.file != nil:
			files = append(files, r.file)
			report.Summary.Files++
			report.Summary.Bytes += int64(len(r.file.Source))
			report.Summary.Lines += r.lines
			if report.Summary.Framework == "" && importsFastAPI(r.file.Source) {
				report.Summary.Framework = "fastapi"
			}
			if len(r.file.Errors) > 0 {
				report.Summary.Skipped = append(report.Summary.Skipped, syntaxSkip(r.file))
			}
		}
	}
	return files, configs, nil
}

func syntaxSkip(f *python.File) finding.Skip {
	line, _ := f.Position(f.Errors[0].Offset)
	var more string
	if n := len(f.Errors); n > 1 {
		more = " and in further places"
	}
	return finding.Skip{Path: f.Path, Line: line, Kind: "syntax",
		Reason: strings.TrimSpace(f.Errors[0].Message) + more}
}

// fastapiImport is an import of the framework or of something in it, also of a package that extends it by name.
var fastapiImport = regexp.MustCompile(`(?m)^[ \t]*(from|import)[ \t][^#\n]*\bfastapi`)

func importsFastAPI(src []byte) bool {
	return bytes.Contains(src, []byte("fastapi")) && fastapiImport.Match(src)
}
