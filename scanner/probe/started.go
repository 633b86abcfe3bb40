package probe

import (
	"context"
	"errors"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

func runStarted(context.Context, Options) (*finding.Report, error) {
	return nil, errors.New("not yet")
}
