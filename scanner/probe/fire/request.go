package fire

import (
	"bytes"
	"fmt"
	"strings"
)

// Header is one header field. A slice of them keeps the order and allows repetition.
type Header struct {
	Name, Value string
}

// Request is what goes over the wire. Path is the request target with its query.
type Request struct {
	Method  string
	Path    string
	Headers []Header
	Body    []byte
}

// Gate says which byte of a request is withheld.
type Gate int

// The gates. With HeaderGate nothing of the request has run while it is held; with BodyGate the middleware has,
// and on a route without a declared body the whole handler would have: never use it there.
const (
	HeaderGate Gate = iota
	BodyGate
)

func (g Gate) String() string {
	if g == BodyGate {
		return "body"
	}
	return "header"
}

// bytes renders the request. Values with control characters are refused: they would start another request.
func (r Request) bytes(host string) (head, body []byte, err error) {
	var b bytes.Buffer
	if strings.ContainsAny(r.Method+r.Path+host, " \r\n\x00") || !strings.HasPrefix(r.Path, "/") {
		return nil, nil, fmt.Errorf("%s %q: not a request target", r.Method, r.Path)
	}
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.Method, r.Path, host)
	for _, h := range r.Headers {
		if h.Name == "" || strings.ContainsAny(h.Name, " :\r\n\x00") || strings.ContainsAny(h.Value, "\r\n\x00") {
			return nil, nil, fmt.Errorf("header %q: not a header field", h.Name)
		}
		fmt.Fprintf(&b, "%s: %s\r\n", h.Name, h.Value)
	}
	if len(r.Body) > 0 || r.Method == "POST" || r.Method == "PUT" || r.Method == "PATCH" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(r.Body))
	}
	b.WriteString("\r\n")
	return b.Bytes(), r.Body, nil
}

// split cuts the request at its gate: what is staged, what the release sends. With the header gate the single
// byte that is released completes the header block, so a body must follow at once and travels with it.
func (r Request) split(host string, gate Gate) (staged, last []byte, err error) {
	head, body, err := r.bytes(host)
	if err != nil {
		return nil, nil, err
	}
	if gate == BodyGate && len(body) > 0 {
		cut := len(body) - 1
		return append(head, body[:cut]...), body[cut:], nil
	}
	cut := len(head) - 1
	return head[:cut], append(head[cut:len(head):len(head)], body...), nil
}
