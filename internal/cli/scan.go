package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/middlebrick/middlebrick/internal/config"
	"github.com/middlebrick/middlebrick/scanner"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// scanFlags are the flags of scan as the user wrote them.
type scanFlags struct {
	output, file, memory       string
	reports                    []string
	failOn                     string
	minSeverity, minConfidence string
	selected, ignored, exclude []string
	fastapi, strict            bool
	config, baseline           string
	noConfig                   bool
	shard                      string
	probe                      probeFlags
	shared                     *scanner.Memory // of a server that scans again and again, nil for a single scan
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
	flags.StringVar(&f.output, "output", "", "`FORM` of the report: "+formList()+" (default text)")
	flags.StringVar(&f.file, "output-file", "", "write the report to `FILE` instead of standard output")
	flags.StringArrayVar(&f.reports, "report", nil, "write a further report, `FORM=FILE`; may be repeated")
	flags.StringVar(&f.failOn, "fail-on", "", "exit with 1 from `LEVEL` on: none, low, medium, high or critical (default high)")
	flags.StringVar(&f.minSeverity, "min-severity", "", "report severities from `LEVEL` on: note, low, medium, high or critical")
	flags.StringVar(&f.minConfidence, "min-confidence", "", "report confidences from `LEVEL` on: low, medium or high")
	flags.StringSliceVar(&f.selected, "select", nil, "apply only these `RULES`, separated by commas: MB102, MB1, state-transition-race")
	flags.StringSliceVar(&f.ignored, "ignore", nil, "do not apply these `RULES`")
	flags.StringSliceVar(&f.exclude, "exclude", nil, "leave out paths that match a `PATTERN` in the syntax of .gitignore")
	f.bindConfig(flags)
	flags.StringVar(&f.baseline, "baseline", "", "a `FILE` of races that are known and do not count")
	flags.BoolVar(&f.fastapi, "fastapi", false, "treat the project as a FastAPI application even if no import says so")
	flags.BoolVar(&f.strict, "strict", false, "exit with 4 when something could not be read")
	flags.StringVar(&f.memory, "memory", "", "collect garbage harder as the heap nears `SIZE`: 512MB")
	flags.StringVar(&f.shard, "shard", "", "scan only the applications of shard `I/N`, or race only its pairs, and write what merge joins")
	f.probe.bindScan(flags)
	c.complete(cmd)
	return cmd
}

// settings are the flags of scan, understood.
type settings struct {
	outputs []output
}

func (c *command) runScan(cmd *cobra.Command, args []string, f *scanFlags) error {
	set, err := c.settle(f)
	if err != nil {
		return err
	}
	undo, err := spend(f.memory)
	if err != nil {
		return err
	}
	defer undo()
	if f.shard != "" && !c.races(args, f) {
		return c.runShard(cmd, args, f)
	}
	if done, err := c.probed(cmd, args, f, set); done {
		return err
	}
	s, err := c.scanPaths(cmd.Context(), args, f)
	if err != nil {
		return err
	}
	defer s.tree.Close()
	result := s.report
	elapsed := result.Summary.ElapsedMS
	result.Summary.ElapsedMS = 0
	result.Target = filepath.ToSlash(s.tree.Root)
	result.Keep(s.conf.Keeps)
	if err := c.deliver(s, f, set); err != nil {
		return err
	}
	c.tellSummary(&result.Summary, elapsed, set.outputs)
	c.tellMany(&result.Summary)
	return c.nothingThere(result, s.conf.FastAPI)
}

// deliver writes the reports of what was found, less what the baseline knows, says what they do not cover, and sets the exit code.
func (c *command) deliver(s *scanned, f *scanFlags, set settings) error {
	if err := c.applyBaseline(s, f); err != nil {
		return err
	}
	s.report.Finish()
	c.failOn = failOn(s.conf.FailOn)
	if err := c.emit(set.outputs, s.report, s.tree); err != nil {
		return err
	}
	c.tellSkipped(&s.report.Summary, s.report.Target)
	c.tellRemarks(s)
	c.code = verdict(s.report, c.failOn, s.conf.Strict)
	return nil
}

func isURL(arg string) bool {
	return strings.HasPrefix(arg, "http://") || strings.HasPrefix(arg, "https://")
}

// settle checks the flags before anything is read.
func (c *command) settle(f *scanFlags) (set settings, err error) {
	if keep, err := config.Chosen(c.rules, f.selected, f.ignored); err != nil {
		return set, ruleError(err)
	} else if keep != nil && len(keep) == 0 {
		return set, usage("middlebrick rules lists them", "--select and --ignore leave no rule")
	}
	if f.failOn != "" && f.failOn != "none" {
		if _, err := finding.ParseSeverity(f.failOn); err != nil {
			return set, usage("use none, low, medium, high or critical", "--fail-on: unknown severity %q", f.failOn)
		}
	}
	if f.minSeverity != "" {
		if _, err := finding.ParseSeverity(f.minSeverity); err != nil {
			return set, usage("use note, low, medium, high or critical", "--min-severity: unknown severity %q", f.minSeverity)
		}
	}
	if f.minConfidence != "" {
		if _, err := finding.ParseConfidence(f.minConfidence); err != nil {
			return set, usage("use low, medium or high", "--min-confidence: unknown confidence %q", f.minConfidence)
		}
	}
	if f.probe.workers < 0 {
		return set, usage("", "--workers: %d processes serve nothing", f.probe.workers)
	}
	set.outputs, err = c.outputs(f)
	return set, err
}

// failOn is the severity from which on a finding fails the run, empty for never.
func failOn(level string) finding.Severity {
	if level == "none" {
		return ""
	}
	return finding.Severity(level)
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
