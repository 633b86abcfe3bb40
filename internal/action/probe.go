package action

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// Probe are the inputs that name a running application, a service container of the job, to be raced.
type Probe struct {
	URL                       string
	Consent                   bool
	Username, Password, Token string
	Headers                   []string // "Name: value"
	Minutes                   int
}

// ProbeJob is one run of the prober. It may reach loopback and the private networks that service containers live in, and
// starts nothing.
type ProbeJob struct {
	Probe
	Findings []finding.Finding             // choose and rank what is raced
	Log      func(format string, a ...any) // for what the application says as well: it is encoded
}

// Time is how long the probe may take.
func (p Probe) Time() time.Duration { return time.Duration(p.Minutes) * time.Minute }

// ErrProbeRefused is the error of a probe that a safety rule stopped before it began.
var ErrProbeRefused = errors.New("the probe was refused")

func (r *reader) probe() Probe {
	p := Probe{URL: r.value("probe-url", ""), Consent: r.boolean("probe-i-own-this-target", false), Username: r.value("probe-username", ""),
		Password: r.value("probe-password", ""), Token: r.value("probe-token", ""), Minutes: r.number("probe-minutes", 5, 1, 60)}
	for _, line := range strings.Split(r.value("probe-headers", ""), "\n") {
		line = strings.TrimSpace(line)
		name, _, ok := strings.Cut(line, ":")
		switch {
		case line == "":
		case !ok || strings.TrimSpace(name) == "":
			r.fail("probe-headers", "write one \"Name: value\" a line") // the line may be a secret
		default:
			p.Headers = append(p.Headers, line)
		}
	}
	if p.URL != "" && !strings.HasPrefix(p.URL, "http://") && !strings.HasPrefix(p.URL, "https://") {
		r.fail("probe-url", "%q is not an http or https address", p.URL)
	}
	if p.Username != "" && p.Password == "" {
		r.fail("probe-username", "it needs probe-password")
	}
	return p
}

// withProbe races the application that probe-url names and adds what was seen to the findings.
func (r *run) withProbe(ctx context.Context, head *finding.Report) (*finding.Report, error) {
	if r.in.Probe.URL == "" {
		return head, nil
	}
	if r.Probe == nil {
		return nil, &failure{exitUsage, errors.New("probe-url: this build has no prober")}
	}
	probed, err := r.Probe(ctx, ProbeJob{Probe: r.in.Probe, Findings: head.Findings, Log: r.flow.Log})
	switch {
	case ctx.Err() != nil:
		return nil, &failure{exitStopped, errors.New("the run was cancelled before there was a decision")}
	case errors.Is(err, ErrProbeRefused):
		return nil, &failure{exitRefused, fmt.Errorf("probe-url: %w", err)}
	case probed == nil && err != nil:
		return nil, &failure{exitNothing, fmt.Errorf("probe-url: %w", err)}
	case err != nil:
		r.note("the probe of %s ended early: %v", r.in.Probe.URL, err)
	}
	return r.fuse(head, probed, "probe of "+r.in.Probe.URL), nil
}

// fuse adds the tests of a prober to the findings. It can raise a finding and never lower one.
func (r *run) fuse(head, probed *finding.Report, from string) *finding.Report {
	fused := finding.Fuse(head, probed)
	seen := 0
	for i := range fused.Findings {
		if len(fused.Findings[i].Evidence) > 0 {
			seen++
		}
	}
	r.note("%s: %s of the prober read, %s confirmed", from, count(len(probed.Tests), "test"), count(seen, "finding"))
	return fused
}
