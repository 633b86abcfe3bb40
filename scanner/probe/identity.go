package probe

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/probe/fire"
	"github.com/middlebrick/middlebrick/scanner/probe/judge"
	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

// session is an identity that is logged in. A nil session sends no proof.
type session struct {
	name  string
	proof []fire.Header
	made  any            // of a user who was signed up: the answer of the sign-up
	sent  map[string]any // and what was sent
	steps []exchange     // sign-up and login
	ours  bool           // invented by the run
}

func (s *session) headers() []fire.Header {
	if s == nil {
		return nil
	}
	return s.proof
}

// login turns an identity into a session: given proof as it is, else the login that the identity describes, else the
// password flow of the document, else a login operation of it, which may answer with a token or a cookie.
func (p *prober) login(ctx context.Context, id Identity) (*session, error) {
	s := &session{name: id.Name, proof: slices.Clone(id.Headers)}
	switch {
	case id.Token != "":
		s.proof = append(s.proof, fire.Header{Name: "Authorization", Value: "Bearer " + id.Token})
		return s, nil
	case id.Username == "" && id.Login == nil:
		return s, nil
	}
	req, err := p.loginRequest(id)
	if errors.Is(err, errNoLogin) && p.target.doc.Basic {
		pair := base64.StdEncoding.EncodeToString([]byte(id.Username + ":" + id.Password))
		s.proof = append(s.proof, fire.Header{Name: "Authorization", Value: "Basic " + pair})
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("login of %s: %w", id.Name, err)
	}
	resp := p.target.Do(ctx, req)
	if resp.Err != nil {
		return nil, fmt.Errorf("login of %s: %w", id.Name, resp.Err)
	}
	// A browser's login answers with a cookie and a redirect, which is not followed.
	if resp.Status < 200 || resp.Status >= 400 {
		return nil, fmt.Errorf("login of %s refused: %s %s answered %d", id.Name, req.Method, req.Path, resp.Status)
	}
	proof, ok := proofIn(resp)
	if id.Login != nil {
		proof, ok = id.Login.proof(resp)
	}
	if !ok {
		return nil, fmt.Errorf("login of %s: the answer of %s %s (%d) holds neither a token nor a cookie", id.Name, req.Method, req.Path, resp.Status)
	}
	s.proof = append(s.proof, proof...)
	s.steps = []exchange{{role: "setup", req: req, resp: resp}}
	return s, nil
}

var errNoLogin = errors.New("the document has neither a password flow nor a login operation; give --header, a token or --auth")

func (p *prober) loginRequest(id Identity) (fire.Request, error) {
	req := fire.Request{Method: "POST", Headers: slices.Clone(p.target.marker)}
	if l := id.Login; l != nil {
		req.Method, req.Path, req.Body = l.Method, l.Path, l.Body
		req.Headers = append(req.Headers, l.Headers...)
		if len(l.Body) > 0 {
			req.Headers = append(req.Headers, fire.Header{Name: "Content-Type", Value: l.ContentType})
		}
		return req, nil
	}
	if token := p.target.doc.TokenPath; token != "" {
		at, err := p.tokenPath(token)
		if err != nil {
			return req, err
		}
		form := url.Values{"grant_type": {"password"}, "username": {id.Username}, "password": {id.Password}}
		req.Path, req.Body = at, []byte(form.Encode())
		req.Headers = append(req.Headers, fire.Header{Name: "Content-Type", Value: "application/x-www-form-urlencoded"})
		return req, nil
	}
	op := p.loginOp()
	if op == nil {
		return req, errNoLogin
	}
	body := map[string]any{}
	for _, f := range bodyProps(op) {
		switch n := snake(f.Name); {
		case n == "password":
			body[f.Name] = id.Password
		case n == "username" || n == "email" || n == "login":
			body[f.Name] = id.Username
		}
	}
	req.Path = op.Path
	req, _, err := (&env{p: p}).encode(req, op, body)
	return req, err
}

// loginOp finds the operation that takes a name and a password and is called like a login, or nil.
func (p *prober) loginOp() *openapi.Op {
	for _, op := range p.target.doc.Ops {
		segs := op.Segments()
		if op.Method != "POST" || len(segs) == 0 || !hasWord(segs[len(segs)-1], set("login", "token", "signin", "session")) {
			continue
		}
		password, name := false, false
		for _, f := range bodyProps(op) {
			n := snake(f.Name)
			password = password || n == "password"
			name = name || n == "username" || n == "email" || n == "login"
		}
		if password && name {
			return op
		}
	}
	return nil
}

// tokenPath keeps the login on the target's own origin.
func (p *prober) tokenPath(token string) (string, error) {
	u, err := url.Parse(token)
	if err != nil {
		return "", fmt.Errorf("tokenUrl %q: %w", token, err)
	}
	if u.Host != "" && u.Host != p.target.base.Host {
		return "", refuse("the document's tokenUrl points to another host, %s: credentials are not sent there", u.Host)
	}
	return "/" + strings.TrimPrefix(strings.TrimPrefix(u.Path, p.target.Prefix), "/"), nil
}

// proofIn finds the token and the cookies in the answer of a login.
func proofIn(resp fire.Response) ([]fire.Header, bool) {
	var out []fire.Header
	if v, err := judge.Decode(resp.Body); err == nil && resp.Status < 300 {
		if token := tokenIn(v, 0); token != "" {
			out = append(out, fire.Header{Name: "Authorization", Value: "Bearer " + token})
		}
	}
	if given, ok := cookies(resp); ok {
		out = append(out, given...)
	}
	return out, len(out) > 0
}

// cookies makes one header of the cookies that an answer sets.
func cookies(resp fire.Response) ([]fire.Header, bool) {
	var pairs []string
	for _, c := range (&http.Response{Header: resp.Header}).Cookies() {
		if c.Value != "" && c.MaxAge >= 0 {
			pairs = append(pairs, c.Name+"="+c.Value)
		}
	}
	return []fire.Header{{Name: "Cookie", Value: strings.Join(pairs, "; ")}}, len(pairs) > 0
}

func tokenIn(v any, depth int) string {
	object, ok := v.(map[string]any)
	if !ok || depth > 3 {
		return ""
	}
	for _, name := range []string{"access_token", "accessToken", "token", "jwt", "id_token", "key"} {
		if s, ok := object[name].(string); ok && s != "" {
			return s
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if s := tokenIn(object[name], depth+1); s != "" {
			return s
		}
	}
	return ""
}

// newUser signs a user up and logs in, where the document offers both.
func (p *prober) newUser(ctx context.Context, unique string) (*session, error) {
	op := p.model.signup
	if op == nil {
		return nil, fmt.Errorf("the document offers no sign-up")
	}
	e := p.newEnv()
	e.unique, e.who = unique, nil // whoever signs up is nobody yet
	var sent map[string]any
	var signup exchange
	for attempt := 0; ; attempt++ {
		req, body, err := e.request(racer{call: call{op: op}})
		if err != nil {
			return nil, err
		}
		ex, err := e.send(ctx, op, "setup", req)
		if err != nil {
			return nil, err
		}
		if ex.resp.Status >= 200 && ex.resp.Status < 300 {
			sent = body
			if proof, ok := proofIn(ex.resp); ok {
				return &session{name: unique, proof: proof, made: ex.body, sent: sent, steps: []exchange{ex}, ours: true}, p.created()
			}
			signup = ex
			break
		}
		if ex.resp.Status != 422 || attempt >= 5 || !p.learnRepair(op, body, ex.body, unique) {
			return nil, &setupError{op: op, status: ex.resp.Status, text: clip(string(ex.resp.Body), 160)}
		}
	}
	if err := p.created(); err != nil {
		return nil, err
	}
	s, err := p.loginAs(ctx, unique, sent)
	if err == nil {
		s.made, s.sent, s.steps, s.ours = signup.body, sent, append([]exchange{signup}, s.steps...), true
	}
	return s, err
}

func (p *prober) loginAs(ctx context.Context, name string, sent map[string]any) (*session, error) {
	id := Identity{Name: name}
	for _, want := range []string{"username", "login", "email"} {
		for k, v := range sent {
			if s, ok := v.(string); ok && snake(k) == want && id.Username == "" {
				id.Username = s
			}
		}
	}
	for k, v := range sent {
		if s, ok := v.(string); ok && snake(k) == "password" {
			id.Password = s
		}
	}
	return p.login(ctx, id)
}

// redact hides what proves an identity; the start of a hash lets two proofs be told apart.
func redact(headers []fire.Header) []fire.Header {
	out := slices.Clone(headers)
	for i, h := range out {
		if name := strings.ToLower(h.Name); name == "authorization" || name == "cookie" || strings.Contains(name, "token") || strings.Contains(name, "key") && name != "idempotency-key" || strings.Contains(name, "secret") {
			out[i].Value = "[redacted " + hash(h.Value)[:8] + "]"
		}
	}
	return out
}

// redactBody hides secrets in a JSON text.
func redactBody(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			key := snake(k)
			if s, ok := x.(string); ok && (key == "password" || key == "access_token" || key == "refresh_token" || key == "secret") {
				out[k] = "[redacted " + hash(s)[:8] + "]"
				continue
			}
			out[k] = redactBody(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = redactBody(x)
		}
		return out
	case json.Number:
		return v
	}
	return v
}
