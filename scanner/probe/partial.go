package probe

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

// partial pairs an operation that makes something under a name which the client chooses with those that use it by that
// name: the second may come when the first has shown the thing and not finished it.
func (p *prober) partial(usable []*openapi.Op) []*scenario {
	var out []*scenario
	for _, r := range p.model.list {
		if r.producer == nil || r.producer.Method != "POST" || !slices.Contains(usable, r.producer) {
			continue
		}
		for _, use := range usable {
			if use == r.producer || use.Method == "GET" || !p.usesByName(use, r) {
				continue
			}
			if s := p.building(r, use); s != nil {
				out = append(out, s)
			}
		}
	}
	return out
}

// usesByName reports whether an operation needs a resource, and only by a field that the client chose.
func (p *prober) usesByName(use *openapi.Op, r *resource) bool {
	found := false
	for _, n := range p.model.needs(use) {
		if n.resource != r {
			continue
		}
		if n.pick != "" || n.literal != nil || !slices.ContainsFunc(bodyProps(r.producer), func(b openapi.Prop) bool {
			name := snake(b.Name)
			return b.Schema != nil && b.Schema.Type == "string" && (name == n.field || name == snake(n.name) || name == r.name+"_"+n.field)
		}) {
			return false
		}
		found = true
	}
	return found
}

func (p *prober) building(r *resource, use *openapi.Op) *scenario {
	s := &scenario{id: slug(r.producer) + ".while." + slug(use), testType: partialBuild, score: 9, early: r,
		racers: []racer{{call: call{op: r.producer}, name: "A"}, {call: call{op: use}, name: "B"}}}
	steps, err := p.setupFor(r.producer, use)
	if err != nil {
		return nil
	}
	s.observers = p.observers(&scenario{racers: s.racers, setup: steps})
	s.setup = slices.DeleteFunc(steps, func(st step) bool { base, _, _ := strings.Cut(st.key, "#"); return base == r.container })
	s.freshUser = len(s.setup) == 0 && p.model.signup != nil && p.secured(use)
	return s
}

// expect puts the thing into the world that the first racer is going to make, as far as the client knows it.
func (e *env) expect(s *scenario) error {
	if s.early == nil {
		return nil
	}
	_, sent, err := e.request(s.racers[0])
	if err == nil {
		e.made[s.early.container] = &instance{res: s.early, sent: sent}
	}
	return err
}
