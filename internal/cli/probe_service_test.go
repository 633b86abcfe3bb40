package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/internal/action"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

const kiosk = `{"openapi":"3.1.0","info":{"title":"Kiosk"},"paths":{
 "/login":{"post":{"requestBody":{"content":{"application/json":{"schema":{"type":"object","properties":{"username":{"type":"string"},"password":{"type":"string"}}}}}},"responses":{"200":{"description":""}}}},
 "/tokens":{"post":{"operationId":"create_token","responses":{"201":{"description":"","content":{"application/json":{"schema":{"type":"object","properties":{"id":{"type":"integer"}}}}}}}}},
 "/tokens/{token_id}":{"get":{"parameters":[{"name":"token_id","in":"path","required":true,"schema":{"type":"integer"}}],"responses":{"200":{"description":""}}}},
 "/tokens/{token_id}/claim":{"post":{"operationId":"claim_token","parameters":[{"name":"token_id","in":"path","required":true,"schema":{"type":"integer"}}],"responses":{"200":{"description":""}}}}}}`

// serveKiosk is an application whose claim races; it asks for a login and for a header.
func serveKiosk(t *testing.T) string {
	var mu sync.Mutex
	claims := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case r.URL.Path == "/openapi.json":
			io.WriteString(w, kiosk)
		case r.URL.Path == "/login" && strings.Contains(string(body), `"password":"p"`):
			io.WriteString(w, `{"access_token":"t"}`)
		case r.Header.Get("Authorization") != "Bearer t" || r.Header.Get("X-Site") != "1":
			w.WriteHeader(401)
		case len(parts) == 1:
			id := fmt.Sprint(len(claims) + 1)
			claims[id] = 0
			w.WriteHeader(201)
			fmt.Fprintf(w, `{"id":%s}`, id)
		case r.Method == "GET":
			fmt.Fprintf(w, `{"id":%s,"claims":%d}`, parts[1], claims[parts[1]])
		case claims[parts[1]] > 0:
			w.WriteHeader(409)
		default:
			mu.Unlock()
			time.Sleep(3 * time.Millisecond)
			mu.Lock()
			claims[parts[1]]++
			io.WriteString(w, `{}`)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// The step of a workflow races a service container, as whom the inputs say, and nothing outside of private networks.
func TestProbeService(t *testing.T) {
	said := 0
	job := action.ProbeJob{Probe: action.Probe{URL: serveKiosk(t), Consent: true, Username: "u", Password: "p", Headers: []string{"X-Site: 1"}, Minutes: 1},
		Log: func(string, ...any) { said++ }}
	r, err := probeService(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, test := range r.Tests {
		found = found || test.Endpoint == "/tokens/{token_id}/claim" && finding.Accuses(test.Verdict)
	}
	if data, _ := json.Marshal(r); !found || said == 0 || strings.Contains(string(data), "Bearer t") {
		t.Errorf("found %v, said %d: %s", found, said, data)
	}
	for _, url := range []string{"http://192.0.2.1:80", "http://8.8.4.4:8000"} {
		job.URL = url
		if _, err := probeService(t.Context(), job); !errors.Is(err, action.ErrProbeRefused) {
			t.Errorf("%s: %v", url, err)
		}
	}
	job.URL, job.Consent = serveKiosk(t), false
	if _, err := probeService(t.Context(), job); !errors.Is(err, action.ErrProbeRefused) {
		t.Errorf("without consent: %v", err)
	}
	job.Consent, job.Password = true, "wrong"
	if r, err := probeService(t.Context(), job); r != nil || err == nil || errors.Is(err, action.ErrProbeRefused) {
		t.Errorf("a refused login: %v", err)
	}
}
