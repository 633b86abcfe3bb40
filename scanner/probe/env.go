package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/middlebrick/middlebrick/scanner/probe/fire"
	"github.com/middlebrick/middlebrick/scanner/probe/judge"
	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

// exchange is one request with its answer, kept as evidence.
type exchange struct {
	op   *openapi.Op
	role string // "setup", "racer", "copy", "observer"
	req  fire.Request
	resp fire.Response
	body any // of the answer, decoded
}

// instance is a resource that the trial made.
type instance struct {
	res    *resource
	sent   map[string]any
	body   any
	header http.Header
	chosen any // the id that the client invented
}

// env is the world of one trial: what it made, under which unique name, and as whom.
type env struct {
	p       *prober
	unique  string
	who     *session
	made    map[string]*instance // by key, see step
	symbols map[string]string
	keys    map[string]string // "order_id=41" → symbol
	log     []exchange
	vars    map[string]any // what scenario files call $name
}

// step makes a resource, or acts on one, before the race.
type step struct {
	call
	key string // where the made instance is kept; empty for an action
}

// nth numbers what a set-up makes of one kind, so that each has a name of its own.
func (s step) nth() int {
	_, n, _ := strings.Cut(s.key, "#")
	i, _ := strconv.Atoi(n)
	return i
}

// send performs one request of the trial outside the race.
func (e *env) send(ctx context.Context, op *openapi.Op, role string, req fire.Request) (exchange, error) {
	resp := e.p.target.Do(ctx, req)
	ex := e.note(op, role, req, resp)
	if resp.Err != nil {
		if spent(resp.Err) {
			return ex, resp.Err
		}
		return ex, fmt.Errorf("%s: %w", op.Key(), resp.Err)
	}
	return ex, nil
}

func (e *env) note(op *openapi.Op, role string, req fire.Request, resp fire.Response) exchange {
	ex := exchange{op: op, role: role, req: req, resp: resp}
	if v, err := judge.Decode(resp.Body); err == nil {
		ex.body = v
	}
	e.log = append(e.log, ex)
	return ex
}

// perform runs a set-up step: 422 answers repair the body, at most five times; any other refusal is an error.
func (e *env) perform(ctx context.Context, s step) error {
	if r := e.p.model.byKey(s.key); r != nil && r.listed && s.key != "" {
		return e.fill(ctx, s, r)
	}
	for attempt := 0; ; attempt++ {
		req, sent, err := e.request(racer{call: s.call, variant: s.nth()})
		if err != nil {
			return err
		}
		ex, err := e.send(ctx, s.op, "setup", req)
		if err != nil {
			return err
		}
		switch {
		case ex.resp.Status >= 200 && ex.resp.Status < 300:
			if err := e.save(s.call, ex); err != nil {
				return err
			}
			if s.key != "" {
				e.keep(s, ex, sent)
				if s.op.Method == "GET" {
					return nil
				}
				return e.p.created()
			}
			return nil
		case ex.resp.Status == 422 && attempt < 5 && e.p.learnRepair(s.op, sent, ex.body, e.unique):
			continue
		case e.otherActor(s.call, ex.resp.Status):
			continue
		case busy(ex.resp.Status) && attempt < maxBusy:
			if err := sleepFor(ctx, backOff<<attempt); err != nil {
				return err
			}
			continue
		}
		return &setupError{op: s.op, status: ex.resp.Status, text: clip(string(ex.resp.Body), 160), made: s.key != "" && s.as == nil && s.body == nil}
	}
}

// A target that is busy is given time: 200, 400 and 800 ms.
const (
	maxBusy = 3
	backOff = 200 * time.Millisecond
)

func busy(status int) bool { return status == 429 || status == 503 }

// setupError says which step of a set-up the application refused.
type setupError struct {
	op     *openapi.Op
	made   bool // the step was inferred, to make something
	status int
	text   string
}

func (e *setupError) Error() string {
	return fmt.Sprintf("%s answered %d: %s", e.op.Key(), e.status, e.text)
}

func clip(s string, n int) string {
	if len(s) > n {
		return strings.ToValidUTF8(s[:n], "") + "…"
	}
	return s
}

// keep remembers what a step made and gives its identity a symbol.
func (e *env) keep(s step, ex exchange, sent map[string]any) {
	r := e.p.model.byKey(s.key)
	in := &instance{res: r, sent: sent, body: ex.body, header: ex.resp.Header}
	if r != nil && r.chosen != "" {
		in.chosen = e.unique
	}
	e.made[s.key] = in
	name := "thing"
	if r != nil {
		name = r.name
	}
	e.symbolise(ex.body, "$"+name, 0)
	e.given("$"+name, ex.body, map[string]int{})
	if s.op.Method != "GET" { // what was only looked up is not ours to remove
		e.p.journal.created(e, s.op, ex)
	}
}

// symbolise gives every identity in an answer a symbol that is the same in every trial.
func (e *env) symbolise(v any, name string, depth int) {
	object, ok := v.(map[string]any)
	if !ok || depth > 3 {
		return
	}
	keys := slices.Sorted(maps.Keys(object))
	for _, k := range keys { // in order, and what is nested last: one value in two places has one symbol, the nearest
		x, key := object[k], snake(k)
		switch x := x.(type) {
		case json.Number:
			if key == "id" {
				e.keys[strings.TrimPrefix(name, "$")+"_id="+x.String()] = name + ".id"
			} else if strings.HasSuffix(key, "_id") {
				e.keys[key+"="+x.String()] = name + "." + key
			}
		case string:
			if key == "id" || strings.HasSuffix(key, "_id") || strings.HasSuffix(key, "uuid") || secretWords[key] || strings.HasSuffix(key, "token") || strings.HasSuffix(key, "_code") {
				e.symbol(x, name+"."+key)
			}
		}
	}
	for _, k := range keys {
		if inner, ok := object[k].(map[string]any); ok {
			e.symbolise(inner, name+"."+snake(k), depth+1)
		}
	}
}

// given takes names that the application gave, brave-otter or INV-00017, for the identities that they are. Different ones
// of one kind stay different: two things that bear one number are what some races leave.
func (e *env) given(name string, body any, count map[string]int) {
	object, _ := body.(map[string]any)
	for _, k := range slices.Sorted(maps.Keys(object)) {
		text, ok := object[k].(string)
		if !ok || len(text) < 5 || !uniqueWords[snake(k)] || !strings.ContainsAny(text, "-0123456789") || e.symbols[text] != "" || strings.Contains(text, e.unique) {
			continue
		}
		symbol := name + "." + snake(k)
		if count[symbol]++; count[symbol] > 1 {
			symbol += fmt.Sprint("-", count[symbol])
		}
		e.symbol(text, symbol)
	}
}

func (e *env) symbol(value, name string) {
	if value != "" && e.symbols[value] == "" {
		e.symbols[value] = name
	}
}

// value returns the field of an instance that a parameter asks for.
func (in *instance) value(param, field string) (any, bool) {
	if in.chosen != nil {
		return in.chosen, true
	}
	object, _ := in.body.(map[string]any)
	for _, envelope := range []string{"data", "item", "result", in.res.name} {
		if inner, ok := object[envelope].(map[string]any); ok && object["id"] == nil {
			object = inner
			break
		}
	}
	candidates := []string{snake(param), field, in.res.name + "_" + field}
	if field == "id" || field == snake(param) {
		candidates = append(candidates, "id", in.res.name+"_id", "uuid", "_id", "pk")
	}
	for _, want := range candidates {
		for k, v := range object {
			if snake(k) == want && scalar(v) {
				return v, true
			}
		}
	}
	for _, want := range candidates {
		for k, v := range in.sent {
			if snake(k) == want && scalar(v) {
				return v, true
			}
		}
	}
	if loc := in.header.Get("Location"); loc != "" {
		loc = strings.TrimSuffix(loc, "/")
		return loc[strings.LastIndexByte(loc, '/')+1:], true
	}
	return nil, false
}

func scalar(v any) bool {
	switch v.(type) {
	case string, json.Number, int64, float64:
		return true
	}
	return false
}

// find returns the value that satisfies a need, from the instance that the set-up planned for it.
func (e *env) find(n need, nth int) (any, error) {
	if n.literal != nil {
		return e.resolve(n.literal)
	}
	in := e.made[instanceKey(n.resource, nth)]
	if in == nil {
		in = e.made[instanceKey(n.resource, 0)]
	}
	if in == nil {
		return nil, fmt.Errorf("no %s was made for %s", n.resource.name, n.name)
	}
	v, ok := in.value(n.name[strings.LastIndexByte(n.name, '.')+1:], n.field)
	if n.pick != "" {
		v, ok = evaluate(n.pick, in.body, in.header)
	}
	if !ok {
		return nil, fmt.Errorf("the answer that made the %s has no %s", n.resource.name, n.name)
	}
	return v, nil
}

func instanceKey(r *resource, nth int) string {
	if nth == 0 {
		return r.container
	}
	return fmt.Sprintf("%s#%d", r.container, nth)
}
