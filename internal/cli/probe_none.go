//go:build noprobe

package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/middlebrick/middlebrick/internal/fix"
)

// This is the build of the image for workflows, which holds no prober: nothing in a workflow's step is started or
// attacked, and the reader of OpenAPI documents is a quarter of the program.

type probeFlags struct{}

func (*probeFlags) bindScan(*pflag.FlagSet) {}

func (*probeFlags) bindProof(*pflag.FlagSet) {}

func (*probeFlags) wanted() bool { return false }

func (*command) applyProved(context.Context, string, *fix.Plan, *probeFlags) error { return nil }

func (c *command) probed(_ *cobra.Command, args []string, _ *scanFlags, _ settings) (bool, error) {
	if slices.ContainsFunc(args, isURL) {
		return true, usage("the program outside of the image has it", "this build has no prober")
	}
	return false, nil
}

func (c *command) probing() []*cobra.Command { return nil }
