package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/middlebrick/middlebrick/scanner/probe/fire"
	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

// target is the application under test with the budgets of the run.
type target struct {
	fire.Target
	base     *url.URL
	doc      *openapi.Document
	document string        // where the OpenAPI document is
	latency  time.Duration // of the document, at first
	server   string        // the Server header
	requests atomic.Int64
	budget   int64
	marker   []fire.Header
}

// documents are the places of the OpenAPI document, FastAPI's own first.
var documents = []string{"/openapi.json", "/api/openapi.json", "/api/v1/openapi.json", "/docs/openapi.json"}

// connect pins the target and reads its document. These are the only requests that need no consent.
func connect(ctx context.Context, o *Options, run string) (*target, error) {
	u, addr, err := place(ctx, o)
	if err != nil {
		return nil, err
	}
	t := &target{base: u, budget: int64(o.Requests)}
	t.Target = fire.Target{Addr: addr, Host: u.Host, Timeout: o.timeout, Prefix: strings.TrimSuffix(u.Path, "/"), Sent: t.spend}
	if u.Scheme == "https" {
		t.TLS = &tls.Config{ServerName: u.Hostname(), NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12}
	}
	t.marker = append([]fire.Header{
		{Name: "User-Agent", Value: "middlebrick/" + o.Version},
		{Name: "X-Middlebrick-Run", Value: run},
		{Name: "Accept", Value: "application/json"},
		{Name: "Connection", Value: "close"},
	}, o.Headers...)
	if err := t.describe(ctx); err != nil {
		return nil, err
	}
	for _, text := range append([]string{t.doc.Title}, t.doc.Servers...) {
		if !loopbackAddr(addr) && productive(text) {
			return nil, refuse("the OpenAPI document says %q: this looks like production; probe a copy", text)
		}
	}
	return t, nil
}

func loopbackAddr(addr string) bool {
	return strings.HasPrefix(addr, "127.") || strings.HasPrefix(addr, "[::1]")
}

// describe fetches the OpenAPI document.
func (t *target) describe(ctx context.Context) error {
	telling := ""
	tell := func(format string, args ...any) { // the first place that has something says more than those that have nothing
		if text := fmt.Sprintf(format, args...); telling == "" || strings.HasSuffix(telling, " 404") {
			telling = text
		}
	}
	for _, place := range documents {
		resp := t.Do(ctx, fire.Request{Method: "GET", Path: place, Headers: t.marker})
		switch {
		case resp.Err != nil:
			return &Unreachable{fmt.Sprintf("%s: %v", t.base, resp.Err)}
		case resp.Status >= 300 && resp.Status < 400:
			tell("GET %s redirects to %s, which is not followed; give that address if it is the application", place, resp.Header.Get("Location"))
			continue
		case resp.Status != 200:
			tell("GET %s answered %d", place, resp.Status)
			continue
		}
		doc, err := openapi.Read(resp.Body)
		if err != nil {
			tell("GET %s: %v", place, err)
			continue
		}
		t.doc, t.document, t.server, t.latency = doc, place, resp.Header.Get("Server"), resp.Latency
		t.mount(ctx)
		return nil
	}
	return &Unreachable{fmt.Sprintf("%s has no OpenAPI document: %s", t.base, telling)}
}

// mount takes over where the document says that its paths begin, if that is on this origin and the document is found
// there as well: one behind a proxy names a prefix that only the proxy knows.
func (t *target) mount(ctx context.Context) {
	if len(t.doc.Servers) == 0 {
		return
	}
	at, err := t.base.Parse(t.doc.Servers[0])
	if err != nil || at.Host != t.base.Host {
		return
	}
	prefix := strings.TrimSuffix(at.Path, "/")
	if prefix == t.Prefix || strings.ContainsAny(prefix, "{}") {
		return
	}
	was := t.Prefix
	t.Prefix = prefix
	for _, place := range []string{"/openapi.json", strings.TrimPrefix(t.document, prefix)} {
		if resp := t.Do(ctx, fire.Request{Method: "GET", Path: place, Headers: t.marker}); resp.Err == nil && resp.Status == 200 {
			t.document = place
			return
		}
	}
	t.Prefix = was
}

// found looks for the application where its document does not say that it is: one that is mounted within another may have its
// document outside. It reports the prefix under which the document's paths are answered, where that is another one.
func (t *target) found(ctx context.Context, o *Options) (prefix string, moved bool) {
	was := t.Prefix
	for _, under := range []string{"", "/api", "/api/v1", "/v1"} {
		t.Prefix = was + under
		if t.answers(ctx, o) {
			return t.Prefix, under != ""
		}
	}
	t.Prefix = was
	return was, false
}

// answers asks for a few things that need no parameter and reports whether one of them is there, or whether none can be asked.
func (t *target) answers(ctx context.Context, o *Options) bool {
	asked := 0
	for _, op := range t.doc.Ops {
		if op.Method != "GET" || strings.Contains(op.Path, "{") || asked == 3 {
			continue
		}
		if _, no := o.excluded(op.Method, op.Path); no {
			continue
		}
		asked++
		if resp := t.Do(ctx, fire.Request{Method: "GET", Path: op.Path, Headers: t.marker}); resp.Err != nil || resp.Status != 404 {
			return true
		}
	}
	return asked == 0
}

// A race that shows nothing may use a quarter of what is left of the budget, and these requests in any case.
const leastShare = 250

// share returns the count of requests up to which a race that began at begun goes on.
func (t *target) share(begun int64) int64 {
	return max(begun+(t.budget-begun)/4, t.requests.Load()+leastShare)
}

// spend counts a request against the budget before it leaves.
func (t *target) spend(fire.Request) error {
	if t.requests.Add(1) > t.budget {
		return errBudget
	}
	return nil
}

// spent reports whether an error means that a budget ended or the run was interrupted, not that the target failed.
func spent(err error) bool {
	return errors.Is(err, errBudget) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
