package fire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
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
)

func target(t *testing.T, h http.Handler) *Target {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	addr := s.Listener.Addr().String()
	return &Target{Addr: addr, Host: addr, Timeout: 3 * time.Second}
}

func TestNothingRunsBeforeTheRelease(t *testing.T) {
	var ran atomic.Int32
	tgt := target(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ran.Add(1)
		body, _ := io.ReadAll(r.Body)
		time.Sleep(20 * time.Millisecond)
		fmt.Fprintf(w, "%s %s %s", r.Method, r.URL, body)
	}))
	shots := []Shot{
		{Request: Request{Method: "POST", Path: "/a?x=1"}},
		{Request: Request{Method: "POST", Path: "/b", Headers: []Header{{"Content-Type", "application/json"}}, Body: []byte(`{"n":1}`)}},
	}
	v := tgt.Fire(t.Context(), shots, func(context.Context) error {
		time.Sleep(50 * time.Millisecond)
		if n := ran.Load(); n != 0 {
			t.Errorf("%d handlers ran while the gate was shut", n)
		}
		return nil
	})
	if v.Err != nil || v.Leaked || !v.Overlap {
		t.Fatalf("%+v", v)
	}
	for i, want := range []string{"POST /a?x=1 ", `POST /b {"n":1}`} {
		if got := string(v.Hits[i].Body); got != want || v.Hits[i].Status != 200 {
			t.Errorf("shot %d: %q, want %q", i, got, want)
		}
	}
}

// A server that answers before the request is complete defeats the gate; the volley says so and releases nothing.
func TestLeakIsSeen(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var got sync.Map
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				buf := make([]byte, 4096)
				n, _ := c.Read(buf)
				if n == 0 {
					return
				}
				got.Store(string(buf[:n]), true)
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				c.Read(buf)
			}()
		}
	}()
	tgt := &Target{Addr: l.Addr().String(), Host: "x", Timeout: time.Second}
	v := tgt.Fire(t.Context(), []Shot{{Request: Request{Method: "GET", Path: "/"}}, {Request: Request{Method: "GET", Path: "/"}}},
		func(context.Context) error { time.Sleep(20 * time.Millisecond); return nil })
	if !v.Leaked || v.Overlap {
		t.Fatalf("leaked %v, overlap %v", v.Leaked, v.Overlap)
	}
	got.Range(func(k, _ any) bool {
		if strings.HasSuffix(k.(string), "\r\n\r\n") {
			t.Error("the last header byte left before the release")
		}
		return true
	})
}

func TestSequentialAnswersDoNotCountAsOverlap(t *testing.T) {
	tgt := target(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {}))
	shots := []Shot{{Request: Request{Method: "GET", Path: "/"}}, {Request: Request{Method: "GET", Path: "/"}, Offset: 60 * time.Millisecond}}
	v := tgt.Fire(t.Context(), shots, nil)
	if v.Overlap || v.Leaked || v.Err != nil {
		t.Fatalf("%+v", v)
	}
	if d := v.Hits[1].Released; d < 60*time.Millisecond || d > 75*time.Millisecond {
		t.Errorf("released after %v, want 60 ms", d)
	}
	if v.Spread > 10*time.Millisecond {
		t.Errorf("the offset was counted as spread: %v", v.Spread)
	}
}

func TestTLSHoldsASealedRecord(t *testing.T) {
	var ran atomic.Int32
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ran.Add(1)
		body, _ := io.ReadAll(r.Body)
		time.Sleep(20 * time.Millisecond)
		w.Write(body)
	}))
	defer s.Close()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	addr := s.Listener.Addr().String()
	tgt := &Target{Addr: addr, Host: addr, TLS: &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}, Timeout: 3 * time.Second}
	shot := Shot{Request: Request{Method: "PUT", Path: "/", Body: []byte("hello")}}
	for _, gate := range []Gate{HeaderGate, BodyGate} {
		ran.Store(0)
		shot.Gate = gate
		v := tgt.Fire(t.Context(), []Shot{shot, shot}, func(context.Context) error {
			time.Sleep(30 * time.Millisecond)
			if gate == HeaderGate && ran.Load() != 0 {
				t.Error("a handler ran while its record was held")
			}
			return nil
		})
		if v.Err != nil || !v.Overlap || string(v.Hits[0].Body) != "hello" || string(v.Hits[1].Body) != "hello" {
			t.Fatalf("%v gate: %+v", gate, v)
		}
	}
}

func TestHostileRequestsAreRefused(t *testing.T) {
	tgt := &Target{Addr: "127.0.0.1:1", Host: "x"}
	for _, r := range []Request{
		{Method: "GET", Path: "/ HTTP/1.1\r\nX: y"}, {Method: "GE T", Path: "/"}, {Method: "GET", Path: "x"},
		{Method: "GET", Path: "/", Headers: []Header{{"A", "b\r\nC: d"}}}, {Method: "GET", Path: "/", Headers: []Header{{"A:", "b"}}},
	} {
		if resp := tgt.Do(t.Context(), r); resp.Err == nil || strings.Contains(resp.Err.Error(), "connect") {
			t.Errorf("%+v: %v", r, resp.Err)
		}
	}
}

func TestGarbageAnswers(t *testing.T) {
	for _, text := range []string{"", "garbage", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "HTTP/1.1 999\r\n\r\n"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			if c, err := l.Accept(); err == nil {
				c.Read(make([]byte, 4096))
				io.WriteString(c, text)
				c.Close()
			}
		}()
		resp := (&Target{Addr: l.Addr().String(), Host: "x", Timeout: time.Second}).Do(t.Context(), Request{Method: "GET", Path: "/"})
		if resp.Err == nil && resp.Status == 200 {
			t.Errorf("%q was taken for an answer", text)
		}
		l.Close()
	}
}

func TestCancelEndsAHangingRequest(t *testing.T) {
	tgt := target(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	v := tgt.Fire(ctx, []Shot{{Request: Request{Method: "GET", Path: "/"}}}, nil)
	if took := time.Since(start); took > time.Second || v.Hits[0].Err != context.DeadlineExceeded {
		t.Fatalf("took %v: %+v", took, v)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	// Giving up is ours, and must not look like a server that hangs.
	if resp := tgt.Do(ctx, Request{Method: "GET", Path: "/"}); resp.Err != context.DeadlineExceeded {
		t.Errorf("%v", resp.Err)
	}
}

// TestSpread measures how far two releases lie apart, beside goroutines that wait on a barrier. The limits are
// those of a machine with a core to spare; a loaded one is told apart by the barrier's own figure.
func TestSpread(t *testing.T) {
	tgt := target(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(2 * time.Millisecond) }))
	shot := Shot{Request: Request{Method: "POST", Path: "/"}}
	const rounds = 200
	var ours, barrier []time.Duration
	for range rounds {
		v := tgt.Fire(t.Context(), []Shot{shot, shot}, nil)
		if v.Err != nil {
			t.Fatal(v.Err)
		}
		ours = append(ours, v.Spread)
		barrier = append(barrier, barrierSpread(t, tgt, shot))
	}
	slices.Sort(ours)
	slices.Sort(barrier)
	t.Logf("release spread of two requests, %d rounds: p50 %v p90 %v; goroutines with a barrier: p50 %v p90 %v",
		rounds, ours[rounds/2], ours[rounds*9/10], barrier[rounds/2], barrier[rounds*9/10])
	if ours[rounds/2] > 10*time.Microsecond && ours[rounds/2] > barrier[rounds/2] {
		t.Errorf("p50 %v is worse than a barrier's %v", ours[rounds/2], barrier[rounds/2])
	}
}

func barrierSpread(t *testing.T, tgt *Target, shot Shot) time.Duration {
	t.Helper()
	var stamps [2]time.Time
	var wg sync.WaitGroup
	gate := make(chan struct{})
	for i := range stamps {
		w, err := tgt.dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		staged, last, _ := shot.Request.split(tgt.Host, shot.Gate)
		w.stage(staged, last)
		wg.Go(func() {
			defer w.raw.Close()
			<-gate
			stamps[i] = time.Now()
			w.raw.Write(last)
			w.read("POST")
		})
	}
	time.Sleep(quiet)
	close(gate)
	wg.Wait()
	return stamps[1].Sub(stamps[0]).Abs()
}
