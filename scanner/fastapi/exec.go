package fastapi

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// reader runs the assembling code of a project.
type reader struct {
	p         *program.Program
	app       *App
	texts     map[*program.Module]mention
	functions map[*program.Module][]*program.Function
	objects   []*object
	exprs     map[exprKey]value             // what module-level expressions are
	pending   map[exprKey]bool              // under evaluation: a name defined by itself is unknown
	entered   map[*program.Function]bool    // functions run at least once
	results   map[*program.Function]value   // of functions called without arguments
	builds    map[*program.Function]verdict // does running it register anything?
	classes   map[*program.Class]*object    // routers made of classes that route by their methods
	selves    map[*program.Class]*object    // instances on which methods are run that nobody calls
	derived   map[*program.Class]bool       // classes whose base is a router class by argument
	entries   map[entryKey]bool
	paths     map[entryKey]int // of each handler and method, so far
	scripts   map[*program.Function]bool
	calls     int               // functions run so far
	steps     int               // statements run in them
	alone     *program.Function // the function that is run by itself
}

type exprKey struct {
	m *program.Module
	e python.Expr
}

// The limits keep a hostile project from running for long.
const (
	maxCalls   = 20000
	maxSteps   = 100000 // statements in functions and loops
	maxDepth   = 14
	maxRoutes  = 50000
	maxPaths   = 500 // of one handler
	maxUnroll  = 256
	maxVisits  = 200000
	maxJobsVia = 4
)

func (r *reader) execModule(m *program.Module) {
	at := &frame{scope: program.Scope{Module: m}}
	r.exec(m.File.Body, at)
}

func (r *reader) exec(body []python.Stmt, at *frame) {
	for _, s := range body {
		r.stmt(s, at)
	}
}

func (r *reader) stmt(s python.Stmt, at *frame) {
	if !at.top() || at.vars != nil {
		if r.steps++; r.steps > maxSteps {
			return
		}
	}
	switch s := s.(type) {
	case *python.FunctionDef:
		r.functionDef(s, at)
	case *python.ClassDef:
		r.classDef(s, at)
	case *python.Assign:
		r.assign(s, at)
	case *python.AnnAssign:
		if s.Value != nil {
			r.bindTarget(s.Target, r.evalBound(s.Value, at), s.Value, at)
		}
	case *python.AugAssign:
		r.augment(s, at)
	case *python.ExprStmt:
		r.eval(s.Value, at)
	case *python.Return:
		if s.Value != nil {
			r.setResult(r.eval(s.Value, at), at)
		}
	case *python.If:
		r.branch(s, at)
	case *python.With:
		for _, item := range s.Items {
			r.bindTarget(item.Target, r.eval(item.Context, at), nil, at)
		}
		r.exec(s.Body, at)
	case *python.For:
		r.loop(s, at)
	case *python.While:
		r.exec(s.Body, at)
	case *python.Try:
		r.exec(s.Body, at)
		for _, h := range s.Handlers {
			r.exec(h.Body, at)
		}
		r.exec(s.Else, at)
		r.exec(s.Finally, at)
	case *python.Match:
		for _, c := range s.Cases {
			r.exec(c.Body, at)
		}
	case *python.BadStmt:
		r.exec(s.Body, at)
	}
}

// setResult keeps the first result that says something.
func (r *reader) setResult(v value, at *frame) {
	if at.result.kind == unknown {
		at.result = v
	}
}

// top tells whether a frame is that of a module or of a class in it: names there are known to the program already.
func (f *frame) top() bool { return f.scope.Function == nil }

func (r *reader) assign(s *python.Assign, at *frame) {
	v := r.evalBound(s.Value, at)
	for _, t := range s.Targets {
		r.bindTarget(t, v, s.Value, at)
	}
}

// evalBound evaluates an assigned value. At the top level only calls can register anything;
// the rest is evaluated when somebody asks for the name.
func (r *reader) evalBound(e python.Expr, at *frame) value {
	if at.top() && at.vars == nil {
		switch e.(type) {
		case *python.Call, *python.Await:
			return r.eval(e, at)
		}
		return value{}
	}
	return r.eval(e, at)
}

func (r *reader) bindTarget(t python.Expr, v value, from python.Expr, at *frame) {
	switch t := t.(type) {
	case *python.Name:
		if at.top() && at.vars == nil {
			return
		}
		if from != nil && v.src == nil {
			v.src = &source{from, at}
		}
		at.set(t.ID, v)
	case *python.Tuple:
		r.unpack(t.Elts, v, at)
	case *python.List:
		r.unpack(t.Elts, v, at)
	case *python.Attribute:
		if o := r.eval(t.Value, at); o.kind == instance {
			r.setAttr(o.obj, t.Attr, v)
		}
	case *python.Subscript:
		r.setItem(t, v, from, at)
	}
}

// setItem puts a value under a key of a dict that a local name holds: `options["methods"] = methods`.
func (r *reader) setItem(t *python.Subscript, v value, from python.Expr, at *frame) {
	name, ok := t.Value.(*python.Name)
	if !ok {
		return
	}
	d, ok := at.vars[name.ID]
	if !ok || d.kind != dict || len(d.keys) >= maxRoutes {
		return
	}
	key := r.eval(t.Slice, at)
	if key.kind != text {
		return
	}
	if from != nil && v.src == nil {
		v.src = &source{from, at}
	}
	items, keys := slices.Clone(d.elements()), slices.Clone(d.keys)
	if i := slices.Index(keys, key.text); i >= 0 {
		items[i] = v
	} else {
		items, keys = append(items, v), append(keys, key.text)
	}
	d.items, d.keys = &items, keys
	at.set(name.ID, d)
}

func (r *reader) setAttr(o *object, name string, v value) {
	if o.attrs == nil {
		o.attrs = map[string]value{}
	}
	o.attrs[name] = v
	if o.router && name == "prefix" {
		o.prefix = v.asText()
	}
}

func (r *reader) unpack(targets []python.Expr, v value, at *frame) {
	items := v.elements()
	for i, t := range targets {
		var x value
		if v.kind == list && len(items) == len(targets) {
			x = items[i]
		}
		r.bindTarget(t, x, nil, at)
	}
}

func (r *reader) augment(s *python.AugAssign, at *frame) {
	v := r.eval(s.Target, at)
	add := r.eval(s.Value, at)
	if v.kind == list && s.Op == python.Add && add.kind == list {
		*v.items = append(*v.items, *add.items...)
		return
	}
	if n, ok := s.Target.(*python.Name); ok && !at.top() {
		at.set(n.ID, plus(v, add))
	}
}

// loop runs the body once for each element that is known, and once with an unknown element otherwise.
func (r *reader) loop(s *python.For, at *frame) {
	in := at
	if at.top() { // loop variables of a top level live in a frame of their own
		in = &frame{scope: at.scope, outer: at, vars: map[string]value{}, depth: at.depth}
	}
	v := r.eval(s.Iter, at)
	items := v.elements()
	if v.kind == dict {
		items = keyValues(v)
	}
	if len(items) == 0 {
		items = []value{{}}
	}
	for i, x := range items {
		if i >= maxUnroll {
			break
		}
		r.bindTarget(s.Target, x, nil, in)
		r.exec(s.Body, in)
	}
	r.exec(s.Else, in)
	if in != at {
		at.result = in.result
	}
}

func keyValues(v value) []value {
	out := make([]value, len(v.keys))
	for i, k := range v.keys {
		out[i] = textValue(k)
	}
	return out
}

func (r *reader) functionDef(d *python.FunctionDef, at *frame) {
	f := at.scope.Module.FunctionOf(d)
	if f == nil {
		return
	}
	v := value{kind: function, ref: program.Ref{Kind: program.ToFunction, Module: f.Module, Function: f, Class: f.Class}, env: at}
	header := &frame{scope: at.scope, outer: at, depth: at.depth, self: at.self, class: at.class}
	for i := len(d.Decorators) - 1; i >= 0; i-- {
		v = r.decorate(r.eval(d.Decorators[i], header), v, header)
	}
	if !at.top() {
		at.set(d.Name, v)
	}
}

// decorate applies one decorator to a function. The result counts as the function itself, except for functools.wraps.
func (r *reader) decorate(dec, fn value, at *frame) value {
	switch dec.kind {
	case register:
		r.complete(dec.reg, fn)
	case wraps:
		if dec.under != nil {
			fn.under = dec.under
		}
	case external, method:
		r.bare(dec, fn, at)
	case function:
		if r.registers(dec.ref.Function) || dec.env.holdsRouting() {
			r.run(dec, []value{fn}, nil, at)
		}
	}
	return fn
}

func (r *reader) classDef(d *python.ClassDef, at *frame) {
	k := classOf(at, d)
	if k == nil {
		return
	}
	in := &frame{scope: program.Scope{Module: at.scope.Module, Function: at.scope.Function, Class: k}, outer: at, depth: at.depth, class: k}
	if !at.top() {
		in.vars = map[string]value{}
	}
	for _, s := range d.Body {
		switch s := s.(type) {
		case *python.FunctionDef:
			if len(s.Decorators) > 0 {
				r.functionDef(s, in)
			}
		case *python.ClassDef, *python.If:
			r.stmt(s, in)
		}
	}
	v := value{kind: class, ref: program.Ref{Kind: program.ToClass, Module: k.Module, Class: k}, env: at}
	if !at.top() {
		r.derive(k, d, at)
	}
	for _, e := range d.Decorators {
		r.eval(e, at)
	}
	r.workerSettings(k)
	if !at.top() {
		at.set(d.Name, v)
	}
}

// derive notes a class whose base is a router class handed in as an argument.
func (r *reader) derive(k *program.Class, d *python.ClassDef, at *frame) {
	for _, e := range d.Bases {
		b := r.eval(e, at)
		if b.kind == external && isRouter(b.ref.Qual) || b.kind == class && r.makesRouters(b.ref.Class) {
			r.derived[k] = true
		}
	}
}

// makesRouters tells whether instances of a class are routers or apps.
func (r *reader) makesRouters(k *program.Class) bool { return r.derived[k] || isRouterClass(k) }

func classOf(at *frame, d *python.ClassDef) *program.Class {
	var k *program.Class
	switch {
	case at.scope.Class != nil:
		if b := at.scope.Class.Names[d.Name]; b != nil {
			k = b.Class
		}
	case at.scope.Function != nil:
		k = at.scope.Function.NestedClasses[d.Name]
	default:
		if b := at.scope.Module.Names[d.Name]; b != nil {
			k = b.Class
		}
	}
	if k == nil || k.Def != d {
		return nil
	}
	return k
}
