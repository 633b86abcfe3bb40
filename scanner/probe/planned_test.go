//go:build !lean

package probe

import "testing"

func TestPlanReadsOnlyTheDocument(t *testing.T) {
	s := newShop()
	o := quick(s.start(t))
	o.Consent = false
	if _, err := Plan(t.Context(), o); err != nil || s.seen.Load() != 1 {
		t.Errorf("%v after %d requests", err, s.seen.Load())
	}
}
