package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/middlebrick/middlebrick/internal/baseline"
)

const baselineLong = `A baseline is a file of the races that a project has accepted for now, by fingerprint and never by line. A scan with
--baseline FILE, or with baseline = "FILE" in the configuration, counts only what is not in it.`

const baselineFile = "middlebrick-baseline.json"

func (c *command) baseline() *cobra.Command {
	cmd := &cobra.Command{Use: "baseline", Short: "Accept the races that are there, so that only new ones count", Long: baselineLong,
		Args: c.unknownCommand, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	for _, sub := range []struct{ name, about string }{
		{"create", "Write a baseline of the races that are there"},
		{"update", "Make the baseline what is there now: new races are accepted, fixed ones go"},
		{"prune", "Drop the races that are fixed, and accept no new one"},
	} {
		f := &scanFlags{}
		one := &cobra.Command{Use: sub.name + " [PATH]…", Short: sub.about,
			RunE: func(cmd *cobra.Command, args []string) error { return c.writeBaseline(cmd, sub.name, args, f) }}
		one.Flags().StringVar(&f.baseline, "file", "", "the `FILE` of the baseline; without it that of the configuration, else "+baselineFile)
		f.bindConfig(one.Flags())
		cmd.AddCommand(one)
	}
	return cmd
}

func (c *command) writeBaseline(cmd *cobra.Command, what string, args []string, f *scanFlags) error {
	s, err := c.scanPaths(cmd.Context(), args, f)
	if err != nil {
		return err
	}
	defer s.tree.Close()
	c.tellSkipped(&s.report.Summary, filepath.ToSlash(s.tree.Root))
	if err := c.nothingThere(s.report, s.conf.FastAPI); err != nil {
		return err
	}
	// What the filters leave out needs no baseline now, and would be new when they change.
	name := s.baselinePath(f)
	told := name != ""
	if !told {
		name = filepath.Join(s.tree.Root, baselineFile)
	}
	old, err := readBaseline(name)
	missing := errors.Is(err, fs.ErrNotExist)
	var b *baseline.File
	switch {
	case what == "create" && !missing:
		return usage("middlebrick baseline update changes it", "%s is there already", name)
	case what == "prune" && err != nil:
		return usage("", "%w", err)
	case what == "prune":
		n := old.Prune(s.report)
		b = old
		c.tell("%s dropped from %s, %s left", plural(n, "race"), name, plural(len(b.Races), "race"))
	default:
		b = baseline.Of(s.report)
		c.tell("%s accepted in %s", plural(len(b.Races), "race"), name)
	}
	data, err := b.JSON()
	if err != nil {
		return err
	}
	if err := c.emitTo(name, func(w io.Writer) error { _, err := w.Write(data); return err }); err != nil {
		return err
	}
	if !told {
		c.tell("to use it: baseline = %q in the configuration, or --baseline %s", baselineFile, name)
	}
	return nil
}

// readBaseline reads a baseline; a file that is not there is an fs.ErrNotExist.
func readBaseline(name string) (*baseline.File, error) {
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", name)
	}
	if err == nil && info.Size() > baseline.MaxSize {
		return nil, fmt.Errorf("%s: over the limit of %d MB for a baseline", name, baseline.MaxSize>>20)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return baseline.Parse(name, data)
}

// applyBaseline marks what the baseline accepts.
func (c *command) applyBaseline(s *scanned, f *scanFlags) error {
	name := s.baselinePath(f)
	if name == "" {
		return nil
	}
	b, err := readBaseline(name)
	if errors.Is(err, fs.ErrNotExist) {
		return usage("middlebrick baseline create makes one", "baseline: %w", err)
	}
	if err != nil {
		return usage("", "%w", err)
	}
	if gone := b.Apply(s.report, filepath.ToSlash(name)); gone > 0 && s.all {
		c.tell("%s of the baseline %s gone; middlebrick baseline prune drops what is fixed", plural(gone, "race"), map[bool]string{true: "is", false: "are"}[gone == 1])
	}
	return nil
}
