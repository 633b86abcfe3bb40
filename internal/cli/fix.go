package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/middlebrick/middlebrick/internal/fix"
	"github.com/middlebrick/middlebrick/internal/report"
)

const fixLong = `Fix repairs the races that it can repair: it tries a change of the source in memory, scans the project again, and keeps the
change only when the files still parse, the finding is gone and no other one has come. Without --apply nothing is written: the
changes are shown as a diff.

A change is safe when it also leaves everything as it is for a request that meets no rival. Others need --unsafe.

With --apply --prove the application is started and raced before the changes and after them, under the schedule that each finding
claims: the race must happen before and not after. Changes that do not end it are taken back.`

const fixExamples = `  middlebrick fix .                    show the changes as a diff
  middlebrick fix . --apply            make them
  middlebrick fix . --at app/orders.py:30 --apply
  middlebrick fix . --select MB104 --apply
  middlebrick fix . --apply --prove --start 'uvicorn app.main:app --port {port}' --i-own-this-target`

func (c *command) fix() *cobra.Command {
	f := &scanFlags{}
	var apply, show, unsafe bool
	var at []string
	cmd := &cobra.Command{
		Use: "fix [PATH]…", Short: "Repair races in the source", Long: fixLong, Example: fixExamples,
		RunE: func(cmd *cobra.Command, args []string) error {
			if apply && show {
				return usage("leave out one of them", "--apply writes the changes and --diff shows them")
			}
			if f.probe.wanted() && !apply {
				return usage("add --apply", "--prove races the application with the changes made")
			}
			return c.runFix(cmd, args, f, at, apply, unsafe)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&show, "diff", false, "show the changes as a unified diff (the default)")
	flags.BoolVar(&apply, "apply", false, "write the changes")
	flags.BoolVar(&unsafe, "unsafe", false, "also make changes that may change what a single request does")
	flags.StringArrayVar(&at, "at", nil, "repair only findings at a `PLACE`, as the report names it: app/orders.py:30, or a file; may be repeated")
	flags.StringSliceVar(&f.selected, "select", nil, "repair only findings of these `RULES`, separated by commas")
	flags.StringSliceVar(&f.ignored, "ignore", nil, "do not repair findings of these `RULES`")
	flags.StringSliceVar(&f.exclude, "exclude", nil, "leave out paths that match a `PATTERN` in the syntax of .gitignore")
	flags.StringVar(&f.minSeverity, "min-severity", "", "repair severities from `LEVEL` on: note, low, medium, high or critical")
	f.bindConfig(flags)
	f.probe.bindProof(flags)
	return cmd
}

// showDiff writes the diff byte for byte, so that it can be applied, except where a terminal or a build log would read it.
func (c *command) showDiff(plan *fix.Plan) error {
	file, isFile := c.out.(*os.File)
	if os.Getenv("GITHUB_ACTIONS") == "" && !(isFile && term.IsTerminal(int(file.Fd()))) {
		_, err := c.out.Write(plan.Diff())
		return err
	}
	for line := range strings.Lines(string(plan.Diff())) {
		if _, err := fmt.Fprintln(c.out, report.Plain(strings.TrimRight(line, "\r\n"))); err != nil {
			return err
		}
	}
	return nil
}

func (c *command) runFix(cmd *cobra.Command, args []string, f *scanFlags, at []string, apply, unsafe bool) error {
	if _, err := c.settle(f); err != nil {
		return err
	}
	s, err := c.scanPaths(cmd.Context(), args, f)
	if err != nil {
		return err
	}
	defer s.tree.Close()
	if err := c.nothingThere(s.report, s.conf.FastAPI); err != nil {
		return err
	}
	wanted, err := s.at(at)
	if err != nil {
		return err
	}
	plan, err := fix.Make(cmd.Context(), s.tree, s.report, fix.Options{Scan: scanOptions(s.conf), Unsafe: unsafe, Wanted: wanted})
	if err != nil {
		return err
	}
	switch {
	case apply && f.probe.wanted():
		if err := c.applyProved(cmd.Context(), s.tree.Root, plan, &f.probe); err != nil {
			return err
		}
	case apply:
		if err := plan.Write(s.tree.Root); err != nil {
			hint := ""
			if errors.Is(err, fs.ErrPermission) {
				hint = "make the file writable, or take the diff: middlebrick fix --diff"
			}
			return &failure{exitUsage, err, hint}
		}
	default:
		if err := c.showDiff(plan); err != nil {
			return err
		}
	}
	for _, r := range plan.Repaired {
		c.say("%s:%d: %s: %s", r.Finding.Location.Path, r.Finding.Location.Line, r.Finding.Rule, r.Fix.Title)
	}
	for _, o := range plan.Open {
		c.say("%s:%d: %s is left: %s", o.Finding.Location.Path, o.Finding.Location.Line, o.Finding.Rule, o.Why)
		if !o.Unsafe {
			c.say("  by hand: %s", o.Finding.Remediation)
		}
	}
	verb := "would be repaired; --apply writes the changes"
	if apply {
		verb = "repaired"
	}
	c.say("%d of %d findings %s", len(plan.Repaired), len(plan.Repaired)+len(plan.Open), verb)
	return nil
}
