package flow

import (
	"slices"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Interfaces: an object of which only an abstract class or a protocol is known is one of what the project implements it with.

// maxImplementations bounds how many classes are tried for one interface; with more of them nothing is known of the object.
const maxImplementations = 3

// maxCallees bounds how many of the callables are followed that one call may mean.
const maxCallees = 4

// choice is an object that belongs to one of several classes, the same one wherever the interface is asked for in a request.
type choice struct {
	class *program.Class // the interface
	alts  []*value
}

// implementations returns the classes of the application that implement an interface, none when c is no interface.
func (in *interp) implementations(c *program.Class) []*program.Class {
	f := in.factsOf(c)
	if f.implemented {
		for _, k := range f.considered {
			in.prog.looks.class(k)
		}
		return f.implementations
	}
	f.implemented = true
	promised := promisesOf(c)
	if len(promised) == 0 {
		return nil
	}
	candidates := in.prog.Subclasses(c)
	if c.IsSubclass("typing.Protocol", "typing_extensions.Protocol") {
		candidates = append(candidates, in.conforming(c, candidates, f)...)
	}
	f.considered = append(f.considered, candidates...)
	for _, k := range candidates {
		in.prog.looks.class(k)
		if k != c && in.keeps(k, promised) {
			f.implementations = append(f.implementations, k)
		}
	}
	if len(f.implementations) > maxImplementations {
		f.implementations = nil
	}
	return f.implementations
}

// promisesOf returns the names of the methods that a class leaves to those that derive from it.
func promisesOf(c *program.Class) []string {
	var out []string
	for _, k := range c.MRO() {
		for _, name := range k.Order {
			if m := c.Method(name); m != nil && OnlyPromised(m) && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// keeps tells whether a class of the application has a body for every method that was promised.
func (in *interp) keeps(k *program.Class, promised []string) bool {
	if isRecord(k) || in.tableOf(k) != nil || leavesOpen(k) || in.actsOffstage(k) {
		return false
	}
	return !slices.ContainsFunc(promised, func(name string) bool { return k.Method(name) == nil })
}

// conforming returns the classes that have all methods of a protocol without naming it.
func (in *interp) conforming(c *program.Class, known []*program.Class, f *classFacts) []*program.Class {
	var out []*program.Class
	promised := promisesOf(c)
	for _, k := range in.prog.Classes {
		if k == c || slices.Contains(known, k) || k.Method(promised[0]) == nil {
			continue
		}
		f.considered = append(f.considered, k)
		if in.keeps(k, promised) {
			out = append(out, k)
		}
	}
	return out
}

// implemented makes the object that an interface stands for, nil when the project does not implement it.
func (in *interp) implemented(c *program.Class, sym string, t *program.Type) *value {
	impls := in.implementations(c)
	switch len(impls) {
	case 0:
		return nil
	case 1:
		return in.typedClass(impls[0], sym, t)
	}
	o := in.NewObject()
	o.Class = c
	ch := &choice{class: c}
	for _, k := range impls {
		ch.alts = append(ch.alts, in.typedClass(k, sym, t))
	}
	o.Extra = ch
	return &value{Kind: effects.Instance, Obj: o, Sym: sym}
}

// standsFor is what a dependency gives that is only declared, and replaced when the application is put together: an object of the class
// that it says it returns. Nil for one that does something.
func (in *interp) standsFor(fn *program.Function, name string) *value {
	if fn == nil || fn.Class != nil || !OnlyPromised(fn) || fn.Def.Returns == nil {
		return nil
	}
	t := in.prog.Annotation(fn.Header(), fn.Def.Returns)
	if v := in.typed(&t, name); v.Kind == effects.Instance || v.Kind == effects.ExtObject {
		return v
	}
	return nil
}

// choiceOf returns of which classes a value is one, nil when it is no such value.
func choiceOf(v *value) *choice {
	if v == nil || v.Kind != effects.Instance || v.Obj == nil {
		return nil
	}
	ch, _ := v.Obj.Extra.(*choice)
	return ch
}

// chosen calls a method of an object that is one of several: only one of them runs, and in all calls of a request the same.
func (in *interp) chosen(ch *choice, name string, args []*value, kw []effects.Keyword, n *python.Call) (out *value) {
	f := &frame{vars: &bindings{}}
	in.oneOf(ch.class, len(ch.alts), func(i int) {
		out = effects.Join(out, in.call(in.attribute(f, ch.alts[i], name, n), args, kw, n))
	})
	return out
}

// calledOneOf calls what is one of several callables. Methods of objects are those of the same object in all calls of a request.
func (in *interp) calledOneOf(callee *value, args []*value, kw []effects.Keyword, n *python.Call) (out *value) {
	var alts []*value
	owners := ""
	for _, it := range callee.Items {
		if it == nil || it.IsNone() || it.Kind == effects.Const || len(alts) == maxCallees {
			continue
		}
		alts = append(alts, it)
		if it.Self != nil && it.Self.Obj != nil {
			owners += strconv.Itoa(it.Self.Obj.ID) + " "
		}
	}
	of := any(callee)
	if strings.Count(owners, " ") == len(alts) {
		of = owners
	}
	in.oneOf(of, len(alts), func(i int) { out = effects.Join(out, in.call(alts[i], args, kw, n)) })
	return out
}

// oneOf runs one of n things, each on an arm of its own that sees nothing of what the others do. Which one it is nobody knows; it is the same
// one wherever the same choice is asked for.
func (in *interp) oneOf(choice any, n int, run func(i int)) {
	if n == 0 {
		return
	}
	if in.choices == nil {
		in.choices = map[any]int{}
	}
	first, ok := in.choices[choice]
	if !ok {
		first = in.branch + 1
		in.branch += n - 1
		in.choices[choice] = first
	}
	f := &frame{vars: &bindings{}}
	arm := func(i int) func() exits {
		return func() exits {
			run(i)
			if in.dead {
				in.dead = false
				return raises
			}
			return falls
		}
	}
	var from func(i int) exits
	from = func(i int) exits {
		if i == n-1 {
			return arm(i)()
		}
		return in.decide(f, -(first + i), arm(i), func() exits { return from(i + 1) })
	}
	if from(0)&falls == 0 {
		in.dead = true
	}
}
