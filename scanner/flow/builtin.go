package flow

import (
	"cmp"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// builtin models functions of the language and the standard library that take or give callables and containers.
func (in *interp) builtin(qual string, c *effects.Call) *value {
	switch qual {
	case "builtins.hasattr":
		if v := in.hasAttribute(c.Arg(0, ""), c.Arg(1, "")); v != nil {
			return v
		}
		if v := in.hasPlace(c.Arg(0, ""), c.Arg(1, "")); v != nil {
			return v
		}
		return effects.Opaque("hasattr", c.Deps())
	case "builtins.isinstance", "builtins.issubclass", "builtins.callable":
		if known := in.instanceOf(c.Arg(0, ""), c.Arg(1, "")); known != nil && qual == "builtins.isinstance" {
			return known
		}
		return effects.Opaque(effects.Last(qual), c.Deps())
	case "builtins.getattr":
		if name, ok := c.Arg(1, "").Str(); ok && len(c.Args) >= 2 {
			if len(c.Args) == 3 && in.hasAttribute(c.Args[0], c.Args[1]).Truth() == "False" {
				return c.Args[2]
			}
			return in.attribute(nil, c.Args[0], name, nil)
		}
	case "typing.get_args", "typing_extensions.get_args":
		return argumentsOf(c.Arg(0, "tp"))
	case "textwrap.dedent", "inspect.cleandoc":
		if text := c.Arg(0, ""); text != nil {
			return text // only the blanks before its lines are others
		}
	case "builtins.vars":
		if len(c.Args) == 1 {
			return in.attribute(nil, c.Args[0], ownAttributes, nil)
		}
	case "builtins.setattr":
		if name, ok := c.Arg(1, "").Str(); ok && len(c.Args) == 3 {
			in.setAttribute(c.Args[0], name, c.Args[2])
			return effects.None
		}
		if len(c.Args) == 3 {
			in.setUnknownAttribute(c.Args[0], c.Args[1], c.Args[2])
			return effects.None
		}
	case "sqlalchemy.flag_modified", "sqlalchemy.orm.attributes.flag_modified":
		in.changedInPlace(c.Arg(0, "instance"), c.Arg(1, "key"))
		return effects.None
	case "builtins.len", "builtins.sum", "builtins.max", "builtins.min", "builtins.any", "builtins.all", "builtins.bool", "builtins.next":
		return in.reduce(qual, c)
	case "builtins.list", "builtins.tuple", "builtins.sorted", "builtins.reversed", "builtins.iter", "builtins.frozenset", "builtins.set", "builtins.enumerate", "builtins.aiter":
		if len(c.Args) == 0 {
			return &value{Kind: effects.Sequence, Name: qual}
		}
		v := &value{Kind: effects.Sequence, Elem: in.element(c.Args[0]), Deps: c.Deps(), Name: qual}
		if qual == "builtins.enumerate" {
			v.Elem = &value{Kind: effects.Sequence, Items: []*value{effects.Opaque("i", nil), v.Elem}}
		} else if a := c.Args[0]; a.Kind == effects.Sequence && a.Elem == nil {
			v.Elem, v.Items = nil, a.Items
		}
		return v
	case "builtins.zip":
		v := &value{Kind: effects.Sequence}
		for _, a := range c.Args {
			v.Items = append(v.Items, in.element(a))
		}
		return &value{Kind: effects.Sequence, Elem: v, Self: in.namedRow(c.Args), Deps: c.Deps()}
	case "builtins.map", "builtins.filter":
		if len(c.Args) == 2 {
			if a := c.Args[1]; qual == "builtins.map" && a.Kind == effects.Mapping || a.Kind == effects.Sequence && a.Elem == nil && len(a.Items) > 0 && len(a.Items) <= 16 && qual == "builtins.map" {
				return in.mapped(c.Args[0], a)
			}
			r := in.applied(c.Args[0], in.element(c.Args[1]))
			if qual == "builtins.filter" {
				r = in.element(c.Args[1]).Depending(r.AllDeps())
			}
			return &value{Kind: effects.Sequence, Elem: r, Deps: c.Deps()}
		}
	case "builtins.dict":
		m := &value{Kind: effects.Mapping, Name: "builtins.dict"}
		for _, k := range c.Kw {
			m.Pairs = append(m.Pairs, effects.Pair{Key: effects.Text(k.Name), Value: k.Value})
		}
		if len(c.Args) == 1 {
			from := c.Args[0]
			if from.Kind == effects.Sequence && from.Self != nil {
				from = from.Self
			}
			m.Pairs = append(entriesOf(from), m.Pairs...)
			m.Deps = c.Args[0].AllDeps()
		}
		return m
	case "importlib.import_module":
		return in.moduleNamed(c.Arg(0, "name"))
	case "builtins.str", "builtins.int", "builtins.float", "uuid.UUID", "decimal.Decimal", "typing.cast", "builtins.abs", "builtins.round",
		"datetime.datetime.fromisoformat", "datetime.date.fromisoformat", "datetime.datetime.strptime":
		if len(c.Args) == 0 {
			return effects.Text("")
		}
		if qual == "typing.cast" {
			return c.Args[len(c.Args)-1]
		}
		return c.Args[0].Remade() // the rest says how: a base, digits, an encoding
	case "builtins.eval", "ast.literal_eval":
		if len(c.Args) == 1 {
			return c.Args[0].Unpacked()
		}
	case "dataclasses.asdict", "attr.asdict", "attrs.asdict":
		if v := c.Arg(0, "").Pick(effects.Instance); v != nil && v.Obj.Class != nil {
			return in.dumped(v, anyField)
		}
	case "builtins.type":
		if v := c.Arg(0, ""); len(c.Args) == 1 && v.Kind == effects.Instance && v.Obj.Class != nil {
			return in.classRef(v.Obj.Class).Depending(v.Deps)
		}
	case "copy.copy", "copy.deepcopy":
		if len(c.Args) > 0 {
			return in.copyOf(c.Args[0])
		}
	case "builtins.anext":
		return in.element(c.Arg(0, ""))
	case "collections.defaultdict", "collections.OrderedDict", "collections.Counter", "weakref.WeakValueDictionary":
		m := &value{Kind: effects.Mapping, Name: "builtins.dict"}
		if f := c.Arg(0, ""); f != nil && qual == "collections.defaultdict" {
			m.Elem = in.missing(f)
		} else if f != nil {
			m.Pairs = entriesOf(f)
		}
		return m
	case "builtins.dict.fromkeys":
		if in.Muted > 0 {
			return in.begunWith(cmp.Or(c.Arg(1, "value"), effects.None))
		}
	case "collections.deque":
		return &value{Kind: effects.Sequence, Name: "builtins.list"}
	case "contextlib.asynccontextmanager", "contextlib.contextmanager", "contextlib.aclosing", "contextlib.closing", "functools.wraps", "contextlib.nullcontext":
		if len(c.Args) > 0 {
			if qual == "functools.wraps" {
				return &value{Kind: effects.BoundExt, Self: effects.Opaque("wraps", nil), Name: "identity"}
			}
			return c.Args[0]
		}
	case "contextlib.suppress":
		return in.libraryObject(qual, c)
	case "functools.partial", "functools.partialmethod":
		return in.partial(c)
	case "fastapi.concurrency.run_in_threadpool", "starlette.concurrency.run_in_threadpool", "asyncio.to_thread", "anyio.to_thread.run_sync", "asgiref.sync.sync_to_async", "asyncio.run", "anyio.run", "asyncio.run_coroutine_threadsafe":
		if len(c.Args) > 0 {
			if v, ok := in.finish(c.Args[0]); ok {
				return v
			}
			if c.Args[0].Kind != effects.FuncRef && c.Args[0].Kind != effects.BoundExt && c.Args[0].Kind != effects.Union && c.Args[0].Kind != effects.ExtRef {
				return c.Args[0]
			}
			return in.InThread(func() *value { return in.call(c.Args[0], c.Args[1:], c.Kw, c.Node) })
		}
	case "random.random", "random.randint", "random.choice", "uuid.uuid4", "uuid.uuid1", "uuid.uuid7", "secrets.token_urlsafe", "secrets.token_hex", "secrets.token_bytes", "secrets.choice", "os.urandom":
		return effects.Opaque(in.World.Fresh(effects.Last(qual)), nil)
	case "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today", "time.time", "time.time_ns",
		"time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns", "django.utils.timezone.now",
		"pendulum.now", "arrow.now", "arrow.utcnow":
		return effects.Opaque("now", nil)
	}
	return nil
}

// mapped is map(f, items) over items that are known: the keys of a mapping, or those of a display.
func (in *interp) mapped(f, over *value) *value {
	out := &value{Kind: effects.Sequence, Deps: over.Deps}
	if over.Kind == effects.Mapping {
		for _, p := range over.Pairs {
			if p.Key != nil {
				out.Items = append(out.Items, in.applied(f, p.Key))
			}
		}
		return out
	}
	for _, it := range over.Items {
		out.Items = append(out.Items, in.applied(f, it))
	}
	return out
}

// applied is what a function gives for one argument when nobody awaits it: of an async function that is a coroutine.
func (in *interp) applied(f, arg *value) *value {
	args := []*value{arg}
	var kw []effects.Keyword
	callee := f
	if f.Kind == effects.ExtObject {
		if p, ok := f.Obj.Extra.(*partial); ok {
			callee, args, kw = p.callee, append(slices.Clone(p.args), arg), p.kw
		}
	}
	if c := in.coroutineOf(callee, args, kw); c != nil {
		return c
	}
	return in.call(f, []*value{arg}, nil, nil)
}

func (in *interp) reduce(qual string, c *effects.Call) *value {
	if len(c.Args) == 0 {
		return effects.Opaque("", nil)
	}
	a := c.Args[0]
	if a.Kind == effects.ExtObject && (qual == "builtins.len" || qual == "builtins.any" || qual == "builtins.bool") {
		if v := in.method(nil, a, "__len__", nil, nil, nil); v != nil {
			return v
		}
	}
	if v := in.special(a, nil, asking[qual]...); v != nil {
		return v
	}
	v := effects.Opaque(effects.Last(qual)+"("+a.Sym+")", c.Deps())
	if qual == "builtins.len" || qual == "builtins.sum" {
		v.Self = a
	}
	if qual == "builtins.next" {
		if g, ok := generatorOf(a); ok && len(c.Args) == 1 && counts(g.fn) || strings.HasPrefix(a.Sym, "count(") {
			return effects.Opaque(in.World.Fresh("next"), nil)
		}
		if row := in.picked(a); row != nil {
			return effects.Join(row, c.Arg(1, ""))
		}
		return effects.Join(in.element(a), c.Arg(1, "")).Depending(v.Deps)
	}
	if a.Kind == effects.Rows || a.Kind == effects.Sequence && a.Elem != nil {
		v.Src = a.Src
		if a.Elem != nil && v.Src == 0 {
			v.Src = a.Elem.Src
		}
	}
	if qual == "builtins.bool" {
		v.Pred = &effects.Pred{Uses: []effects.PredUse{{Left: a, Op: "true"}}}
		if a.Pred != nil {
			v.Pred = a.Pred
		}
	}
	if (qual == "builtins.any" || qual == "builtins.all") && a.Elem != nil && a.Elem.Pred != nil {
		v.Pred = quantified(a.Elem.Pred, qual == "builtins.any")
	}
	return v
}

// quantified is a condition on one of several, asked of some or of all of them.
func quantified(p *effects.Pred, some bool) *effects.Pred {
	out := *p
	out.Uses = slices.Clone(p.Uses)
	for i := range out.Uses {
		out.Uses[i].Of = effects.Every
		if some {
			out.Uses[i].Of = effects.Some
		}
	}
	return &out
}

func (in *interp) partial(c *effects.Call) *value {
	if len(c.Args) == 0 {
		return nil
	}
	o := in.NewObject()
	o.Qual = "functools.partial"
	o.Extra = &partial{callee: c.Args[0], args: c.Args[1:], kw: c.Kw}
	return &value{Kind: effects.ExtObject, Obj: o, Sym: c.Args[0].Sym}
}

type partial struct {
	callee *value
	args   []*value
	kw     []effects.Keyword
}

// setUnknownAttribute is setattr with a name that is not known, but perhaps to be one of a few: `for field, value in data.items():
// setattr(row, field, value)`.
func (in *interp) setUnknownAttribute(recv, name, v *value) {
	columns := []string{"*"}
	if among := name.Among(); len(among) > 0 {
		columns = columns[:0]
		for _, one := range among {
			if column, ok := one.Str(); ok {
				columns = append(columns, column)
			}
		}
	}
	for _, r := range recv.Alternatives() {
		if r == nil || r.Kind != effects.Entity {
			continue
		}
		for _, column := range columns {
			in.setColumn(r, column, v.Depending(name.AllDeps()))
			delete(r.Obj.Attrs, column)
		}
	}
}

// funcValue returns the value of a function as a caller sees it: with its decorators applied.
func (in *interp) funcValue(fn *program.Function, f *frame) *value {
	in.prog.looks.function(fn)
	if fn.Def == nil || len(fn.Def.Decorators) == 0 || fn.Static || fn.ClassMethod || fn.Property {
		if f != nil {
			return in.rawFunc(fn, f)
		}
		v := in.learned.functions[fn]
		if v == nil {
			v = in.rawFunc(fn, nil)
			in.learned.functions[fn] = v
		}
		return v
	}
	if f == nil {
		if v, ok := in.cached[fn]; ok {
			return v
		}
		in.cached[fn] = in.rawFunc(fn, nil)
	}
	v := in.decorated(fn, f)
	if f == nil {
		in.cached[fn] = v
	}
	return v
}

func (in *interp) rawFunc(fn *program.Function, f *frame) *value {
	in.prog.looks.function(fn)
	v := &value{Kind: effects.FuncRef, To: &program.Ref{Kind: program.ToFunction, Function: fn}, Sym: fn.Name}
	if f != nil {
		v.SetEnv(f)
	}
	return v
}

// decorated applies the project's own decorators, and marks what caches do.
func (in *interp) decorated(fn *program.Function, f *frame) *value {
	v := in.rawFunc(fn, f)
	scope := program.Scope{Module: fn.Module, Function: fn.Outer, Class: fn.Class}
	for i := len(fn.Def.Decorators) - 1; i >= 0; i-- {
		d := fn.Def.Decorators[i]
		target := d
		if c, ok := d.(*python.Call); ok {
			target = c.Func
		}
		var r program.Ref
		if f == nil {
			r = in.prog.Resolve(scope, target)
		} else {
			dv := in.eval(f, target)
			r = *dv.Ref()
			if dv.Kind == effects.FuncRef {
				r.Kind = program.ToFunction
			}
		}
		switch r.Kind {
		case program.ToFunction, program.ToClass:
			if r.Function != nil && r.Function.ContextManager {
				v = around(v, scope, f, d)
				continue
			}
			if r.Class != nil && r.Class.Method("__call__") == nil {
				continue
			}
			v = in.applyDecorator(v, scope, f, d)
		default:
			if qual := in.decoratorQual(r, target); effects.Transactional(qual) || qual == "?.atomic" {
				c := *v
				c.Name = transactional
				v = &c
			} else if qual == "?.transaction" && f == nil && in.family(in.quiet(scope, d)) == effects.DriverTransaction {
				v = around(v, scope, f, d)
			} else if errs := in.triesAgain(in.decoratorQual(r, target), scope, d); errs != 0 {
				v = decoratedBy(v, &manager{again: errs})
			} else if how := effects.CacheDecorator(in.decoratorQual(r, target)); how != "" {
				c := *v
				c.Name = "cached:" + how
				v = &c
			}
		}
	}
	return v
}

// transactional marks a function that runs in a transaction of active records.
const transactional = "in a transaction"

func (in *interp) decoratorQual(r program.Ref, target python.Expr) string {
	if r.Qual != "" {
		return r.Qual
	}
	if a, ok := target.(*python.Attribute); ok {
		return "?." + a.Attr
	}
	return ""
}

func (in *interp) applyDecorator(v *value, scope program.Scope, f *frame, d python.Expr) *value {
	if len(in.stack) > maxDepth-4 {
		return v
	}
	var dec *value
	if f != nil {
		dec = in.eval(f, d)
	} else {
		dec = in.quiet(scope, d)
	}
	in.Muted++
	out := in.call(dec, []*value{v}, nil, nil)
	in.Muted--
	in.dead = false
	if out.Kind == effects.FuncRef || out.Kind == effects.Instance {
		return out
	}
	return v
}

// moduleNamed is the module of the project that a text names, nil for none: importlib.import_module("app.jobs"), sys.modules["app.jobs"].
func (in *interp) moduleNamed(name *value) *value {
	text, ok := name.Str()
	if !ok || in.Site == nil {
		return nil
	}
	m := in.prog.Module(in.Site.Module, text)
	if m == nil {
		return nil
	}
	return in.refValue(program.Ref{Kind: program.ToModule, Module: m, Qual: m.Name})
}

// namedRow is the row of a table that is put together with the names of its columns: zip([c[0] for c in cursor.description], row). Nil for
// anything else that is.
func (in *interp) namedRow(args []*value) *value {
	if len(args) != 2 {
		return nil
	}
	row := args[1]
	if row.Src == 0 || row.SrcCol != "" || row.Kind != effects.Unknown || int(row.Src) > len(in.Ops) {
		return nil
	}
	if op := in.Ops[row.Src-1]; op.Kind != interleave.Read || op.Res.Store != interleave.Table {
		return nil
	}
	return row
}

// entriesOf is what a dictionary that is made of v holds: of one whose keys are known those, of anything else entries that nobody
// can name, which may be any.
func entriesOf(v *value) []effects.Pair {
	if v.Kind == effects.Mapping {
		return slices.Clone(v.Pairs)
	}
	return []effects.Pair{{Value: v}}
}

// missing is what a defaultdict puts under a key that it does not have, where that is a lock, or what lives as long as the process and has
// places of its own. Nil otherwise.
func (in *interp) missing(factory *value) *value {
	switch factory.Kind {
	case effects.ExtRef:
		if in.World.Family(factory.Ref().Qual) == "lock" || containerNames[factory.Ref().Qual] != "" && in.Muted > 0 {
			return in.call(factory, nil, nil, nil) // defaultdict(asyncio.Lock), defaultdict(set)
		}
	case effects.ClassRef:
		if in.Muted > 0 && in.plain(factory.Ref().Class) {
			return in.call(factory, nil, nil, nil)
		}
	case effects.FuncRef:
		in.Muted++
		v := in.call(factory, nil, nil, nil) // defaultdict(lambda: asyncio.Lock())
		in.Muted--
		if v.Kind == effects.ExtObject && in.family(v) == "lock" {
			return v
		}
	}
	return nil
}
