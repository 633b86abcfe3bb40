package openapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The image of the action has no room for a library that reads every form of OpenAPI. FastAPI serves JSON and refers to
// nothing outside of the document, which is read here; a test holds both readers against each other.

// object is a JSON object that keeps the order of its keys: it is the order of operations and of fields.
type object struct {
	keys []string
	at   map[string]any
}

func (o *object) get(key string) any {
	if o == nil {
		return nil
	}
	return o.at[key]
}

func (o *object) text(key string) string {
	s, _ := o.get(key).(string)
	return s
}

func (o *object) list(key string) []any {
	l, _ := o.get(key).([]any)
	return l
}

func (o *object) flag(key string) bool {
	b, _ := o.get(key).(bool)
	return b
}

const (
	maxNesting = 200 // of the document's own text
	maxHops    = 20  // of references that lead to references
)

// readJSON reads a document that is JSON.
func readJSON(data []byte) (*Document, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	v, err := ordered(dec, 0)
	if err != nil {
		return nil, fmt.Errorf("no OpenAPI document: %w", err)
	}
	root, _ := v.(*object)
	version := root.text("openapi")
	if !strings.HasPrefix(version, "3.") {
		return nil, fmt.Errorf("OpenAPI %q: versions 3.0 and 3.1 are read", version)
	}
	d := &jsonDocument{root: root, doc: &Document{Version: version, Title: root.object("info").text("title")}}
	d.all()
	if len(d.doc.Ops) == 0 {
		return nil, errors.New("the OpenAPI document has no operation")
	}
	return d.doc, nil
}

// ordered decodes the next value.
func ordered(dec *json.Decoder, depth int) (any, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("nested more than %d deep", maxNesting)
	}
	t, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		o := &object{at: map[string]any{}}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return nil, err
			}
			name, _ := key.(string)
			v, err := ordered(dec, depth+1)
			if err != nil {
				return nil, err
			}
			if _, twice := o.at[name]; !twice {
				o.keys = append(o.keys, name)
			}
			o.at[name] = v
		}
		_, err = dec.Token()
		return o, err
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			v, err := ordered(dec, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = dec.Token()
		return list, err
	}
	return t, nil
}

func (o *object) object(key string) *object {
	inner, _ := o.get(key).(*object)
	return inner
}

// jsonDocument is a document that is being read.
type jsonDocument struct {
	root  *object
	doc   *Document
	count int // of schemas
}

// follow resolves references within the document. What leads out of it is nothing.
func (d *jsonDocument) follow(v any) (o *object, name string) {
	o, _ = v.(*object)
	for range maxHops {
		ref := o.text("$ref")
		if ref == "" {
			return o, name
		}
		path, local := strings.CutPrefix(ref, "#/")
		if !local {
			return nil, ""
		}
		at := any(d.root)
		for _, step := range strings.Split(path, "/") {
			if plain, err := url.PathUnescape(step); err == nil {
				step = plain
			}
			here, _ := at.(*object)
			at = here.get(strings.NewReplacer("~1", "/", "~0", "~").Replace(step))
		}
		o, _ = at.(*object)
		name = ref[strings.LastIndexByte(ref, '/')+1:]
	}
	return nil, ""
}

func (d *jsonDocument) all() {
	for _, s := range d.root.list("servers") {
		if server, ok := s.(*object); ok {
			d.doc.Servers = append(d.doc.Servers, server.text("url"))
		}
	}
	d.login()
	paths := d.root.object("paths")
	if paths == nil {
		return
	}
	for _, path := range paths.keys {
		item, _ := d.follow(paths.get(path))
		if item == nil || !strings.HasPrefix(path, "/") {
			continue
		}
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			if o := item.object(strings.ToLower(method)); o != nil && len(d.doc.Ops) < maxOps {
				d.doc.Ops = append(d.doc.Ops, d.op(item, method, path, o))
			}
		}
	}
}

func (d *jsonDocument) login() {
	schemes := d.root.object("components").object("securitySchemes")
	if schemes == nil {
		return
	}
	for _, name := range schemes.keys {
		d.doc.Declares = true
		s, _ := d.follow(schemes.get(name))
		if token := s.object("flows").object("password").text("tokenUrl"); token != "" && d.doc.TokenPath == "" {
			d.doc.TokenPath = token
		}
		d.doc.Basic = d.doc.Basic || s.text("type") == "http" && strings.EqualFold(s.text("scheme"), "basic")
	}
}

func (d *jsonDocument) op(item *object, method, path string, o *object) *Op {
	op := &Op{ID: o.text("operationId"), Method: method, Path: path, Summary: o.text("summary")}
	for _, t := range o.list("tags") {
		if tag, ok := t.(string); ok {
			op.Tags = append(op.Tags, tag)
		}
	}
	seen := map[string]bool{}
	for _, v := range append(slices.Clone(o.list("parameters")), item.list("parameters")...) {
		p, _ := d.follow(v)
		name, in := p.text("name"), p.text("in")
		if p == nil || seen[in+name] {
			continue
		}
		seen[in+name] = true
		op.Params = append(op.Params, Param{Name: name, In: in, Required: in == "path" || p.flag("required"), Schema: d.schema(p.get("schema"), 0)})
	}
	op.Body = d.body(o.get("requestBody"))
	security, given := o.get("security").([]any)
	if !given {
		security = d.root.list("security")
	}
	op.Secured = len(security) > 0
	d.success(op, o.object("responses"))
	return op
}

func (d *jsonDocument) body(v any) *Body {
	b, _ := d.follow(v)
	content := b.object("content")
	if content == nil {
		return nil
	}
	for _, want := range bodyTypes {
		for _, name := range content.keys {
			if media := content.object(name); media != nil && strings.HasPrefix(strings.ToLower(name), want) {
				return &Body{Type: want, Required: b.flag("required"), Schema: d.schema(media.get("schema"), 0)}
			}
		}
	}
	for _, name := range content.keys {
		return &Body{Type: name, Required: b.flag("required")}
	}
	return nil
}

func (d *jsonDocument) success(op *Op, responses *object) {
	if responses == nil {
		return
	}
	for _, code := range responses.keys {
		resp, _ := d.follow(responses.get(code))
		if resp == nil || !strings.HasPrefix(code, "2") {
			continue
		}
		if content := resp.object("content"); content != nil && op.Success == nil {
			for _, name := range content.keys {
				if media := content.object(name); media != nil && strings.Contains(name, "json") {
					op.Success = d.schema(media.get("schema"), 0)
					break
				}
			}
		}
		links := resp.object("links")
		if links == nil {
			continue
		}
		for _, name := range links.keys {
			l, _ := d.follow(links.get(name))
			params := l.object("parameters")
			if l.text("operationId") == "" || params == nil {
				continue
			}
			link := Link{OperationID: l.text("operationId"), Params: map[string]string{}}
			for _, k := range params.keys {
				link.Params[k] = params.text(k)
			}
			op.Links = append(op.Links, link)
		}
	}
}

// schema reads a schema, references resolved, allOf merged, the first branch of a choice taken.
func (d *jsonDocument) schema(v any, depth int) *Schema {
	s, name := d.follow(v)
	if s == nil || depth > maxDepth || d.count > maxSchemas {
		return nil
	}
	d.count++
	out := &Schema{Name: name, Format: s.text("format"), Min: decimal(s.get("minimum")), Max: decimal(s.get("maximum")), Pattern: s.text("pattern"),
		Default: simple(s.get("default")), Example: simple(s.get("example")), MinLen: whole(s.get("minLength")), MaxLen: whole(s.get("maxLength"))}
	types := s.list("type")
	if one := s.text("type"); one != "" {
		types = []any{one}
	}
	for _, t := range types {
		if t == "null" {
			out.Nullable = true
		} else if text, ok := t.(string); ok && out.Type == "" {
			out.Type = text
		}
	}
	out.Nullable = out.Nullable || s.flag("nullable")
	open(s, out, types)
	if c := s.get("const"); c != nil {
		out.Enum = []any{simple(c)}
	}
	for _, e := range s.list("enum") {
		out.Enum = append(out.Enum, simple(e))
	}
	if examples := s.list("examples"); len(examples) > 0 && out.Example == nil {
		out.Example = simple(examples[0])
	}
	if items := s.object("items"); items != nil {
		out.Items = d.schema(items, depth+1)
	}
	required := s.list("required")
	if props := s.object("properties"); props != nil {
		for _, key := range props.keys {
			out.Props = append(out.Props, Prop{Name: key, Required: slices.Contains(required, any(key)), Schema: d.schema(props.get(key), depth+1)})
		}
	}
	for _, part := range s.list("allOf") {
		out.merge(d.schema(part, depth))
	}
	var branches []*Schema
	for _, part := range append(slices.Clone(s.list("anyOf")), s.list("oneOf")...) {
		branches = append(branches, d.schema(part, depth))
	}
	out.choose(branches)
	if out.Type == "" && len(out.Props) > 0 {
		out.Type = "object"
	}
	return out
}

// open reads bounds that are excluded: a number in 3.1, a flag beside the bound in 3.0.
func open(s *object, out *Schema, types []any) {
	step := openStep(len(types) > 0 && types[0] == "integer")
	move := func(key string, bound *float64, by float64) *float64 {
		if x := decimal(s.get(key)); x != nil {
			v := *x + by
			return &v
		}
		if s.flag(key) && bound != nil {
			v := *bound + by
			return &v
		}
		return bound
	}
	out.Min, out.Max = move("exclusiveMinimum", out.Min, step), move("exclusiveMaximum", out.Max, -step)
}

func decimal(v any) *float64 {
	if n, ok := v.(json.Number); ok {
		if f, err := n.Float64(); err == nil {
			return &f
		}
	}
	return nil
}

func whole(v any) int {
	if f := decimal(v); f != nil {
		return int(*f)
	}
	return 0
}

// simple turns a value of the document into an ordinary one.
func simple(v any) any {
	switch v := v.(type) {
	case *object:
		out := make(map[string]any, len(v.keys))
		for _, k := range v.keys {
			out[k] = simple(v.at[k])
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = simple(e)
		}
		return out
	case json.Number:
		if n, err := strconv.Atoi(v.String()); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	}
	return v
}
