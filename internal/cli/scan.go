package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/middlebrick/middlebrick/internal/report"
	"github.com/middlebrick/middlebrick/sarif"
	"github.com/middlebrick/middlebrick/scanner"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
)

// scanFlags are the flags of scan as the user wrote them.
type scanFlags struct {
	output, file               string
	failOn                     string
	minSeverity, minConfidence string
	selected, ignored, exclude []string
	fastapi, strict            bool
	probe                      probeFlags
}

const scanLong = `Scan reads the Python files below each PATH (the current directory without one) and reports the races between the
requests of the FastAPI application in them. It runs nothing, imports nothing and needs no network.`

const scanExamples = `  middlebrick scan .
  middlebrick scan app --min-severity medium --ignore MB104
  middlebrick scan . --output sarif --output-file middlebrick.sarif --fail-on none`

func (c *command) scan() *cobra.Command {
	f := &scanFlags{}
	cmd := &cobra.Command{
		Use: "scan [PATH | URL]…", Short: "Scan a project for races", Long: scanLong, Example: scanExamples,
		RunE: func(cmd *cobra.Command, args []string) error { return c.runScan(cmd, args, f) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.output, "output", "text", "`FORM` of the report: text, concise, json or sarif")
	flags.StringVar(&f.file, "output-file", "", "write the report to `FILE` instead of standard output")
	flags.StringVar(&f.failOn, "fail-on", "high", "exit with 1 from `LEVEL` on: none, low, medium, high or critical")
	flags.StringVar(&f.minSeverity, "min-severity", "", "report severities from `LEVEL` on: note, low, medium, high or critical")
	flags.StringVar(&f.minConfidence, "min-confidence", "", "report confidences from `LEVEL` on: low, medium or high")
	flags.StringSliceVar(&f.selected, "select", nil, "apply only these `RULES`, separated by commas: MB102, MB1, state-transition-race")
	flags.StringSliceVar(&f.ignored, "ignore", nil, "do not apply these `RULES`")
	flags.StringSliceVar(&f.exclude, "exclude", nil, "leave out paths that match a `PATTERN` in the syntax of .gitignore")
	flags.BoolVar(&f.fastapi, "fastapi", false, "treat the project as a FastAPI application even if no import says so")
	flags.BoolVar(&f.strict, "strict", false, "exit with 4 when something could not be read")
	flags.StringVar(&f.probe.start, "start", "", "start the application with this `COMMAND`, {port} in it replaced, and race it")
	flags.StringVar(&f.probe.source, "source", "", "with a URL: the `PATH` of the application's source")
	flags.IntVar(&f.probe.workers, "workers", 2, "processes of a started application; some races need two")
	flags.BoolVar(&f.probe.heldOnly, "held-only", false, "with --start: replay the findings by held schedules and search for no others")
	f.probe.bind(flags)
	return cmd
}

// settings are the flags of scan, understood.
type settings struct {
	write      func(io.Writer, *finding.Report, *source.Tree) error
	failOn     finding.Severity // empty: never
	severity   finding.Severity
	confidence finding.Confidence
	rules      []string
}

func (c *command) runScan(cmd *cobra.Command, args []string, f *scanFlags) error {
	set, err := c.settle(f)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(args, isURL); i >= 0 {
		return c.runProbe(cmd, args[i], slices.Delete(slices.Clone(args), i, i+1), f, set)
	}
	if f.probe.start != "" {
		return c.runProbe(cmd, "", args, f, set)
	}
	tree, err := openTree(args, f.exclude)
	if err != nil {
		return err
	}
	defer tree.Close()
	result, err := scanner.Scan(cmd.Context(), tree, scanner.Options{Version: Version, Rules: set.rules})
	if err != nil {
		return err
	}
	elapsed := result.Summary.ElapsedMS
	result.Summary.ElapsedMS = 0
	result.Target = filepath.ToSlash(tree.Root)
	result.Keep(func(x *finding.Finding) bool {
		return x.Severity.Rank() >= set.severity.Rank() && x.Confidence.Rank() >= set.confidence.Rank()
	})
	if err := c.emit(f.file, func(w io.Writer) error { return set.write(w, result, tree) }); err != nil {
		return err
	}
	c.tellSkipped(&result.Summary)
	c.tellSummary(&result.Summary, elapsed, f.output)
	c.code = verdict(result, set.failOn, f.strict)
	return c.nothingThere(result, f.fastapi)
}

func (c *command) settle(f *scanFlags) (set settings, err error) {
	if set.rules, err = c.chosen(f.selected, f.ignored); err != nil {
		return set, err
	}
	if f.failOn != "none" {
		if set.failOn, err = finding.ParseSeverity(f.failOn); err != nil {
			return set, usage("use none, low, medium, high or critical", "--fail-on: unknown severity %q", f.failOn)
		}
	}
	if f.minSeverity != "" {
		if set.severity, err = finding.ParseSeverity(f.minSeverity); err != nil {
			return set, usage("use note, low, medium, high or critical", "--min-severity: unknown severity %q", f.minSeverity)
		}
	}
	if f.minConfidence != "" {
		if set.confidence, err = finding.ParseConfidence(f.minConfidence); err != nil {
			return set, usage("use low, medium or high", "--min-confidence: unknown confidence %q", f.minConfidence)
		}
	}
	set.write, err = c.writer(f)
	return set, err
}

// writer chooses the form of the report.
func (c *command) writer(f *scanFlags) (func(io.Writer, *finding.Report, *source.Tree) error, error) {
	colored, err := c.colored(f.file == "")
	if err != nil {
		return nil, err
	}
	switch f.output {
	case "text":
		return func(w io.Writer, r *finding.Report, tree *source.Tree) error {
			return report.Text(w, r, report.Options{Color: colored, Width: c.width(), Source: tree.Lookup})
		}, nil
	case "concise":
		return func(w io.Writer, r *finding.Report, _ *source.Tree) error {
			return report.Concise(w, r, report.Options{Color: colored})
		}, nil
	case "json":
		return func(w io.Writer, r *finding.Report, _ *source.Tree) error { return report.JSON(w, r) }, nil
	case "sarif":
		return c.writeSARIF, nil
	}
	hint := "use text, concise, json or sarif"
	if near := nearest(f.output, []string{"text", "concise", "json", "sarif"}); near != "" {
		hint = "did you mean " + near + "? " + hint
	}
	return nil, usage(hint, "--output: unknown form %q", f.output)
}

func (c *command) writeSARIF(w io.Writer, r *finding.Report, tree *source.Tree) error {
	log, notes, err := sarif.Build(r, sarif.Options{Rules: c.rules, Prefix: prefix(r.Target), Source: tree.Lookup})
	if err != nil {
		return err
	}
	for _, note := range notes {
		c.say("sarif: %s", note)
	}
	_, err = w.Write(report.EscapeJSON(log))
	return err
}

// prefix is what stands before the paths of a report for someone who stands where the command was called.
func prefix(target string) string {
	if target == "." || filepath.IsAbs(target) || target == ".." || strings.HasPrefix(target, "../") {
		return ""
	}
	return target
}

// emit writes the report to standard output or, all or nothing, to a file.
func (c *command) emit(file string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	if file == "" {
		if _, err := c.out.Write(b.Bytes()); err != nil {
			return usage("", "the report could not be written: %w", err)
		}
		return nil
	}
	if err := replaceFile(file, b.Bytes()); err != nil {
		return usage("--output-file needs a directory that exists and may be written to", "the report could not be written: %w", err)
	}
	return nil
}

// replaceFile puts data in place of a file in one step, so that no reader ever sees half of it. Something that is not
// a regular file, such as /dev/stdout, is written to instead.
func replaceFile(name string, data []byte) error {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(name, data, 0o644)
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), ".middlebrick-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if e := tmp.Chmod(0o644); err == nil {
		err = e
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

// verdict is the exit code of a scan that ran.
func verdict(r *finding.Report, failOn finding.Severity, strict bool) int {
	if failOn != "" {
		for i := range r.Findings {
			if f := &r.Findings[i]; f.Suppressed == nil && f.Severity.Rank() >= failOn.Rank() {
				return exitGate
			}
		}
	}
	if strict && r.Summary.Incomplete() {
		return exitIncomplete
	}
	return exitPass
}

// nothingThere is the answer when there was no application to scan. Files that could not be read are no reason to say so.
func (c *command) nothingThere(r *finding.Report, forced bool) error {
	s := &r.Summary
	switch {
	case s.Files > 0 && (s.Framework != "" || s.Routes > 0 || forced):
		return nil
	case s.Files > 0:
		return &failure{exitNothing, fmt.Errorf("no FastAPI application found: none of the %d Python files below %s imports fastapi", s.Files, r.Target),
			"if the framework is imported in an unusual way, --fastapi scans anyway"}
	case s.Incomplete():
		return &failure{exitNothing, fmt.Errorf("nothing was scanned: none of the Python files below %s could be read", r.Target),
			"the lines above say why"}
	}
	return &failure{exitNothing, fmt.Errorf("no Python files found below %s", r.Target),
		"files that .gitignore, --exclude or a built-in exclusion names are left out; name a file or directory itself to scan it all the same"}
}
