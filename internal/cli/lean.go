//go:build lean

package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/middlebrick/middlebrick/internal/fix"
)

// This is the build of the image for workflows. Its step races a service container where the workflow says so, see
// probeService; it starts nothing, and the commands of the prober are left out.

type probeFlags struct {
	workers int
}

func (f *probeFlags) bindScan(flags *pflag.FlagSet) {
	flags.IntVar(&f.workers, "workers", 0, "judge by `N` processes that serve the application")
}

func (*probeFlags) bindProof(*pflag.FlagSet) {}

func (*probeFlags) wanted() bool { return false }

func (*command) applyProved(context.Context, string, *fix.Plan, *probeFlags) error { return nil }

func (c *command) probed(_ *cobra.Command, args []string, _ *scanFlags, _ settings) (bool, error) {
	if slices.ContainsFunc(args, isURL) {
		return true, usage("the program outside of the image does", "this build probes as a step of a workflow only")
	}
	return false, nil
}

func (c *command) races(args []string, _ *scanFlags) bool { return slices.ContainsFunc(args, isURL) }

func (c *command) probing() []*cobra.Command {
	shards := &shardFlags{}
	cmd := &cobra.Command{
		Use: "plan [PATH] --shards N", Short: "Divide a scan among runners", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if !shards.wanted() {
				return usage("give --shards N", "this build has no prober whose plan could be shown")
			}
			return c.writePlan(shards, args)
		},
	}
	shards.bind(cmd.Flags())
	return []*cobra.Command{cmd}
}

// No editor runs in the image.
func (c *command) editing() []*cobra.Command { return nil }
