package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/spf13/cobra"

	"github.com/middlebrick/middlebrick/internal/action"
	"github.com/middlebrick/middlebrick/internal/baseline"
	"github.com/middlebrick/middlebrick/internal/config"
	"github.com/middlebrick/middlebrick/internal/fix"
	"github.com/middlebrick/middlebrick/internal/report"
	"github.com/middlebrick/middlebrick/scanner"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
)

const actionLong = `Action is the step of a GitHub workflow that action.yml runs. It reads its inputs from INPUT_* variables and the event
from GITHUB_* variables, scans the workspace, on a pull request also the base, and passes or fails by the difference.
docs/action.md describes the inputs, the outputs and the exit codes.`

func (c *command) action() *cobra.Command {
	return &cobra.Command{
		Use: "action", Short: "Run as a step of a GitHub workflow", Long: actionLong, Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			undo, err := spend("")
			if err != nil {
				return err
			}
			defer undo()
			// Base and head have most files in common: what is the same in both is read, parsed and judged once.
			memory := new(scanner.Memory)
			scan := func(ctx context.Context, job action.Job) (*action.Scanned, error) {
				return c.scanTree(ctx, job, memory)
			}
			step := &action.Action{Getenv: os.Getenv, Out: c.out, Version: Version, Rules: c.rules, Scan: scan, JSON: report.JSON, Probe: probeService}
			c.code = step.Run(cmd.Context())
			return nil
		},
	}
}

// scanTree scans a tree for the action.
func (c *command) scanTree(ctx context.Context, job action.Job, memory *scanner.Memory) (*action.Scanned, error) {
	set, err := c.settingsOf(job)
	if err != nil {
		return nil, withHint(err)
	}
	without, err := set.Without(job.Dir)
	if err != nil {
		return nil, err
	}
	tree, err := source.FromFS(job.Tree, source.Options{Only: job.Paths, Without: without, Tracked: job.Tracked})
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	opts := scanOptions(set)
	opts.Memory = memory
	r, err := scanner.Scan(ctx, tree, opts)
	if err != nil {
		return nil, err
	}
	r.Keep(set.Keeps)
	if err := accept(r, set, job.Settings); err != nil {
		return nil, err
	}
	if err := fix.Verify(ctx, tree, r, job.Verify, fix.Options{Scan: opts}); err != nil {
		return nil, err
	}
	out := &action.Scanned{Report: r, Notes: set.Notes}
	if set.Has("fail-on") {
		out.FailOn = set.FailOn
	}
	for _, f := range tree.Files {
		if base := path.Base(f.Path); base == config.OwnFile || base == config.Project {
			out.Configs = append(out.Configs, f.Path)
		}
	}
	return out, nil
}

// settingsOf reads the configuration of a job, also that of the directories below the scanned one.
func (c *command) settingsOf(job action.Job) (*config.Set, error) {
	if job.Config != "" {
		conf, err := config.Load(job.Settings, job.Config, c.rules)
		if err != nil {
			return nil, err
		}
		return config.NewSet(conf, job.Dir, c.rules)
	}
	conf, err := config.Find(job.Settings, job.Dir, c.rules)
	if err != nil {
		return nil, err
	}
	set, err := config.NewSet(conf, job.Dir, c.rules)
	if err != nil {
		return nil, err
	}
	sub, err := fs.Sub(job.Settings, job.Dir)
	if err != nil {
		return nil, err
	}
	if _, err := fs.Stat(sub, "."); err != nil {
		return set, nil // the base does not have the directory
	}
	below, err := source.FromFS(sub, source.Options{})
	if err != nil {
		return nil, err
	}
	return set, set.Nest(sub, below.Files, c.rules)
}

// accept applies the baseline that the configuration names.
func accept(r *finding.Report, set *config.Set, settings fs.FS) error {
	if set.Baseline == "" {
		return nil
	}
	name := path.Join(set.Dir, set.Baseline)
	f, err := settings.Open(name)
	if err != nil {
		return fmt.Errorf("%s: baseline: %w", set.From("baseline"), err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, baseline.MaxSize+1))
	if err != nil {
		return fmt.Errorf("%s: baseline: %w", set.From("baseline"), err)
	}
	file, err := baseline.Parse(name, data)
	if err != nil {
		return err
	}
	file.Apply(r, name)
	r.Finish()
	return nil
}

// withHint adds to an error of the configuration what to do about it.
func withHint(err error) error {
	var at *config.Error
	if errors.As(err, &at) && at.Hint != "" {
		return fmt.Errorf("%w: %s", err, at.Hint)
	}
	return err
}
