package flow

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// A context manager is a decorator as well: `@database.transaction()`, or `@unit()` of a function that contextlib made one of. Every
// call of the function then runs inside it. A library that tries again is one that calls the function anew after certain errors.

// manager is a decorator expression that gives a context manager, or a decorator that tries again.
type manager struct {
	scope  program.Scope
	up     *frame
	expr   python.Expr
	again  interleave.Errors // after which the function is called again
	within *manager          // a decorator nearer to the function
}

// around marks a function whose calls run inside a context manager.
func around(v *value, scope program.Scope, f *frame, d python.Expr) *value {
	return decoratedBy(v, &manager{scope: scope, up: f, expr: d})
}

func decoratedBy(v *value, m *manager) *value {
	m.within, _ = managerOf(v)
	c := *v
	c.Elem = &value{}
	c.Elem.SetEnv(m)
	return &c
}

func managerOf(callee *value) (*manager, bool) {
	if callee.Kind != effects.FuncRef || callee.Elem == nil {
		return nil, false
	}
	m, ok := callee.Elem.Env().(*manager)
	return m, ok
}

// activateWithin runs a function inside what decorates it, made anew for each call.
func (in *interp) activateWithin(m *manager, callee *value, fn *program.Function, args []*value, kw []effects.Keyword) *value {
	run := func() *value {
		if m.within != nil {
			return in.activateWithin(m.within, callee, fn, args, kw)
		}
		return in.activate(callee, fn, args, kw, func(f *frame) exits { return in.body(f, fn) })
	}
	v := effects.None
	if m.again != 0 {
		in.tried(m.again, func() { v = run() })
		return v
	}
	in.prog.looks.module(m.scope.Module)
	f := &frame{scope: m.scope, vars: &bindings{}, up: m.up, module: m.up == nil}
	in.within(f, in.quietIn(m.scope, m.up, m.expr), fn.Async, func(*value) exits {
		v = run()
		if in.dead {
			return raises
		}
		return falls
	})
	return v
}

// tried runs what is run anew after certain errors.
func (in *interp) tried(again interleave.Errors, run func()) {
	if again == 0 {
		run()
		return
	}
	catch := &effects.Catch{Up: in.Catch, Errors: again, Retries: true}
	if in.Catch != nil {
		catch.Errors, catch.Depth = catch.Errors|in.Catch.Errors, in.Catch.Depth+1
	}
	in.Catch = catch
	run()
	in.Catch = catch.Up
}

// attempts are what a loop goes through that tries again: `async for attempt in AsyncRetrying(…)`, and in it `with attempt:`.
type attempts struct{ again interleave.Errors }

// attemptsOf makes them where a call is one of a library that gives them, nil where it is not.
func (in *interp) attemptsOf(qual string, c *effects.Call) *value {
	if !slices.Contains([]string{"tenacity.Retrying", "tenacity.AsyncRetrying", "tenacity.asyncio.AsyncRetrying", "stamina.retry_context"}, qual) || c.Node == nil || in.Site == nil {
		return nil
	}
	of := "retry"
	if qual == "stamina.retry_context" {
		of = "on"
	}
	v := in.libraryObject(qual, c)
	v.Obj.Extra = &attempts{in.errorsAsked(program.Scope{Module: in.Site.Module, Function: in.Site.Function}, c.Node, of)}
	return v
}

// errorsAsked returns the errors that a keyword of a call names for another try: all of them where it says nothing.
func (in *interp) errorsAsked(scope program.Scope, call *python.Call, of string) interleave.Errors {
	for _, k := range call.Keywords {
		if k.Name == of {
			return in.errorsNamed(scope, k.Value)
		}
	}
	return allErrors
}

// refusals are the errors by which an engine takes back one of two transactions that could not both be right: to try again is the answer.
const refusals = interleave.SerializationFailure | interleave.Deadlock | interleave.StaleVersion | interleave.LockNotAvailable

// triesAgain returns the errors after which a decorator of a library calls the function again, 0 for a decorator that does not.
func (in *interp) triesAgain(qual string, scope program.Scope, d python.Expr) interleave.Errors {
	of := ""
	switch qual {
	case "tenacity.retry":
		of = "retry"
	case "backoff.on_exception":
		of = "exception"
	case "stamina.retry":
		of = "on"
	case "retrying.retry":
		of = "retry_on_exception"
	case "retry.retry":
		of = "exceptions"
	default:
		return 0
	}
	call, ok := d.(*python.Call)
	if !ok {
		return allErrors
	}
	if qual == "backoff.on_exception" && len(call.Args) > 1 {
		return in.errorsNamed(scope, call.Args[1])
	}
	return in.errorsAsked(scope, call, of)
}

// errorsNamed returns the engine's errors that a condition for another try names: the classes themselves, or those in a call of
// tenacity's. What a function of the project decides is taken to be about what can be tried again.
func (in *interp) errorsNamed(scope program.Scope, when python.Expr) interleave.Errors {
	switch w := when.(type) {
	case *python.BinOp: // retry_if_exception_type(A) | retry_if_exception_type(B)
		return in.errorsNamed(scope, w.Left) | in.errorsNamed(scope, w.Right)
	case *python.Call:
		switch effects.Last(in.prog.Resolve(scope, w.Func).Qual) {
		case "retry_if_exception_type":
			if len(w.Args) > 0 {
				return in.errorsNamed(scope, w.Args[0])
			}
			return allErrors
		case "retry_if_not_exception_type", "retry_always":
			return allErrors
		}
		return refusals
	}
	names := in.caught(&frame{scope: scope, vars: &bindings{}, module: true}, when)
	var errs interleave.Errors
	for _, n := range names {
		errs |= engineErrors[n]
	}
	if len(names) == 0 || errs == 0 && slices.Contains(names, "") {
		return refusals
	}
	return errs
}
