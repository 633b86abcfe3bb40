package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// leaks returns what a request puts into an object of all requests and reads back when another request may have put its own there.
func (f *finder) leaks(t *flow.Trace) []*Race {
	if len(t.Inputs) == 0 {
		return nil
	}
	var out []*Race
	told := map[string]bool{}
	for i := range t.Ops {
		w := &t.Ops[i]
		if !storesWhole(w) || told[w.Res.Name] || !ofRequest(t, w.Value) || readsItself(t, i) || f.foundBefore(t, i) {
			continue
		}
		if r := f.leakAround(t, i); r != nil {
			told[w.Res.Name] = true
			out = append(out, r)
			continue
		}
		for j := i + 1; j < len(t.Ops); j++ {
			if r := &t.Ops[j]; r.Kind != interleave.Read || r.Res.Store != interleave.Memory || r.Res.Name != w.Res.Name || r.Phase >= effects.Deferred {
				continue
			}
			if r := f.leak(t, i, j); r != nil {
				told[w.Res.Name] = true
				out = append(out, r)
				break
			}
		}
	}
	return out
}

// storesWhole tells whether an operation puts something into a place of memory that has no key.
func storesWhole(op *effects.Op) bool {
	return op.Kind == interleave.Update && op.Res.Store == interleave.Memory && op.Res.Key == "*" && op.Value != nil && !op.Cleanup &&
		op.Flags&interleave.Atomic == 0
}

// foundBefore tells whether the request looks at the place before it stores something there, and so goes by what others left: the place
// is meant for all, as the pace that a service was last seen to allow.
func (f *finder) foundBefore(t *flow.Trace, store int) bool {
	p := f.ways[t]().pathTo(store, 1)
	return slices.ContainsFunc(p.Ops, func(i int) bool {
		op := &t.Ops[i]
		return i < store && op.Kind == interleave.Read && op.Res.Store == interleave.Memory && op.Res.Name == t.Ops[store].Res.Name
	})
}

// readsItself tells whether what is written was computed from what was there.
func readsItself(t *flow.Trace, i int) bool {
	return slices.ContainsFunc(t.Ops[i].From, func(d int) bool {
		return t.Ops[d].Res.Store == interleave.Memory && t.Ops[d].Res.Name == t.Ops[i].Res.Name
	})
}

// ofRequest tells whether a value is made of what the client sent.
func ofRequest(t *flow.Trace, v *effects.Value) bool {
	return ofInput(t, v, true, new(effects.Seen), 0)
}

// ofInput is ofRequest, with or without what somebody outside answered to it.
func ofInput(t *flow.Trace, v *effects.Value, answers bool, seen *effects.Seen, depth int) bool {
	if v == nil || v.Kind == effects.Const || depth > 3 || seen.Again(v, depth) || everybodys(t, v) {
		return false
	}
	if t.Mentions(v.Sym) {
		return true
	}
	since := -1 // what was asked of somebody outside was asked with what came before
	for _, d := range v.Deps {
		if !answers && t.Ops[d].Res.Store == interleave.Remote {
			since = int(d)
		}
	}
	for _, d := range v.Deps {
		if op := &t.Ops[d]; int(d) > since && op.Res.Store != interleave.Memory && (t.Mentions(op.Res.Key) || slices.ContainsFunc(op.Rare().Told, t.Mentions) || slices.ContainsFunc(op.Res.Where, func(c interleave.Cond) bool { return t.Mentions(c.Value) })) {
			return true
		}
	}
	if v.Obj != nil && v.Kind == effects.Instance {
		names := make([]string, 0, len(v.Obj.Attrs))
		for n := range v.Obj.Attrs {
			names = append(names, n)
		}
		slices.Sort(names)
		for _, n := range names {
			if ofInput(t, v.Obj.Attrs[n], answers, seen, depth+1) {
				return true
			}
		}
	}
	return slices.ContainsFunc(v.Items, func(it *effects.Value) bool { return ofInput(t, it, answers, seen, depth+1) })
}

// everybodys tells whether a value is one object of the process, the same for whoever asks: what lies in it may be anybody's, it is nobody's own.
func everybodys(t *flow.Trace, v *effects.Value) bool {
	if v.Obj == nil || v.Obj.Cell == "" {
		return false
	}
	key, ok := keyOfPlace(v.Obj.Cell)
	return !ok || !t.Mentions(key)
}

// leak brings a store and the reading back before the judge: two requests of the same kind, each of which stores its own.
func (f *finder) leak(t *flow.Trace, store, read int) *Race {
	p := f.ways[t]().pathTo(read, 1)
	if !p.has(store) || !t.Thread && !p.suspends(store, read) {
		return nil
	}
	a := storeAndRead(p, store, read, "")
	v := f.memo.Judge(interleave.Pair{A: a, B: storeAndRead(p, store, read, "B"), Engine: f.set.Engine, Placement: interleave.SameProcess})
	if v.Outcome != interleave.Race {
		return nil
	}
	w := &t.Ops[store]
	return &Race{
		Trace: t, Relation: Leaked, Read: read, Act: store, Acts: []int{store}, Rival: t, RivalAct: store, Path: p, RivalPath: p, Verdict: v,
		Engine: f.set.Engine, Where: w.Site,
		Told: []Moment{
			{"A", finding.Act, w.Site, "this request stores its own"},
			{"B", finding.Act, w.Site, "another request stores its own meanwhile"},
			{"A", finding.Read, t.Ops[read].Site, "and reads back the other's"},
		},
	}
}

// OneOfSeveral tells whether the object that all requests share is one of several, and the client says which, or when he came: who asks for
// another one, or later, is not met there.
func (r *Race) OneOfSeveral() bool {
	key, ok := keyOfPlace(r.Op(r.Act).Res.Name)
	return ok && (r.Trace.Mentions(key) || mentionsName(key, "now"))
}

// keyOfPlace returns what stands in the brackets of a place.
func keyOfPlace(place string) (string, bool) {
	open, shut := strings.IndexByte(place, '['), strings.LastIndexByte(place, ']')
	if open < 0 || open > shut {
		return "", false
	}
	return place[open+1 : shut], true
}

// leakAround finds what a middleware stores for the handler inside it to read: by then the middleware of another request may have
// stored its own.
func (f *finder) leakAround(t *flow.Trace, store int) *Race {
	if t.Entry.Kind != fastapi.Middleware || !slices.ContainsFunc(t.Ops[store:], func(op effects.Op) bool { return op.Kind == interleave.Suspend && op.Long }) {
		return nil // the handler ran before
	}
	w := &t.Ops[store]
	f.read[w.Res.Name] = true
	for _, inner := range f.traces {
		if inner.Assumed || inner.Entry.Kind != fastapi.Route && inner.Entry.Kind != fastapi.WebSocket {
			continue
		}
		read := firstRead(inner, w.Res.Name)
		if read < 0 {
			continue
		}
		p := f.ways[t]().pathTo(store, 1)
		return &Race{
			Trace: t, Relation: Leaked, Read: store, Act: store, Acts: []int{store}, Rival: t, RivalAct: store, Path: p, RivalPath: p,
			Verdict: interleave.Verdict{Outcome: interleave.Race}, Engine: f.set.Engine, Where: w.Site,
			Told: []Moment{
				{"A", finding.Act, w.Site, "this request stores its own"},
				{"B", finding.Act, w.Site, "another request stores its own meanwhile"},
				{"A", finding.Read, inner.Ops[read].Site, "and reads the other's in its handler"},
			},
		}
	}
	return nil
}

// firstRead returns the read of a place that a request has not written itself before, -1 for none.
func firstRead(t *flow.Trace, place string) int {
	for i := range t.Ops {
		switch op := &t.Ops[i]; {
		case op.Res.Store != interleave.Memory || op.Res.Name != place:
		case op.Kind == interleave.Read:
			return i
		default:
			return -1
		}
	}
	return -1
}

// storeAndRead is the part of a path that the judge needs: locks, the stores into the place, suspensions, the reading back, and
// something that is done with what was read.
func storeAndRead(p *Path, store, read int, who string) interleave.Program {
	out := interleave.Program{Thread: p.Trace.Thread}
	name := p.Trace.Ops[store].Res.Name
	for _, i := range p.Ops {
		op := p.Trace.Ops[i].Op
		op.From, op.Act, op.Tag = nil, false, i
		switch {
		case op.Kind == interleave.Acquire || op.Kind == interleave.Release:
			if who != "" {
				op.Name = strings.ReplaceAll(op.Name, "#", "#"+who)
			}
		case i == read:
		case i >= store && i < read && op.Kind == interleave.Suspend && !p.Trace.Ops[i].Blocking:
		case i >= store && i < read && op.Kind == interleave.Update && op.Res.Store == interleave.Memory && op.Res.Name == name:
			op.Act = true
		default:
			continue
		}
		out.Ops = append(out.Ops, op)
		if i == read {
			out.Ops = append(out.Ops, interleave.Op{Kind: interleave.Effect, From: []int{len(out.Ops) - 1}, Act: true, Tag: i})
		}
	}
	return out
}
