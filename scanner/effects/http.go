package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// HTTP clients: where a request goes, whether it follows redirects, and what it reads or replaces there.

var clients = Library{
	Funcs: []Named{
		{"httpx.get", fetch("GET")}, {"httpx.head", fetch("HEAD")}, {"httpx.post", fetch("POST")}, {"httpx.put", fetch("PUT")}, {"httpx.patch", fetch("PATCH")}, {"httpx.delete", fetch("DELETE")}, {"httpx.request", fetch("")}, {"httpx.stream", fetch("")},
		{"requests.get", fetch("GET")}, {"requests.head", fetch("HEAD")}, {"requests.post", fetch("POST")}, {"requests.put", fetch("PUT")}, {"requests.patch", fetch("PATCH")}, {"requests.delete", fetch("DELETE")}, {"requests.request", fetch("")},
		{"curl_cffi.requests.get", fetch("GET")}, {"niquests.get", fetch("GET")}, {"niquests.post", fetch("POST")}, {"aiohttp.request", fetch("")},
		{"urllib.request.urlopen", fetch("GET")}, {"urllib.request.urlretrieve", fetch("GET")}, {"urllib3.request", fetch("")},
		{"socket.create_connection", connects}, {"http.client.HTTPSConnection", connects}, {"http.client.HTTPConnection", connects},
	},
	Classes: []Class{
		{"urllib.request.build_opener", "opener"}, {"urllib.request.OpenerDirector", "opener"},
		{"httpx.AsyncClient", "http"}, {"httpx.Client", "http"}, {"requests.Session", "http"}, {"requests.sessions.Session", "http"}, {"aiohttp.ClientSession", "http"}, {"aiohttp.client.ClientSession", "http"},
		{"urllib3.PoolManager", "http"}, {"niquests.Session", "http"}, {"curl_cffi.requests.AsyncSession", "http"}, {"curl_cffi.requests.Session", "http"},
	},
	Methods: []Family{
		{"http", []Named{
			{"get", fetch("GET")}, {"head", fetch("HEAD")}, {"options", fetch("GET")}, {"post", fetch("POST")}, {"put", fetch("PUT")}, {"patch", fetch("PATCH")}, {"delete", fetch("DELETE")}, {"request", fetch("")}, {"stream", fetch("")}, {"send", fetch("SEND")}, {"ws_connect", fetch("GET")}, {"urlopen", fetch("")},
			{"mount", mounts},
		}},
		{"opener", []Named{{"open", fetch("GET")}}},
	},
	Enter: []Enter{{"http", enterSession}},
	Exit:  []Exit{{"http", func(*World, *Value, bool) {}}},
}

// fetch sends a request of a method; "" is a client method whose first argument is the method, and SEND one that is given a
// request that was built before.
func fetch(method string) Model {
	return func(c *Call) *Value {
		at := 0
		m := method
		if m == "" {
			at = 1
			m, _ = c.Arg(0, "method").Str()
		}
		url := c.Arg(at, "url")
		if url == nil {
			url = c.unpacked("url")
		}
		if url == nil {
			url = Opaque("", nil)
		}
		goesTo(c, url)
		return exchanged(c, strings.ToUpper(m), url)
	}
}

// goesTo looks up again what a request needs on its way: the address of its host, unless it goes to an address or through
// something that tests it, and the place to which the server sends it, if the client lets itself be sent.
func goesTo(c *Call, url *Value) {
	if c.Muted > 0 || url.Kind == Const || url.Kind != Union && namesHost(Template(url)) {
		return
	}
	pinned := answersName(url) || guarded(c)
	follows := followsRedirects(c)
	again := map[[2]string]bool{}
	for i := range c.Ops {
		op := &c.Ops[i]
		if op.Kind != interleave.Read || op.Res.Store != interleave.Remote || again[[2]string{op.Res.Name, op.Res.Key}] {
			continue
		}
		if !mentions(url.Sym, op.Res.Key) && !mentions(url.Sym, subjectOf(op.Res.Key)) {
			continue
		}
		if op.Res.Name == HostName && !pinned || op.Res.Name == Location && follows {
			again[[2]string{op.Res.Name, op.Res.Key}] = true
		}
	}
	for _, name := range []string{HostName, Location} {
		for i := range c.Ops {
			if op := &c.Ops[i]; again[[2]string{name, op.Res.Key}] && op.Res.Name == name {
				delete(again, [2]string{name, op.Res.Key})
				if j := c.network(name, op.Res.Key, nil); j >= 0 {
					c.Ops[j].Own().Manner = Fetched
				}
			}
		}
	}
}

// answersName tells whether a request goes to an address that a name server gave, or was given instead of a name.
func answersName(url *Value) bool {
	return slices.ContainsFunc(url.Alternatives(), func(v *Value) bool { return v != nil && strings.Contains(v.Sym, resolvedSym) })
}

// namesHost tells whether a URL is written with its host: what is filled into the rest of it chooses no other.
func namesHost(url string) bool {
	_, rest, ok := strings.Cut(url, "://")
	if !ok || strings.Contains(url[:len(url)-len(rest)], "{") {
		return false
	}
	host, _, ends := strings.Cut(rest, "/")
	return ends && host != "" && !strings.ContainsAny(host, "{}@")
}

// guarded tells whether a client does not resolve names by itself: it has a transport, resolver or proxy of somebody's making,
// which may test the address when it connects.
func guarded(c *Call) bool {
	for _, k := range []string{"proxies", "proxy"} {
		if v := c.Keyword(k); v != nil && !v.IsNone() {
			return true
		}
	}
	if c.Recv == nil || c.Recv.Obj == nil {
		return false
	}
	o := c.Recv.Obj
	if o.Class != nil || o.Attrs["mounted"] != nil {
		return true
	}
	for _, k := range []string{"transport", "mounts", "connector", "proxy", "proxies"} {
		if v := o.Kw[k]; v != nil && !v.IsNone() && !ordinary(v) {
			return true
		}
	}
	return false
}

// ordinary tells whether a transport or connector is the library's own and uses the library's own resolver.
func ordinary(v *Value) bool {
	if v.Kind != ExtObject || v.Obj == nil {
		return false
	}
	switch Root(v.Obj.Qual) {
	case "httpx", "aiohttp":
	default:
		return false
	}
	if r := v.Obj.Kw["resolver"]; r != nil && !r.IsNone() {
		return r.Kind == ExtObject && r.Obj != nil && Root(r.Obj.Qual) == "aiohttp"
	}
	return v.Obj.Kw["proxy"] == nil
}

func mounts(c *Call) *Value {
	if c.Recv.Obj.Attrs == nil {
		c.Recv.Obj.Attrs = map[string]*Value{}
	}
	if len(c.Args) > 1 && !(c.Args[1].Kind == ExtObject && c.Args[1].Obj != nil && Root(c.Args[1].Obj.Qual) == "requests") {
		c.Recv.Obj.Attrs["mounted"] = c.Args[1]
	}
	return None
}

// followsRedirects tells whether the client goes where the server sends it: as the call says, as the client was made, and
// otherwise as its library does.
func followsRedirects(c *Call) bool {
	for _, k := range []string{"follow_redirects", "allow_redirects", "redirect"} {
		if v := c.Keyword(k); v != nil {
			return v.Truth() == "True"
		}
	}
	lib := Root(c.Name)
	if c.Recv != nil {
		if c.Recv.Obj == nil || c.Recv.Obj.Qual == "" {
			return false
		}
		o := c.Recv.Obj
		if o.Kw["event_hooks"] != nil || slices.ContainsFunc(o.Args, handlesRedirects) {
			return false // sees every hop
		}
		if v := o.Kw["follow_redirects"]; v != nil {
			return v.Truth() == "True"
		}
		for _, limit := range []*Value{o.Kw["max_redirects"], o.Attrs["max_redirects"]} {
			if limit != nil && limit.Sym == "0" {
				return false
			}
		}
		lib = Root(o.Qual)
	}
	switch lib {
	case "requests", "niquests", "curl_cffi", "urllib3":
		return c.Name != "head" && Last(c.Name) != "head"
	case "aiohttp", "urllib":
		return true
	}
	return false
}

// handlesRedirects tells whether an opener is given somebody's own handler of redirects.
func handlesRedirects(v *Value) bool {
	switch {
	case v.Kind == ClassRef:
		return v.Ref().Class != nil && v.Ref().Class.IsSubclass("urllib.request.HTTPRedirectHandler")
	case v.Kind == Instance && v.Obj != nil:
		return v.Obj.Class != nil && v.Obj.Class.IsSubclass("urllib.request.HTTPRedirectHandler")
	}
	return false
}

// connects opens a connection to a host by its name.
func connects(c *Call) *Value {
	if to := c.Arg(0, "address"); to != nil {
		if to.Kind == Sequence && len(to.Items) > 0 {
			to = to.Items[0]
		}
		goesTo(c, to)
	}
	return nil
}

// exchanged is what a request does at the other side: GET reads the document, PUT replaces it, the others do something there.
func exchanged(c *Call, method string, url *Value) *Value {
	key := documentKey(c, url)
	switch method {
	case "GET", "HEAD", "":
		i := -1
		if key != "" {
			i = c.network(Document, key, nil)
		}
		if i >= 0 {
			c.Ops[i].Own().Told = told(c)
		}
		c.passes()
		v := Opaque("fetched", c.Deps().With(Dep(i)))
		v.Src = int32(i + 1)
		return v
	case "SEND":
		i := effect(c)
		c.passes()
		return Opaque("http answer", Dep(i))
	}
	if method == "POST" && asksToken(c) {
		c.passes()
		return Opaque("http answer", c.Deps())
	}
	i := effect(c)
	if method == "DELETE" {
		c.Ops[i].Own().Manner = TakesAway
	}
	c.passes()
	if method == "PUT" && key != "" {
		replace(c, key, c.sent(), c.condition())
	}
	return Opaque("http answer", Dep(i))
}

// asksToken tells whether a request asks an authorization server for a token by what can be shown again and again (RFC 6749, sections 4.3
// and 4.4): a second one does nothing that the first did not. A code or a refresh token is used up.
func asksToken(c *Call) bool {
	body := c.Keyword("data")
	if body == nil {
		body = c.Keyword("json")
	}
	if body == nil {
		return false
	}
	return slices.ContainsFunc(body.Pairs, func(p Pair) bool {
		key, _ := p.Key.Str()
		grant, _ := p.Value.Str()
		return key == "grant_type" && (grant == "client_credentials" || grant == "password" || strings.HasSuffix(grant, ":jwt-bearer"))
	})
}

// TakesAway is the manner of a request that deletes something elsewhere: a second one finds nothing, and does nothing.
const TakesAway = "takes away"

func effect(c *Call) int {
	op := Op{External: "http", Target: c.Name}
	op.Kind, op.From = interleave.Effect, c.Deps().Ints()
	op.Own().Told = told(c)
	return c.Emit(op)
}

// replace writes a document over what stands there. With a condition the other side refuses when it changed meanwhile.
func replace(c *Call, key string, body Deps, condition *Value) int {
	op := interleave.Op{Kind: interleave.Update, Set: []interleave.Assignment{{Column: "content"}}}
	op.Res = interleave.Resource{Store: interleave.Remote, Name: Document, Key: key}
	if s, ok := condition.Str(); condition != nil && (!ok || s != "*") {
		op.Version = "etag"
		body = body.With(condition.AllDeps())
	}
	op.From = body.Ints()
	return c.Emit(Op{Op: op, Target: key})
}

// documentKey is the address of a document as it is compared with others, "" when it is not known.
func documentKey(c *Call, url *Value) string {
	t := Template(url)
	if t == "{}" || t == "" {
		return ""
	}
	if c.Recv != nil && c.Recv.Obj != nil {
		if base := c.Recv.Obj.Kw["base_url"]; base != nil {
			t = strings.TrimSuffix(Template(base), "/") + "/" + strings.TrimPrefix(t, "/")
		}
	}
	return t
}

// sent is what the body of a request derives from.
func (c *Call) sent() Deps {
	var d Deps
	for _, k := range []string{"json", "data", "content", "body", "Body", "files"} {
		d = d.With(c.Keyword(k).AllDeps())
	}
	if len(c.Args) > 1 {
		d = d.With(c.Args[1].AllDeps())
	}
	return d
}

// comparing are the parameters of a query, in small letters, by which stores of documents are told what they must still hold.
var comparing = map[string]bool{"cas": true, "version": true, "expected_version": true, "previndex": true, "if_seq_no": true, "ifgenerationmatch": true, "ifmetagenerationmatch": true}

// comparedIn is what the parameters of a query compare, nil when there is no such parameter.
func comparedIn(query *Value) *Value {
	if query == nil {
		return nil
	}
	for _, p := range query.Pairs {
		if s, ok := p.Key.Str(); ok && len(p.Value.AllDeps()) > 0 && comparing[strings.ToLower(s)] {
			return p.Value
		}
	}
	return nil
}

// condition is the version that a request demands of what it replaces, nil when it demands none.
func (c *Call) condition() *Value {
	if v := comparedIn(c.Keyword("params")); v != nil {
		return v // ?cas=17
	}
	h := c.Keyword("headers")
	if h == nil {
		return nil
	}
	for _, p := range h.Pairs {
		if s, ok := p.Key.Str(); ok && (strings.EqualFold(s, "if-match") || strings.EqualFold(s, "if-unmodified-since")) {
			return p.Value
		}
	}
	if l := strings.ToLower(h.Sym); strings.Contains(l, "match") || strings.Contains(l, "etag") {
		return h
	}
	return nil
}
