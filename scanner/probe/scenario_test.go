//go:build !lean

package probe

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

func readFile(t *testing.T, text string) *File {
	t.Helper()
	f, err := ReadFile([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

const cancelTwice = "post.orders.order_id.cancel.twice"

func TestScenarioFileIsRaced(t *testing.T) {
	s := newShop()
	o := quick(s.start(t))
	o.Files = []*File{readFile(t, `
scenarios:
  - id: refunds
    test_type: limit_overrun
    setup:
      - {op: create_order, save: {mine: $response.body#/id}}
    racers:
      - {op: "POST /orders/{order_id}/cancel", params: {order_id: $mine}}
      - {op: "POST /orders/{order_id}/cancel", params: {order_id: $mine}}
    observers:
      - {op: "GET /orders/{id}", params: {order_id: $mine}}
    cleanup:
      - {op: "DELETE /orders/{order_id}", params: {order_id: $mine}}
    budget: {trials: 60, settle: 100ms}
`)}
	o.Only = "refunds"
	r, err := Run(t.Context(), o)
	if err != nil || len(r.Tests) != 1 {
		t.Fatal(err, r)
	}
	if test := r.Tests[0]; test.Verdict != confirmedState || test.TestType != limitOverrun {
		t.Errorf("%s: %s", test.Verdict, test.Vulnerability)
	}
	if len(s.orders) != 0 {
		t.Errorf("%d orders are left", len(s.orders))
	}
}

// What plan writes can be given to scan as it is, and stands in place of what would be inferred.
func TestPlanIsReadBack(t *testing.T) {
	s := newShop()
	o := quick(s.start(t))
	planned, err := Plan(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := planned.WriteFile(&b); err != nil {
		t.Fatal(err)
	}
	o.Files = []*File{readFile(t, b.String())}
	again, err := Plan(t.Context(), o)
	if err != nil || len(again.Scenarios) != len(planned.Scenarios) {
		t.Fatalf("%v: %d scenarios, then %d", err, len(planned.Scenarios), len(again.Scenarios))
	}
	ids := func(p *Planned) (out []string) {
		for _, s := range p.Scenarios {
			out = append(out, s.ID+" "+s.Type+" "+strings.Join(s.Racers, " "))
		}
		slices.Sort(out)
		return out
	}
	if x, y := ids(planned), ids(again); !slices.Equal(x, y) {
		t.Errorf("%q\n%q", x, y)
	}
	o.Only = cancelTwice
	r, err := Run(t.Context(), o)
	if err != nil || len(r.Tests) != 1 || r.Tests[0].Verdict != confirmedState {
		t.Errorf("%v %+v", err, r)
	}
}

// desk has an operation whose customer nothing in the document makes.
const desk = `{"openapi":"3.1.0","info":{"title":"Desk","version":"1"},"paths":{
 "/login":{"post":{"operationId":"login","requestBody":{"content":{"application/json":{"schema":{"type":"object","required":["username","password"],"properties":{"username":{"type":"string"},"password":{"type":"string"}}}}}},"responses":{"200":{"description":""}}}},
 "/directory":{"get":{"operationId":"list_people","responses":{"200":{"description":"","links":{}}}}},
 "/people/{person_id}":{"get":{"operationId":"get_person","parameters":[{"name":"person_id","in":"path","required":true,"schema":{"type":"integer"}}],"responses":{"200":{"description":""}}}},
 "/people/{person_id}/bonus":{"post":{"operationId":"pay_bonus","parameters":[{"name":"person_id","in":"path","required":true,"schema":{"type":"integer"}}],"responses":{"200":{"description":""}}}}}}`

// TestBlanks: what nothing makes is a blank in the written plan; a value, or an operation that shows one, fills it.
func TestBlanks(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/openapi.json":
			io.WriteString(w, desk)
		case "/directory":
			io.WriteString(w, `{"people":[{"number":7}]}`)
		case "/people/7", "/people/7/bonus":
			time.Sleep(3 * time.Millisecond)
			io.WriteString(w, `{"paid":1}`)
		default:
			w.WriteHeader(404)
		}
	}))
	defer server.Close()
	planned, err := Plan(t.Context(), quick(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	planned.WriteFile(&b)
	blank := "    give:\n      person_id: null\n"
	if !strings.Contains(b.String(), blank) {
		t.Fatalf("no blank:\n%s", b.String())
	}
	for _, filled := range []string{"person_id: 7", "person_id: {op: GET /directory, pick: $response.body#/people/0/number}"} {
		o := quick(server.URL)
		o.Files = []*File{readFile(t, strings.Replace(b.String(), "person_id: null", filled, 1))}
		o.Only = "post.people.person_id.bonus.twice"
		r, err := Run(t.Context(), o)
		if err != nil || len(r.Tests) != 1 || r.Tests[0].Verdict != notObserved {
			t.Errorf("%s: %v %+v", filled, err, r)
		}
	}
}

// The document's own links say what names do not.
func TestLinks(t *testing.T) {
	doc := strings.Replace(desk, `"links":{}`, `"links":{"bonus":{"operationId":"pay_bonus","parameters":{"person_id":"$response.body#/people/0/number"}}}`, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, doc) }))
	defer server.Close()
	planned, err := Plan(t.Context(), quick(server.URL))
	if err != nil || len(planned.Scenarios) != 1 || planned.Scenarios[0].Setup[0] != "GET /directory" {
		t.Errorf("%v %+v", err, planned)
	}
}

func TestArazzo(t *testing.T) {
	s := newShop()
	o := quick(s.start(t))
	o.Files = []*File{readFile(t, `
arazzo: 1.0.1
info: {title: Cancel, version: "1"}
sourceDescriptions: [{name: shop, url: ./openapi.json, type: openapi}]
workflows:
  - workflowId: cancel-an-order
    steps:
      - stepId: order
        operationId: create_order
        outputs: {id: $response.body#/id}
      - stepId: cancel
        operationPath: '{$sourceDescriptions.shop.url}#/paths/~1orders~1{order_id}~1cancel/post'
        parameters: [{name: order_id, in: path, value: $steps.order.outputs.id}]
`)}
	o.Only = "cancel-an-order"
	r, err := Run(t.Context(), o)
	if err != nil || len(r.Tests) != 1 || r.Tests[0].Verdict != confirmedState {
		t.Errorf("%v %+v", err, r)
	}
}

func TestFilesThatAreNone(t *testing.T) {
	two := "racers: [{op: create_order}, {op: create_order}]"
	for text, want := range map[string]string{
		"scenarios: 7":                                                    "line 1",
		"scenarios:\n  - id: x\n    racer: []":                            "line 3",
		"scenarios: [{id: x, racers: [{op: create_order}]}]":              "two racers",
		"scenarios: [{" + two + "}]":                                      "no id",
		"scenarios: [{id: x, property: nice, " + two + "}]":               "unknown property",
		"scenarios: [{id: x, property: 'at_most: 0', " + two + "}]":       "at_most: 1",
		"scenarios: [{id: x, test_type: bang, " + two + "}]":              "unknown test_type",
		"scenarios: [{id: x, racers: [{op: a},{op: b},{op: c},{op: d}]}]": "three different",
		"arazzo: 1.0.0": "no workflow",
		"arazzo: 1.0.0\nworkflows: [{workflowId: w, steps: [{stepId: s, workflowId: other}]}]": "other workflows",
		"\x00":                       "not a scenario file",
		"a: &a [*a]":                 "not a scenario file",
		strings.Repeat("[", 100_000): "not a scenario file",
		strings.Repeat("#", 2<<20):   "1 MiB",
	} {
		if _, err := ReadFile([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", text, err, want)
		}
	}
	s := newShop()
	base := s.start(t)
	for text, want := range map[string]string{
		"scenarios: [{id: x, racers: [{op: nothing}, {op: nothing}]}]":                    `no operation "nothing"`,
		"scenarios: [{id: x, racers: [{op: POST /admin/wipe}, {op: POST /admin/wipe}]}]":  "excluded",
		"scenarios: [{id: x, racers: [{op: create_order, as: eve}, {op: create_order}]}]": `nobody is called "eve"`,
		"scenarios: [{id: x, budget: {settle: forever}, " + two + "}]":                    "no time",
		"unresolved: [{op: nothing, give: {x: 1}}]":                                       `no operation "nothing"`,
		"unresolved: [{op: create_order, give: {x: {op: nothing}}}]":                      `no operation "nothing"`,
	} {
		o := quick(base)
		o.Files = []*File{readFile(t, text)}
		if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	if s.wiped.Load() != 0 || len(s.orders) != 0 {
		t.Error("something was sent")
	}
}

func TestExpressions(t *testing.T) {
	e := &env{unique: "mb1", vars: map[string]any{"id": json.Number("7"), "step.code": "a/b"}, symbols: map[string]string{}, keys: map[string]string{}}
	for in, want := range map[string]string{"$id": "7", "x${id}y": `"x7y"`, "$step.code": `"a/b"`, "${unique}@x": `"mb1@x"`, "5$": `"5$"`, "$$id": `"$$id"`} {
		v, err := e.resolve(in)
		if data, _ := json.Marshal(v); err != nil || string(data) != want {
			t.Errorf("%s: %s %v, want %s", in, data, err, want)
		}
	}
	if _, err := e.resolve(map[string]any{"a": []any{"$gone"}}); err == nil {
		t.Error("an unknown name was resolved")
	}
	body := map[string]any{"a": []any{map[string]any{"b/c": 1.0}}}
	for path, want := range map[string]any{"/a/0/b~1c": 1.0, "": body} {
		if v, ok := pointer(body, path); !ok || finding.Schema == "" || !equal(v, want) {
			t.Errorf("%q: %v", path, v)
		}
	}
	for _, path := range []string{"a", "/b", "/a/1", "/a/x", "/a/0/b~1c/d"} {
		if v, ok := pointer(body, path); ok {
			t.Errorf("%q: %v", path, v)
		}
	}
}

// Names that the application gives are identities: they vary from trial to trial, and two that are equal stay so.
func TestGivenNames(t *testing.T) {
	state := func(first, second string) string {
		e := &env{unique: "mb1", symbols: map[string]string{}, keys: map[string]string{}}
		count := map[string]int{}
		for _, n := range []string{first, second} {
			e.given("$made", map[string]any{"number": n, "status": "open-2", "name": "basic"}, count)
		}
		return e.normal(nil).Text([]any{map[string]any{"number": first, "name": "basic"}, map[string]any{"number": second, "name": "basic"}})
	}
	if x, y := state("INV-0001", "INV-0002"), state("INV-0041", "INV-0042"); x != y || !strings.Contains(x, `"basic"`) {
		t.Errorf("%s\n%s", x, y)
	}
	if x, y := state("INV-0001", "INV-0002"), state("INV-0003", "INV-0003"); x == y {
		t.Errorf("two invoices of one number look like two of two: %s", x)
	}
}

func equal(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}

// members lets people in by what they prove, and notes who asked for what.
type members struct {
	mu   sync.Mutex
	seen []string
}

func (m *members) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	m.mu.Lock()
	m.seen = append(m.seen, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization")+" "+r.Header.Get("Cookie")+" "+r.Header.Get("X-Key")+" "+string(body))
	m.mu.Unlock()
	switch r.URL.Path {
	case "/openapi.json":
		io.WriteString(w, desk)
	case "/login", "/enter":
		if !strings.Contains(string(body), "secret") {
			w.WriteHeader(401)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "c1"})
		io.WriteString(w, `{"data":{"jwt":"t1"}}`)
	default:
		w.WriteHeader(404)
	}
}

func (m *members) used(text string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.ContainsFunc(m.seen, func(s string) bool { return strings.Contains(s, text) })
}

const wfc = `
schemaVersion: 0.3.0
auth:
  - {name: key, fixedHeaders: [{name: X-Key, value: k1}]}
  - name: cookie
    loginEndpointAuth: {payloadUserPwd: {username: bob, password: secret}}
  - name: token
    loginEndpointAuth:
      endpoint: /enter
      payloadRaw: 'user=bob&pass=secret'
      contentType: application/x-www-form-urlencoded
      expectCookies: false
      token: {extractFrom: body, extractSelector: /data/jwt, sendIn: header, sendName: Authorization, sendTemplate: "JWT {token}"}
authTemplate:
  loginEndpointAuth:
    endpoint: /login
    verb: POST
    expectCookies: true
    payloadUserPwd: {usernameField: user, passwordField: pass}
`

func TestIdentities(t *testing.T) {
	list, err := ReadWFC([]byte(wfc))
	if err != nil || len(list) != 3 {
		t.Fatal(err, list)
	}
	list[2].Login.Cookies = false // the template asks for cookies, this entry for a token
	list = append(list, Identity{Name: "plain", Username: "bob", Password: "secret"}, Identity{Name: "given", Token: "g1"})
	m := &members{}
	server := httptest.NewServer(m)
	defer server.Close()
	o := quick(server.URL)
	o.defaults()
	p, err := open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	p.opts.Identities = list
	if err := p.identify(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"X-Key: k1", "Cookie: sid=c1", "Authorization: JWT t1", "Authorization: Bearer t1", "Authorization: Bearer g1"} {
		got := ""
		for _, h := range p.others[i].proof {
			got += h.Name + ": " + h.Value + "\n"
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", p.others[i].name, got, want)
		}
	}
	if !m.used(`POST /login    {"pass":"secret","user":"bob"}`) || !m.used("POST /enter    user=bob&pass=secret") {
		t.Errorf("%q", m.seen)
	}
	o.Identities = []Identity{{Name: "eve", Username: "eve", Password: "wrong"}}
	if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "login of eve refused: POST /login answered 401") {
		t.Errorf("a refused login: %v", err)
	}
}

func TestWFCDocumentsThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "auth: []": "no entry", "auth: 7": "line 1", "auth: [{}]": "no name",
		"auth: [{name: a, loginEndpointAuth: {externalEndpointURL: 'https://sso.example/login'}}]":         "sent to the target only",
		"auth: [{name: a, loginEndpointAuth: {endpoint: login}}]":                                          "no path",
		"auth: [{name: a, loginEndpointAuth: {endpoint: /login}}]":                                         "neither token nor expectCookies",
		"auth: [{name: a, loginEndpointAuth: {endpoint: /l, payloadUserPwd: {username: x, password: y}}}]": "lacks usernameField",
	} {
		if _, err := ReadWFC([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func FuzzReadFile(f *testing.F) {
	f.Add([]byte(wfc))
	f.Add([]byte("scenarios: [{id: x, racers: [{op: a}, {op: a}]}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		ReadFile(data)
		ReadWFC(data)
	})
}
