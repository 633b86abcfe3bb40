package program

import (
	"bytes"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// sameOutside tells whether two states of a module are the same to all others.
func (p *Program) sameOutside(before, now *Module) bool {
	o := &outsiders{p: p, m: now, known: map[privateName]bool{}}
	return o.sameNames(before, now) && o.sameNames(now, before) && surface{o.private}.body(before.File.Body, now.File.Body, false)
}

// outsiders are all other modules of a program than one.
type outsiders struct {
	p     *Program
	m     *Module
	known map[privateName]bool
	whole *bool // see asWhole
}

type privateName struct {
	name   string
	member bool
}

// sameNames tells whether every name of a that b lacks is private.
func (o *outsiders) sameNames(a, b *Module) bool {
	for name := range a.Names {
		if b.Names[name] == nil && !o.private(name, false) {
			return false
		}
	}
	return true
}

// private tells whether no other module can mean what the module, or a class in it, binds to a name. Objects go everywhere, so that the name of
// a member must stand nowhere else; whoever looks into the module itself names it, too, unless all of it was imported under another name.
func (o *outsiders) private(name string, member bool) bool {
	key := privateName{name, member}
	answer, known := o.known[key]
	if !known {
		answer = !isSpecial(name) && !o.mentions(name, !member && !o.asWhole())
		o.known[key] = answer
	}
	return answer
}

// isSpecial tells whether Python itself knows a name: __init__, __getattr__.
func isSpecial(name string) bool {
	return strings.HasPrefix(name, "__") && strings.HasSuffix(name, "__")
}

// mentions tells whether another module mentions a name, in any way; beside tells to count only those who mention the module's own name, too.
func (o *outsiders) mentions(name string, beside bool) bool {
	return slices.ContainsFunc(o.p.Modules, func(m *Module) bool {
		return m != o.m && bytes.Contains(m.File.Source, []byte(name)) && (!beside || bytes.Contains(m.File.Source, []byte(o.m.stem)))
	})
}

// asWhole tells whether another module may have the module, or all its names, without saying its name each time.
func (o *outsiders) asWhole() bool {
	if o.whole == nil {
		whole := o.m.Package || slices.ContainsFunc(o.p.Modules, func(m *Module) bool {
			return m != o.m && (slices.ContainsFunc(m.stars, func(s Import) bool { return o.p.target(m, &s) == o.m }) || bytes.Contains(m.File.Source, []byte(o.m.stem+" as ")))
		})
		o.whole = &whole
	}
	return *o.whole
}

// boundBy is the name that an import binds.
func boundBy(a python.Alias) string {
	if a.AsName != "" {
		return a.AsName
	}
	first, _, _ := strings.Cut(a.Name, ".")
	return first
}
