package flow

import (
	"strconv"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// callExpr runs a call expression; awaited tells that its result is awaited on the spot.
func (in *interp) callExpr(f *frame, e *python.Call, awaited bool) *value {
	if n, ok := e.Func.(*python.Name); ok && n.ID == "super" && len(e.Args) == 0 {
		return in.superValue(f)
	}
	return in.callValue(f, in.eval(f, e.Func), e, awaited)
}

// callValue runs a call whose callee is known already.
func (in *interp) callValue(f *frame, callee *value, e *python.Call, awaited bool) *value {
	_, passing := e.Func.(*python.Attribute)
	passing = passing && callee == in.bound // nobody but this call has it
	if in.dead {
		return effects.Opaque("", nil)
	}
	args := make([]*value, 0, len(e.Args))
	spans := in.spanRoom(len(e.Args))
	for _, a := range e.Args {
		before := len(in.Ops)
		v := in.eval(f, a)
		if _, ok := a.(*python.Starred); ok {
			args = append(args, v.Items...)
			for range v.Items {
				spans = append(spans, [2]int{before, before})
			}
			if v.Elem != nil {
				args = append(args, &value{Kind: effects.Sequence, Elem: v.Elem, Name: "*"})
				spans = append(spans, [2]int{before, len(in.Ops)})
			}
			continue
		}
		args = append(args, v)
		spans = append(spans, [2]int{before, len(in.Ops)})
	}
	kw := make([]effects.Keyword, 0, len(e.Keywords))
	for _, k := range e.Keywords {
		v := in.eval(f, k.Value)
		if k.Name == "" && v.Kind == effects.Union {
			if one := onlyThing(v); one != nil { // None has nothing to hand over
				v = one
			}
		}
		if k.Name == "" && v.Kind == effects.Mapping {
			for _, p := range v.Pairs {
				if s, ok := p.Key.Str(); ok {
					kw = append(kw, effects.Keyword{Name: s, Value: p.Value})
				} else {
					kw = append(kw, effects.Keyword{Value: p.Value})
				}
			}
			continue
		}
		kw = append(kw, effects.Keyword{Name: k.Name, Value: v})
	}
	if in.dead {
		return effects.Opaque("", nil)
	}
	in.spans = spans
	in.fed(f, e, args)
	if awaited {
		before := len(in.Ops)
		in.World.Await = true
		v := effects.AwaitRecords(in.World, in.call(callee, args, kw, e))
		in.World.Await = false
		if r, ok := in.finish(v); ok {
			return r
		}
		if (!isProject(callee) || givesAwaitable(callee, v)) && !(len(in.Ops) > before && effects.Inline(in.Ops[len(in.Ops)-1])) {
			in.Suspend(len(in.Ops) == before && !in.asksStore(callee))
		}
		v = in.answered(callee, v)
		if passing {
			in.passed = append(in.passed, callee)
		}
		return v
	}
	in.World.Await = false
	if v := in.coroutineOf(callee, args, kw); v != nil {
		return v
	}
	v := in.call(callee, args, kw, e)
	if !isProject(callee) && !keeps(callee) {
		in.consume(args, kw)
	}
	if passing {
		in.passed = append(in.passed, callee)
	}
	return v
}

// spanRoom returns room for n spans, cut from a larger piece.
func (in *interp) spanRoom(n int) [][2]int {
	if cap(in.spansFree)-len(in.spansFree) < n {
		in.spansFree = make([][2]int, 0, max(256, n))
	}
	start := len(in.spansFree)
	in.spansFree = in.spansFree[:start+n]
	return in.spansFree[start : start : start+n]
}

// asksStore tells whether a call is one of a database's session, whatever it sends: that takes no longer than any other query.
func (in *interp) asksStore(callee *value) bool {
	return callee.Kind == effects.BoundExt && callee.Self != nil && effects.IsSessionFamily(in.family(callee.Self))
}

// keeps tells whether a call puts its arguments into a container.
func keeps(callee *value) bool {
	if callee.Kind != effects.BoundExt || callee.Self == nil {
		return callee.Kind == effects.ClassRef
	}
	switch callee.Name {
	case "append", "add", "insert", "extend", "put", "put_nowait", "setdefault", "update":
		return true
	}
	return false
}

// givesAwaitable tells whether a plain function of the project gave something to await of which only the library knows what it waits for.
func givesAwaitable(callee, v *value) bool {
	fn := callee.Ref()
	return callee.Kind == effects.FuncRef && fn != nil && fn.Function != nil && fn.Function.Def != nil && !fn.Function.Async && (v.Kind == effects.Unknown || v.Kind == effects.ExtObject)
}

func isProject(callee *value) bool {
	for _, c := range callee.Alternatives() {
		if c != nil && (c.Kind == effects.FuncRef || c.Kind == effects.BoundExt && choiceOf(c.Self) != nil) {
			return true
		}
	}
	return false
}

func (in *interp) superValue(f *frame) *value {
	for fr := f; fr != nil; fr = fr.up {
		if fr.self != nil && fr.self.Obj != nil && fr.self.Obj.Class != nil && fr.class != nil {
			return &value{Kind: effects.Super, Self: fr.self, Obj: fr.self.Obj, To: &program.Ref{Kind: program.ToClass, Class: fr.class}}
		}
		if fr.self != nil && fr.self.Kind == effects.ClassRef && fr.self.Ref().Class != nil && fr.class != nil {
			o := &effects.Object{Class: fr.self.Ref().Class}
			return &value{Kind: effects.Super, Self: fr.self, Obj: o, To: &program.Ref{Kind: program.ToClass, Class: fr.class}}
		}
	}
	return effects.Opaque("super", nil)
}

// answered is what an object of a library answered when it was waited for. It comes from wherever the object asks, and is no part of
// the place of memory in which the object lies.
func (in *interp) answered(callee, v *value) *value {
	if callee.Kind != effects.BoundExt || callee.Self == nil || callee.Self.Src == 0 || v.Kind != effects.Unknown || v.Src != 0 || !in.fromCell(callee.Self) {
		return v
	}
	c := *v
	c.Deps = v.Deps.Without(effects.Dep(int(callee.Self.Src) - 1))
	return &c
}

// call runs a callable value. The result is never nil.
func (in *interp) call(callee *value, args []*value, kw []effects.Keyword, n *python.Call) *value {
	if callee == nil {
		return unknownCall(callee, args, kw)
	}
	var out *value
	switch callee.Kind {
	case effects.FuncRef:
		out = in.invoke(callee, args, kw)
	case effects.ClassRef:
		out = in.construct(callee, args, kw, n)
	case effects.ExtRef:
		out = in.external(callee, args, kw, n)
	case effects.BoundExt:
		out = in.boundCall(callee, args, kw, n)
	case effects.Statement:
		out = in.libraryMethod(callee, "__call__", args, kw, n)
	case effects.Instance:
		if m := callee.Obj.Class; m != nil && m.Method("__call__") != nil {
			out = in.method(nil, callee, "__call__", args, kw, n)
		}
	case effects.ExtObject:
		if t, ok := callee.Obj.Extra.(*attempts); ok && len(args) > 0 { // retrying(function, …)
			in.tried(t.again, func() { out = in.call(args[0], args[1:], kw, n) })
			break
		}
		if p, ok := callee.Obj.Extra.(*partial); ok {
			out = in.call(p.callee, append(append([]*value{}, p.args...), args...), append(append([]effects.Keyword{}, p.kw...), kw...), n)
			break
		}
		out = in.method(nil, callee, "__call__", args, kw, n)
	case effects.Union:
		out = in.calledOneOf(callee, args, kw, n)
	}
	if out == nil {
		out = in.declaredCall(callee)
	}
	if out == nil {
		if made := in.service(callee.Type(), callee.Sym); callee.Kind == effects.Unknown && made != nil && made.Obj.Class.Method("__call__") != nil {
			out = in.method(nil, made, "__call__", args, kw, n)
		}
	}
	if out == nil {
		out = unknownCall(callee, args, kw)
	}
	return out
}

func unknownCall(callee *value, args []*value, kw []effects.Keyword) *value {
	if callee == nil {
		return calledUnknown("", nil, args, kw)
	}
	deps := callee.AllDeps()
	if callee.Self != nil {
		deps = deps.With(callee.Self.AllDeps())
	}
	return calledUnknown(callee.Sym, deps, args, kw)
}

// calledUnknown is what a call gives of which nothing is known but how the callee is spelled and what that derives from.
func calledUnknown(callee string, deps effects.Deps, args []*value, kw []effects.Keyword) *value {
	for _, a := range args {
		deps = deps.With(a.AllDeps())
	}
	for _, k := range kw {
		deps = deps.With(k.Value.AllDeps())
	}
	return effects.Opaque(spelled(callee, args, kw), deps)
}

// spelled is how a call is written down.
func spelled(callee string, args []*value, kw []effects.Keyword) string {
	var room [2 * effects.MaxName]byte
	b := room[:0]
	add := func(s string) {
		if len(b) < effects.MaxName { // what is longer is cut
			b = append(b, s[:min(len(s), effects.MaxName)]...)
		}
	}
	add(callee)
	add("(")
	for i, a := range args {
		if i > 0 {
			add(",")
		}
		add(a.Sym)
	}
	for _, k := range kw {
		add(",")
		add(k.Name)
		add("=")
		add(k.Value.Sym)
	}
	add(")")
	return string(b[:min(len(b), effects.MaxName)])
}

// method calls recv.name(...); nil when nothing is known of such a method.
func (in *interp) method(f *frame, recv *value, name string, args []*value, kw []effects.Keyword, n *python.Call) *value {
	if ch := choiceOf(recv); ch != nil && ch.class.Method(name) != nil {
		return in.chosen(ch, name, args, kw, n)
	}
	switch recv.Kind {
	case effects.Instance, effects.Entity:
		if c := recv.Obj.Class; c != nil {
			if m := c.Method(name); m != nil {
				return in.call(bind(in.funcValue(m, nil), recv), args, kw, n)
			}
		}
	}
	return in.libraryMethod(recv, name, args, kw, n)
}

func (in *interp) libraryMethod(recv *value, name string, args []*value, kw []effects.Keyword, n *python.Call) *value {
	c := in.newCall()
	*c = effects.Call{World: in.World, Recv: recv, Name: name, Args: args, Kw: kw, Node: n}
	v := in.libraryAnswer(c)
	in.calls = append(in.calls, c)
	return v
}

// newCall returns room for a call of a library: nobody keeps one.
func (in *interp) newCall() *effects.Call {
	n := len(in.calls)
	if n == 0 {
		return new(effects.Call)
	}
	c := in.calls[n-1]
	in.calls = in.calls[:n-1]
	return c
}

func (in *interp) libraryAnswer(c *effects.Call) *value {
	recv, name := c.Recv, c.Name
	in.heldSession(recv)
	if v := in.taskMethod(recv, name, c); v != nil {
		return v
	}
	fam := effects.RecordFamily(in.World, recv)
	if fam == "" {
		fam = in.family(recv)
	}
	if fam == "" {
		fam = effects.KindFamily(recv)
	}
	if fam != "" {
		if m := in.World.Method(fam, name); m != nil {
			if v := m(c); v != nil {
				return v
			}
		}
	}
	if v := textMethod(recv, name, c.Args, c.Kw); v != nil {
		return v
	}
	if v := effects.ByShape(c); v != nil {
		return v
	}
	return unknownMethod(recv, name, c.Args)
}

func (in *interp) boundCall(callee *value, args []*value, kw []effects.Keyword, n *python.Call) *value {
	recv := callee.Self
	if ch := choiceOf(recv); ch != nil {
		return in.chosen(ch, callee.Name, args, kw, n)
	}
	if v := in.modelMethod(recv, callee.Name, args, kw); v != nil {
		return v
	}
	if recv.Kind == effects.Union {
		var out *value
		for _, it := range recv.Items {
			if it != nil && !it.IsNone() {
				if v := in.libraryMethod(it.Depending(recv.Deps), callee.Name, args, kw, n); v != nil {
					out = effects.Join(out, v)
				}
			}
		}
		return out
	}
	return in.libraryMethod(recv, callee.Name, args, kw, n)
}

func (in *interp) external(callee *value, args []*value, kw []effects.Keyword, n *python.Call) *value {
	c := in.newCall()
	*c = effects.Call{World: in.World, Name: callee.Ref().Qual, Args: args, Kw: kw, Node: n}
	v := in.externalAnswer(callee, c)
	in.calls = append(in.calls, c)
	return v
}

func (in *interp) externalAnswer(callee *value, c *effects.Call) *value {
	qual := c.Name
	if m := in.World.Function(qual); m != nil {
		if v := m(c); v != nil {
			return v
		}
	}
	canonical := effects.Canonical(qual)
	if v := in.taskCall(canonical, c); v != nil {
		return v
	}
	if v := in.builtin(canonical, c); v != nil {
		return v
	}
	if v := in.attemptsOf(canonical, c); v != nil {
		return v
	}
	if v := effects.Examined(c); v != nil {
		return v
	}
	if v := digest(callee, c.Args, c.Kw); v != nil {
		return v
	}
	last := effects.Last(qual)
	if in.World.Family(qual) != "" || last != "" && last[0] >= 'A' && last[0] <= 'Z' {
		return in.libraryObject(qual, c)
	}
	return nil
}

// libraryObject makes an object of a library class.
func (in *interp) libraryObject(qual string, c *effects.Call) *value {
	o := in.NewObject()
	o.Qual, o.Args = qual, c.Args
	o.Kw = map[string]*value{}
	for _, k := range c.Kw {
		o.Kw[k.Name] = k.Value
	}
	if c.Node != nil {
		o.Node = c.Node
	}
	if effects.IsSessionFamily(in.World.Family(qual)) {
		o.Num = in.NewSession()
		in.SetLevel(o.Num, effects.BoundLevel(o))
	}
	if (in.Muted > 0 || in.lasting > 0) && in.Site != nil {
		o.Key = "of " + in.Site.Path() + ":" + strconv.Itoa(in.Site.Line())
	}
	v := calledUnknown(effects.Last(qual), nil, c.Args, c.Kw)
	if isStreamingResponse(qual) {
		if g, ok := generatorOf(c.Arg(0, "content")); ok && in.Muted == 0 {
			g.site, g.launch, g.sessions = in.Site.Keep(), len(in.Ops), in.Sessions()
			in.streams = append(in.streams, g)
		}
	}
	return &value{Kind: effects.ExtObject, Obj: o, Deps: v.Deps, Sym: v.Sym}
}
