package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
)

// Jobs: what is put on a queue for a worker, and the function that runs with it there, where that is in sight.

// queueVerbs put a job on a queue, whatever their receiver is: the function of the task, or a queue.
var queueVerbs = map[string]bool{
	"delay": true, "apply_async": true, "send_task": true, // Celery
	"kiq":               true,                                         // Taskiq
	"send_with_options": true,                                         // Dramatiq
	"enqueue":           true, "enqueue_in": true, "enqueue_at": true, // RQ
	"enqueue_job": true, // ARQ
}

// taskVerbs put a job on a queue where their receiver is the function of the task: Dramatiq, Procrastinate.
var taskVerbs = map[string]bool{"send": true, "defer": true, "defer_async": true}

// optionVerbs say how a job is to be sent and give what sends it: Taskiq, Procrastinate.
var optionVerbs = map[string]bool{"kicker": true, "with_labels": true, "with_broker": true, "with_task_id": true, "configure": true}

// putsOnQueue tells whether a call puts a job on a queue.
func putsOnQueue(c *Call) bool {
	if queueVerbs[c.Name] || taskVerbs[c.Name] && c.Recv.Kind == FuncRef {
		return true
	}
	return c.Name == "send" && strings.HasSuffix(strings.ToLower(c.Recv.Sym), "task")
}

// withOptions is the function of a task of which a call says how it is to be sent, nil for other calls.
func withOptions(c *Call) *Value {
	if c.Recv.Kind == FuncRef && optionVerbs[c.Name] {
		return c.Recv
	}
	return nil
}

// sendJob lets the function of a job run with what it is sent, where the function is in sight.
func sendJob(c *Call) {
	switch {
	case c.Recv.Kind == FuncRef && (c.Name == "apply_async" || c.Name == "send_with_options"):
		var args []*Value
		if a := c.Arg(0, "args"); a != nil {
			args = a.Items
		}
		c.Defer(c.Recv, args, named(c.Arg(1, "kwargs")), "job")
	case c.Recv.Kind == FuncRef:
		c.Defer(c.Recv, c.Args, c.Kw, "job")
	case len(c.Args) > 0 && c.Args[0].Kind == FuncRef:
		c.Defer(c.Args[0], c.Args[1:], nil, "job")
	case len(c.Args) > 1 && c.Args[1].Kind == FuncRef: // when, and what
		c.Defer(c.Args[1], c.Args[2:], nil, "job")
	case len(c.Args) > 0 && c.Name != "delay" && c.Name != "kiq":
		sendNamed(c)
	}
}

// sendNamed sends a job to the function that a text names: by the place where it is defined, or as its worker calls it.
func sendNamed(c *Call) {
	name, ok := c.Args[0].Str()
	if !ok {
		return
	}
	if c.Name != "enqueue" && !carriesColumns(c) {
		return // it does nothing that it does not do as an entry point of its own
	}
	args, kw := c.Args[1:], c.Kw
	fn := functionNamed(c, c.Args[0])
	if fn == nil && c.Worker != nil {
		fn = c.Worker(name)
	}
	if fn == nil {
		return
	}
	if c.Name == "send_task" {
		args, kw = nil, named(c.Arg(2, "kwargs"))
		if a := c.Arg(1, "args"); a != nil {
			args = a.Items
		}
	}
	if p := fn.Ref().Function.Params; len(p) > 0 && (p[0].Name == "ctx" || c.Name == "enqueue_job") {
		args = append([]*Value{Opaque("ctx", nil)}, args...) // of the worker
	}
	c.Defer(fn, args, slices.DeleteFunc(slices.Clone(kw), func(k Keyword) bool { return strings.HasPrefix(k.Name, "_") }), "job") // _defer_by, _job_id
}

// carriesColumns tells whether a job is sent with what a row held beside its keys.
func carriesColumns(c *Call) bool {
	var seen Seen
	var found func(v *Value, depth int) bool
	found = func(v *Value, depth int) bool {
		switch {
		case v == nil || depth > 3 || seen.Again(v, depth):
			return false
		case v.Kind == Entity:
			return true
		case v.Src > 0 && v.SrcCol != "":
			return v.SrcCol != "id" && !strings.HasSuffix(v.SrcCol, "_id")
		}
		return slices.ContainsFunc(v.Items, func(it *Value) bool { return found(it, depth+1) }) ||
			slices.ContainsFunc(v.Pairs, func(p Pair) bool { return found(p.Value, depth+1) })
	}
	return slices.ContainsFunc(c.Args, func(v *Value) bool { return found(v, 0) }) || slices.ContainsFunc(c.Kw, func(k Keyword) bool { return found(k.Value, 0) })
}

// named are the entries of a dictionary as arguments by name.
func named(d *Value) []Keyword {
	var out []Keyword
	if d == nil {
		return nil
	}
	for _, p := range d.Pairs {
		if name, ok := p.Key.Str(); ok {
			out = append(out, Keyword{Name: name, Value: p.Value})
		}
	}
	return out
}

// functionNamed is the function of the project that a text names with its module: enqueue("shop.jobs.pack", 7).
func functionNamed(c *Call, name *Value) *Value {
	s, ok := name.Str()
	dot := strings.LastIndexByte(s, '.')
	if !ok || dot < 0 || c.Site == nil {
		return nil
	}
	m := c.Program.Module(c.Site.Module, s[:dot])
	if m == nil {
		return nil
	}
	if c.Looked != nil {
		c.Looked(m)
	}
	r := c.Program.Member(program.Ref{Kind: program.ToModule, Module: m, Qual: m.Name}, s[dot+1:])
	if r.Kind != program.ToFunction {
		return nil
	}
	if c.Looked != nil {
		c.Looked(r.Function.Module)
	}
	return &Value{Kind: FuncRef, To: &r, Sym: r.Function.Name}
}
