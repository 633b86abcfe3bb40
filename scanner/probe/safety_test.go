//go:build !lean

package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// small is the document of an application with one resource.
const small = `{"openapi":"3.1.0","info":{"title":"Small","version":"1"},"paths":{
 "/orders":{"post":{"operationId":"create_order","responses":{"201":{"description":"","content":{"application/json":{"schema":{"type":"object","properties":{"id":{"type":"integer"}}}}}}}}},
 "/orders/{order_id}":{"get":{"operationId":"get_order","parameters":[{"name":"order_id","in":"path","required":true,"schema":{"type":"integer"}}],"responses":{"200":{"description":""}}},
   "delete":{"operationId":"delete_order","parameters":[{"name":"order_id","in":"path","required":true,"schema":{"type":"integer"}}],"responses":{"204":{"description":""}}}},
 "/orders/{order_id}/cancel":{"post":{"operationId":"cancel_order","parameters":[{"name":"order_id","in":"path","required":true,"schema":{"type":"integer"}}],"responses":{"200":{"description":""}}}},
 "/admin/wipe":{"post":{"operationId":"wipe","responses":{"200":{"description":""}}}}}}`

// shop is that application, in Go, for tests that need no Python. pause is between its check and its act.
type shop struct {
	mu      sync.Mutex
	orders  map[string]*struct{ status, refunds int }
	next    int
	pause   time.Duration
	locked  bool // one request at a time: no race
	wiped   atomic.Int32
	deleted atomic.Int32
	seen    atomic.Int64
	before  func(http.ResponseWriter, *http.Request) bool // answers instead, when it returns true
	marked  atomic.Bool
}

func newShop() *shop {
	return &shop{orders: map[string]*struct{ status, refunds int }{}, pause: 3 * time.Millisecond}
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.seen.Add(1)
	s.marked.Store(s.marked.Load() || r.Header.Get("X-Middlebrick-Run") != "")
	if s.before != nil && s.before(w, r) {
		return
	}
	say := func(status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(v)
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case r.URL.Path == "/openapi.json":
		io.WriteString(w, small)
	case r.URL.Path == "/admin/wipe":
		s.wiped.Add(1)
	case r.Method == "POST" && len(parts) == 1:
		s.next++
		s.orders[fmt.Sprint(s.next)] = &struct{ status, refunds int }{}
		say(201, map[string]any{"id": s.next})
	case s.orders[parts[1]] == nil:
		say(404, map[string]any{"detail": "no such order"})
	case r.Method == "GET":
		say(200, map[string]any{"id": parts[1], "refunds": s.orders[parts[1]].refunds})
	case r.Method == "DELETE":
		s.deleted.Add(1)
		delete(s.orders, parts[1])
		w.WriteHeader(204)
	default:
		o := s.orders[parts[1]]
		if o.status != 0 {
			say(409, map[string]any{"detail": "cancelled already"})
			return
		}
		if !s.locked {
			s.mu.Unlock()
			time.Sleep(s.pause)
			s.mu.Lock()
		}
		o.status = 1
		o.refunds++
		say(200, map[string]any{"ok": true})
	}
}

func (s *shop) start(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.URL
}

func quick(base string) Options {
	return Options{URL: base, Consent: true, Duration: 20 * time.Second, Settle: 200 * time.Millisecond}
}

func verdictOf(r *finding.Report, scenario string) (string, string) {
	for _, t := range r.Tests {
		if e := t.Evidence; e.Scenario == scenario {
			return t.Verdict, t.Vulnerability
		}
	}
	return "", ""
}

func TestFindsAndCleansUp(t *testing.T) {
	s := newShop()
	r, err := Run(t.Context(), quick(s.start(t)))
	if err != nil {
		t.Fatal(err)
	}
	if v, text := verdictOf(r, "post.orders.order_id.cancel.twice"); v != confirmedState {
		t.Errorf("%s: %s", v, text)
	}
	if !slices.ContainsFunc(r.Summary.Assumptions, func(a string) bool { return strings.Contains(a, "of a volley left within") }) {
		t.Errorf("the release spread is not told: %q", r.Summary.Assumptions)
	}
	if len(s.orders) != 0 {
		t.Errorf("%d orders are left", len(s.orders))
	}
	if s.wiped.Load() != 0 {
		t.Error("an excluded operation was called")
	}
	if !s.marked.Load() {
		t.Error("the requests bear no mark")
	}
	locked := newShop()
	locked.locked = true
	if r, err = Run(t.Context(), quick(locked.start(t))); err != nil {
		t.Fatal(err)
	}
	for _, test := range r.Tests {
		if accuses(test.Verdict) {
			t.Errorf("accused: %s", test.Vulnerability)
		}
	}
}

func TestWithoutConsentOnlyTheDocumentIsRead(t *testing.T) {
	s := newShop()
	o := quick(s.start(t))
	o.Consent = false
	_, err := Run(t.Context(), o)
	var refused *Refused
	if !errors.As(err, &refused) || s.seen.Load() != 1 {
		t.Errorf("%v after %d requests", err, s.seen.Load())
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		url   string
		allow []string
		want  string
	}{
		{"http://192.0.2.1:80", nil, "not a loopback address"},
		{"http://192.0.2.1:80", []string{"192.0.2.1:81"}, "not a loopback address"},
		{"http://10.1.2.3:8000", nil, "--allow-host 10.1.2.3:8000"},
	} {
		o := Options{URL: c.url, Consent: true, AllowHosts: c.allow}
		_, err := Run(t.Context(), o)
		var refused *Refused
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.url, err)
		}
	}
	for text, want := range map[string]bool{"api.prod.example": true, "Shop (production)": true, "product service": false, "deliver": false, "live": true} {
		if productive(text) != want {
			t.Errorf("productive(%q) is %v", text, !want)
		}
	}
}

func TestTargetsThatAreNone(t *testing.T) {
	closed, _ := net.Listen("tcp", "127.0.0.1:0")
	addr := closed.Addr().String()
	closed.Close()
	serve := func(h http.HandlerFunc) string {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return s.URL
	}
	for name, url := range map[string]string{
		"closed":      "http://" + addr,
		"no document": serve(http.NotFound),
		"a page":      serve(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }),
		"garbage":     serve(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte{0, 1, 2, 0xff}) }),
		"empty":       serve(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"openapi":"3.1.0","paths":{}}`) }),
	} {
		_, err := Run(t.Context(), quick(url))
		var gone *Unreachable
		if !errors.As(err, &gone) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A target that stops answering in the middle of a race ends the run, with what was found until then.
func TestTargetThatHangs(t *testing.T) {
	s := newShop()
	stuck := make(chan struct{})
	s.before = func(http.ResponseWriter, *http.Request) bool {
		if s.seen.Load() > 40 {
			<-stuck
		}
		return false
	}
	o := quick(s.start(t))
	t.Cleanup(func() { close(stuck) }) // before the server is closed, which waits for its handlers
	o.timeout = 300 * time.Millisecond
	start := time.Now()
	r, err := Run(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), "stopped answering") || r == nil || len(r.Tests) == 0 {
		t.Errorf("%v %+v", err, r)
	}
	if took := time.Since(start); took > 15*time.Second+5*time.Second {
		t.Errorf("took %v", took)
	}
}

// A complaint about a body as a whole is met with its optional fields.
func TestBodiesThatWantMore(t *testing.T) {
	doc := strings.Replace(small, `"operationId":"create_order",`, `"operationId":"create_order","requestBody":{"content":{"application/json":{"schema":{"type":"object","required":["kind"],
		"properties":{"kind":{"type":"string"},"label":{"anyOf":[{"type":"string"},{"type":"null"}]},"parent_id":{"type":"integer"}}}}}},`, 1)
	s := newShop()
	s.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/openapi.json" {
			io.WriteString(w, doc)
			return true
		}
		body, _ := io.ReadAll(r.Body)
		if r.Method == "POST" && r.URL.Path == "/orders" && (!strings.Contains(string(body), `"label":"mb`) || strings.Contains(string(body), "parent_id")) {
			w.WriteHeader(422)
			io.WriteString(w, `{"detail":[{"type":"value_error","loc":["body"],"msg":"Value error, an order needs a label"}]}`)
			return true
		}
		return false
	}
	o := quick(s.start(t))
	o.Only = cancelTwice
	r, err := Run(t.Context(), o)
	if err != nil || len(r.Tests) != 1 || r.Tests[0].Verdict != confirmedState {
		t.Errorf("%v %+v", err, r)
	}
}

// An application that is mounted within another one is found although the document outside does not say where.
func TestMountedElsewhere(t *testing.T) {
	s := newShop()
	doc := strings.Replace(small, `"/orders":{`, `"/health":{"get":{"responses":{"200":{"description":""}}}},"/orders":{`, 1)
	mounted := http.StripPrefix("/api", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/health" {
			io.WriteString(w, "{}")
			return
		}
		s.ServeHTTP(w, r)
	}))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/openapi.json":
			io.WriteString(w, doc)
		case strings.HasPrefix(r.URL.Path, "/api/"):
			mounted.ServeHTTP(w, r)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	o := quick(server.URL)
	o.Only = cancelTwice
	r, err := Run(t.Context(), o)
	if err != nil || len(r.Tests) != 1 || r.Tests[0].Verdict != confirmedState || !slices.Contains(r.Summary.Assumptions, "the paths of the document are answered under /api") {
		t.Errorf("%v %+v", err, r)
	}
}

// A redirect to another origin is an answer, and nothing is ever sent there.
func TestRedirectsAreNotFollowed(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	s := newShop()
	s.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/openapi.json" {
			return false
		}
		http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
		return true
	}
	r, err := Run(t.Context(), quick(s.start(t)))
	if err != nil || elsewhere.Load() != 0 {
		t.Fatalf("%v, %d requests went elsewhere", err, elsewhere.Load())
	}
	for _, test := range r.Tests {
		if test.Verdict != inconclusive {
			t.Errorf("%s %s", test.Verdict, test.Vulnerability)
		}
	}
}

func TestTargetsThatMisbehave(t *testing.T) {
	for name, c := range map[string]struct {
		before func(s *shop) func(http.ResponseWriter, *http.Request) bool
		want   string
	}{
		"429 for everything": {func(*shop) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				if strings.HasSuffix(r.URL.Path, "/cancel") {
					w.WriteHeader(429)
					return true
				}
				return false
			}
		}, "rate limited"},
		"refuses everything": {func(*shop) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != "/openapi.json" {
					w.WriteHeader(401)
					return true
				}
				return false
			}
		}, "401"},
		"dies": {func(s *shop) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				if s.seen.Load() > 30 {
					conn, _, _ := w.(http.Hijacker).Hijack()
					conn.Close()
					return true
				}
				return false
			}
		}, "no HTTP answer"},
		"garbage": {func(*shop) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, "/cancel") {
					return false
				}
				conn, buf, _ := w.(http.Hijacker).Hijack()
				buf.WriteString("\x16\x03\x01\x00\xffHTTP/9 OK\r\n\r\n")
				buf.Flush()
				conn.Close()
				return true
			}
		}, "no HTTP answer"},
		"a document that lies": {func(*shop) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				if strings.HasSuffix(r.URL.Path, "/cancel") {
					http.NotFound(w, r) // the document says that it is there
					return true
				}
				return false
			}
		}, "refused even alone: 404"},
		"answers of another kind": {func(*shop) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method == "POST" && r.URL.Path == "/orders" {
					io.WriteString(w, `["no id here"]`)
					return true
				}
				return false
			}
		}, "has no order_id"},
		"never the same": {func(s *shop) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method == "GET" && r.URL.Path != "/openapi.json" {
					fmt.Fprintf(w, `{"total":%d}`, s.seen.Load())
					return true
				}
				return false
			}
		}, "unstable"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop()
			s.before = c.before(s)
			o := quick(s.start(t))
			o.Only = "post.orders.order_id.cancel.twice"
			r, err := Run(t.Context(), o)
			if r == nil || len(r.Tests) != 1 {
				t.Fatal(err, r)
			}
			if test := r.Tests[0]; test.Verdict != inconclusive || !strings.Contains(test.Vulnerability, c.want) {
				t.Errorf("%s: %q, want inconclusive with %q", test.Verdict, test.Vulnerability, c.want)
			}
		})
	}
}

// A target that grows slower is left alone, and what was made is removed.
func TestTargetThatGrowsSlower(t *testing.T) {
	s := newShop()
	s.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/openapi.json" && s.seen.Load() > 60 {
			time.Sleep(slow + 100*time.Millisecond)
		}
		return false
	}
	r, err := Run(t.Context(), quick(s.start(t)))
	if err == nil || !strings.Contains(err.Error(), "much slower") || r == nil || len(r.Tests) == 0 {
		t.Errorf("%v %+v", err, r)
	}
	if len(s.orders) != 0 {
		t.Errorf("%d orders are left", len(s.orders))
	}
}

// A lock for each user lets two users race; one user's requests wait for each other.
func TestTwoUsers(t *testing.T) {
	doc := strings.Replace(small, `"operationId":"cancel_order",`, `"operationId":"cancel_order","security":[{"b":[]}],`, 1)
	doc = strings.Replace(doc, `"paths":`, `"components":{"securitySchemes":{"b":{"type":"http","scheme":"bearer"}}},"paths":`, 1)
	s := newShop()
	var mu sync.Mutex
	locks := map[string]*sync.Mutex{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/openapi.json" {
			io.WriteString(w, doc)
			return
		}
		mu.Lock()
		lock := locks[r.Header.Get("Authorization")]
		if lock == nil {
			lock = &sync.Mutex{}
			locks[r.Header.Get("Authorization")] = lock
		}
		mu.Unlock()
		lock.Lock()
		defer lock.Unlock()
		s.ServeHTTP(w, r)
	}))
	defer server.Close()
	o := quick(server.URL)
	o.Identities = []Identity{{Name: "ann", Token: "a"}, {Name: "bob", Token: "b"}}
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if v, text := verdictOf(r, cancelTwice); v != notObserved {
		t.Errorf("one user: %s %s", v, text)
	}
	if v, text := verdictOf(r, "post.orders.order_id.cancel.by-two"); v != confirmedState {
		t.Errorf("two users: %s %s", v, text)
	}
}

func TestBudgetsAndInterrupts(t *testing.T) {
	s := newShop()
	o := quick(s.start(t))
	o.Requests = 40
	r, err := Run(t.Context(), o)
	if err != nil || len(s.orders) != 0 {
		t.Errorf("%v, %d orders left", err, len(s.orders))
	}
	if n := s.seen.Load() - int64(s.deleted.Load()); n > 45 {
		t.Errorf("%d requests were sent on a budget of 40", n)
	}
	if !slices.ContainsFunc(r.Summary.Assumptions, func(a string) bool { return strings.Contains(a, "budget") }) {
		t.Errorf("the report is silent about the budget: %q", r.Summary.Assumptions)
	}
	slow := newShop()
	base := slow.start(t)
	ctx, cancel := context.WithCancel(t.Context())
	slow.before = func(http.ResponseWriter, *http.Request) bool {
		if slow.seen.Load() == 60 {
			cancel()
		}
		return false
	}
	start := time.Now()
	r, err = Run(ctx, quick(base))
	if !errors.Is(err, context.Canceled) || r == nil || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	slow.mu.Lock()
	defer slow.mu.Unlock()
	if len(slow.orders) > 1 { // the request in flight when the run was interrupted may have made one
		t.Errorf("%d orders are left after an interrupt", len(slow.orders))
	}
}

// The login never leaves the target's origin.
func TestTokenURLElsewhere(t *testing.T) {
	doc := strings.Replace(small, `"paths":`, `"components":{"securitySchemes":{"o":{"type":"oauth2","flows":{"password":{"scopes":{},"tokenUrl":"http://192.0.2.7/token"}}}}},"paths":`, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, doc) }))
	defer server.Close()
	o := quick(server.URL)
	o.Identities = []Identity{{Name: "a", Username: "a", Password: "b"}}
	_, err := Run(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), "another host") {
		t.Errorf("%v", err)
	}
}

func TestEvidenceHoldsNoSecret(t *testing.T) {
	s := newShop()
	o := quick(s.start(t))
	o.StateDir = t.TempDir()
	o.Identities = []Identity{{Name: "a", Token: "very-secret-token"}}
	o.Only = "post.orders.order_id.cancel.twice"
	r, err := Run(t.Context(), o)
	if err != nil || r.Tests[0].Verdict != confirmedState {
		t.Fatal(err, r.Tests)
	}
	kept, err := Load(o.StateDir, r.Tests[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{kept, r} {
		if data, _ := json.Marshal(v); strings.Contains(string(data), "very-secret-token") || !strings.Contains(string(data), "[redacted ") {
			t.Error("the token is in the evidence, or its hash is not")
		}
	}
	o.URL = "http://127.0.0.1:1"
	var refused *Refused
	if _, err := Replay(t.Context(), o, r.Tests[0].ID); !errors.As(err, &refused) {
		t.Errorf("replayed elsewhere: %v", err)
	}
	o.URL = ""
	again, err := Replay(t.Context(), o, r.Tests[0].ID)
	if err != nil || len(again.Tests) != 1 || again.Tests[0].Verdict != confirmedState {
		t.Errorf("replay: %v %+v", err, again)
	}
	for _, id := range []string{"", "../x", "MB-R-none"} {
		if _, err := Load(o.StateDir, id); err == nil {
			t.Errorf("%q was loaded", id)
		}
	}
}

func TestExcluded(t *testing.T) {
	o := Options{Exclude: []string{"/legacy*", "!*/email*", "POST /x/{id}"}}
	for key, want := range map[string]bool{"POST /admin/x": true, "POST /api/admin/x": true, "POST /legacy/a": true, "POST /v1/email": false,
		"DELETE /users/me": true, "GET /users/me": false, "POST /x/{id}": true, "PUT /x/{id}": false, "POST /send/sms": true} {
		method, path, _ := strings.Cut(key, " ")
		if _, got := o.excluded(method, path); got != want {
			t.Errorf("%s: %v", key, got)
		}
	}
}
