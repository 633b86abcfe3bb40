package fastapi

import (
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// What a message broker sends is received by a function that is handed to it, or in a loop over what a consumer gives. Such a loop is part of
// the service even where a process of its own runs it.

// consumerClasses are the consumers of brokers over which a loop runs.
var consumerClasses = map[string]bool{
	"aiokafka.AIOKafkaConsumer": true, "aiokafka.consumer.AIOKafkaConsumer": true, "kafka.KafkaConsumer": true, "confluent_kafka.Consumer": true,
}

// polling are the methods by which a loop asks such a consumer for the next message.
var polling = map[string]bool{"getone": true, "getmany": true, "poll": true, "consume": true}

// consumers makes entries of what receives messages.
func (r *reader) consumers() {
	for _, m := range r.p.Modules {
		if !r.texts[m].consumes || OffstagePath(m.File.Path) {
			continue
		}
		r.handedTo(m.File.Body, program.Scope{Module: m})
		for _, f := range r.functions[m] {
			if f.Def == nil {
				continue
			}
			r.handedTo(f.Def.Body, f.Scope())
			if r.loopsOverMessages(f) {
				r.receives(Job, f, f.Class)
			}
		}
	}
}

// handedTo finds the functions that a broker is handed: queue.consume(f), basic_consume(on_message_callback=f), subscribe(subject, cb=f).
func (r *reader) handedTo(body []python.Stmt, s program.Scope) {
	ownCalls(body, func(call *python.Call) {
		var handler python.Expr
		switch calledAs(call) {
		case "consume":
			handler = keywordOrArg(call, 0, "callback")
		case "basic_consume":
			handler = keywordOrArg(call, 1, "on_message_callback")
		case "subscribe":
			handler = keywordOrArg(call, len(call.Args), "cb")
		}
		if handler == nil {
			return
		}
		if f, k := r.callable(s, handler); f != nil {
			r.receives(Worker, f, k)
		}
	})
}

// receives makes the entry of a function that receives messages, or says so of the one that it has.
func (r *reader) receives(kind EntryKind, f *program.Function, k *program.Class) {
	known := func() bool {
		found := false
		for _, e := range r.app.Entries {
			if e.Function == f {
				e.Receives, found = true, true
			}
		}
		return found
	}
	if !known() {
		r.enterTask(kind, "", f, k, kind == Job)
		known()
	}
}

// loopsOverMessages tells whether a function goes through what a consumer that it has made receives.
func (r *reader) loopsOverMessages(f *program.Function) bool {
	s, made := f.Scope(), map[string]bool{}
	note := func(target, value python.Expr) {
		if n, ok := target.(*python.Name); ok && r.makesConsumer(s, value) {
			made[n.ID] = true
		}
	}
	isMade := func(e python.Expr) bool {
		n, ok := e.(*python.Name)
		return ok && made[n.ID]
	}
	loops, polls, endless := false, false, false
	for _, st := range f.Def.Body {
		python.Walk(st, func(n python.Node) bool {
			switch n := n.(type) {
			case *python.FunctionDef, *python.ClassDef, *python.Lambda:
				return false
			case *python.Assign:
				note(n.Targets[0], n.Value)
			case *python.With:
				for _, item := range n.Items {
					note(item.Target, item.Context)
				}
			case *python.For:
				loops = loops || isMade(n.Iter)
			case *python.While:
				endless = true
			case *python.Call:
				if a, ok := n.Func.(*python.Attribute); ok && polling[a.Attr] {
					polls = polls || isMade(a.Value)
				}
			}
			return true
		})
	}
	return loops || endless && polls
}

// makesConsumer tells whether an expression makes a consumer, itself or by a function that says so.
func (r *reader) makesConsumer(s program.Scope, e python.Expr) bool {
	if a, ok := e.(*python.Await); ok {
		e = a.Value
	}
	call, ok := e.(*python.Call)
	if !ok {
		return false
	}
	ref := r.p.Resolve(s, call.Func)
	if ref.Kind == program.ToFunction && ref.Function.Def != nil {
		t := r.p.Annotation(ref.Function.Header(), ref.Function.Def.Returns)
		ref = t.Ref
	}
	return ref.Kind == program.ToExternal && consumerClasses[ref.Qual]
}
