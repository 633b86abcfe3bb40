package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// asksLock is the keyword by which a caller asks for the row's lock, and the parameter that is handed down to the statement.
const asksLock = "for_update"

// mostHandedDown is through how many functions the wish for a lock is passed.
const mostHandedDown = 3

// lockAsked locks the row for the request that acts, and for no other that loads it through the same function: the functions between the
// request and the statement get a parameter, False where nobody says otherwise, and the one that acts says True.
func (m *Mender) lockAsked(r *race.Race) []change {
	read := r.Op(r.Read)
	if read.Lock.Strength != interleave.NoLock || read.Res.Key == "" && len(read.Res.Where) == 0 || !locks(r, r.Read) {
		return nil
	}
	var frames []*effects.Site
	frame := read.Site
	for ; frame != nil && siteIn(r.Op(r.Act).Site, frame.Function) == nil; frame = frame.Up {
		if call, ok := callOf(frame); !ok || call.Name() != frame.Function.Name || len(call.Args)+len(call.Keywords) == 0 {
			return nil
		}
		frames = append(frames, frame)
	}
	if frame == nil || len(frames) == 0 || len(frames) > mostHandedDown {
		return nil // who loads the row is who acts, or is no function of the request
	}
	var changes []change
	wish := wishOf(frames[0].Function)
	if wish == "" { // one that is there says how the statement takes it, which shows when all is looked at again
		wish = asksLock
		parameters := m.wishParameters(frames[0].Function)
		statement := loadOf(r).lockIfAsked()
		if parameters == nil || statement == nil {
			return nil
		}
		changes = append(statement, parameters...)
	}
	for i, frame := range frames {
		value := "True"
		call, _ := callOf(frame)
		given := keywordOf(call, wish)
		name := wish
		if i+1 < len(frames) {
			if given != nil {
				if wish = handsOn(frame.Up.Function, given); wish == "" {
					return nil // it says what it wants
				}
				continue
			}
			if wish = wishOf(frame.Up.Function); wish == "" {
				wish = asksLock
				parameters := m.wishParameters(frame.Up.Function)
				if parameters == nil {
					return nil
				}
				changes = append(changes, parameters...)
			}
			value = wish
		} else if given != nil {
			return nil
		}
		changes = append(changes, fitted(frame.Up.Function, call, name+"="+value))
	}
	return changes
}

// handsOn is the parameter of a function that an argument is, where nobody has to give it; "" for anything else.
func handsOn(fn *program.Function, argument python.Expr) string {
	v, ok := argument.(*python.Name)
	if !ok || !slices.ContainsFunc(fn.Params, func(p program.Param) bool { return p.Name == v.ID && saysNo(p) }) {
		return ""
	}
	return v.ID
}

// saysNo tells whether a parameter is False where nobody says otherwise.
func saysNo(p program.Param) bool {
	c, ok := p.Default.(*python.Constant)
	return ok && c.Raw == "False"
}

// wishOf is the parameter by which a function is asked for a lock already, False where nobody says otherwise; "" where it has none.
func wishOf(fn *program.Function) string {
	for _, p := range fn.Params {
		if saysNo(p) && (strings.Contains(p.Name, asksLock) || slices.Contains(strings.Split(p.Name, "_"), "lock") || locksIf(fn, p.Name)) {
			return p.Name
		}
	}
	return ""
}

// locksIf tells whether a function locks what it loads where a variable is true.
func locksIf(fn *program.Function, name string) bool {
	f, found := fn.Module.File, false
	if fn.Def == nil {
		return false
	}
	python.Walk(fn.Def, func(n python.Node) bool {
		st, ok := n.(*python.If)
		found = found || ok && f.Text(st.Test) == name && len(st.Body) > 0 && strings.Contains(f.Text(st.Body[0]), ".with_for_update(")
		return !found
	})
	return found
}

// wishParameters adds the parameter to a function, to the methods that only declare it and to those that may be called in its place; nil where
// that could break who else calls it.
func (m *Mender) wishParameters(fn *program.Function) (out []change) {
	declared, others, ok := m.namesakes(fn)
	if !ok {
		return nil
	}
	for _, f := range append(declared, fn) {
		c, ok := wishParameter(f, f != fn)
		if !ok {
			return nil
		}
		out = append(out, c)
	}
	for _, f := range others {
		c, ok := m.heedsWish(f)
		if !ok {
			return nil
		}
		out = append(out, c...)
	}
	return out
}

// wishParameter adds the parameter to one function.
func wishParameter(fn *program.Function, declared bool) (c change, ok bool) {
	if fn.Def == nil || fn.Generator || fn.Property || fn.Abstract && !declared || len(fn.Params) == 0 || fn.Local[asksLock] || wishOf(fn) != "" {
		return c, false
	}
	if len(fn.Def.Decorators) > 0 && !fn.Static && !fn.ClassMethod && !(fn.Abstract && len(fn.Def.Decorators) == 1) {
		return c, false // it is called by who knows whom
	}
	annotated := slices.ContainsFunc(fn.Params, func(p program.Param) bool { return p.Annotation != nil })
	last := fn.Params[len(fn.Params)-1]
	f := fn.Module.File
	text := asksLock + "=False"
	if annotated {
		text = asksLock + ": bool = False"
	}
	if last.Kind == program.VarKeyword {
		return beforeKeywords(f, last.Pos, text)
	}
	stop := last.Pos + int32(len(last.Name))
	for _, e := range []python.Expr{last.Annotation, last.Default} {
		if e != nil {
			stop = max(stop, e.Stop())
		}
	}
	rest := strings.TrimLeft(string(f.Source[stop:]), " \t\r\n,")
	end := int32(len(f.Source) - len(rest))
	if !strings.HasPrefix(rest, ")") {
		return c, false // a comment, or the end of what is only given by its place
	}
	if before, alone := startsLine(f, last.Pos); alone && !strings.ContainsRune(string(f.Source[stop:end]), '\n') {
		return change{f, stop, stop, "," + newline(f) + before + text}, true // a line for each, the bracket behind the last one
	}
	return appended(f, stop, end, text), true
}

// lockIfAsked lets the statement that loads the row take its lock where the parameter says so.
func (l *load) lockIfAsked() []change {
	call, ok := l.call.(*python.Call)
	if !ok || l.several() {
		return nil
	}
	for depth := 0; call != nil && depth < 8; depth++ {
		inner, name := called(call)
		switch name {
		case "get", "get_one":
			if len(call.Args) < 2 || l.joins(l.f.Text(call)) || slices.ContainsFunc(call.Keywords, func(k *python.Keyword) bool { return k.Name == "with_for_update" }) {
				return nil
			}
			return []change{addArgument(l.f, call, "with_for_update="+asksLock)}
		case "execute", "scalar", "scalars", "exec":
			if len(call.Args) == 0 {
				return nil
			}
			return l.lockedBefore(call.Args[0])
		case "first", "one", "one_or_none", "scalar_one", "scalar_one_or_none":
			attr, ok := inner.Func.(*python.Attribute)
			if !ok {
				return nil
			}
			below, method := called(attr.Value)
			if below == nil || !slices.Contains([]string{"execute", "scalars", "exec"}, method) {
				return l.lockedBefore(attr.Value) // session.query(…).filter(…).first()
			}
			call = below
		default:
			return nil
		}
	}
	return nil
}

// lockedBefore adds the lock to a query in a statement of its own before the one that sends it, where the query gets a name if it has none.
func (l *load) lockedBefore(query python.Expr) []change {
	st, ok := enclosing(l.fn, query.Pos())
	if !ok {
		return nil
	}
	switch st.node().(type) {
	case *python.Assign, *python.AnnAssign, *python.Return, *python.ExprStmt:
	default:
		return nil
	}
	f, in, step, nl := l.f, indent(l.f, st.node()), unit(l.f, l.fn), newline(l.f)
	asked := func(name, lock string) string {
		return "if " + asksLock + ":" + nl + in + step + name + " = " + name + lock + nl + in
	}
	at := st.node().Pos()
	if strings.TrimSpace(string(f.Source[lineStart(f, at):at])) != "" {
		return nil // behind a semicolon or a colon
	}
	switch query := query.(type) {
	case *python.Name:
		made := l.made(query.ID)
		lock, ok := l.lock(made)
		if made == "" || !ok || isSQL(made) || l.final(query.ID) {
			return nil
		}
		return []change{{f, at, at, asked(query.ID, lock)}}
	case *python.Call:
		text := f.Text(query)
		lock, ok := l.lock(text)
		name := unused(l.fn, "query", "statement")
		if !ok || name == "" || isSQL(text) || spansLines(f, query) || strings.Contains(text, "#") {
			return nil
		}
		from, to := bracketed(f, query)
		return []change{
			{f, at, at, name + " = " + l.moved(query, in, step) + nl + in + asked(name, lock)},
			{f, from, to, name},
		}
	}
	return nil
}

// moved is a query as it stands in a statement of its own: as deep as that is, and in brackets where its lines need some.
func (l *load) moved(query python.Expr, in, step string) string {
	nl := newline(l.f)
	before := string(l.f.Source[lineStart(l.f, query.Pos()):query.Pos()])
	lines := strings.Split(strings.ReplaceAll(l.f.Text(query), "\r\n", "\n"), "\n")
	if len(lines) == 1 {
		return lines[0]
	}
	outer, broken := before[:len(before)-len(strings.TrimLeft(before, " \t"))], false
	for i, line := range lines[1:] {
		broken = broken || strings.HasPrefix(strings.TrimSpace(line), ".")
		lines[i+1] = strings.TrimPrefix(line, outer)
	}
	if broken {
		return "(" + nl + in + step + strings.Join(lines, nl+in+step) + nl + in + ")"
	}
	return strings.Join(lines, nl+in)
}

// bracketed is where an expression stands, with the space between it and the brackets that hold nothing else.
func bracketed(f *python.File, e python.Expr) (from, to int32) {
	from, to = e.Pos(), e.Stop()
	for from > 0 && strings.IndexByte(" \t\r\n", f.Source[from-1]) >= 0 {
		from--
	}
	for int(to) < len(f.Source) && strings.IndexByte(" \t\r\n,", f.Source[to]) >= 0 {
		to++
	}
	if from > 0 && f.Source[from-1] == '(' && int(to) < len(f.Source) && f.Source[to] == ')' {
		return from, to
	}
	return e.Pos(), e.Stop()
}

// unused is the first of some names that a function does not use, "" where it uses all.
func unused(fn *program.Function, names ...string) string {
	for _, name := range names {
		if !fn.Local[name] && !mentions(fn.Def, name) {
			return name
		}
	}
	return ""
}

// final tells whether a function says of a variable that it is set once.
func (l *load) final(name string) bool {
	found := false
	python.Walk(l.fn.Def, func(n python.Node) bool {
		a, ok := n.(*python.AnnAssign)
		found = found || ok && l.f.Text(a.Target) == name && strings.Contains(l.f.Text(a.Annotation), "Final")
		return !found
	})
	return found
}
