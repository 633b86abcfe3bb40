package program

import (
	"testing"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// What is found out about a module is found out once, also for a later program that takes the module over, and anew for a file that changed.
func TestMade(t *testing.T) {
	type length int
	asked := 0
	find := func(m *Module) length {
		asked++
		return length(len(m.File.Source))
	}
	kept, changed := python.Parse("kept.py", []byte("a = 1\n")), python.Parse("changed.py", []byte("b = 1\n"))
	first := Again([]*python.File{kept, changed}, nil)
	for range 2 {
		for _, m := range first.Modules {
			if Made(m, find) != 6 {
				t.Errorf("%s is %d bytes long", m.File.Path, Made(m, find))
			}
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times of two modules", asked)
	}
	second := Again([]*python.File{kept, python.Parse("changed.py", []byte("b = 100\n"))}, first)
	if Made(second.Modules[0], find) != 8 || Made(second.Modules[1], find) != 6 || asked != 3 {
		t.Errorf("asked %d times of two modules and one that changed", asked)
	}
	type other int
	if Made(second.Modules[0], func(*Module) other { return 7 }) != 7 || Made(second.Modules[0], find) != 8 {
		t.Error("findings of two types are taken for one another")
	}
}
