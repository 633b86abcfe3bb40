package cli

import (
	"context"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/middlebrick/middlebrick/internal/action"
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
			step := &action.Action{Getenv: os.Getenv, Out: c.out, Version: Version, Rules: c.rules, Scan: c.scanTree, JSON: report.JSON}
			c.code = step.Run(cmd.Context())
			return nil
		},
	}
}

// scanTree scans a tree for the action. There is no configuration file yet, so the settings are those of the program.
func (c *command) scanTree(ctx context.Context, tree *source.Tree, _ fs.FS) (*finding.Report, error) {
	return scanner.Scan(ctx, tree, scanner.Options{Version: Version})
}
