//go:build !lean

package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

const guarded = `{"openapi":"3.1.0","info":{"title":"x","version":"1"},"paths":{
 "/login":{"post":{"requestBody":{"content":{"application/json":{"schema":{"type":"object","properties":{"username":{"type":"string"},"password":{"type":"string"}}}}}},"responses":{"200":{"description":""}}}}}}`

// What ends a probe before it begins has an exit code and a reason, and nothing else was sent.
func TestProbeExitCodes(t *testing.T) {
	t.Setenv("MIDDLEBRICK_PASSWORD_EVE", "")
	t.Setenv("MIDDLEBRICK_TOKEN_EVE", "")
	var seen []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method+" "+r.URL.Path)
		if r.URL.Path == "/openapi.json" {
			io.WriteString(w, guarded)
			return
		}
		w.WriteHeader(401)
	}))
	defer server.Close()
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		args []string
		code int
		want string
		sent string
	}{
		{[]string{"scan", server.URL, "--i-own-this-target", "--as", "eve=eve:wrong"}, exitNothing, "login of eve refused: POST /login answered 401", "GET /openapi.json POST /login"},
		{[]string{"scan", server.URL}, exitRefused, "--i-own-this-target", "GET /openapi.json"},
		{[]string{"scan", server.URL, "--i-own-this-target", "--as", "eve=eve"}, exitUsage, "MIDDLEBRICK_PASSWORD_EVE", ""},
		{[]string{"scan", server.URL, "--i-own-this-target", "--as", "eve"}, exitUsage, "MIDDLEBRICK_TOKEN_EVE", ""},
		{[]string{"scan", server.URL, "--i-own-this-target", "--as", "=x:y"}, exitUsage, "names nobody", ""},
		{[]string{"scan", server.URL, "--i-own-this-target", "--auth", "gone.yaml"}, exitUsage, "gone.yaml", ""},
		{[]string{"scan", server.URL, "--i-own-this-target", "--scenarios", "gone.yaml"}, exitUsage, "gone.yaml", ""},
	} {
		seen = nil
		var out, err bytes.Buffer
		if code := Main(c.args, nil, &out, &err); code != c.code || !strings.Contains(err.String(), c.want) || out.Len() != 0 {
			t.Errorf("%q: exit %d, want %d: %s%s", c.args[2:], code, c.code, err.String(), out.String())
		}
		if got := strings.Join(seen, " "); got != c.sent {
			t.Errorf("%q: sent %q", c.args[2:], got)
		}
	}
}

// Targets that are none, or none that is fit: each ends with a reason and the right exit code, every test that was begun has
// the verdict inconclusive, and nothing is ever sent to the other host that they speak of.
func TestBadTargets(t *testing.T) {
	var strayed atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strayed.Add(1) }))
	defer elsewhere.Close()
	document := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/openapi.json" {
				io.WriteString(w, text)
				return
			}
			w.WriteHeader(404)
		}
	}
	then := func(h http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/openapi.json" {
				io.WriteString(w, kiosk)
				return
			}
			h(w, r)
		}
	}
	hang := make(chan struct{})
	var asked atomic.Int32
	for name, c := range map[string]struct {
		target http.HandlerFunc
		args   []string
		code   int
		want   string
	}{
		"no document":        {http.NotFound, nil, exitNothing, "has no OpenAPI document: GET /docs/openapi.json answered 404"},
		"a page":             {document("<html>"), nil, exitNothing, "no OpenAPI document"},
		"an older document":  {document(`{"swagger":"2.0","paths":{}}`), nil, exitNothing, "no OpenAPI document"},
		"a document of none": {document(`{"openapi":"3.1.0","info":{},"paths":{}}`), nil, exitNothing, "has no operation"},
		"moved": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
		}, nil, exitNothing,
			"redirects to " + elsewhere.URL + "/openapi.json, which is not followed"},
		"a login elsewhere": {document(`{"openapi":"3.1.0","info":{"title":"x"},"paths":{"/a":{"get":{"responses":{}}}},
			"components":{"securitySchemes":{"o":{"type":"oauth2","flows":{"password":{"scopes":{},"tokenUrl":"` + elsewhere.URL + `/token"}}}}}}`),
			[]string{"--username", "u", "--password", "p"}, exitRefused, "credentials are not sent there"},
		"a server elsewhere": {document(strings.Replace(strings.Replace(kiosk, `"paths":`, `"servers":[{"url":"`+elsewhere.URL+`"}],"paths":`, 1),
			`{"type":"object","properties":{"id":{"type":"integer"}}}`, `{"$ref":"`+elsewhere.URL+`/schema.json"}`, 1)), nil, 0, "POST /tokens answered 404"},
		"redirects every request": {then(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
		}), nil, 0, "answered 307"},
		"429 for everything": {then(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }), nil, 0, "429"},
		"answers garbage": {then(func(w http.ResponseWriter, _ *http.Request) {
			conn, buf, _ := w.(http.Hijacker).Hijack()
			buf.WriteString("\x16\x03\x01\xff\r\n")
			buf.Flush()
			conn.Close()
		}), nil, 0, "no HTTP answer"},
		"dies": {func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) > 3 {
				conn, _, _ := w.(http.Hijacker).Hijack()
				conn.Close()
				return
			}
			then(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201) })(w, r)
		}, nil, exitNothing, "stopped answering"},
		"hangs": {then(func(http.ResponseWriter, *http.Request) { <-hang }), []string{"--max-time", "1s"}, 0, "budget of time"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(c.target)
			defer server.Close()
			if name == "hangs" {
				defer close(hang)
			}
			t.Chdir(t.TempDir())
			var out, err bytes.Buffer
			code := Main(append([]string{"scan", server.URL, "--i-own-this-target", "--output", "json"}, c.args...), nil, &out, &err)
			if said := err.String() + out.String(); code != c.code || !strings.Contains(said, c.want) {
				t.Errorf("exit %d, want %d and %q:\n%s", code, c.code, c.want, said)
			}
			if out.Len() == 0 {
				return
			}
			var r struct {
				Tests []struct{ Verdict, Vulnerability string } `json:"fastapi_toctou_tests"`
			}
			if err := json.Unmarshal(out.Bytes(), &r); err != nil {
				t.Fatal(err)
			}
			for _, test := range r.Tests {
				if test.Verdict != "inconclusive" || test.Vulnerability == "" {
					t.Errorf("%s: %s", test.Verdict, test.Vulnerability)
				}
			}
		})
	}
	if n := strayed.Load(); n != 0 {
		t.Errorf("%d requests went to another host", n)
	}
}
