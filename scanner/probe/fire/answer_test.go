package fire

import (
	"net"
	"testing"
	"time"
)

// FuzzAnswer reads what an application answers, which may be no HTTP at all: an answer that counts has a status, and none is larger than
// is read of it.
func FuzzAnswer(f *testing.F) {
	f.Add("GET", []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
	f.Add("POST", []byte("HTTP/1.1 409 Conflict\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))
	f.Add("HEAD", []byte("HTTP/1.0 204\r\n\r\n"))
	f.Add("GET", []byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"))
	f.Add("GET", []byte("HTTP/1.1 200 OK\r\nContent-Length: -1\r\nTransfer-Encoding: gzip, chunked\r\n\r\nffffffffffffffff\r\n"))
	f.Fuzz(func(t *testing.T, method string, said []byte) {
		ours, theirs := net.Pipe()
		defer ours.Close()
		ours.SetDeadline(time.Now().Add(10 * time.Second))
		go func() {
			_, _ = theirs.Write(said)
			theirs.Close()
		}()
		r := (&wire{raw: ours, conn: ours}).read(method)
		if r.Err == nil && (r.Status < 1 || len(r.Body) > maxBody) {
			t.Errorf("status %d, %d bytes", r.Status, len(r.Body))
		}
		if r.Err != nil && r.Status != 0 {
			t.Errorf("status %d with %v", r.Status, r.Err)
		}
	})
}
