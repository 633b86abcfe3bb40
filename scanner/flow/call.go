package flow

import (
	"slices"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// callExpr runs a call expression; awaited tells that its result is awaited on the spot.
func (in *interp) callExpr(f *frame, e *python.Call, awaited bool) *value {
	if n, ok := e.Func.(*python.Name); ok && n.ID == "super" && len(e.Args) == 0 {
		return in.superValue(f)
	}
	callee := in.eval(f, e.Func)
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
	if awaited {
		before := len(in.Ops)
		in.World.Await = true
		v := effects.AwaitRecords(in.World, in.call(callee, args, kw, e))
		in.World.Await = false
		if r, ok := in.finish(v); ok {
			return r
		}
		if !isProject(callee) && !(len(in.Ops) > before && effects.Inline(in.Ops[len(in.Ops)-1])) {
			in.Suspend(len(in.Ops) == before && !in.asksStore(callee))
		}
		return in.answered(callee, v)
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
		ran := 0
		for _, it := range callee.Items {
			if it != nil && !it.IsNone() && it.Kind != effects.Const && ran < 2 {
				ran++
				out = effects.Join(out, in.call(it, args, kw, n))
			}
		}
	}
	if out == nil {
		out = in.declaredCall(callee)
	}
	if out == nil {
		out = unknownCall(callee, args, kw)
	}
	return out
}

func unknownCall(callee *value, args []*value, kw []effects.Keyword) *value {
	var room [2 * effects.MaxName]byte
	b := room[:0]
	add := func(s string) {
		if len(b) < effects.MaxName { // what is longer is cut
			b = append(b, s[:min(len(s), effects.MaxName)]...)
		}
	}
	var deps effects.Deps
	if callee != nil {
		add(callee.Sym)
		deps = callee.AllDeps()
		if callee.Self != nil {
			deps = deps.With(callee.Self.AllDeps())
		}
	}
	add("(")
	for i, a := range args {
		if i > 0 {
			add(",")
		}
		add(a.Sym)
		deps = deps.With(a.AllDeps())
	}
	for _, k := range kw {
		add(",")
		add(k.Name)
		add("=")
		add(k.Value.Sym)
		deps = deps.With(k.Value.AllDeps())
	}
	add(")")
	return effects.Opaque(string(b), deps)
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
	c := &effects.Call{World: in.World, Recv: recv, Name: name, Args: args, Kw: kw, Node: n}
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
	if v := textMethod(recv, name, args, kw); v != nil {
		return v
	}
	if v := effects.ByShape(c); v != nil {
		return v
	}
	return unknownMethod(recv, name, args)
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
	qual := callee.Ref().Qual
	c := &effects.Call{World: in.World, Name: qual, Args: args, Kw: kw, Node: n}
	if m := in.World.Function(qual); m != nil {
		if v := m(c); v != nil {
			return v
		}
	}
	if v := in.taskCall(effects.Canonical(qual), c); v != nil {
		return v
	}
	if v := in.builtin(effects.Canonical(qual), c); v != nil {
		return v
	}
	if v := in.attemptsOf(effects.Canonical(qual), c); v != nil {
		return v
	}
	if v := effects.Examined(c); v != nil {
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
	o.Qual, o.Args, o.Depth = qual, c.Args, in.arms
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
	v := unknownCall(&value{Sym: effects.Last(qual)}, c.Args, c.Kw)
	if isStreamingResponse(qual) {
		if g, ok := generatorOf(c.Arg(0, "content")); ok && in.Muted == 0 {
			g.site, g.launch, g.sessions = in.Site.Keep(), len(in.Ops), in.Sessions()
			in.streams = append(in.streams, g)
		}
	}
	return &value{Kind: effects.ExtObject, Obj: o, Deps: v.Deps, Sym: v.Sym}
}

// construct makes an instance of a project class.
func (in *interp) construct(callee *value, args []*value, kw []effects.Keyword, n *python.Call) *value {
	c := callee.Ref().Class
	if c == nil {
		return in.external(&value{Kind: effects.ExtRef, To: callee.To}, args, kw, n)
	}
	if t := in.tableOf(c); t != nil {
		return in.newRow(c, args, kw)
	}
	o := in.NewObject()
	o.Class, o.Depth = c, in.arms
	v := &value{Kind: effects.Instance, Obj: o, Sym: unknownCall(&value{Sym: c.Name}, args, kw).Sym}
	if in.isEnum(c) && len(args) == 1 {
		return args[0]
	}
	init := c.Method("__init__")
	if init == nil || in.isData(c) {
		o.Attrs = map[string]*value{}
		for i, name := range dataFields(c) {
			if i < len(args) {
				o.Attrs[name] = args[i]
			}
		}
		o.Named = true
		for _, k := range kw {
			if k.Name != "" {
				o.Attrs[k.Name] = k.Value
			} else {
				o.Named = false
			}
		}
		for _, k := range kw {
			if deps := k.Value.AllDeps(); k.Name == "" && len(deps) > 0 {
				for _, name := range dataFields(c) { // FleetConfig(**answer.json()): any of them may come from there
					if o.Attrs[name] == nil {
						o.Attrs[name] = in.unpacked(c, name, v.Sym+"."+name, deps)
					}
				}
			}
		}
		if fam := in.classFamily(c); effects.IsSessionFamily(fam) {
			o.Num = in.NewSession()
		}
		o.Args = args
		in.validate(v)
		return v
	}
	if in.recursing(init) {
		return v
	}
	in.invoke(bind(in.funcValue(init, nil), v), args, kw)
	if fam := in.classFamily(c); effects.IsSessionFamily(fam) && o.Num == 0 {
		o.Num = in.NewSession()
	}
	return v
}

// unpacked is a field that an unpacked mapping gives: of the type that it declares, and derived from the mapping.
func (in *interp) unpacked(c *program.Class, name, sym string, deps effects.Deps) *value {
	for _, k := range c.MRO() {
		if b := k.Names[name]; b != nil && b.Annotation != nil {
			t := in.prog.Annotation(program.Scope{Module: k.Module, Class: k}, b.Annotation)
			return in.typed(&t, sym).Depending(deps)
		}
	}
	return effects.Opaque(sym, deps)
}

func dataFields(c *program.Class) []string {
	var names []string
	mro := c.MRO()
	for i := len(mro) - 1; i >= 0; i-- {
		for _, name := range mro[i].Order {
			if b := mro[i].Names[name]; b != nil && b.Annotation != nil {
				names = append(names, name)
			}
		}
	}
	return names
}

// newRow makes a row object that exists only in this request until it is inserted.
func (in *interp) newRow(c *program.Class, args []*value, kw []effects.Keyword) *value {
	t := in.tableOf(c)
	o := in.NewObject()
	o.Class, o.Table, o.Fresh, o.Depth = c, t, true, in.arms
	o.Key = in.World.Fresh("new " + c.Name)
	o.Attrs = map[string]*value{}
	var deps effects.Deps
	for _, k := range kw {
		if k.Name != "" {
			o.Attrs[k.Name] = k.Value
		} else if k.Value.Kind == effects.Instance && k.Value.Obj != nil {
			for name, a := range k.Value.Obj.Attrs {
				o.Attrs[name] = a
			}
		} else {
			o.Attrs["*"] = k.Value
		}
		deps = deps.With(k.Value.AllDeps())
	}
	for _, a := range args {
		deps = deps.With(a.AllDeps())
	}
	if init := c.Method("__init__"); init != nil && !in.recursing(init) {
		in.invoke(bind(in.funcValue(init, nil), &value{Kind: effects.Entity, Obj: o, Sym: o.Key}), args, kw)
	}
	o.Depth = in.arms
	return &value{Kind: effects.Entity, Obj: o, Sym: o.Key, Deps: deps}
}

func (in *interp) recursing(fn *program.Function) bool {
	return times(in.stack, fn) >= 2 || times(in.lineage, fn) >= 2
}

func times(fns []*program.Function, fn *program.Function) int {
	n := 0
	for _, g := range fns {
		if g == fn {
			n++
		}
	}
	return n
}

// descent is what runs now, with what it was begun by: the lineage of what is begun here and runs when all of this has returned.
func (in *interp) descent() []*program.Function { return slices.Concat(in.lineage, in.stack) }

// descending runs what was begun earlier, as a descendant of what began it: a job that starts itself again shows nothing new.
func (in *interp) descending(lineage []*program.Function, run func() *value) *value {
	now := in.lineage
	in.lineage = lineage
	v := run()
	in.lineage = now
	return v
}

// invoke runs a function of the project.
func (in *interp) invoke(callee *value, args []*value, kw []effects.Keyword) *value {
	fn := callee.Ref().Function
	if fn == nil {
		return unknownCall(callee, args, kw)
	}
	if callee.Self != nil && !fn.Static {
		args = append(append(make([]*value, 0, len(args)+1), callee.Self), args...)
	}
	if len(in.stack) >= maxDepth || in.recursing(fn) || in.steps > maxSteps || in.Full {
		if len(in.stack) >= maxDepth {
			in.Note(effects.TooDeep) // a call of itself shows nothing new, and the other limits have been noted
		}
		return in.declared(fn, unknownCall(&value{Sym: fn.Name}, args, kw))
	}
	if in.reached != nil {
		in.reached[fn] = true
	}
	if fn.ContextManager || fn.Generator {
		return in.pending(callee, fn, args, kw)
	}
	if onlyPromised(fn) {
		return in.promisedResult(callee, fn, args, kw)
	}
	memo, cached := "", strings.HasPrefix(callee.Name, "cached:")
	if cached {
		memo = cachedCell(fn, args, kw)
		if v, ok := in.memos[memo]; ok {
			return v
		}
	}
	if in.spent[fn] > maxSteps/6 {
		if !in.idle[fn] {
			in.Note(effects.TooOften)
		}
		return in.declared(fn, unknownCall(&value{Sym: fn.Name}, args, kw))
	}
	steps := in.steps
	defer func() { in.spent[fn] += in.steps - steps }()
	start := len(in.Ops)
	how, cached := strings.CutPrefix(callee.Name, "cached:")
	if cached {
		in.lasting++
	}
	if callee.Name == transactional {
		in.BeginRecords()
	}
	var v *value
	if m, ok := managerOf(callee); ok {
		v = in.activateWithin(m, callee, fn, args, kw)
	} else {
		v = in.activate(callee, fn, args, kw, func(f *frame) exits { return in.body(f, fn) })
	}
	if callee.Name == transactional {
		in.EndRecords(in.dead)
	}
	if in.Muted == 0 {
		in.idle[fn] = len(in.Ops) == start
	}
	if cached {
		in.lasting--
	}
	if cached && !stamped(args) {
		in.remembered(fn, how, start)
	}
	if cached && len(in.Ops) == start && (v.Kind == effects.Instance || v.Kind == effects.ExtObject || v.Name != "") {
		v = in.share(v, memo) // the cache gives everybody the same object
		in.memos[memo] = v
	}
	return v
}

func (in *interp) body(f *frame, fn *program.Function) exits {
	if fn.Lambda != nil {
		f.ret = in.eval(f, fn.Lambda.Body)
		return returns
	}
	return in.block(f, fn.Def.Body)
}

// activation is a frame with its first variables: one allocation instead of two for each call.
type activation struct {
	frame
	bindings
}

// activate binds the arguments, runs the body and returns what it returns.
func (in *interp) activate(callee *value, fn *program.Function, args []*value, kw []effects.Keyword, run func(*frame) exits) *value {
	in.prog.looks.function(fn)
	a := &activation{
		frame:    frame{scope: program.Scope{Module: fn.Module, Function: fn, Class: nil}, base: in.Ctx, class: fn.Class},
		bindings: bindings{list: make([]binding, 0, len(fn.Params)+2)},
	}
	f := &a.frame
	f.vars = &a.bindings
	if up, ok := callee.Env().(*frame); ok {
		f.up = up
	}
	if callee.Self != nil {
		f.self = callee.Self
	} else if fn.Class != nil && !fn.Static && len(args) > 0 {
		f.self = args[0]
	}
	in.bindParams(f, fn, args, kw)
	in.stack = append(in.stack, fn)
	in.frames = append(in.frames, f)
	loops := in.loops
	in.loops = 0
	e := run(f)
	in.loops = loops
	in.stack = in.stack[:len(in.stack)-1]
	in.frames = in.frames[:len(in.frames)-1]
	if e&falls != 0 && f.ret != nil {
		f.ret = effects.Join(f.ret, effects.None.Depending(in.control(f.base)))
	}
	in.keepReaching(f.base, func(c *effects.Ctx) bool { return c.Leaves == effects.Raises })
	if e&falls == 0 {
		in.keepReturning(f)
	}
	if e&(falls|returns) == 0 && e&raises != 0 {
		in.dead = true
	}
	if f.ret == nil {
		return effects.None
	}
	if e&falls == 0 && len(f.left) > 1 && f.one != nil {
		f.ret = in.whicheverWay(f)
	}
	if len(f.given) == 1 && (f.refused || f.denied || e&falls != 0) && f.given[0] != f.base {
		v := *in.declared(fn, f.ret)
		v.SetWay(&effects.Way{At: f.given[0], Base: f.base, OrNone: !f.denied})
		return &v
	}
	return in.declared(fn, f.ret)
}

// whicheverWay is what a function gives whose every return gives the same object: the decisions between them choose nothing, and only
// those that lead to all of them count.
func (in *interp) whicheverWay(f *frame) *value {
	v := f.one
	for c := f.left[0]; c != nil && c != f.base; c = c.Up {
		if c.Check < 0 || c.Check >= len(in.Ops) || slices.ContainsFunc(f.left[1:], func(other *effects.Ctx) bool { return !decidedIn(other, f.base, c) }) {
			continue
		}
		v = v.Depending(effects.Deps32(in.Ops[c.Check].From))
	}
	return v
}

// declared adds what the return annotation says to a result of which nothing is known.
func (in *interp) declared(fn *program.Function, v *value) *value {
	if v.Kind != effects.Unknown || fn.Def == nil || fn.Def.Returns == nil || v.Type() != nil {
		return v
	}
	t := in.prog.Annotation(program.Scope{Module: fn.Module, Function: fn, Class: fn.Class}, fn.Def.Returns)
	if t.Ref.Kind == program.Unknown || in.storedAs(&t, v) {
		return v
	}
	c := *v
	c.SetType(&t)
	return &c
}

// storedAs tells whether a value is what a store gave, of which a declaration says only that it is a container: `user: dict` is still the
// document that was found, with fields that others write, and no dict of this request alone.
func (in *interp) storedAs(t *program.Type, v *value) bool {
	of := t.Ref
	for i := 0; of.Kind == program.Unknown && i < len(t.Union); i++ {
		of = t.Union[i].Ref
	}
	return v.Src != 0 && !in.fromCell(v) && of.Kind == program.ToExternal && effects.IsContainer(of.Qual)
}

func (in *interp) bindParams(f *frame, fn *program.Function, args []*value, kw []effects.Keyword) {
	var few [16]bool
	used := few[:min(len(kw), len(few))]
	if len(kw) > len(few) {
		used = make([]bool, len(kw))
	}
	pos := 0
	for _, p := range fn.Params {
		switch p.Kind {
		case program.PositionalOnly, program.PositionalOrKeyword:
			if pos < len(args) && args[pos].Name != "*" {
				f.vars.put(p.Name, in.declaredAs(program.Scope{Module: fn.Module, Function: fn.Outer, Class: fn.Class}, p.Annotation, args[pos]))
				pos++
				continue
			}
			if pos < len(args) {
				f.vars.put(p.Name, in.element(args[pos]))
				continue
			}
		case program.VarPositional:
			rest := &value{Kind: effects.Sequence}
			for ; pos < len(args); pos++ {
				if args[pos].Name == "*" {
					rest.Elem = args[pos].Elem
				} else {
					rest.Items = append(rest.Items, args[pos])
				}
			}
			f.vars.put(p.Name, rest)
			continue
		case program.VarKeyword:
			rest := &value{Kind: effects.Mapping}
			for i, k := range kw {
				if !used[i] {
					var key *value
					if k.Name != "" {
						key = effects.Text(k.Name)
					}
					rest.Pairs = append(rest.Pairs, effects.Pair{Key: key, Value: k.Value})
				}
			}
			f.vars.put(p.Name, rest)
			continue
		}
		found := false
		for i, k := range kw {
			if k.Name == p.Name {
				f.vars.put(p.Name, in.declaredAs(program.Scope{Module: fn.Module, Function: fn.Outer, Class: fn.Class}, p.Annotation, k.Value))
				found, used[i] = true, true
			}
		}
		if !found {
			f.vars.put(p.Name, in.defaultParam(f, fn, p))
		}
		if v := f.vars.get(p.Name); v.Kind == effects.Unknown && v.Type() == nil && p.Annotation != nil {
			t := in.prog.Annotation(program.Scope{Module: fn.Module, Function: fn.Outer, Class: fn.Class}, p.Annotation)
			if tv := in.typedIfUseful(&t, v); tv != nil {
				f.vars.put(p.Name, tv)
			}
		}
	}
}

// typedIfUseful gives an argument of unknown type the type that the parameter declares.
func (in *interp) typedIfUseful(t *program.Type, v *value) *value {
	if t.Ref.Kind == program.Unknown && len(t.Union) == 0 || in.storedAs(t, v) {
		return nil
	}
	tv := in.typed(t, v.Sym)
	tv = tv.Depending(v.AllDeps())
	if tv.Kind == effects.Unknown {
		c := *v
		c.SetType(t)
		return &c
	}
	return tv
}

func (in *interp) defaultParam(f *frame, fn *program.Function, p program.Param) *value {
	scope := program.Scope{Module: fn.Module, Function: fn.Outer, Class: fn.Class}
	if p.Default != nil {
		if c, ok := p.Default.(*python.Constant); ok {
			return in.constant(c)
		}
		if up := f.up; up != nil {
			return in.eval(up, p.Default)
		}
		return in.sharedDefault(scope, fn, p)
	}
	if p.Annotation != nil {
		t := in.prog.Annotation(scope, p.Annotation)
		return in.typed(&t, p.Name)
	}
	return effects.Opaque(p.Name, nil)
}

// sharedDefault is a default value: it is made once, when the function is defined, and all calls share it.
func (in *interp) sharedDefault(scope program.Scope, fn *program.Function, p program.Param) *value {
	key := paramKey{fn, p.Name}
	if v, ok := in.defaults[key]; ok {
		return v
	}
	v := in.share(in.quiet(scope, p.Default), fn.Module.Name+"."+fn.Qualname+"."+p.Name)
	in.defaults[key] = v
	return v
}

type paramKey struct {
	fn   *program.Function
	name string
}
