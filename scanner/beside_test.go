package scanner

import "testing"

// What panics beside the caller is the caller's to contain, as what it does itself.
func TestBeside(t *testing.T) {
	fail := func() { panic("broken") }
	var ran int
	fine := func() { ran++ }
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
	if beside(fine, fine); ran != 4 {
		t.Errorf("%d ran, want 4", ran)
	}
}
