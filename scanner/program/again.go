package program

import (
	"maps"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// Again is Build for a tree of which an earlier state is known: what stands in a file that was not parsed anew is taken from there,
// so that its modules, classes and functions are the same objects. The earlier program must not be asked anything any more: what its
// classes derive from and what its modules are called is found out anew.
func Again(files []*python.File, old *Program) *Program {
	known := map[*python.File]*collector{}
	if old != nil {
		for _, c := range old.found {
			known[c.m.File] = c
		}
	}
	found := make([]*collector, len(files))
	parallel(len(files), func(i int) {
		if found[i] = known[files[i]]; found[i] != nil {
			found[i].unlink()
		} else {
			found[i] = collect(files[i])
		}
	})
	p := link(found)
	p.found = found
	for _, m := range p.Modules {
		p.called = append(p.called, m.Name)
	}
	return p
}

// unlink forgets what was found out by looking at other files.
func (c *collector) unlink() {
	c.m.Name, c.m.root, c.m.Stars = "", "", nil
	for _, k := range c.class {
		k.Bases, k.TypeVars, k.mro, k.subs, k.linear = nil, nil, nil, nil, untouched
	}
}

// Gone returns the modules of the earlier program old that p has others for, when nothing but the bodies of functions distinguishes
// them, and what is bound to names that nobody else can mean: whatever the rest of the project asks of those is answered as before. Both
// programs must come from Again.
func (p *Program) Gone(old *Program) ([]*Module, bool) {
	if len(p.Modules) != len(old.Modules) {
		return nil, false
	}
	a, b := &p.index, &old.index
	if a.outer != b.outer || !maps.Equal(a.used, b.used) || !maps.Equal(a.pkg, b.pkg) {
		return nil, false
	}
	var gone []*Module
	for i, m := range p.Modules {
		before := old.Modules[i]
		if p.called[i] != old.called[i] || m.File.Path != before.File.Path {
			return nil, false
		}
		if m == before {
			continue
		}
		gone = append(gone, before)
		if len(m.File.Errors)+len(before.File.Errors) > 0 || !p.sameOutside(before, m) {
			return nil, false
		}
	}
	return gone, true
}
