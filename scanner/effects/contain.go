package effects

import "github.com/middlebrick/middlebrick/scanner/interleave"

// Containment: a path is resolved, which follows the links that are there, and what came out is compared with a root.

// resolvedName is the Name of a path whose links were followed.
const resolvedName = "resolved"

func resolved(c *Call) *Value {
	p := pathArg(c, 0)
	if p == nil {
		return nil
	}
	v := *makePath(c.World, Template(p), p.Deps)
	v.Name = resolvedName
	return &v
}

// contained is path.is_relative_to(root), or str(path).startswith(root).
func contained(c *Call) *Value {
	return leadsWhere(c, c.Recv, c.Name+"("+Template(c.Recv)+")")
}

// leadsWhere answers a question about where a path leads to, which was looked up when it was resolved.
func leadsWhere(c *Call, p *Value, name string) *Value {
	if p.Name != resolvedName {
		return Opaque(name, p.Deps)
	}
	return result(name, linkOp(c, p, interleave.Read))
}

// containedAll is commonpath([path, root]). The root may have been resolved too: it is the shorter one.
func containedAll(c *Call) *Value {
	if len(c.Args) == 0 {
		return nil
	}
	var asked *Value
	for _, p := range c.Args[0].Items {
		if p.Name == resolvedName && (asked == nil || len(Template(p)) > len(Template(asked))) {
			asked = p
		}
	}
	if asked == nil {
		return nil
	}
	return leadsWhere(c, asked, "commonpath("+Template(asked)+")")
}

// pathAfter is path.relative_to(root), which raises when the path does not lie below the root.
func pathAfter(c *Call) *Value {
	if c.Recv.Name == resolvedName {
		c.Demand(leadsWhere(c, c.Recv, "").Deps, "relative_to")
	}
	return makePath(c.World, Template(c.Recv), c.Deps())
}

// insideParents is `root in path.parents`.
func insideParents(w *World, recv *Value) *Value {
	if recv.Name != resolvedName {
		return nil
	}
	c := &Call{World: w, Recv: recv}
	return leadsWhere(c, recv, "parents("+Template(recv)+")")
}
