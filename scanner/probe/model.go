package probe

import (
	"maps"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

// resource is a kind of thing that the application keeps.
type resource struct {
	name      string // "order"
	container string // "/orders", placeholders as {}
	producer  *openapi.Op
	// chosen is the placeholder whose value the client invents, for a producer like PUT /things/{name}.
	chosen string
	// listed says that producer only shows a list of them: which request adds one is found out by trying.
	listed bool
}

// model is what the document says about the application's resources.
type model struct {
	doc         *openapi.Document
	byContainer map[string]*resource
	list        []*resource
	signup      *openapi.Op                     // creates a user who can log in
	given       map[*openapi.Op]map[string]need // by parameter: what a link or the user says of it
}

// infer reads resources and their producers off the paths.
func infer(doc *openapi.Document) *model {
	m := &model{doc: doc, byContainer: map[string]*resource{}, given: map[*openapi.Op]map[string]need{}}
	for _, op := range doc.Ops {
		for i, seg := range op.Segments() {
			if placeholder(seg) != "" {
				m.resourceAt(op.Segments()[:i], placeholder(seg))
			}
		}
	}
	for _, op := range doc.Ops {
		if op.Method == "POST" && !strings.HasSuffix(op.Path, "}") && m.byContainer[shape(op.Path)] == nil && creates(op) {
			m.resourceAt(op.Segments(), "")
		}
	}
	for _, r := range m.list {
		m.findProducer(r)
	}
	m.findLists()
	m.signup = m.findSignup()
	m.link()
	return m
}

// placeholder returns the name inside {name} or {name:path}, or "".
func placeholder(seg string) string {
	if strings.HasPrefix(seg, "{") && strings.HasSuffix(seg, "}") {
		name, _, _ := strings.Cut(seg[1:len(seg)-1], ":")
		return name
	}
	return ""
}

// shape writes a path with anonymous placeholders and without a trailing slash.
func shape(path string) string {
	segs := openapi.Segments(path)
	for i, s := range segs {
		if placeholder(s) != "" {
			segs[i] = "{}"
		}
	}
	return "/" + strings.Join(segs, "/")
}

func (m *model) resourceAt(container []string, param string) *resource {
	key := shape(strings.Join(container, "/"))
	if r := m.byContainer[key]; r != nil {
		return r
	}
	name := ""
	for _, seg := range slices.Backward(container) {
		if placeholder(seg) == "" && !versionSegment(seg) {
			name = singular(seg)
			break
		}
	}
	if ref, _ := referent(param); ref != "" && !slices.Contains([]string{"item", "resource", "object", "entity"}, ref) {
		name = ref
	}
	if name == "" {
		name = "item"
	}
	r := &resource{name: name, container: key}
	m.byContainer[key] = r
	m.list = append(m.list, r)
	return r
}

func versionSegment(seg string) bool {
	return seg == "api" || len(seg) <= 3 && strings.HasPrefix(seg, "v") && strings.Trim(seg[1:], "0123456789") == ""
}

// creates reports whether a POST looks like it makes a thing with an id, rather than performing an action.
func creates(op *openapi.Op) bool {
	segs := op.Segments()
	if len(segs) == 0 || verbs[strings.ToLower(segs[len(segs)-1])] || op.Success == nil || op.Success.Type == "array" || queries(op) {
		return false
	}
	for _, p := range op.Success.Props {
		if n := snake(p.Name); n == "id" || n == "uuid" || strings.HasSuffix(n, "_id") {
			return true
		}
	}
	return false
}

// questions are the words of requests that ask and change nothing, although they are POSTs to have a body.
var questions = set("filter", "search", "query", "count", "list", "find", "lookup", "history", "paginate", "preview", "validate", "aggregate")

// queries reports whether a POST only asks, as far as its path tells.
func queries(op *openapi.Op) bool {
	segs := op.Segments()
	if op.Method != "POST" || len(segs) == 0 {
		return false
	}
	last := strings.ReplaceAll(segs[len(segs)-1], "-", "_")
	return hasWord(last, questions) && !hasWord(last, verbs) || strings.HasPrefix(last, "get_") || strings.HasPrefix(last, "read_")
}

// properties looks through one pagination or data envelope.
func properties(s *openapi.Schema) []openapi.Prop {
	if s == nil {
		return nil
	}
	if s.Type == "array" && s.Items != nil {
		return s.Items.Props
	}
	return s.Props
}

// findProducer looks for the operation that makes the resource: the POST on its container, the nearest thing to
// that, or a PUT under a name that the client chooses.
func (m *model) findProducer(r *resource) {
	best, rank := (*openapi.Op)(nil), 0
	for _, op := range m.doc.Ops {
		if op.Method != "POST" && op.Method != "PUT" {
			continue
		}
		score := 0
		switch at := shape(op.Path); {
		case op.Method == "PUT" && at == r.container:
			if creates(op) {
				score = 6
			}
		case op.Method == "PUT":
			if at == r.container+"/{}" && clientNames(op) {
				score = 1
			}
		case at == r.container:
			score = 10
		case strings.HasPrefix(at, r.container+"/") && slices.Contains([]string{"new", "create", "add", "register", "open"}, at[len(r.container)+1:]):
			score = 8
		case !strings.Contains(at, r.container+"/{}") && op.Success != nil && named(op.Success.Name, r.name) && creates(op):
			score = 4
		}
		if score > rank {
			best, rank = op, score
		}
	}
	if best == nil {
		return
	}
	r.producer = best
	if best.Method == "PUT" && shape(best.Path) != r.container {
		r.chosen = placeholder(best.Segments()[len(best.Segments())-1])
	}
}

// clientNames reports whether the client may choose the last part of the path: numbers are given by the application.
func clientNames(op *openapi.Op) bool {
	segs := op.Segments()
	for _, p := range op.Params {
		if p.In == "path" && p.Name == placeholder(segs[len(segs)-1]) {
			return p.Schema == nil || p.Schema.Type != "integer" && p.Schema.Type != "number"
		}
	}
	return true
}

// named reports whether a schema's name is that of the resource, perhaps with a word like Read or Out after it.
func named(schema, resource string) bool {
	s := strings.ReplaceAll(snake(schema), "_", "")
	base := strings.ReplaceAll(resource, "_", "")
	rest, ok := strings.CutPrefix(s, base)
	return ok && slices.Contains([]string{"", "out", "read", "response", "schema", "public", "model", "dto", "view", "detail"}, rest)
}

// findSignup finds a POST that takes a password and a name, and is not the login.
func (m *model) findSignup() *openapi.Op {
	for _, op := range m.doc.Ops {
		if op.Method != "POST" || op.Body == nil || op.Body.Schema == nil || op.Secured || strings.Contains(op.Path, "{") {
			continue
		}
		if last := op.Segments(); len(last) == 0 || hasWord(last[len(last)-1], set("login", "token", "signin", "reset", "session")) {
			continue
		}
		password, user := false, false
		for _, p := range op.Body.Schema.Props {
			n := snake(p.Name)
			password = password || n == "password"
			user = user || n == "username" || n == "email" || n == "login"
		}
		if password && user {
			return op
		}
	}
	return nil
}

// need is a value that an operation takes from a resource made before.
type need struct {
	where    string // "path", "query", "body", "header"
	name     string // of the parameter or the body field
	field    string // which field of the resource, by the parameter's name: "id", "code"
	resource *resource
	pick     string // an expression for the value, where a link or the user says where it is
	optional bool   // of a body: may be left out
	literal  any    // a value that the user gave; nothing is made for it
}

// nth numbers the instances of one resource that an operation needs: those in its body are different ones, and where
// they are users, none of them is the user of the trial.
func (m *model) nth(n need, seen map[*resource]int) int {
	at := seen[n.resource]
	if n.where == "body" {
		seen[n.resource]++
		if m.signup != nil && n.resource == m.users() {
			at++
		}
	}
	return at
}

// users is the resource that a sign-up makes, or nil.
func (m *model) users() *resource {
	if m.signup == nil {
		return nil
	}
	if r := m.producedBy(m.signup); r != nil {
		return r
	}
	for _, r := range m.list {
		if r.name == "user" {
			return r
		}
	}
	return nil
}

// persons are names of fields that mean a user.
var persons = set("owner", "assignee", "member", "recipient", "author", "holder", "receiver", "sender", "reviewer", "approver", "manager", "creator")

// give notes where the value of a parameter comes from.
func (m *model) give(op *openapi.Op, n need) {
	if m.given[op] == nil {
		m.given[op] = map[string]need{}
	}
	if strings.Contains(op.Path, "{"+n.name) {
		n.where = "path"
	}
	for _, p := range op.Params {
		if p.Name == n.name {
			n.where = p.In
		}
	}
	m.given[op][n.name] = n
}

// stub is a resource of which nothing is known but that all who name it mean the same one.
func (m *model) stub(key string) *resource {
	if m.byContainer[key] == nil {
		m.byContainer[key] = &resource{name: key, container: key}
	}
	return m.byContainer[key]
}

// producedBy returns the resource that an operation makes, or nil.
func (m *model) producedBy(op *openapi.Op) *resource {
	for _, r := range m.list {
		if r.producer == op {
			return r
		}
	}
	if r := m.byContainer["by "+op.Key()]; r != nil {
		return r
	}
	return nil
}

// madeBy is producedBy for an operation of which somebody says that it makes, or shows, what is wanted.
func (m *model) madeBy(op *openapi.Op) *resource {
	r := m.producedBy(op)
	if r == nil {
		r = m.stub("by " + op.Key())
		r.name, r.producer = "answer", op
	}
	return r
}

// link takes over what the document's own links say; what a user says comes later and wins.
func (m *model) link() {
	byID := map[string]*openapi.Op{}
	for _, op := range m.doc.Ops {
		byID[op.ID] = op
	}
	for _, from := range m.doc.Ops {
		for _, l := range from.Links {
			to := byID[l.OperationID]
			if to == nil || to == from {
				continue
			}
			for _, name := range slices.Sorted(maps.Keys(l.Params)) {
				if expression := l.Params[name]; strings.HasPrefix(expression, "$response.") {
					_, bare, qualified := strings.Cut(name, ".")
					if !qualified {
						bare = name
					}
					m.give(to, need{name: bare, where: "body", pick: expression, resource: m.madeBy(from)})
				}
			}
		}
	}
}

// needs lists what an operation must be given, path parameters first, outermost first.
func (m *model) needs(op *openapi.Op) []need {
	out := m.inferred(op)
	for _, name := range slices.Sorted(maps.Keys(m.given[op])) {
		n := m.given[op][name]
		if i := slices.IndexFunc(out, func(x need) bool { return x.name == name }); i >= 0 {
			n.where = out[i].where
			out[i] = n
			continue
		}
		out = append(out, n)
	}
	return out
}

// inferred lists what the names of parameters and fields tell.
func (m *model) inferred(op *openapi.Op) []need {
	var out []need
	segs := op.Segments()
	for i, seg := range segs {
		p := placeholder(seg)
		if p == "" {
			continue
		}
		r := m.byContainer[shape(strings.Join(segs[:i], "/"))]
		if r != nil && (r.chosen == "" || r.producer != op) {
			_, field := referent(p)
			out = append(out, need{where: "path", name: p, field: field, resource: r})
		}
	}
	for _, p := range op.Params {
		if p.In == "query" && p.Required {
			if r, field := m.refers(op, p.Name); r != nil {
				out = append(out, need{where: "query", name: p.Name, field: field, resource: r})
			}
		}
	}
	return append(out, m.inBody(op, "", bodyProps(op), 0)...)
}

// inBody lists the references among the fields of a body; one within another is named by its path, "items.0.menu_id".
func (m *model) inBody(op *openapi.Op, prefix string, props []openapi.Prop, depth int) []need {
	var out []need
	for _, p := range props {
		if r, field := m.refers(op, p.Name); r != nil && (p.Required || strings.HasSuffix(snake(p.Name), "_id") || prefix == "" && secretField(p.Name)) {
			// A bare "code" may be the new thing's own: where that leads in a circle, one is invented.
			own := secretField(p.Name) && !strings.HasSuffix(snake(p.Name), "_id")
			out = append(out, need{where: "body", name: prefix + p.Name, field: field, resource: r, optional: !p.Required || own})
			continue
		}
		if s := p.Schema; s == nil || !p.Required || depth > 2 {
			continue
		} else if s.Type == "object" {
			out = append(out, m.inBody(op, prefix+p.Name+".", s.Props, depth+1)...)
		} else if s.Type == "array" && s.Items != nil && s.Items.Type == "object" {
			out = append(out, m.inBody(op, prefix+p.Name+".0.", s.Items.Props, depth+1)...)
		}
	}
	return out
}

func secretField(name string) bool { return hasWord(name, secretWords) }

// refers resolves a field such as "order_id", "from_account_id" or "code" to a resource that can be made.
func (m *model) refers(op *openapi.Op, name string) (*resource, string) {
	ref, field := referent(name)
	for ref != "" {
		if r := m.nearest(op, ref); r != nil {
			return r, field
		}
		_, rest, ok := strings.Cut(ref, "_") // from_account → account
		if !ok {
			break
		}
		ref = rest
	}
	if ref, field := referent(name); field == "id" && persons[ref[strings.LastIndexByte(ref, '_')+1:]] && m.users() != nil && m.users().producer != nil {
		return m.users(), field
	}
	if !secretWords[field] && !secretField(name) {
		return nil, ""
	}
	// A bare code or token: made by the nearest producer that answers with such a field.
	var best *resource
	for _, r := range m.list {
		if r.producer == nil || r.producer == op || shape(op.Path) == r.container || m.own(op, r, name) {
			continue
		}
		for _, p := range append(properties(r.producer.Success), bodyProps(r.producer)...) {
			if snake(p.Name) == snake(name) && (best == nil || common(op, r) > common(op, best)) {
				best = r
			}
		}
	}
	if best == nil {
		return m.shownCode(op, name)
	}
	return best, snake(name)
}

// own reports whether a bare code in the body of something new is its own, and no reference: the client chooses codes of
// both kinds of things, and nothing in the operation's name says that it uses one.
func (m *model) own(op *openapi.Op, r *resource, name string) bool {
	chosen := func(of *openapi.Op) bool {
		return slices.ContainsFunc(bodyProps(of), func(p openapi.Prop) bool { return snake(p.Name) == snake(name) })
	}
	return m.producedBy(op) != nil && chosen(op) && chosen(r.producer) && !hasWord(snake(op.ID), verbs)
}

// shownCode finds the GET that shows a code of one's own: /referral-code for a field referral_code.
func (m *model) shownCode(op *openapi.Op, name string) (*resource, string) {
	ref, field := referent(name)
	if ref == "" {
		return nil, ""
	}
	for _, get := range m.doc.Ops {
		if get.Method != "GET" || strings.Contains(get.Path, "{") || get.Success == nil || get.Success.Type == "array" {
			continue
		}
		segs := get.Segments()
		if len(segs) == 0 || !slices.Contains(words(strings.ReplaceAll(segs[len(segs)-1], "-", "_")), ref) {
			continue
		}
		for _, p := range get.Success.Props {
			if n := snake(p.Name); n == field || n == snake(name) {
				return m.madeBy(get), n
			}
		}
	}
	return nil, ""
}

func bodyProps(op *openapi.Op) []openapi.Prop {
	if op.Body == nil || op.Body.Schema == nil {
		return nil
	}
	return op.Body.Schema.Props
}

// nearest returns the producible resource of that name whose path has most in common with the operation.
func (m *model) nearest(op *openapi.Op, name string) *resource {
	var best *resource
	for _, r := range m.list {
		last := r.name[strings.LastIndexByte(r.name, '_')+1:]
		if r.producer == nil || r.name != name && last != name || r.producer == op {
			continue
		}
		if best == nil || common(op, r) > common(op, best) {
			best = r
		}
	}
	return best
}

// common counts the leading segments that an operation and a resource share.
func common(op *openapi.Op, r *resource) int {
	a, b, n := op.Segments(), openapi.Segments(r.container), 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
