package flow

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Texts that are put together keep their literal parts, whatever the spelling: f"a:{x}", "a:" + x, "a:%s" % x, "a:{}".format(x).
// What names a key, a path or a statement is compared by them.

// isText tells whether a value is certainly a text.
func isText(v *value) bool {
	if v.Name == "fstring" {
		return true
	}
	_, ok := v.Str()
	return ok
}

// template is a text of several parts.
func template(parts ...*value) *value {
	var b strings.Builder
	var deps effects.Deps
	constant := true
	for _, p := range parts {
		constant = constant && p.Kind == effects.Const
		deps = deps.With(p.AllDeps())
		b.WriteString(effects.Template(p))
	}
	if constant {
		return effects.Text(b.String())
	}
	return effects.Formatted(b.String(), deps)
}

// concatenated is l + r, or l % r, of texts; nil when they are none.
func concatenated(l *value, op python.Operator, r *value) *value {
	switch {
	case op == python.Add && (isText(l) || isText(r)):
		return template(l, r)
	case op == python.Mod && isText(l):
		args := []*value{r}
		if r.Kind == effects.Sequence && r.Elem == nil {
			args = r.Items
		}
		return filled(l, args, nil, percents)
	}
	return nil
}

// percents finds the next place of a %-format: where it begins and ends.
func percents(s string) (from, to int, name string) {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '%' && strings.IndexByte("sdifr", s[i+1]) >= 0 {
			return i, i + 2, ""
		}
	}
	return -1, -1, ""
}

// braces finds the next place of a str.format.
func braces(s string) (from, to int, name string) {
	from = strings.IndexByte(s, '{')
	if from < 0 {
		return -1, -1, ""
	}
	end := strings.IndexByte(s[from:], '}')
	if end < 0 {
		return -1, -1, ""
	}
	name, _, _ = strings.Cut(s[from+1:from+end], ":")
	return from, from + end + 1, name
}

// filled puts arguments into the places of a constant text; nil when it is not one.
func filled(text *value, args []*value, kw []effects.Keyword, next func(string) (int, int, string)) *value {
	s, ok := text.Str()
	if !ok {
		return nil
	}
	var parts []*value
	for n := 0; len(parts) < 64; n++ {
		from, to, name := next(s)
		if from < 0 {
			break
		}
		arg := effects.Opaque("?", nil)
		for _, k := range kw {
			if k.Name == name && name != "" {
				arg = k.Value
			}
		}
		if n < len(args) && (name == "" || name[0] >= '0' && name[0] <= '9') {
			arg = args[n]
		}
		parts = append(parts, effects.Text(s[:from]), arg)
		s = s[to:]
	}
	return template(append(parts, effects.Text(s))...)
}

// textMethod is a method of a text that gives another one; nil for the others.
func textMethod(recv *value, name string, args []*value, kw []effects.Keyword) *value {
	if !isText(recv) {
		return nil
	}
	if recv.Name == effects.ComposedSQL {
		return composed(recv, name, args, kw)
	}
	switch name {
	case "format":
		return filled(recv, args, kw, braces)
	case "join":
		if len(args) != 1 || args[0].Kind != effects.Sequence || args[0].Elem != nil {
			return nil
		}
		var parts []*value
		for i, it := range args[0].Items {
			if i > 0 {
				parts = append(parts, recv)
			}
			parts = append(parts, it)
		}
		return template(parts...)
	case "encode", "strip", "decode":
		return recv
	case "lower", "upper":
		if s, ok := recv.Str(); ok && name == "lower" {
			return effects.Text(strings.ToLower(s))
		} else if ok {
			return effects.Text(strings.ToUpper(s))
		}
	}
	return nil
}

// composed is a method of a piece of SQL as psycopg's sql module makes it: what is no piece itself goes in as a literal.
func composed(recv *value, name string, args []*value, kw []effects.Keyword) *value {
	plain := *recv
	plain.Name = ""
	if name == "join" && len(args) == 1 && args[0].Kind == effects.Sequence {
		items := *args[0]
		items.Items = literals(items.Items)
		args = []*value{&items}
	} else {
		args = literals(args)
		given := make([]effects.Keyword, len(kw))
		for i, k := range kw {
			given[i] = effects.Keyword{Name: k.Name, Value: literals([]*value{k.Value})[0]}
		}
		kw = given
	}
	v := textMethod(&plain, name, args, kw)
	if v != nil && v.Kind == effects.Const {
		c := *v
		c.Name = effects.ComposedSQL
		return &c
	}
	return v
}

// literals writes constant texts as SQL has them.
func literals(args []*value) []*value {
	out := make([]*value, len(args))
	for i, a := range args {
		out[i] = a
		if s, ok := a.Str(); ok && a.Name != effects.ComposedSQL {
			out[i] = effects.Text("'" + s + "'")
		}
	}
	return out
}

// sameContent are methods that give the same content in another form.
var sameContent = map[string]bool{"decode": true, "encode": true, "strip": true, "copy": true, "casefold": true, "isoformat": true, "strftime": true, "astimezone": true}

// settled tells that a text, by its name, is already what a method would make of it: lower() changes nothing of
// email.lower().strip().
func settled(name, method string) bool {
	if method != "strip" && method != "lower" && method != "upper" && method != "casefold" {
		return false
	}
	for strings.HasSuffix(name, "()") {
		dot := strings.LastIndexByte(name, '.')
		if dot < 0 {
			return false
		}
		last := name[dot+1 : len(name)-2]
		if last == method {
			return true
		}
		if last != "strip" && (method != "strip" || last != "lower" && last != "upper" && last != "casefold") {
			return false
		}
		name = name[:dot]
	}
	return false
}

// partOfText are methods that give parts of a text, or it without some of its parts.
var partOfText = map[string]bool{"split": true, "rsplit": true, "partition": true, "rpartition": true, "replace": true, "removeprefix": true, "removesuffix": true, "lstrip": true, "rstrip": true}

// unknownMethod is a method of something of which only is known what operation it came from: a part of it, or the same in another form.
func unknownMethod(recv *value, name string, args []*value) *value {
	if len(args) == 0 && settled(recv.Sym, name) {
		return recv
	}
	if name == "strip" && len(args) == 0 && recv.Kind == effects.Unknown && recv.Src == 0 && recv.SrcCol == "" {
		return recv // who sends a name with and without white space around it means the same
	}
	if name == "items" && recv.Kind == effects.Unknown && recv.Src > 0 && recv.SrcCol == "" {
		return &value{Kind: effects.Sequence, Elem: effects.EntryOfRow(recv), Deps: recv.AllDeps()}
	}
	if (name == "encode" || name == "decode") && (recv.Kind == effects.Mapping || recv.Kind == effects.Sequence || recv.Kind == effects.Instance) {
		// A container has no such method: it is the text of one, json.dumps(event).encode().
		out := effects.Opaque(recv.Sym+"."+name+"()", recv.AllDeps())
		out.Items, out.Pairs = recv.Items, recv.Pairs
		return out
	}
	if (name == "encode" || name == "decode") && recv.Kind == effects.Unknown && recv.Src == 0 {
		out := effects.Opaque(recv.Sym+"."+name+"()", recv.AllDeps())
		out.Items = []*value{recv} // the same in other letters
		return out
	}
	if name == "get" && len(args) == 2 && args[1].Src != 0 && args[1].SrcCol != "" && recv.Src == 0 {
		return effects.Join(effects.Opaque(recv.Sym+"["+args[0].Sym+"]", recv.AllDeps()), args[1]) // the entry, or what stands for none
	}
	if recv.Src == 0 || recv.Kind != effects.Unknown {
		return nil
	}
	if sameContent[name] || recv.SrcCol != "" && partOfText[name] {
		if name == "copy" {
			return recv.Unpacked()
		}
		return recv.Remade()
	}
	if name != "get" && name != "pop" || len(args) == 0 || recv.SrcCol != "" {
		return nil
	}
	field, ok := args[0].Str()
	if !ok {
		return nil
	}
	out := effects.Opaque(recv.Sym+"["+args[0].Sym+"]", recv.AllDeps())
	out.Src, out.SrcCol = recv.Src, field
	return out
}
