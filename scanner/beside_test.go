package scanner

import (
	"sync/atomic"
	"testing"
)

// What panics beside the caller is the caller's to contain, as what it does itself.
func TestBeside(t *testing.T) {
	fail := func() { panic("broken") }
	var ran atomic.Int64
	fine := func() { ran.Add(1) }
	for _, run := range []func(){func() { beside(fine, fail) }, func() { beside(fail, fine) }} {
		func() {
			defer func() {
				if p := recover(); p != "broken" {
					t.Errorf("recovered %v", p)
				}
			}()
			run()
			t.Error("went on")
		}()
	}
	if beside(fine, fine); ran.Load() != 4 {
		t.Errorf("%d ran, want 4", ran.Load())
	}
}
