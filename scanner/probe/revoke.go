package probe

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

const (
	maxUses    = 4 // requests that one revocation is tried against
	maxDisarms = 6 // ways in which one operation may take something away
)

// revocations are the scenarios in which a user who was signed up for the trial loses what a request of theirs relies
// on: they are disabled, or their role is another one. What takes effect on what is found out by running it.
func (p *prober) revocations(usable []*openapi.Op) []*scenario {
	if p.model.signup == nil || p.model.users() == nil {
		return nil
	}
	var uses []*openapi.Op
	for _, op := range usable {
		if op.Body != nil && op != p.model.signup && p.secured(op) && !p.aboutUser(op) {
			uses = append(uses, op)
		}
	}
	sort.SliceStable(uses, func(i, j int) bool {
		_, x := p.classify(uses[i])
		_, y := p.classify(uses[j])
		return y < x
	})
	var out []*scenario
	for _, op := range usable {
		if !p.aboutUser(op) || op == p.model.signup {
			continue
		}
		for i, d := range disarms(op) {
			for _, use := range uses[:min(len(uses), maxUses)] {
				if s := p.revocation(op, use, d); s != nil {
					s.id = fmt.Sprintf("%s.%d.revokes.%s", slug(op), i, slug(use))
					out = append(out, s)
				}
			}
		}
	}
	return out
}

// disarm is a change of a user: set takes something away, before gives it first.
type disarm struct {
	before, set map[string]any
}

func (p *prober) revocation(op, use *openapi.Op, d disarm) *scenario {
	steps, err := p.setupFor(use)
	if err != nil {
		return nil
	}
	s := &scenario{testType: revocation, freshUser: true, fresh: true, score: 7}
	change := call{op: op, set: d.set}
	if d.before != nil {
		s.setup = append(s.setup, step{call: call{op: op, set: d.before}})
		s.testType = roleChange
	}
	s.setup = append(s.setup, steps...)
	s.racers = []racer{{call: call{op: use, self: true}, name: "A"}, {call: change, name: "B"}}
	s.observers = p.observers(s)
	return s
}

// aboutUser reports whether an operation changes one user, named in its path or, by name, in its body.
func (p *prober) aboutUser(op *openapi.Op) bool {
	users := p.model.users()
	if slices.ContainsFunc(p.model.needs(op), func(n need) bool { return n.resource == users && n.where == "path" }) {
		return true
	}
	return slices.ContainsFunc(bodyProps(op), func(b openapi.Prop) bool { return userName(b.Name) }) &&
		slices.ContainsFunc(bodyProps(op), func(b openapi.Prop) bool { return hasWord(b.Name, grants) })
}

func userName(field string) bool {
	n := snake(field)
	return n == "username" || n == "user_email" || n == "login" || n == "user_name"
}

var (
	grants = set("role", "roles", "permission", "scope", "group", "level")
	alive  = set("active", "enabled", "verified", "approved", "allowed")
	ended  = set("disabled", "banned", "blocked", "suspended", "locked", "deleted", "inactive", "revoked", "archived")
	ending = set("disable", "deactivate", "ban", "block", "suspend", "revoke", "demote", "lock", "expire", "logout")
)

// disarms lists how an operation may take something away from the user it is about.
func disarms(op *openapi.Op) []disarm {
	var out []disarm
	name := map[string]any{}
	for _, b := range bodyProps(op) {
		if userName(b.Name) {
			name[b.Name] = "$user.username"
		}
	}
	with := func(field string, v any) map[string]any { return overlay(name, map[string]any{field: v}) }
	for _, b := range bodyProps(op) {
		switch {
		case b.Schema == nil:
		case b.Schema.Type == "boolean" && hasWord(b.Name, ended):
			out = append(out, disarm{nil, with(b.Name, true)})
		case b.Schema.Type == "boolean" && hasWord(b.Name, alive):
			out = append(out, disarm{nil, with(b.Name, false)})
		case len(b.Schema.Enum) > 1 && (hasWord(b.Name, grants) || hasWord(b.Name, set("status", "state"))):
			for _, from := range b.Schema.Enum {
				for _, to := range b.Schema.Enum {
					if from != to {
						out = append(out, disarm{with(b.Name, from), with(b.Name, to)})
					}
				}
			}
		}
	}
	if len(out) == 0 && (op.Method == "DELETE" || hasWord(snake(op.ID)+"_"+snake(strings.ReplaceAll(op.Path, "/", "_")), ending)) {
		out = append(out, disarm{nil, name})
	}
	return out[:min(len(out), maxDisarms)]
}
