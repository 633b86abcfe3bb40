package probe

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Runtime expressions, as OpenAPI links, Arazzo and our scenario files write them: $response.body#/id names a part of
// an answer, $response.header.Location a header; $name, or ${name} within a text, is what an earlier step saved.

// evaluate reads an expression off an answer.
func evaluate(expression string, body any, header http.Header) (any, bool) {
	switch {
	case strings.HasPrefix(expression, "$response.body#"):
		return pointer(body, strings.TrimPrefix(expression, "$response.body#"))
	case expression == "$response.body":
		return body, body != nil
	case strings.HasPrefix(expression, "$response.header."):
		v := header.Get(strings.TrimPrefix(expression, "$response.header."))
		return v, v != ""
	case strings.HasPrefix(expression, "/"):
		return pointer(body, expression)
	}
	return nil, false
}

// save keeps the named parts of an answer for the steps that follow.
func (e *env) save(c call, ex exchange) error {
	for _, name := range slices.Sorted(maps.Keys(c.save)) {
		v, ok := evaluate(c.save[name], ex.body, ex.resp.Header)
		if !ok {
			return fmt.Errorf("%s: its answer has no %s, which is saved as %s: %s", c.op.Key(), c.save[name], name, clip(string(ex.resp.Body), 120))
		}
		e.vars[name] = v
		switch v := v.(type) {
		case string:
			e.symbol(v, "$"+name)
		case json.Number:
			e.keys[name+"="+v.String()] = "$" + name
		}
	}
	return nil
}

var (
	wholeName  = regexp.MustCompile(`^\$([A-Za-z_][\w.-]*)$`)
	insideName = regexp.MustCompile(`\$\{([A-Za-z_][\w.-]*)\}`)
)

// resolve puts saved values in place of their names, in any depth.
func (e *env) resolve(v any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		return e.resolveAll(v)
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			var err error
			if out[i], err = e.resolve(x); err != nil {
				return nil, err
			}
		}
		return out, nil
	case string:
		if m := wholeName.FindStringSubmatch(v); m != nil {
			return e.variable(m[1])
		}
		var failed error
		text := insideName.ReplaceAllStringFunc(v, func(s string) string {
			x, err := e.variable(s[2 : len(s)-1])
			failed = err
			return fmt.Sprint(x)
		})
		return text, failed
	}
	return v, nil
}

func (e *env) resolveAll(m map[string]any) (map[string]any, error) {
	out := make(map[string]any, len(m))
	for k, x := range m {
		v, err := e.resolve(x)
		if err != nil {
			return nil, err
		}
		out[k] = v
	}
	return out, nil
}

func (e *env) variable(name string) (any, error) {
	if name == "unique" {
		return e.unique, nil
	}
	if field, ok := strings.CutPrefix(name, "user."); ok && e.who != nil {
		for _, from := range []any{e.who.made, map[string]any(e.who.sent)} {
			object, _ := from.(map[string]any)
			for _, k := range slices.Sorted(maps.Keys(object)) {
				if snake(k) == field && object[k] != nil {
					return object[k], nil
				}
			}
		}
		return nil, fmt.Errorf("the user of the trial has no %s", field)
	}
	if v, ok := e.vars[name]; ok {
		return v, nil
	}
	return nil, fmt.Errorf("no step has saved $%s", name)
}
