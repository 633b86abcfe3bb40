// Package hold starts an application and can stop one request in it between check and act.
//
// A started process is given a sitecustomize of ours in front of PYTHONPATH and the address of a socket. It connects,
// and on order holds the first thread or task that reaches a range of lines until it is released. Nothing of the
// application is edited, and nothing is injected into a process that middlebrick did not start.
package hold

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

//go:embed sitecustomize.py
var sitecustomize []byte

// Control is the socket that the processes of one instance connect to.
type Control struct {
	dir   string
	ln    net.Listener
	mu    sync.Mutex
	wires map[net.Conn]bool
	next  int
	armed chan int
	held  chan Arrival
	freed chan Arrival
}

// Arrival says that a request was held, or which lines were passed while the hold was armed.
type Arrival struct {
	ID   int
	Line int
	Seen []int
}

// NewControl opens the socket and writes the file that is injected.
func NewControl() (*Control, error) {
	dir, err := os.MkdirTemp("", "middlebrick-hold-")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "sitecustomize.py"), sitecustomize, 0o600); err != nil {
		return nil, err
	}
	ln, err := net.Listen("unix", filepath.Join(dir, "control"))
	if err != nil {
		return nil, err
	}
	c := &Control{dir: dir, ln: ln, wires: map[net.Conn]bool{},
		armed: make(chan int, 64), held: make(chan Arrival, 64), freed: make(chan Arrival, 64)}
	go c.accept()
	return c, nil
}

// Close ends the control; whatever is held goes on.
func (c *Control) Close() {
	c.ln.Close()
	c.mu.Lock()
	for w := range c.wires {
		w.Close()
	}
	c.mu.Unlock()
	os.RemoveAll(c.dir)
}

// Env returns the environment of a process under this control.
func (c *Control) Env(base []string) []string {
	path := c.dir
	for _, e := range base {
		if rest, ok := cut(e, "PYTHONPATH="); ok && rest != "" {
			path += string(os.PathListSeparator) + rest
		}
	}
	return append(append([]string{}, base...), "PYTHONPATH="+path, "MIDDLEBRICK_HOLD="+filepath.Join(c.dir, "control"))
}

func cut(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && s[:len(prefix)] == prefix {
		return s[len(prefix):], true
	}
	return "", false
}

func (c *Control) accept() {
	for {
		w, err := c.ln.Accept()
		if err != nil {
			return
		}
		c.mu.Lock()
		c.wires[w] = true
		c.mu.Unlock()
		go c.listen(w)
	}
}

func (c *Control) listen(w net.Conn) {
	defer func() {
		c.mu.Lock()
		delete(c.wires, w)
		c.mu.Unlock()
		w.Close()
	}()
	lines := bufio.NewScanner(w)
	for lines.Scan() {
		var m struct {
			Armed    *int  `json:"armed"`
			Held     *int  `json:"held"`
			Released *int  `json:"released"`
			Line     int   `json:"line"`
			Seen     []int `json:"seen"`
		}
		if json.Unmarshal(lines.Bytes(), &m) != nil {
			continue
		}
		switch {
		case m.Armed != nil:
			offer(c.armed, *m.Armed)
		case m.Held != nil:
			offer(c.held, Arrival{ID: *m.Held, Line: m.Line})
		case m.Released != nil:
			offer(c.freed, Arrival{ID: *m.Released, Seen: m.Seen})
		}
	}
}

// offer never blocks: a process that talks too much is not listened to.
func offer[T any](ch chan T, v T) {
	select {
	case ch <- v:
	default:
	}
}

// Arm orders all processes to hold the first arrival at the lines first to last of a file, and waits until they are
// ready. It returns the id of the order.
func (c *Control) Arm(ctx context.Context, path string, first, last int) (int, error) {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return 0, err
	}
	c.next++
	n, err := c.tell(map[string]any{"arm": c.next, "path": path, "first": first, "last": max(first, last)})
	if err != nil {
		return 0, err
	}
	limit := time.After(3 * time.Second)
	for n > 0 {
		select {
		case id := <-c.armed:
			if id == c.next {
				n--
			}
		case <-limit:
			return 0, errors.New("the application did not take the hold point")
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	return c.next, nil
}

// Held returns the channel of arrivals.
func (c *Control) Held() <-chan Arrival { return c.held }

// Release lets the held request go on, or gives the order up, and returns the lines that were passed meanwhile.
func (c *Control) Release(id int) []int {
	n, err := c.tell(map[string]any{"release": id})
	if err != nil {
		return nil
	}
	var seen []int
	limit := time.After(2 * time.Second)
	for n > 0 {
		select {
		case a := <-c.freed:
			if a.ID == id {
				seen = append(seen, a.Seen...)
				n--
			}
		case <-limit:
			return seen
		}
	}
	return seen
}

// tell writes an order to all processes and returns how many there are.
func (c *Control) tell(order map[string]any) (int, error) {
	data, err := json.Marshal(order)
	if err != nil {
		return 0, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for w := range c.wires {
		w.SetWriteDeadline(time.Now().Add(time.Second))
		if _, err := w.Write(append(data, '\n')); err == nil {
			n++
		}
	}
	if n == 0 {
		return 0, fmt.Errorf("no Python process of the application has connected: is it started by a Python that reads PYTHONPATH?")
	}
	return n, nil
}
