package fastapi

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
)

type entryKey struct {
	fn     *program.Function
	class  *program.Class
	method string
	path   string
}

// assemble walks from the apps, then from the routers that nothing includes, and makes the entries.
func (r *reader) assemble() {
	visits := 0
	for _, o := range r.objects {
		if o.app && !o.linked {
			r.walk(o, "", nil, nil, &visits)
		}
	}
	for _, o := range r.objects {
		if !o.app && !o.linked {
			r.walk(o, "", nil, nil, &visits)
		}
	}
	for _, o := range r.objects { // routers that include each other in a circle
		if o.linked && !r.reached(o) {
			r.walk(o, "", nil, nil, &visits)
		}
	}
}

func (r *reader) reached(o *object) bool {
	for i := range o.routes {
		if !r.entries[entryKey{fn: o.routes[i].fn}] {
			return false
		}
	}
	return true
}

func (r *reader) walk(o *object, prefix string, deps []Dependency, above []*object, visits *int) {
	*visits++
	if *visits > maxVisits || len(above) > 40 || onPath(above, o) {
		return
	}
	prefix += o.prefix
	deps = join(deps, o.deps)
	for i := range o.routes {
		r.enter(&o.routes[i], prefix, deps)
	}
	above = append(above, o)
	for _, l := range o.links {
		inner := join(deps, l.deps)
		if l.mount {
			inner = nil
		}
		r.walk(l.child, prefix+l.prefix, inner, above, visits)
	}
}

func onPath(list []*object, o *object) bool {
	for _, x := range list {
		if x == o {
			return true
		}
	}
	return false
}

func join(a, b []Dependency) []Dependency {
	if len(b) == 0 {
		return a
	}
	return append(a[:len(a):len(a)], b...)
}

// enter makes the entries of one route, one for each method.
func (r *reader) enter(reg *registration, prefix string, deps []Dependency) {
	path := prefix + reg.path
	if path == "" {
		path = "/"
	}
	methods := reg.methods
	if reg.kind == WebSocket {
		methods = []string{"WS"}
	}
	r.entries[entryKey{fn: reg.fn}] = true
	for _, m := range methods {
		key := entryKey{reg.fn, reg.class, m, path}
		if r.entries[key] {
			continue
		}
		// Routers that each include the next one twice lead to one handler in as many ways as anybody likes, all of which do the same.
		same := entryKey{reg.fn, reg.class, m, ""}
		if r.paths[same]++; r.paths[same] > maxPaths || len(r.app.Entries) >= maxRoutes {
			r.app.missed(Unresolved{reg.fn.Module, position(reg.fn), "a handler has more paths, or the application more routes, than are followed"})
			continue
		}
		r.entries[key] = true
		r.app.Entries = append(r.app.Entries, &Entry{
			Kind: reg.kind, Method: m, Path: path, Function: reg.fn, Class: reg.class, Depends: join(deps, reg.deps),
			Captured: reg.env.captures(), Made: reg.made, Stream: reg.fn.Generator && reg.kind == Route, Line: line(reg.fn),
		})
	}
}

// canonical drops the entries that are only a shorter view of another one of the same function: an application factory run once
// with its mount point and once without, a router seen on its own and inside its parent.
func canonical(list []*Entry) []*Entry {
	group := map[entryKey][]*Entry{}
	for _, e := range list {
		key := entryKey{fn: e.Function, class: e.Class, method: e.Method}
		group[key] = append(group[key], e)
	}
	out := list[:0]
	for _, e := range list {
		if !shadowedBy(e, group[entryKey{fn: e.Function, class: e.Class, method: e.Method}]) {
			out = append(out, e)
		}
	}
	return out
}

func shadowedBy(e *Entry, others []*Entry) bool {
	if len(others) > 200 {
		return false // generated on purpose; comparing all with all would be a square
	}
	tail := e.Path
	if i := strings.LastIndex(tail, hole); i >= 0 && i+len(hole) < len(tail) {
		tail = tail[i+len(hole):]
	}
	for _, o := range others {
		if o == e || !strings.HasSuffix(o.Path, tail) {
			continue
		}
		if e.Path != tail { // this one has a hole: any other without says more
			if !strings.Contains(o.Path, hole) {
				return true
			}
		} else if len(o.Path) > len(e.Path) && !strings.Contains(o.Path, hole) && e.Path != "/" {
			return true
		}
	}
	return false
}

// line is the line of a function's `def`.
func line(f *program.Function) int {
	n, _ := f.Module.File.Position(position(f))
	return n
}

func position(f *program.Function) int32 {
	switch {
	case f.Def != nil:
		return f.Def.Pos()
	case f.Lambda != nil:
		return f.Lambda.Pos()
	}
	return 0
}
