//go:build !lean

package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/pflag"

	"github.com/middlebrick/middlebrick/internal/fix"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// bindProof declares the flags of fix that speak of a running application.
func (f *probeFlags) bindProof(flags *pflag.FlagSet) {
	flags.BoolVar(&f.prove, "prove", false, "with --apply and --start: race the application before the change and after it, and take back what does not hold")
	flags.StringVar(&f.start, "start", "", "start the application with this `COMMAND`, {port} in it replaced")
	f.bind(flags)
}

func (f *probeFlags) wanted() bool { return f.prove }

// applyProved makes the changes between two runs of the application: each repaired finding is raced under the schedule that it claims,
// before and after. Changes that leave a race which was seen before are taken back, all of them.
func (c *command) applyProved(ctx context.Context, dir string, plan *fix.Plan, f *probeFlags) error {
	if f.start == "" {
		return usage("say how the application is started: --start 'uvicorn app.main:app --port {port}'", "--prove runs the application")
	}
	var asked []finding.Finding
	for _, r := range plan.Repaired {
		if slices.ContainsFunc(r.Fix.Edits, func(e finding.Edit) bool { return plan.Old[e.Path] == nil }) {
			c.say("%s:%d: %s: not proved: its migration has to run first", r.Finding.Location.Path, r.Finding.Location.Line, r.Finding.Rule)
			continue
		}
		asked = append(asked, r.Finding)
	}
	before, err := c.heldVerdicts(ctx, dir, asked, f)
	if err != nil {
		return err
	}
	if err := plan.Write(dir); err != nil {
		return err
	}
	moved := make([]finding.Finding, len(asked))
	for i := range asked {
		moved[i] = plan.Follow(asked[i])
	}
	after, err := c.heldVerdicts(ctx, dir, moved, f)
	if err != nil {
		return c.takeBack(dir, plan, err)
	}
	for i := range asked {
		a, b := before[asked[i].ID], after[asked[i].ID]
		at := fmt.Sprintf("%s:%d: %s", asked[i].Location.Path, asked[i].Location.Line, asked[i].Rule)
		switch {
		case finding.Accuses(b.Verdict):
			return c.takeBack(dir, plan, &failure{exitGate, fmt.Errorf("%s still happens with the change: %s", at, b.Vulnerability), ""})
		case !finding.Accuses(a.Verdict):
			c.say("%s: not proved: the race could not be made to happen before the change: %s", at, a.Vulnerability)
		case b.Verdict == "inconclusive" || b.Verdict == "":
			c.say("%s: not proved: it happened before the change, and afterwards nothing could be told: %s", at, b.Vulnerability)
		default:
			c.say("%s: proved: it happened before the change, and no more: %s", at, b.Vulnerability)
		}
	}
	return nil
}

func (c *command) takeBack(dir string, plan *fix.Plan, why error) error {
	if err := plan.Undo(dir); err != nil {
		return fmt.Errorf("%w; and the changes could not be taken back: %w", why, err)
	}
	c.say("the changes were taken back")
	return why
}

// heldVerdicts replays findings under their own schedules, and gives the test of each by its id.
func (c *command) heldVerdicts(ctx context.Context, dir string, findings []finding.Finding, f *probeFlags) (map[string]finding.Test, error) {
	out := map[string]finding.Test{}
	if len(findings) == 0 {
		return out, nil
	}
	opts, err := f.options("")
	if err != nil {
		return nil, err
	}
	opts.Dir, opts.Findings, opts.Held, opts.HeldOnly = dir, findings, true, true
	report, err := c.race(ctx, opts)
	if err != nil {
		return nil, err
	}
	for _, t := range report.Tests {
		if !finding.Accuses(out[t.Finding].Verdict) {
			out[t.Finding] = t
		}
	}
	return out, nil
}
