package effects

import "strings"

// Paths: what they are called, and how one is made from another. Two paths are the same file if their texts are equal.

// pathName is the text of a path object that was made here, as in Template.
type pathName string

const pathClass = "pathlib.Path"

// pathClasses are the classes of path objects.
var pathClasses = []Class{
	{pathClass, "path"}, {"anyio.Path", "path"}, {"pathlib.PurePath", "path"}, {"pathlib.PosixPath", "path"}, {"aiopath.AsyncPath", "path"},
}

func isPath(v *Value) bool {
	return v != nil && v.Kind == ExtObject && v.Obj != nil && joined.classes[v.Obj.Qual] == "path"
}

func makePath(w *World, text string, deps Deps) *Value {
	o := w.NewObject()
	o.Qual, o.Extra = pathClass, pathName(text)
	return &Value{Kind: ExtObject, Obj: o, Sym: text, Deps: deps}
}

func newPath(c *Call) *Value {
	if len(c.Args) == 1 && isPath(c.Args[0]) {
		return c.Args[0]
	}
	if len(c.Args) == 0 {
		return makePath(c.World, ".", nil)
	}
	return makePath(c.World, joinedPath(c.Args), c.Deps())
}

// joinedPath is the text of the parts as one path: a part that is absolute starts anew.
func joinedPath(parts []*Value) string {
	text := ""
	for _, p := range parts {
		t := strings.TrimPrefix(Template(p), "./")
		switch {
		case t == "" || t == ".":
		case text == "" || strings.HasPrefix(t, "/"):
			text = t
		default:
			text = strings.TrimSuffix(text, "/") + "/" + t
		}
	}
	return text
}

func joinPath(c *Call) *Value {
	parts := c.Args
	if c.Recv != nil {
		parts = append([]*Value{c.Recv}, parts...)
	}
	if len(parts) == 0 {
		return nil
	}
	return makePath(c.World, joinedPath(parts), c.Deps())
}

// PathBelow is `l / r` where r is a text: only a path can be divided by one. nil when it is not.
func PathBelow(w *World, l, r *Value) *Value {
	if _, ok := r.Str(); !ok && r.Name != formatted {
		return nil
	}
	return makePath(w, joinedPath([]*Value{l, r}), l.AllDeps().With(r.AllDeps()))
}

// lastSlash returns where the last name of a path begins, -1 when it has one name only. Slashes inside of what is not known
// do not count.
func lastSlash(text string) int {
	depth := 0
	for i := len(text) - 1; i >= 0; i-- {
		switch text[i] {
		case '}':
			depth++
		case '{':
			depth--
		case '/':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

// firstSlash returns where the first name of a path ends, -1 when it has one name only.
func firstSlash(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			depth--
		case '/':
			if depth == 0 && i > 0 {
				return i
			}
		}
	}
	return -1
}

func parentText(text string) string {
	switch i := lastSlash(text); {
	case i > 0:
		return text[:i]
	case i == 0:
		return "/"
	case strings.HasPrefix(text, "{"):
		return "{parent of " + text[1:]
	}
	return "."
}

func nameText(text string) string { return text[lastSlash(text)+1:] }

// nameOf is the last name of a path. Of a path that is not known it is another thing that is not known.
func nameOf(v *Value) *Value {
	t := Template(v)
	if lastSlash(t) < 0 && strings.HasPrefix(t, "{") {
		return Opaque(strings.Trim(t, "{}")+".name", v.Deps)
	}
	return Formatted(nameText(t), v.Deps)
}

func pathAttr(w *World, recv *Value, name string) *Value {
	switch name {
	case "parent":
		return makePath(w, parentText(Template(recv)), recv.Deps)
	case "name":
		return nameOf(recv)
	case "parents":
		if v := insideParents(w, recv); v != nil {
			return v
		}
		return Opaque(Template(recv)+".parents", recv.Deps)
	case "stem", "suffix", "suffixes", "parts", "anchor":
		return Opaque(Template(recv)+"."+name, recv.Deps)
	}
	return nil
}

func withName(c *Call) *Value {
	if len(c.Args) == 0 {
		return nil
	}
	return makePath(c.World, joinedPath([]*Value{Text(parentText(Template(c.Recv))), c.Args[0]}), c.Deps())
}

// withSuffix replaces what follows the last dot of the name.
func withSuffix(c *Call) *Value {
	if len(c.Args) == 0 {
		return nil
	}
	t := Template(c.Recv)
	if i := strings.LastIndexAny(t, ".}/"); i > 0 && t[i] == '.' {
		t = t[:i]
	}
	return makePath(c.World, t+Template(c.Args[0]), c.Deps())
}

func dirName(c *Call) *Value {
	if len(c.Args) == 0 {
		return nil
	}
	return makePath(c.World, parentText(Template(c.Args[0])), c.Deps())
}

func baseName(c *Call) *Value {
	if len(c.Args) == 0 {
		return nil
	}
	return nameOf(c.Args[0])
}

// splitExt is the path without its suffix, and the suffix.
func splitExt(c *Call) *Value {
	if len(c.Args) == 0 {
		return nil
	}
	t := Template(c.Args[0])
	root, ext := t, "{suffix of "+strings.Trim(t, "{}")+"}"
	if i := strings.LastIndexAny(t, ".}/"); i > 0 && t[i] == '.' {
		root, ext = t[:i], t[i:]
	}
	return &Value{Kind: Sequence, Items: []*Value{Formatted(root, c.Deps()), Formatted(ext, c.Deps())}}
}

// fileKey is the name under which a path is compared with others. A path that is this request's own gets a name that no
// other request has: what is random in it, or the time, or came from a call of which nothing is known.
func fileKey(w *World, p *Value) string {
	t := strings.TrimPrefix(Template(p), "./")
	if t == "" || t == "{}" {
		return w.Fresh("path")
	}
	if !strings.Contains(t, "#") && isOwn(t) {
		t += "#"
	}
	return t
}

// isOwn tells whether what is not known of a path's text differs from request to request. Where the path begins is a setting.
func isOwn(t string) bool {
	for i := max(0, firstSlash(t)); i < len(t); i++ {
		if t[i] != '{' {
			continue
		}
		rest := t[i+1:]
		end := strings.IndexAny(rest, "{}")
		if end < 0 {
			end = len(rest)
		}
		name := rest[:end]
		if name == "" || name == "now" || strings.HasPrefix(name, "now.") || strings.HasPrefix(name, "(now") {
			return true
		}
		if call := strings.Index(name, "()"); call > 0 && isWord(name[:call]) {
			return true // shortuuid.uuid(), ObjectId()
		}
	}
	return false
}

func isWord(s string) bool {
	for _, r := range s {
		if r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return s != ""
}
