//go:build !lean

package cli

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/middlebrick/middlebrick/internal/fix"
	"github.com/middlebrick/middlebrick/internal/lsp"
	"github.com/middlebrick/middlebrick/internal/report"
	"github.com/middlebrick/middlebrick/scanner"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

const lspLong = `Lsp is a language server for editors, over standard input and output. It analyses each folder that is open, again when a file
is saved, and shows the races, the interleaving of each over its lines, and the repairs that hold. docs/editors.md says how to set
up Visual Studio Code, Neovim, Helix and PyCharm.`

// quietBeforeScan is how long no file must be saved before an analysis begins: editors save all files one after another.
const quietBeforeScan = 250 * time.Millisecond

// editing are the commands for people who write code.
func (c *command) editing() []*cobra.Command { return []*cobra.Command{c.lsp()} }

func (c *command) lsp() *cobra.Command {
	f := &scanFlags{}
	var stdio bool
	cmd := &cobra.Command{
		Use: "lsp", Short: "Serve an editor", Long: lspLong, Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c.quiet = true
			memories := newMemories()
			orderly, err := lsp.Serve(cmd.Context(), c.in, c.out, lsp.Engine{
				Version: Version, Quiet: quietBeforeScan,
				Scan: func(ctx context.Context, dir string) (*lsp.View, error) {
					f := *f
					f.shared = memories.of(dir)
					return c.view(ctx, dir, f)
				},
				Repair: func(ctx context.Context, dir, id, title string) (*finding.Fix, string, error) {
					f := *f
					f.shared = memories.of(dir)
					return c.repair(ctx, dir, f, id, title)
				},
				Explain: func(v *lsp.View, one *finding.Finding, markdown bool) string {
					return report.Hover(v.Report, one, markdown, report.Options{Source: v.Read})
				},
				Log: func(text string) { c.say("%s", text) },
			})
			if err == nil && !orderly {
				c.code = exitGate // the protocol wants 1 when exit comes without shutdown
			}
			return err
		},
	}
	f.bindConfig(cmd.Flags())
	cmd.Flags().BoolVar(&stdio, "stdio", true, "talk over standard input and output, the only way there is")
	return cmd
}

// memories are what the scans of each open folder have in common: from one to the next, a file or two were saved.
type memories struct {
	mu  sync.Mutex
	all map[string]*scanner.Memory
}

func newMemories() *memories { return &memories{all: map[string]*scanner.Memory{}} }

func (m *memories) of(dir string) *scanner.Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all[dir] == nil {
		m.all[dir] = new(scanner.Memory)
	}
	return m.all[dir]
}

// view scans a folder as scan does, with its configuration and its baseline.
func (c *command) view(ctx context.Context, dir string, f scanFlags) (*lsp.View, error) {
	s, err := c.scanPaths(ctx, []string{dir}, &f)
	if err != nil {
		return nil, err
	}
	defer s.tree.Close()
	s.report.Target = ""
	s.report.Keep(s.conf.Keeps)
	if err := c.applyBaseline(s, &f); err != nil {
		return nil, err
	}
	s.report.Finish()
	v := &lsp.View{Report: s.report, Source: map[string][]byte{}}
	take := func(path string) {
		if _, known := v.Source[path]; !known && path != "" {
			v.Source[path], _ = s.tree.Lookup(path)
		}
	}
	for i := range s.report.Findings {
		one := &s.report.Findings[i]
		take(one.Location.Path)
		for k := range one.Steps {
			take(one.Steps[k].Path)
		}
	}
	return v, nil
}

// repair tries one repair of one race on what is saved now.
func (c *command) repair(ctx context.Context, dir string, f scanFlags, id, title string) (*finding.Fix, string, error) {
	s, err := c.scanPaths(ctx, []string{filepath.Clean(dir)}, &f)
	if err != nil {
		return nil, "", err
	}
	defer s.tree.Close()
	options := scanOptions(s.conf)
	options.Memory = f.shared
	plan, err := fix.Make(ctx, s.tree, s.report, fix.Options{Scan: options, Unsafe: true,
		Wanted: func(one *finding.Finding) bool { return one.ID == id },
		Takes:  func(r *finding.Fix) bool { return r.Title == title }})
	switch {
	case err != nil:
		return nil, "", err
	case len(plan.Repaired) > 0:
		return &plan.Repaired[0].Fix, "", nil
	case len(plan.Open) > 0:
		return nil, plan.Open[0].Why, nil
	}
	return nil, "the race is not there any more", nil
}
