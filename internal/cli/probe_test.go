//go:build !lean

package cli

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
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
