//go:build lean

package probe

import (
	"context"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// runStarted is left out of the lean build: it starts no application.
func runStarted(context.Context, Options) (*finding.Report, error) {
	return nil, refuse("this build starts no application")
}
