package probe

import (
	"context"
	"encoding/json"
	"fmt"
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
}

func (s *session) headers() []fire.Header {
	if s == nil {
		return nil
	}
	return s.proof
}

// login turns an identity into a session: given proof as it is, else the password flow of the document, else a
// login operation that takes JSON.
func (p *prober) login(ctx context.Context, id Identity) (*session, error) {
	s := &session{name: id.Name, proof: slices.Clone(id.Headers)}
	switch {
	case id.Token != "":
		s.proof = append(s.proof, fire.Header{Name: "Authorization", Value: "Bearer " + id.Token})
		return s, nil
	case id.Username == "":
		return s, nil
	}
	req, err := p.loginRequest(id)
	if err != nil {
		return nil, err
	}
	resp := p.target.Do(ctx, req)
	if resp.Err != nil {
		return nil, fmt.Errorf("login of %s: %w", id.Name, resp.Err)
	}
	if resp.Status < 200 || resp.Status >= 300 {
		return nil, fmt.Errorf("login of %s refused: POST %s answered %d", id.Name, req.Path, resp.Status)
	}
	proof, ok := proofIn(resp)
	if !ok {
		return nil, fmt.Errorf("login of %s: the answer of POST %s holds neither a token nor a cookie", id.Name, req.Path)
	}
	s.proof = append(s.proof, proof)
	return s, nil
}

func (p *prober) loginRequest(id Identity) (fire.Request, error) {
	req := fire.Request{Method: "POST", Headers: slices.Clone(p.target.marker)}
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
	for _, op := range p.target.doc.Ops {
		segs := op.Segments()
		if op.Method != "POST" || op.Body == nil || op.Body.Schema == nil || len(segs) == 0 || !hasWord(segs[len(segs)-1], set("login", "token", "signin", "session")) {
			continue
		}
		body := map[string]any{}
		for _, f := range op.Body.Schema.Props {
			switch n := snake(f.Name); {
			case n == "password":
				body[f.Name] = id.Password
			case n == "username" || n == "email" || n == "login":
				body[f.Name] = id.Username
			}
		}
		if len(body) < 2 {
			continue
		}
		req.Path = op.Path
		req, _, err := (&env{p: p}).encode(req, op, body)
		return req, err
	}
	return req, fmt.Errorf("login of %s: the document has neither a password flow nor a login operation; give --header or a token", id.Name)
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

// proofIn finds the token or the cookie in the answer of a login.
func proofIn(resp fire.Response) (fire.Header, bool) {
	if v, err := judge.Decode(resp.Body); err == nil {
		if token := tokenIn(v, 0); token != "" {
			return fire.Header{Name: "Authorization", Value: "Bearer " + token}, true
		}
	}
	var pairs []string
	for _, c := range (&http.Response{Header: resp.Header}).Cookies() {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	return fire.Header{Name: "Cookie", Value: strings.Join(pairs, "; ")}, len(pairs) > 0
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
	for _, inner := range object {
		if s := tokenIn(inner, depth+1); s != "" {
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
	for attempt := 0; ; attempt++ {
		req, body, err := e.request(op, racer{op: op})
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
				return &session{name: unique, proof: []fire.Header{proof}}, p.created()
			}
			break
		}
		if ex.resp.Status != 422 || attempt >= 5 || !p.learnRepair(op, body, ex.body, unique) {
			return nil, &setupError{op: op, status: ex.resp.Status, text: clip(string(ex.resp.Body), 160)}
		}
	}
	if err := p.created(); err != nil {
		return nil, err
	}
	return p.loginAs(ctx, unique, op, sent)
}

func (p *prober) loginAs(ctx context.Context, name string, op *openapi.Op, sent map[string]any) (*session, error) {
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
