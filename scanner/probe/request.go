package probe

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/url"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/probe/fire"
	"github.com/middlebrick/middlebrick/scanner/probe/judge"
	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

// request builds the request of an operation in this world. It also returns the JSON body as it was before encoding.
func (e *env) request(r racer) (fire.Request, map[string]any, error) {
	op := r.op
	unique := e.unique
	if r.variant > 0 {
		unique = fmt.Sprintf("%s%c", e.unique, 'a'+rune(r.variant%26))
	}
	req := fire.Request{Method: op.Method, Path: op.Path}
	given := map[string]any{}
	nth := map[*resource]int{}
	chosen, err := e.resolveAll(r.set)
	if err != nil {
		return req, nil, fmt.Errorf("%s: %w", op.Key(), err)
	}
	for _, n := range e.p.model.needs(op) {
		if chosen[n.name] != nil {
			continue
		}
		v, err := e.find(n, e.p.model.nth(n, nth))
		if saved, ok := e.vars[n.name]; err != nil && ok {
			v, err = saved, nil
		}
		if err != nil && !n.optional && (n.where != "body" || r.body == nil) {
			return req, nil, fmt.Errorf("%s: %w", op.Key(), err)
		}
		if err != nil {
			continue
		}
		given[n.where+" "+n.name] = v
	}
	query := url.Values{}
	req.Headers = append(req.Headers, e.p.target.marker...)
	if op != e.p.model.signup {
		req.Headers = append(req.Headers, e.actor(r.call).headers()...)
	}
	for _, p := range op.Params {
		v, ok := chosen[p.Name]
		if !ok || v == nil {
			v, ok = given[p.In+" "+p.Name]
		}
		if !ok && p.In == "path" && e.vars[p.Name] != nil {
			v, ok = e.vars[p.Name], true
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
	for k, v := range chosen {
		if body != nil && op.Body.Schema.Prop(k) != nil {
			body[k] = v
		}
	}
	if r.body != nil {
		given, err := e.resolve(r.body)
		if err != nil {
			return req, nil, fmt.Errorf("%s: %w", op.Key(), err)
		}
		object, ok := given.(map[string]any)
		if !ok { // a list, or a text: sent as it is
			req.Body = []byte(judge.Encode(given))
			req.Headers = append(req.Headers, fire.Header{Name: "Content-Type", Value: op.Body.Type})
			return req, nil, nil
		}
		body = overlay(body, object)
	}
	return e.encode(req, op, body)
}

// overlay lays one object over another.
func overlay(under, over map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range under {
		out[k] = v
	}
	for k, v := range over {
		inner, ok := v.(map[string]any)
		if below, both := out[k].(map[string]any); ok && both {
			v = overlay(below, inner)
		}
		out[k] = v
	}
	return out
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
		if v, ok := given["body "+p.Name]; ok && v != nil {
			body[p.Name] = v
		} else if v, ok := e.version(p); ok {
			body[p.Name] = v
		} else if f, ok := number(body[p.Name]); ok && r.variant > 0 && !hasWord(p.Name, countWords) && p.Schema.Type == "integer" {
			body[p.Name] = int64(f) + int64(r.variant)
		}
	}
	for _, p := range op.Body.Schema.Props {
		if v, ok := further(p, unique); ok && e.p.full[op] && body[p.Name] == nil {
			body[p.Name] = v
		}
	}
	for where, v := range given {
		if path, ok := strings.CutPrefix(where, "body "); ok && v != nil && strings.Contains(path, ".") {
			putAt(body, strings.Split(path, "."), v)
		}
	}
	for _, answer := range e.p.repairs[op.Key()] {
		repair(body, answer, unique)
	}
	return body
}

// putAt puts a value at a path into a body; numbers are positions in lists.
func putAt(v any, path []string, value any) {
	switch here := v.(type) {
	case map[string]any:
		if len(path) == 1 {
			here[path[0]] = value
			return
		}
		putAt(here[path[0]], path[1:], value)
	case []any:
		for _, element := range here {
			putAt(element, path[1:], value)
		}
	}
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
