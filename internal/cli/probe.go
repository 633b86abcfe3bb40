//go:build !lean

package cli

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"

	"github.com/middlebrick/middlebrick/internal/report"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/probe"
	"github.com/middlebrick/middlebrick/scanner/source"
	"github.com/spf13/cobra"
)

const exitRefused = 5 // a safety rule said no

// races tells whether the command line names a running application, or how to start one.
func (c *command) races(args []string, f *scanFlags) bool {
	return slices.ContainsFunc(args, isURL) || f.probe.start != ""
}

// probed races an application when the command line names one.
func (c *command) probed(cmd *cobra.Command, args []string, f *scanFlags, set settings) (bool, error) {
	if i := slices.IndexFunc(args, isURL); i >= 0 {
		return true, c.runProbe(cmd, args[i], slices.Delete(slices.Clone(args), i, i+1), f, set)
	}
	if f.probe.start != "" {
		return true, c.runProbe(cmd, "", args, f, set)
	}
	return false, nil
}

// probing are the commands that speak to a running application.
func (c *command) probing() []*cobra.Command {
	return []*cobra.Command{c.plan(), c.replay(), c.reproduce()}
}

// runProbe scans the source, if there is any, then races the application at url or the one that --start starts, and
// writes one report of both.
func (c *command) runProbe(cmd *cobra.Command, url string, paths []string, f *scanFlags, set settings) error {
	opts, err := f.probe.options(url)
	if err != nil {
		return err
	}
	part, err := c.pairsOf(f, &opts)
	if err != nil {
		return err
	}
	tree, static := &source.Tree{}, (*finding.Report)(nil)
	conf, _, err := c.configure(f, ".")
	if err != nil {
		return err
	}
	if f.probe.source != "" {
		paths = append(paths, f.probe.source)
	}
	if len(paths) > 0 || opts.Start != "" {
		s, err := c.scanPaths(cmd.Context(), paths, f)
		if err != nil {
			return err
		}
		defer s.tree.Close()
		tree, static, conf = s.tree, s.report, s.conf
		opts.Findings, opts.Routes, opts.Dir = static.Findings, s.routes, tree.Root
	}
	opts.Workers = conf.Workers
	result, err := c.race(cmd.Context(), opts)
	if result == nil || part != nil && err != nil {
		return err // of a shard that did not end nothing is written, so that it counts as missing
	}
	interrupted := errors.Is(err, context.Canceled)
	if err != nil && !interrupted {
		c.say("the probe ended early: %v", err)
	}
	merge(result, static)
	result.Keep(conf.Keeps)
	if part != nil {
		known := finding.Report{Findings: slices.Clone(opts.Findings)}
		known.Keep(conf.Keeps)
		return c.writePairs(f, part, known.Findings, result)
	}
	c.failOn = failOn(conf.FailOn)
	if err := c.emit(set.outputs, result, tree); err != nil {
		return err
	}
	c.tellProbe(result)
	c.code = verdict(result, c.failOn, false)
	switch {
	case interrupted:
		c.code = exitInterrupted
	case err != nil:
		c.code = exitNothing
	case conf.Strict && undecided(result):
		c.code = exitIncomplete
	}
	return nil
}

// race runs the prober and turns its refusals into exit codes.
func (c *command) race(ctx context.Context, opts probe.Options) (*finding.Report, error) {
	show, end := c.progress()
	opts.Progress = show
	result, err := probe.Run(ctx, opts)
	end()
	return result, probeError(err)
}

func probeError(err error) error {
	var refused *probe.Refused
	var gone *probe.Unreachable
	var outside *probe.LoginError
	var start *probe.NeedsStart
	switch {
	case errors.As(err, &start):
		return &failure{code: exitUsage, err: err, hint: "give the command again: --start 'uvicorn app.main:app --port {port}'"}
	case errors.As(err, &outside):
		return &failure{code: exitNothing, err: err, hint: "check the name, the password and, in the document, how to log in; nothing was probed"}
	case errors.As(err, &refused):
		return &failure{code: exitRefused, err: err}
	case errors.As(err, &gone):
		return &failure{code: exitNothing, err: err, hint: "start the application first, or let middlebrick do it: --start 'uvicorn app.main:app --port {port}'"}
	}
	return err
}

// merge adds what only the scan of the source knows.
func merge(result, static *finding.Report) {
	if static == nil {
		return
	}
	probed := result.Summary
	result.Summary = static.Summary
	result.Summary.ElapsedMS = 0
	result.Summary.Skipped = append(result.Summary.Skipped, probed.Skipped...)
	result.Summary.Assumptions = append(result.Summary.Assumptions, probed.Assumptions...)
	result.Target = filepath.ToSlash(static.Target)
}

func undecided(r *finding.Report) bool {
	for _, t := range r.Tests {
		if t.Verdict == "inconclusive" {
			return true
		}
	}
	return false
}

func (c *command) tellProbe(r *finding.Report) {
	for _, a := range r.Summary.Assumptions {
		c.say("%s", a)
	}
	for _, s := range r.Summary.Skipped {
		if s.Kind == "left-over" {
			c.say("%s: %s", s.Path, s.Reason)
		}
	}
}

const planLong = `Plan reads the OpenAPI document of a running application and prints every scenario that a probe would run: what it would
create, which requests it would race, and what it would read. It sends nothing but the request for the document.

With --shards it divides the applications below a directory among the runners of a job matrix instead, and prints the matrix for GitHub
and GitLab; scan --shard I/N does the work of one of them, and merge joins what they wrote. With --shards and an address, or --start, it
divides the pairs of the prober in the same way.

With --write the plan becomes a scenario file. What could not be inferred stands in it as blanks; fill them in, change what
you like, and give the file to scan with --scenarios.`

func (c *command) plan() *cobra.Command {
	f, write, dir := &probeFlags{}, "", ""
	shards := &shardFlags{}
	cmd := &cobra.Command{
		Use: "plan URL | plan [PATH] --shards N", Short: "Print what a probe would send, or divide a scan among runners; do nothing", Long: planLong, Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if shards.wanted() && f.start == "" && !slices.ContainsFunc(args, isURL) {
				return c.writePlan(shards, args)
			}
			if f.start != "" && len(args) == 0 {
				args = []string{""}
			}
			if len(args) == 0 {
				return usage("give the address of an application, or --shards N", "plan of what?")
			}
			opts, err := f.options(args[0])
			if err != nil {
				return err
			}
			opts.Dir, opts.Shards = dir, shards.shards
			planned, err := probe.Plan(cmd.Context(), opts)
			if err != nil {
				return probeError(err)
			}
			if shards.wanted() {
				return c.writePairsPlan(shards, planned.Pairs)
			}
			if write != "" {
				return c.emitTo(write, planned.WriteFile)
			}
			return planned.Write(c.out)
		},
	}
	cmd.Flags().StringVar(&write, "write", "", "write the plan to `FILE` as scenarios to edit")
	cmd.Flags().StringVar(&f.start, "start", "", "start the application with this `COMMAND`, {port} in it replaced, to read its document")
	cmd.Flags().StringVar(&dir, "source", ".", "with --start: the `PATH` where it is started")
	f.bind(cmd.Flags())
	shards.bind(cmd.Flags())
	return cmd
}

const replayLong = `Replay runs one test again, on the origin where it was found. Identities and commands are not kept with the evidence: give them
again. What was found on an application that middlebrick had started is replayed with --start, a held schedule at the same line.`

func (c *command) replay() *cobra.Command {
	f := &scanFlags{output: "text", failOn: "none"}
	cmd := &cobra.Command{
		Use: "replay ID", Short: "Run one test of an earlier probe again", Long: replayLong, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts, err := f.probe.options("")
			if err != nil {
				return err
			}
			opts.Dir = f.probe.source
			show, end := c.progress()
			opts.Progress = show
			result, err := probe.Replay(cmd.Context(), opts, args[0])
			end()
			if err = probeError(err); result == nil {
				return err
			}
			if err := report.Tests(c.out, result, report.Options{}); err != nil {
				return err
			}
			for _, t := range result.Tests {
				if t.Replay != "" {
					c.code = exitGate
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&f.probe.start, "start", "", "start the application with this `COMMAND`, {port} in it replaced")
	cmd.Flags().StringVar(&f.probe.source, "source", ".", "with --start: the `PATH` of the application's source, where it is started")
	f.probe.bind(cmd.Flags())
	return cmd
}

const reproduceLong = `Reproduce writes one self-contained test, which needs httpx only, that fails while the application has the race and passes
once it is repaired. It takes base address and proof of identity from the environment: TARGET, AUTHORIZATION, COOKIE.`

func (c *command) reproduce() *cobra.Command {
	var format, state string
	cmd := &cobra.Command{
		Use: "reproduce ID", Short: "Write a test that shows a confirmed race", Long: reproduceLong, Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			kept, err := probe.Load(state, args[0])
			if err != nil {
				return usage("", "%w", err)
			}
			text, err := probe.Reproduce(kept, format)
			if err != nil {
				return usage("use --format pytest or --format python", "%w", err)
			}
			_, err = io.WriteString(c.out, text)
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", "pytest", "`FORM` of the test: pytest or python")
	cmd.Flags().StringVar(&state, "state-dir", ".middlebrick", "where the evidence is kept")
	return cmd
}
