package probe

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

// Some things are made by the way: applying a friend's code gives a coupon, and nothing in the document says so but a list
// in which it then stands. Such a thing is made by trying which request adds an element to the list.

// findLists makes resources of lists whose elements have an id and that no operation makes.
func (m *model) findLists() {
	for _, op := range m.doc.Ops {
		segs := op.Segments()
		if op.Method != "GET" || op.Success == nil || op.Success.Type != "array" || len(segs) == 0 ||
			slices.ContainsFunc(op.Params, func(p openapi.Param) bool { return p.Required }) ||
			!slices.ContainsFunc(properties(op.Success), func(p openapi.Prop) bool { return snake(p.Name) == "id" }) {
			continue
		}
		last := segs[len(segs)-1]
		name := singular(last)
		if name == last || name == "user" || m.nearest(op, name) != nil { // users come of a sign-up
			continue
		}
		if r := m.resourceAt(segs, ""); r.producer == nil {
			r.producer, r.listed = op, true
		}
	}
}

const maxFillers = 6

// fill makes an element of a list and keeps it: the one that was not there before.
func (e *env) fill(ctx context.Context, s step, r *resource) error {
	before, err := e.elements(ctx, s)
	if err != nil {
		return err
	}
	tries := e.p.fillersOf(s.op)
	if known := e.p.fillers[s.op]; known != nil {
		tries = [][]step{known}
	}
	for _, steps := range tries {
		if err := e.take(ctx, steps); err != nil {
			if spent(err) {
				return err
			}
			continue
		}
		after, err := e.elements(ctx, s)
		if err != nil {
			return err
		}
		for id, element := range after {
			if before[id] == nil {
				e.p.fillers[s.op] = steps
				e.made[s.key] = &instance{res: r, body: element}
				e.symbolise(element, "$"+r.name, 0)
				return e.p.created()
			}
		}
		before = after
	}
	return &setupError{op: s.op, status: 404, text: "nothing was found that adds to this list; say what does in a scenario file", made: true}
}

// take performs steps, of which those that make what is there already are left out.
func (e *env) take(ctx context.Context, steps []step) error {
	for _, st := range steps {
		if st.key != "" && e.made[st.key] != nil {
			continue
		}
		if err := e.perform(ctx, st); err != nil {
			return err
		}
	}
	return nil
}

// elements reads the list, by the ids of its elements.
func (e *env) elements(ctx context.Context, s step) (map[string]any, error) {
	req, _, err := e.request(racer{call: s.call})
	if err != nil {
		return nil, err
	}
	ex, err := e.send(ctx, s.op, "setup", req)
	if err != nil {
		return nil, err
	}
	list, ok := ex.body.([]any)
	if !ok || ex.resp.Status >= 300 {
		return nil, &setupError{op: s.op, status: ex.resp.Status, text: clip(string(ex.resp.Body), 160), made: true}
	}
	out := map[string]any{}
	for _, v := range list {
		if object, ok := v.(map[string]any); ok && object["id"] != nil {
			out[fmt.Sprint(object["id"])] = object
		}
	}
	return out, nil
}

// fillersOf lists what may add to a list, the operations that stand beside it first, each with its own set-up.
func (p *prober) fillersOf(list *openapi.Op) [][]step {
	type ranked struct {
		steps []step
		rank  int
	}
	var found []ranked
	for _, op := range p.target.doc.Ops {
		if op.Method != "POST" || op == p.model.signup || p.isLogin(op) || queries(op) {
			continue
		}
		if _, no := p.opts.excluded(op.Method, op.Path); no {
			continue
		}
		steps, err := p.setupFor(op)
		if err != nil || slices.ContainsFunc(steps, func(s step) bool { return s.op == list }) {
			continue
		}
		rank := 4 * overlap(op, list)
		if len(op.Tags) > 0 && len(list.Tags) > 0 && op.Tags[0] == list.Tags[0] {
			rank += 3
		}
		if hasWord(snake(op.ID), verbs) {
			rank++
		}
		found = append(found, ranked{append(steps, step{call: call{op: op}}), rank})
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].rank > found[j].rank })
	var out [][]step
	for _, f := range found[:min(len(found), maxFillers)] {
		out = append(out, f.steps)
	}
	return out
}
