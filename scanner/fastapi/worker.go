package fastapi

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// workerDecorators make a function a queue worker; jobDecorators make it run by the clock, one run after the other.
var workerDecorators = map[string]bool{
	"celery.shared_task": true, "celery.app.shared_task": true, "celery.task": true, "celery.decorators.task": true,
	"dramatiq.actor": true, "dramatiq.actor.actor": true,
	"rq.decorators.job": true, "rq.job": true, "django_rq.job": true,
	"temporalio.activity.defn": true, "procrastinate.task": true,
}

var jobDecorators = map[string]bool{
	"fastapi_utils.tasks.repeat_every": true, "fastapi_utilities.repeat_every": true, "fastapi_restful.tasks.repeat_every": true,
	"fastapi_utilities.repeat_at": true, "fastapi_utilities.repeat.repeat_every": true, "aiocron.crontab": true, "schedule.repeat": true,
}

// queues are the packages whose objects register workers by a method (`@celery.task`, `@broker.task`, `@huey.task()`).
var queues = map[string]bool{"celery": true, "taskiq": true, "huey": true, "procrastinate": true, "faststream": true, "saq": true,
	"dramatiq": true, "streaq": true, "arq": true, "rq": true, "django_rq": true}

func isQueue(qual string) bool {
	top, _, _ := strings.Cut(qual, ".")
	return queues[top] || strings.HasPrefix(top, "taskiq_")
}

var queueMethods = map[string]bool{"task": true, "actor": true, "subscriber": true, "db_task": true, "job": true}

var clockMethods = map[string]bool{"periodic_task": true, "db_periodic_task": true, "cron": true, "periodic": true}

// libraryCall handles the methods of objects of libraries: the decorators of task queues.
func (r *reader) libraryCall(o *object, name string, e *python.Call, at *frame) value {
	args, named := r.arguments(e, at), r.keywords(e, at)
	if name == "add_resource" && hasSuffix(o.qual, "Api") {
		r.addResource(args)
	}
	if !isQueue(o.qual) || !queueMethods[name] && !clockMethods[name] {
		return value{}
	}
	kind := Worker
	if clockMethods[name] {
		kind = Job
	}
	return r.taskDecorator(kind, kind == Worker, args, named)
}

func (r *reader) workerDecorator(e *python.Call, at *frame) value {
	return r.taskDecorator(Worker, false, r.arguments(e, at), r.keywords(e, at))
}

func (r *reader) jobDecorator(e *python.Call, at *frame) value {
	return r.taskDecorator(Job, false, r.arguments(e, at), r.keywords(e, at))
}

// taskDecorator reads `@task(name="…")`, or `task(f, name="…")` called on the function itself.
// The first positional argument is a name for the queues of named tasks, something else (a queue) for the others.
func (r *reader) taskDecorator(kind EntryKind, nameFirst bool, args []value, named map[string]value) value {
	name := ""
	for _, key := range [3]string{"name", "actor_name", "task_name"} {
		if v := named[key]; v.kind == text {
			name = v.text
		}
	}
	for _, a := range args {
		switch {
		case a.kind == function:
			r.task(kind, name, a)
			return a
		case a.kind == text && name == "" && kind == Worker && nameFirst:
			name = a.text
		}
	}
	return then(func(fn value) { r.task(kind, name, fn) })
}

// bare applies a decorator written without a call: `@dramatiq.actor`, `@celery.task`.
func (r *reader) bare(dec, fn value, at *frame) {
	switch {
	case dec.kind == external && workerDecorators[dec.ref.Qual]:
		r.task(Worker, "", fn)
	case dec.kind == external && jobDecorators[dec.ref.Qual]:
		r.task(Job, "", fn)
	case dec.kind == method && dec.obj != nil && isQueue(dec.obj.qual) && queueMethods[dec.text]:
		r.task(Worker, "", fn)
	}
}

// task makes the entry of a worker or a job. Jobs of these kinds never run twice at once in one process.
func (r *reader) task(kind EntryKind, name string, fn value) {
	f, k := fn.target()
	if f == nil {
		return
	}
	r.enterTask(kind, name, f, k, kind == Job)
}

func (r *reader) enterTask(kind EntryKind, name string, f *program.Function, k *program.Class, alone bool) {
	method := "TASK"
	if kind == Job {
		method = "JOB"
	}
	key := entryKey{fn: f, method: method}
	if r.entries[key] || len(r.app.Entries) >= maxRoutes {
		return
	}
	r.entries[key] = true
	if name == "" {
		name = f.Module.Name + "." + f.Qualname
	}
	if k == nil && !f.Static {
		k = f.Class
	}
	r.app.Entries = append(r.app.Entries, &Entry{Kind: kind, Method: method, Path: name, Function: f, Class: k, Alone: alone, Line: line(f)})
}

// Worker is the function of the worker to which a job of this name is sent, nil when there is none or when several could be meant.
func (a *App) Worker(name string) *program.Function {
	var found *program.Function
	for _, e := range a.Entries {
		switch {
		case e.Kind != Worker || e.Function == nil || e.Receives || e.Class != nil:
		case e.Path == name:
			return e.Function
		case e.Function.Name == name && e.Path == e.Function.Module.Name+"."+e.Function.Qualname:
			if found != nil && found != e.Function {
				return nil
			}
			found = e.Function
		}
	}
	return found
}

// workerSettings reads ARQ's settings class: functions and cron_jobs.
func (r *reader) workerSettings(k *program.Class) {
	functions, jobs := k.Names["functions"], k.Names["cron_jobs"]
	if functions == nil && jobs == nil || !strings.Contains(k.Name, "Worker") && k.Names["redis_settings"] == nil {
		return
	}
	at := &frame{scope: program.Scope{Module: k.Module, Function: k.Outer, Class: k}, depth: 1}
	if functions != nil && functions.Value != nil {
		r.arqList(Worker, functions.Value, at)
	}
	if jobs != nil && jobs.Value != nil {
		r.arqList(Job, jobs.Value, at)
	}
}

func (r *reader) arqList(kind EntryKind, e python.Expr, at *frame) {
	for _, v := range r.eval(e, at).elements() {
		name, unique := "", true
		if v.src != nil {
			if call, ok := v.src.expr.(*python.Call); ok { // func(f, name=…) or cron(f, …)
				name = textKeyword(call, "name")
				unique = !hasKeyword(call, "unique", python.ConstFalse)
				what := keywordOrArg(call, 0, "coroutine")
				if what == nil {
					continue
				}
				v = r.eval(what, v.src.at)
			}
		}
		if v.kind == text {
			v = r.dotted(v.text, at)
		}
		if f, k := v.target(); f != nil {
			r.enterTask(kind, name, f, k, kind == Job && unique)
		}
	}
}

func hasKeyword(call *python.Call, name string, kind python.ConstKind) bool {
	for _, k := range call.Keywords {
		if k.Name == name {
			return isConst(k.Value, kind)
		}
	}
	return false
}

// dotted resolves the text "package.module.function".
func (r *reader) dotted(name string, at *frame) value {
	i := strings.LastIndexAny(name, ".:")
	if i < 0 {
		return value{}
	}
	m := r.p.Module(at.scope.Module, name[:i])
	if m == nil {
		return value{}
	}
	return r.reference(r.p.Member(program.Ref{Kind: program.ToModule, Module: m, Qual: m.Name}, name[i+1:]), at)
}

// scheduled finds what schedulers and queues are handed inside functions: add_job(f), @scheduler.scheduled_job, queue.enqueue(f),
// schedule.every().day.do(f). Only modules whose text mentions one of them are walked.
func (r *reader) scheduled() {
	for _, m := range r.p.Modules {
		if r.texts[m].schedules && !OffstagePath(m.File.Path) {
			r.scheduledIn(m)
		}
	}
}

func (r *reader) scheduledIn(m *program.Module) {
	r.scheduledBy(m.File.Body, program.Scope{Module: m})
	for _, f := range r.functions[m] {
		if f.Def == nil {
			continue
		}
		for _, e := range f.Def.Decorators {
			call, ok := e.(*python.Call)
			if !ok {
				continue
			}
			if a, ok := call.Func.(*python.Attribute); ok && a.Attr == "scheduled_job" {
				r.enterTask(Job, textKeyword(call, "id"), f, nil, alone(call))
			}
		}
		r.scheduledBy(f.Def.Body, f.Scope())
	}
}

func (r *reader) scheduledBy(body []python.Stmt, s program.Scope) {
	ownCalls(body, func(call *python.Call) {
		a, ok := call.Func.(*python.Attribute)
		if !ok {
			return
		}
		switch a.Attr {
		case "add_job":
			if f, k := r.callable(s, keywordOrArg(call, 0, "func")); f != nil {
				r.enterTask(Job, textKeyword(call, "id"), f, k, alone(call))
			}
		case "enqueue", "enqueue_call":
			if f, k := r.callable(s, keywordOrArg(call, 0, "func")); f != nil {
				r.enterTask(Worker, "", f, k, false)
			}
		case "do":
			if strings.HasPrefix(r.p.Resolve(s, chainStart(a.Value)).Qual, "schedule.") && len(call.Args) > 0 {
				if f, k := r.callable(s, call.Args[0]); f != nil {
					r.enterTask(Job, "", f, k, true)
				}
			}
		case "enqueue_in", "enqueue_at":
			if f, k := r.callable(s, keywordOrArg(call, 1, "func")); f != nil {
				r.enterTask(Worker, "", f, k, false)
			}
		}
	})
}

// chainStart returns the first call's function of a chain of calls: schedule.every in `schedule.every(3).days.at("10:00")`.
func chainStart(e python.Expr) python.Expr {
	for range 20 {
		switch n := e.(type) {
		case *python.Call:
			if a, ok := n.Func.(*python.Attribute); ok {
				if _, name := a.Value.(*python.Name); name {
					return a
				}
				e = a.Value
				continue
			}
			return n.Func
		case *python.Attribute:
			e = n.Value
		default:
			return e
		}
	}
	return nil
}

// alone tells that APScheduler never runs two of a job at once: max_instances is 1 unless said otherwise.
func alone(call *python.Call) bool {
	for _, k := range call.Keywords {
		if k.Name == "max_instances" {
			c, ok := k.Value.(*python.Constant)
			return ok && c.Raw == "1"
		}
	}
	return true
}

func textKeyword(call *python.Call, name string) string {
	for _, k := range call.Keywords {
		if c, ok := k.Value.(*python.Constant); ok && k.Name == name {
			s, _ := c.Str()
			return s
		}
	}
	return ""
}

// callable resolves an expression that names a function of the project, or a method of self.
func (r *reader) callable(s program.Scope, e python.Expr) (*program.Function, *program.Class) {
	switch e := e.(type) {
	case *python.Name, *python.Attribute:
		if ref := r.p.Resolve(s, e); ref.Kind == program.ToFunction {
			return ref.Function, ref.Class
		}
		if a, ok := e.(*python.Attribute); ok {
			return r.method(s, a)
		}
	case *python.Lambda:
		return r.p.LambdaOf(s, e), nil
	case *python.Call:
		if r.p.Resolve(s, e.Func).Qual == "functools.partial" && len(e.Args) > 0 {
			return r.callable(s, e.Args[0])
		}
	}
	return nil, nil
}

// method resolves self.x inside a method, and x.y where x is made by a call of a project class.
func (r *reader) method(s program.Scope, a *python.Attribute) (*program.Function, *program.Class) {
	if n, ok := a.Value.(*python.Name); ok && (n.ID == "self" || n.ID == "cls") {
		for f := s.Function; f != nil; f = f.Outer {
			if f.Class != nil {
				return f.Class.Method(a.Attr), f.Class
			}
		}
		return nil, nil
	}
	if k := r.p.InstanceOf(s, a.Value); k != nil {
		return k.Method(a.Attr), k
	}
	return nil, nil
}
