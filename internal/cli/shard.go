package cli

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/middlebrick/middlebrick/internal/shard"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/probe"
	"github.com/middlebrick/middlebrick/scanner/source"
)

// shardFlags are the flags of a plan that divides a scan.
type shardFlags struct {
	shards int
	output string
	scan   scanFlags
}

func (s *shardFlags) bind(flags *pflag.FlagSet) {
	flags.IntVar(&s.shards, "shards", 0, "divide the applications below PATH among `N` runners, and print the matrix")
	flags.StringVar(&s.output, "output", "json", "`FORM` of that plan: json, or github for the value of strategy.matrix alone")
	flags.StringSliceVar(&s.scan.exclude, "exclude", nil, "leave out paths that match a `PATTERN`, as the scans do")
}

func (s *shardFlags) wanted() bool { return s.shards != 0 }

// writePlan writes which shard scans which applications of a directory.
func (c *command) writePlan(s *shardFlags, args []string) error {
	if s.shards < 1 || s.shards > shard.MaxShards {
		return usage("a matrix of the common platforms has no more jobs", "--shards %d: from 1 to %d are possible", s.shards, shard.MaxShards)
	}
	root, err := oneDirectory(args)
	if err != nil {
		return err
	}
	tree, plan, err := c.divide(&s.scan, root, s.shards)
	if err != nil {
		return err
	}
	defer tree.Close()
	return c.emitPlan(s, plan, plan.GitHub)
}

// emitPlan prints a plan in the form that was asked for.
func (c *command) emitPlan(s *shardFlags, plan any, github shard.GitHubMatrix) error {
	switch s.output {
	case "json":
		return encode(c.out, plan)
	case "github":
		return json.NewEncoder(c.out).Encode(github)
	}
	return usage("use json or github", "--output: unknown form %q of a plan", s.output)
}

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func oneDirectory(args []string) (string, error) {
	if len(args) == 0 {
		return ".", nil
	}
	if info, err := os.Stat(args[0]); err != nil {
		return "", unreachable(args[0], err)
	} else if !info.IsDir() || len(args) > 1 {
		return "", usage("name the directory that holds all applications", "shards are of one directory")
	}
	return args[0], nil
}

// divide plans the scan of a directory with what its configuration leaves out.
func (c *command) divide(f *scanFlags, root string, shards int) (*source.Tree, *shard.Plan, error) {
	set, at, err := c.configure(f, root)
	if err != nil {
		return nil, nil, err
	}
	without, err := set.Without(at.dir)
	if err != nil {
		return nil, nil, configError(err, "")
	}
	tree, err := openTree(filepath.Clean(root), source.Options{Exclude: f.exclude, Without: without})
	if err != nil {
		return nil, nil, err
	}
	plan, err := shard.New(tree, shards)
	if err != nil {
		tree.Close()
		return nil, nil, &failure{exitNothing, err, "middlebrick scan reads a directory as one program"}
	}
	return tree, plan, nil
}

// runShard scans the applications of one shard, each as a program of its own, and writes what merge joins. It decides nothing: the gate is
// that of all shards together.
func (c *command) runShard(cmd *cobra.Command, args []string, f *scanFlags) error {
	number, shards, err := shard.Parse(f.shard)
	if err != nil {
		return usage("middlebrick plan --shards N prints them", "--shard: %w", err)
	}
	if f.probe.wanted() || len(f.reports) > 0 || f.output != "" && f.output != "json" || f.baseline != "" {
		return usage("leave it to middlebrick merge", "with --shard the result is a part of a report: --report, --output and --baseline are of the whole")
	}
	root, err := oneDirectory(args)
	if err != nil {
		return err
	}
	tree, plan, err := c.divide(f, root, shards)
	if err != nil {
		return err
	}
	tree.Close()
	part := &shard.Part{Schema: shard.Schema, Shard: number, Plan: plan, Reports: []shard.Report{}}
	for _, app := range plan.Of(number) {
		one := *f
		one.exclude = append(slices.Clone(f.exclude), plan.Without(app)...)
		report, err := c.scanPart(cmd, root, &one)
		if err != nil {
			return err
		}
		part.Reports = append(part.Reports, shard.Report{Application: app.Path, Report: report})
		c.tell("%s: %s", app.Path, counts(&report.Summary))
	}
	return c.emitTo(f.file, func(w io.Writer) error { return encode(w, part) })
}

func (c *command) scanPart(cmd *cobra.Command, root string, f *scanFlags) (*finding.Report, error) {
	s, err := c.scanPaths(cmd.Context(), []string{root}, f)
	if err != nil {
		return nil, err
	}
	defer s.tree.Close()
	r := s.report
	r.Summary.ElapsedMS = 0
	r.Target = filepath.ToSlash(s.tree.Root)
	r.Keep(s.conf.Keeps)
	r.Finish()
	return r, nil
}

const mergeLong = `Merge joins what the shards of one plan wrote into one report, as if one runner had scanned everything: the same JSON and SARIF, byte
for byte, for any number of shards, one upload, one category, one gate. A shard that failed or is missing fails the gate and is named.

It is called in the checkout that the shards scanned, so that the reports can show the source.`

const mergeExamples = `  middlebrick merge shard-*.json --report sarif=middlebrick.sarif --report json=middlebrick.json`

func (c *command) merge() *cobra.Command {
	f := &scanFlags{}
	cmd := &cobra.Command{
		Use: "merge FILE…", Short: "Join what the shards of a scan found", Long: mergeLong, Example: mergeExamples, Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return c.runMerge(args, f) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.output, "output", "", "`FORM` of the report: "+formList()+" (default text)")
	flags.StringVar(&f.file, "output-file", "", "write the report to `FILE` instead of standard output")
	flags.StringArrayVar(&f.reports, "report", nil, "write a further report, `FORM=FILE`; may be repeated")
	flags.StringVar(&f.failOn, "fail-on", "", "exit with 1 from `LEVEL` on: none, low, medium, high or critical (default high)")
	flags.StringVar(&f.baseline, "baseline", "", "a `FILE` of races that are known and do not count")
	flags.BoolVar(&f.strict, "strict", false, "exit with 4 when something could not be read")
	f.bindConfig(flags)
	return cmd
}

// joinParts joins the shards of a scan, or those of a prober.
func joinParts(parts []*shard.Part) (*finding.Report, error) {
	if len(parts) == 0 || slices.ContainsFunc(parts, func(p *shard.Part) bool { return p.Pairs == nil }) {
		return shard.Join(parts)
	}
	all, err := shard.JoinPairs(parts)
	if err != nil {
		return nil, err
	}
	return probe.Fuse(all.First, all.Static, all.Tests, all.Reports), nil
}

func (c *command) runMerge(files []string, f *scanFlags) error {
	set, err := c.settle(f)
	if err != nil {
		return err
	}
	var parts []*shard.Part
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return unreachable(name, err)
		}
		p, err := shard.Decode(data)
		if err != nil {
			c.say("%s: %v", name, err)
			continue // the shard counts as missing, by its name
		}
		parts = append(parts, p)
	}
	result, err := joinParts(parts)
	var missing *shard.Missing
	switch {
	case errors.As(err, &missing):
		return &failure{exitIncomplete, err, "nothing was written: what is left out of an upload, code scanning closes as fixed"}
	case err != nil:
		return &failure{exitIncomplete, err, ""}
	}
	s, root := &scanned{report: result, all: true}, result.Target
	if isURL(root) {
		root = "." // nothing but the application was looked at
	}
	if s.conf, s.place, err = c.configure(f, root); err != nil {
		return err
	}
	if s.tree, err = openTree(root, source.Options{}); err != nil {
		return err
	}
	defer s.tree.Close()
	if err := c.deliver(s, f, set); err != nil {
		return err
	}
	c.tell("%s joined: %s", plural(len(parts), "shard"), counts(&result.Summary))
	return nil
}
