package fire

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Target is where the requests go. Addr is an address, not a name: it is resolved once and pinned for the run.
type Target struct {
	Addr    string      // "127.0.0.1:8000"
	Host    string      // the Host header
	TLS     *tls.Config // nil for plain HTTP
	Timeout time.Duration
	// Prefix is put before every path, for an application behind a root path.
	Prefix string
	// Sent is called before any request leaves, to count and to log it; an error keeps the request from being sent.
	Sent func(Request) error
}

// Response is an answer. A request that got none has Err and Status 0.
type Response struct {
	Status  int
	Header  http.Header
	Body    []byte
	Err     error
	Latency time.Duration
	Port    int // the local port, to tell connections apart
}

// maxBody bounds what is read of one answer.
const maxBody = 2 << 20

func (t *Target) timeout() time.Duration {
	if t.Timeout > 0 {
		return t.Timeout
	}
	return 10 * time.Second
}

// dial opens a fresh connection, since the process that accepts it owns it for good: with several workers only
// fresh connections reach all of them.
func (t *Target) dial(ctx context.Context) (*wire, error) {
	d := net.Dialer{Timeout: min(t.timeout(), 5*time.Second)}
	conn, err := d.DialContext(ctx, "tcp", t.Addr)
	if err != nil {
		return nil, err
	}
	conn.SetDeadline(time.Now().Add(t.timeout()))
	w := &wire{raw: conn, conn: conn}
	if t.TLS != nil {
		w.seal = &sealer{Conn: conn}
		secure := tls.Client(w.seal, t.TLS)
		if err := secure.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, fmt.Errorf("tls: %w", err)
		}
		w.conn = secure
	}
	return w, nil
}

// Do sends one request on a fresh connection and reads its answer. Redirects are answers, not followed.
func (t *Target) Do(ctx context.Context, r Request) Response {
	resp := t.do(ctx, r)
	resp.blame(ctx)
	return resp
}

func (t *Target) do(ctx context.Context, r Request) Response {
	r.Path = t.Prefix + r.Path
	head, body, err := r.bytes(t.Host)
	if err != nil {
		return Response{Err: err}
	}
	if t.Sent != nil {
		if err := t.Sent(r); err != nil {
			return Response{Err: err}
		}
	}
	w, err := t.dial(ctx)
	if err != nil {
		return Response{Err: err}
	}
	defer w.raw.Close()
	stop := context.AfterFunc(ctx, func() { w.raw.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	start := time.Now()
	if _, err := w.conn.Write(append(head, body...)); err != nil {
		return Response{Err: err}
	}
	resp := w.read(r.Method)
	resp.Latency = time.Since(start)
	return resp
}

// read parses one answer; the deadline of the connection bounds it in time, maxBody in size.
func (w *wire) read(method string) Response {
	out := Response{}
	if a, ok := w.raw.LocalAddr().(*net.TCPAddr); ok {
		out.Port = a.Port
	}
	limited := &io.LimitedReader{R: w.conn, N: maxBody}
	resp, err := http.ReadResponse(bufio.NewReader(limited), &http.Request{Method: method})
	if err != nil {
		out.Err = fmt.Errorf("no HTTP answer: %w", err)
		return out
	}
	defer resp.Body.Close()
	out.Status, out.Header = resp.StatusCode, resp.Header
	out.Body, err = io.ReadAll(resp.Body)
	if err != nil {
		if limited.N <= 0 {
			err = errors.New("the answer is larger than 2 MiB")
		}
		out.Err, out.Status = err, 0
	}
	return out
}

// wire is a connection with, under TLS, the layer that can keep a finished record back.
type wire struct {
	raw  net.Conn
	conn net.Conn // the plain text side
	seal *sealer
}

// sealer sits under crypto/tls. While held it collects the ciphertext, so that the last bytes of a request are
// encrypted before the gate opens and the release is one write of ready bytes.
type sealer struct {
	net.Conn
	hold bool
	kept []byte
}

func (s *sealer) Write(p []byte) (int, error) {
	if s.hold {
		s.kept = append(s.kept, p...)
		return len(p), nil
	}
	return s.Conn.Write(p)
}

// stage writes everything but the last bytes and returns these as they must go over the wire.
func (w *wire) stage(staged, last []byte) ([]byte, error) {
	if _, err := w.conn.Write(staged); err != nil {
		return nil, err
	}
	if w.seal == nil {
		return last, nil
	}
	w.seal.hold = true
	_, err := w.conn.Write(last)
	w.seal.hold = false
	return w.seal.kept, err
}
