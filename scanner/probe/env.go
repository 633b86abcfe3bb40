package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/probe/fire"
	"github.com/middlebrick/middlebrick/scanner/probe/judge"
	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

// exchange is one request with its answer, kept as evidence.
type exchange struct {
	op   *openapi.Op
	role string // "setup", "racer", "observer"
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
}

// step makes a resource, or acts on one, before the race.
type step struct {
	op  *openapi.Op
	key string // where the made instance is kept; empty for an action
	set map[string]any
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
	for attempt := 0; ; attempt++ {
		req, sent, err := e.request(s.op, racer{op: s.op, set: s.set})
		if err != nil {
			return err
		}
		ex, err := e.send(ctx, s.op, "setup", req)
		if err != nil {
			return err
		}
		switch {
		case ex.resp.Status >= 200 && ex.resp.Status < 300:
			if s.key != "" {
				e.keep(s, ex, sent)
				return e.p.created()
			}
			return nil
		case ex.resp.Status == 422 && attempt < 5 && e.p.learnRepair(s.op, sent, ex.body, e.unique):
			continue
		}
		return &setupError{op: s.op, status: ex.resp.Status, text: clip(string(ex.resp.Body), 160)}
	}
}

// setupError says which step of a set-up the application refused.
type setupError struct {
	op     *openapi.Op
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
	e.p.journal.created(s.op, ex)
}

// symbolise gives every identity in an answer a symbol that is the same in every trial.
func (e *env) symbolise(v any, name string, depth int) {
	object, ok := v.(map[string]any)
	if !ok || depth > 3 {
		return
	}
	for k, x := range object {
		key := snake(k)
		switch x := x.(type) {
		case map[string]any:
			e.symbolise(x, name+"."+key, depth+1)
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
	in := e.made[instanceKey(n.resource, nth)]
	if in == nil {
		in = e.made[instanceKey(n.resource, 0)]
	}
	if in == nil {
		return nil, fmt.Errorf("no %s was made for %s", n.resource.name, n.name)
	}
	v, ok := in.value(n.name, n.field)
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

// request builds the request of an operation in this world. It also returns the JSON body as it was before encoding.
func (e *env) request(op *openapi.Op, r racer) (fire.Request, map[string]any, error) {
	unique := e.unique
	if r.variant > 0 {
		unique = fmt.Sprintf("%s%c", e.unique, 'a'+rune(r.variant%26))
	}
	req := fire.Request{Method: op.Method, Path: op.Path}
	given := map[string]any{}
	nth := map[*resource]int{}
	for _, n := range e.p.model.needs(op) {
		v, err := e.find(n, nth[n.resource])
		if err != nil {
			return req, nil, fmt.Errorf("%s: %w", op.Key(), err)
		}
		if n.where == "body" {
			nth[n.resource]++
		}
		given[n.where+" "+n.name] = v
	}
	query := url.Values{}
	req.Headers = append(req.Headers, e.p.target.marker...)
	if op != e.p.model.signup {
		req.Headers = append(req.Headers, e.who.headers()...)
	}
	for _, p := range op.Params {
		v, ok := given[p.In+" "+p.Name]
		if !ok && r.set[p.Name] != nil {
			v, ok = r.set[p.Name], true
		}
		if !ok {
			v, ok = e.parameter(p, unique)
		}
		if !ok {
			continue
		}
		switch p.In {
		case "path":
			req.Path = fill(req.Path, p.Name, fmt.Sprint(v))
		case "query":
			query.Set(p.Name, fmt.Sprint(v))
		case "header":
			req.Headers = append(req.Headers, fire.Header{Name: p.Name, Value: fmt.Sprint(v)})
		}
	}
	if strings.ContainsRune(req.Path, '{') {
		return req, nil, fmt.Errorf("%s: no value for a path parameter", op.Key())
	}
	if len(query) > 0 {
		req.Path += "?" + query.Encode()
	}
	body := e.body(op, r, given, unique)
	if op.Body == nil {
		return req, body, nil
	}
	return e.encode(req, op, body)
}

// fill puts a value in place of {name} or {name:path}.
func fill(path, name, value string) string {
	segs := strings.Split(path, "/")
	for i, s := range segs {
		if placeholder(s) == name {
			segs[i] = url.PathEscape(value)
		}
	}
	return strings.Join(segs, "/")
}

// parameter invents a required parameter that no resource provides, and offers an idempotency key or a version
// even where it is optional: both decide what a race can do.
func (e *env) parameter(p openapi.Param, unique string) (any, bool) {
	name := snake(p.Name)
	switch {
	case p.In == "header" && strings.Contains(name, "idempotency"):
		return e.unique, true
	case p.In == "header" && name == "if_match":
		for _, in := range e.made {
			if tag := in.header.Get("ETag"); tag != "" {
				return tag, true
			}
		}
		return nil, false
	case p.In == "header" && (name == "authorization" || name == "x_forwarded_for"):
		return nil, false
	case p.In == "path" || p.Required:
		return makeValue(p.Name, p.Schema, unique, 0), true
	}
	return nil, false
}

// body invents the body, puts in what resources provide, and applies what earlier 422 answers taught.
func (e *env) body(op *openapi.Op, r racer, given map[string]any, unique string) map[string]any {
	if op.Body == nil || op.Body.Schema == nil {
		return nil
	}
	body, ok := makeValue("", op.Body.Schema, unique, 0).(map[string]any)
	if !ok {
		return nil
	}
	for _, p := range op.Body.Schema.Props {
		if v, ok := given["body "+p.Name]; ok {
			body[p.Name] = v
		} else if v, ok := e.version(p); ok {
			body[p.Name] = v
		} else if f, ok := number(body[p.Name]); ok && r.variant > 0 && !hasWord(p.Name, countWords) && p.Schema.Type == "integer" {
			body[p.Name] = int64(f) + int64(r.variant)
		}
	}
	for _, answer := range e.p.repairs[op.Key()] {
		repair(body, answer, unique)
	}
	for k, v := range r.set {
		if op.Body.Schema.Prop(k) != nil {
			body[k] = v
		}
	}
	return body
}

// version returns what optimistic locking asks for: the version that the resource had when it was made.
func (e *env) version(p openapi.Prop) (any, bool) {
	name := snake(p.Name)
	for _, prefix := range []string{"expected_", "if_", "current_", "base_"} {
		name = strings.TrimPrefix(name, prefix)
	}
	if !versionWords[name] && name != "row_version" && name != "lock_version" {
		return nil, false
	}
	for _, in := range e.made {
		if object, ok := in.body.(map[string]any); ok && object[name] != nil {
			return object[name], true
		}
	}
	return nil, false
}

func (e *env) encode(req fire.Request, op *openapi.Op, body map[string]any) (fire.Request, map[string]any, error) {
	kind := op.Body.Type
	switch kind {
	case "application/x-www-form-urlencoded":
		form := url.Values{}
		for k, v := range body {
			form.Set(k, fmt.Sprint(v))
		}
		req.Body = []byte(form.Encode())
	case "multipart/form-data":
		var buf bytes.Buffer
		w := multipart.NewWriter(&buf)
		for _, p := range op.Body.Schema.Props {
			v, ok := body[p.Name]
			if !ok {
				continue
			}
			if p.Schema != nil && (p.Schema.Format == "binary" || p.Schema.Type == "string" && strings.Contains(p.Name, "file")) {
				part, _ := w.CreateFormFile(p.Name, e.unique+".txt")
				part.Write([]byte("middlebrick " + fmt.Sprint(v)))
				continue
			}
			w.WriteField(p.Name, fmt.Sprint(v))
		}
		w.Close()
		req.Body, kind = buf.Bytes(), w.FormDataContentType()
	default:
		var v any = body
		if body == nil {
			v = makeValue("", op.Body.Schema, e.unique, 0)
		}
		req.Body = []byte(judge.Encode(v))
	}
	req.Headers = append(req.Headers, fire.Header{Name: "Content-Type", Value: kind})
	return req, body, nil
}
