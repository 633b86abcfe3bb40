//go:build !lean

package probe

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/probe/hold"
	"github.com/middlebrick/middlebrick/scanner/probe/judge"
)

// Planned is what a run would do, inferred from the document alone.
type Planned struct {
	Target    string
	Scenarios []PlannedScenario
	File      *File
	Pairs     []Pair   // which shard races what, where the run is divided
	Skipped   []string // operations that no scenario could be made for, with the reason
}

// PlannedScenario is one race as it would be run.
type PlannedScenario struct {
	ID, Test, Type              string
	Setup, Racers, Observations []string
}

// Plan reads the document and says what Run would send. It sends nothing else. With Start it starts the application for that.
func Plan(ctx context.Context, o Options) (*Planned, error) {
	o.defaults()
	o.StateDir = ""
	if o.Start != "" {
		app, err := hold.Start(ctx, o.Start, o.Dir, 1, nil)
		if err != nil {
			return nil, &Unreachable{err.Error()}
		}
		defer app.Stop()
		o.URL, o.started = app.URL, true
	}
	p, err := open(ctx, o)
	if err != nil {
		return nil, err
	}
	p.planning = true
	if err := p.readFiles(); err != nil {
		return nil, err
	}
	scenarios, skipped := p.plan()
	out := &Planned{Target: p.target.base.String(), File: p.fileOf(scenarios, skipped)}
	if o.Shards > 0 {
		out.Pairs = pairs(scenarios, divide(scenarios, o.Shards))
	}
	for _, s := range scenarios {
		q := PlannedScenario{ID: s.id, Test: testID(s), Type: s.testType}
		if s.freshUser {
			q.Setup = append(q.Setup, p.model.signup.Key()+" and login, for a user of its own")
		}
		for _, st := range s.setup {
			q.Setup = append(q.Setup, p.sketch(racer{call: st.call}))
		}
		for _, r := range s.racers {
			q.Racers = append(q.Racers, p.sketch(r))
		}
		for _, ob := range s.observers {
			q.Observations = append(q.Observations, ob.op.Key())
		}
		out.Scenarios = append(out.Scenarios, q)
	}
	for _, u := range skipped {
		out.Skipped = append(out.Skipped, u.op.Key()+": "+u.reason)
	}
	return out, nil
}

// sketch writes a request with names in place of what only a run can know.
func (p *prober) sketch(r racer) string {
	op := r.op
	e := p.newEnv()
	e.unique = "UNIQUE"
	if r.variant > 0 {
		e.unique += string(rune('a' + r.variant%26))
	}
	given := map[string]any{}
	for _, n := range p.model.needs(op) {
		given[n.where+" "+n.name] = cmp.Or(n.literal, any("<"+n.resource.name+"."+or(n.field, n.pick)+">"))
	}
	text := op.Key()
	if op.Body != nil {
		if body := e.body(op, r, given, e.unique); body != nil {
			text += " " + judge.Encode(body)
		}
	}
	return text
}

// Write prints the plan for people.
func (p *Planned) Write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d scenarios\n", p.Target, len(p.Scenarios))
	for _, s := range p.Scenarios {
		fmt.Fprintf(&b, "\n%s  %s  %s\n", s.Test, s.Type, s.ID)
		for _, part := range []struct {
			name  string
			lines []string
		}{{"set up", s.Setup}, {"race", s.Racers}, {"observe", s.Observations}} {
			for _, l := range part.lines {
				fmt.Fprintf(&b, "  %-8s %s\n", part.name, l)
			}
		}
	}
	if len(p.Skipped) > 0 {
		b.WriteString("\nno scenario for:\n")
		for _, s := range p.Skipped {
			fmt.Fprintf(&b, "  %s\n", s)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
