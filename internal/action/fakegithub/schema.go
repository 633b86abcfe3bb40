// Package fakegithub is a strict stand-in for GitHub's API in tests. Every request is checked against an extract of
// GitHub's own description of the API (openapi.json, made by extract.py), and what the description says in prose is
// checked by hand. A request that the description does not know is a violation, and so is a body with a field that it
// does not name.
package fakegithub

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

//go:embed openapi.json
var description []byte

// operation is one operation of the description, ready to check requests.
type operation struct {
	id        string
	method    string
	pattern   *regexp.Regexp
	names     []string // of the parameters in the path, in order
	params    map[string]*jsonschema.Schema
	query     map[string]*jsonschema.Schema
	body      *jsonschema.Schema
	answer    *jsonschema.Schema
	responses []string
}

type described struct {
	ID         string `json:"operationId"`
	Parameters []struct {
		In     string          `json:"in"`
		Name   string          `json:"name"`
		Schema json.RawMessage `json:"schema"`
	} `json:"parameters"`
	Body      json.RawMessage `json:"requestBody"`
	Answer    json.RawMessage `json:"answer"`
	Responses []string        `json:"responses"`
}

func operations() ([]*operation, error) {
	var file struct {
		Paths map[string]map[string]described `json:"paths"`
	}
	if err := json.Unmarshal(description, &file); err != nil {
		return nil, err
	}
	var out []*operation
	for path, methods := range file.Paths {
		for method, d := range methods {
			op, err := build(path, strings.ToUpper(method), d)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", d.ID, err)
			}
			out = append(out, op)
		}
	}
	// A longer pattern is tried first: the id of a comment is not the number of a pull request.
	slices.SortFunc(out, func(a, b *operation) int { return strings.Compare(b.pattern.String(), a.pattern.String()) })
	return out, nil
}

var parameter = regexp.MustCompile(`\\\{([a-z_]+)\\\}`)

func build(path, method string, d described) (*operation, error) {
	op := &operation{id: d.ID, method: method, params: map[string]*jsonschema.Schema{}, query: map[string]*jsonschema.Schema{}, responses: d.Responses}
	quoted := regexp.QuoteMeta(path)
	for _, m := range parameter.FindAllStringSubmatch(quoted, -1) {
		op.names = append(op.names, m[1])
	}
	op.pattern = regexp.MustCompile("^" + parameter.ReplaceAllString(quoted, "([^/]+)") + "$")
	for _, p := range d.Parameters {
		s, err := compile(p.Schema, false)
		if err != nil {
			return nil, err
		}
		switch p.In {
		case "path":
			op.params[p.Name] = s
		case "query":
			op.query[p.Name] = s
		}
	}
	var err error
	if len(d.Body) > 0 {
		if op.body, err = compile(d.Body, true); err != nil {
			return nil, err
		}
	}
	if len(d.Answer) > 0 {
		op.answer, err = compile(d.Answer, false)
	}
	return op, err
}

func compile(raw json.RawMessage, strict bool) (*jsonschema.Schema, error) {
	node, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	if strict {
		closeObjects(node)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("x.json", node); err != nil {
		return nil, err
	}
	return c.Compile("x.json")
}

// closeObjects refuses fields that are not described. The platform ignores most of them; a test should not.
func closeObjects(node any) {
	switch n := node.(type) {
	case map[string]any:
		if _, open := n["additionalProperties"]; n["properties"] != nil && !open && n["type"] == "object" {
			n["additionalProperties"] = false
		}
		for _, child := range n {
			closeObjects(child)
		}
	case []any:
		for _, child := range n {
			closeObjects(child)
		}
	}
}

// match finds the operation of a request and the values of its path.
func match(ops []*operation, method, path string) (*operation, map[string]string) {
	for _, op := range ops {
		if m := op.pattern.FindStringSubmatch(path); m != nil && op.method == method {
			values := map[string]string{}
			for i, name := range op.names {
				values[name] = m[i+1]
			}
			return op, values
		}
	}
	return nil, nil
}

// check returns what is wrong with a request.
func (op *operation) check(path map[string]string, query url.Values, body []byte) []string {
	var wrong []string
	for name, value := range path {
		wrong = append(wrong, judge("path "+name, op.params[name], value)...)
	}
	for name, values := range query {
		if op.query[name] == nil {
			wrong = append(wrong, "query "+name+" is not described")
			continue
		}
		wrong = append(wrong, judge("query "+name, op.query[name], values[0])...)
	}
	if op.body == nil {
		if len(body) > 0 {
			wrong = append(wrong, "a body where none is described")
		}
		return wrong
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return append(wrong, "body: "+err.Error())
	}
	if err := op.body.Validate(value); err != nil {
		wrong = append(wrong, "body: "+err.Error())
	}
	return wrong
}

// judge checks a value from an address, which may be meant as a number.
func judge(what string, schema *jsonschema.Schema, value string) []string {
	if schema == nil {
		return nil
	}
	if schema.Validate(value) == nil {
		return nil
	}
	number, err := jsonschema.UnmarshalJSON(strings.NewReader(value))
	if err == nil {
		err = schema.Validate(number)
	}
	if err != nil {
		return []string{what + ": " + err.Error()}
	}
	return nil
}
