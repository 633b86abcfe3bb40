package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/middlebrick/middlebrick/internal/action"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/probe"
	"github.com/middlebrick/middlebrick/scanner/probe/fire"
)

// probeService races a service container for the action. It keeps nothing on disk and starts nothing.
func probeService(ctx context.Context, job action.ProbeJob) (*finding.Report, error) {
	opts := probe.Options{URL: job.URL, Consent: job.Consent, AllowPrivate: true, Findings: job.Findings, Duration: job.Time(), Version: Version,
		Requests: serviceRequests * job.Minutes}
	for _, h := range job.Headers {
		name, value, _ := strings.Cut(h, ":")
		opts.Headers = append(opts.Headers, fire.Header{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
	}
	if job.Username != "" {
		opts.Identities = append(opts.Identities, probe.Identity{Name: job.Username, Username: job.Username, Password: job.Password})
	} else if job.Token != "" {
		opts.Identities = append(opts.Identities, probe.Identity{Name: "token", Token: job.Token})
	}
	opts.Progress = func(e probe.Event) {
		if e.Kind == "verdict" {
			job.Log("probe %d/%d %s: %s", e.Index, e.Pairs, e.Pair, e.Text)
		}
	}
	result, err := probe.Run(ctx, opts)
	var refused *probe.Refused
	if errors.As(err, &refused) {
		return nil, fmt.Errorf("%w: %s", action.ErrProbeRefused, refused.Reason)
	}
	return result, err
}

// serviceRequests is the budget of requests for each minute that a probe may take.
const serviceRequests = 2000
