package hold

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Instance is a running copy of the application.
type Instance struct {
	URL     string
	Control *Control // nil when nothing can be held in it
	cmd     *exec.Cmd
	out     *tail
	exited  chan struct{}
}

// Start runs a command, with {port} in it replaced by a free port, and waits until it answers on loopback.
func Start(ctx context.Context, command, dir string, workers int, control *Control) (*Instance, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	if !strings.Contains(command, "{port}") {
		return nil, fmt.Errorf("--start %q: write {port} where the port belongs", command)
	}
	i := &Instance{URL: fmt.Sprintf("http://127.0.0.1:%d", port), Control: control, out: &tail{}, exited: make(chan struct{})}
	i.cmd = exec.Command("sh", "-c", "exec "+strings.ReplaceAll(command, "{port}", strconv.Itoa(port)))
	i.cmd.Dir = dir
	i.cmd.Env = append(os.Environ(), "PYTHONUNBUFFERED=1", "WEB_CONCURRENCY="+strconv.Itoa(workers))
	if control != nil {
		i.cmd.Env = control.Env(i.cmd.Env)
	}
	i.cmd.Stdout, i.cmd.Stderr = i.out, i.out
	ownGroup(i.cmd)
	if err := i.cmd.Start(); err != nil {
		return nil, fmt.Errorf("--start %q: %w", command, err)
	}
	go func() { i.cmd.Wait(); close(i.exited) }()
	if err := i.ready(ctx, fmt.Sprintf("127.0.0.1:%d", port)); err != nil {
		i.Stop()
		return nil, err
	}
	return i, nil
}

// ready waits until the port is open.
func (i *Instance) ready(ctx context.Context, addr string) error {
	limit := time.After(30 * time.Second)
	for {
		conn, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			conn.Close()
			return nil
		}
		select {
		case <-i.exited:
			return fmt.Errorf("the application ended while starting:\n%s", i.out)
		case <-limit:
			return fmt.Errorf("the application does not listen on %s after 30 s:\n%s", addr, i.out)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Stop ends the instance and all that it started.
func (i *Instance) Stop() {
	endGroup(i.cmd, i.exited)
	if i.Control != nil {
		i.Control.Close()
	}
}

// tail keeps the end of what an application says, for error messages.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf.Write(p)
	if extra := t.buf.Len() - 4096; extra > 0 {
		t.buf.Next(extra)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(t.buf.String())
}
