//go:build lean

package probe

import (
	"context"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// File is a scenario file. The lean build reads none.
type File struct{}

func (p *prober) apply(*File) error { return nil }

func (p *prober) written(*File) ([]*scenario, error) { return nil, nil }

// runStarted is left out of the lean build: it starts no application.
func runStarted(context.Context, Options) (*finding.Report, error) {
	return nil, refuse("this build starts no application")
}
