// Package lsp is the language server: what an editor shows of a scan while its user works.
//
// It speaks JSON-RPC over a pair of streams, on types of its own: the protocol libraries that are kept up bring a logger, a second JSON
// and the whole of the protocol, of which a dozen messages are needed here. What is analysed is what is saved, the whole folder each
// time, because a race lies in no single file; a newer analysis ends an older one.
package lsp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// Engine is what the server asks of the rest of the program.
type Engine struct {
	Version string
	// Scan analyses a folder as the command line would.
	Scan func(ctx context.Context, folder string) (*View, error)
	// Repair makes the repair of that title in memory, scans again, and returns the change if it holds. Refused says in words why it does not.
	Repair func(ctx context.Context, folder, race, title string) (change *finding.Fix, refused string, err error)
	// Explain writes a finding with its interleaving, as Markdown or as plain text.
	Explain func(v *View, f *finding.Finding, markdown bool) string
	// Log is told what the editor's user cannot see.
	Log func(text string)
	// Quiet is how long no file must be saved before an analysis begins.
	Quiet time.Duration
}

// maxPending bounds the requests that are worked on at the same time.
const maxPending = 16

// Server is one session with one editor.
type Server struct {
	engine Engine
	out    io.Writer
	ctx    context.Context
	work   sync.WaitGroup
	turn   chan struct{} // whoever holds it scans: two at once would only slow each other down

	mu      sync.Mutex // of all below
	client  initializeParams
	state   state
	folders []*folder
	open    map[string]document
	pending map[string]context.CancelFunc

	writing sync.Mutex
	gone    error // why nothing can be written any more
}

type state int

const (
	fresh state = iota
	ready
	stopped
)

// document is a file that is open in the editor.
type document struct {
	version int
	dirty   bool // changed since it was saved
}

// Serve talks to an editor until it says goodbye. It returns whether that was said in due form; an error means that the stream could
// not be understood.
func Serve(ctx context.Context, in io.Reader, out io.Writer, engine Engine) (orderly bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	s := &Server{engine: engine, out: out, ctx: ctx, turn: make(chan struct{}, 1), open: map[string]document{}, pending: map[string]context.CancelFunc{}}
	defer s.work.Wait()
	defer cancel()
	frames := make(chan []byte)
	failed := make(chan error, 1)
	go func() {
		r := bufio.NewReader(in)
		for {
			frame, err := readFrame(r)
			if err != nil {
				failed <- err
				return
			}
			select {
			case frames <- frame:
			case <-ctx.Done():
				return
			}
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case err := <-failed:
			if errors.Is(err, io.EOF) {
				return false, nil
			}
			return false, err
		case frame := <-frames:
			if done := s.take(frame); done {
				return s.state == stopped, nil
			}
		}
	}
}

// take handles one message. It never waits for an analysis.
func (s *Server) take(frame []byte) (done bool) {
	var m message
	if err := json.Unmarshal(frame, &m); err != nil {
		s.answer(nil, nil, &failure{parseError, "not a JSON-RPC message"})
		return false
	}
	switch {
	case m.Method == "" && m.ID != nil:
		return false // an answer: nothing was asked
	case m.Method == "" || m.ID != nil && !validID(m.ID):
		s.answer(nil, nil, &failure{invalidRequest, "a message without a method or with a strange id"})
		return false
	case m.Method == "exit":
		return true
	}
	defer s.rescue(m.ID)
	if m.ID == nil {
		s.notified(&m)
		return false
	}
	result, now, err := s.asked(&m)
	if now || err != nil {
		s.answer(m.ID, result, err)
	}
	return false
}

// rescue turns a defect into an answer: an editor that loses its server shows nothing at all.
func (s *Server) rescue(id json.RawMessage) {
	if r := recover(); r != nil {
		s.engine.Log(fmt.Sprintf("internal error: %v\n%s", r, debug.Stack()))
		if id != nil {
			s.answer(id, nil, &failure{internalError, "internal error of middlebrick"})
		}
	}
}

// asked handles a request. Without now the answer comes later.
func (s *Server) asked(m *message) (result any, now bool, err error) {
	s.mu.Lock()
	at := s.state
	s.mu.Unlock()
	switch {
	case m.Method == "initialize" && at != fresh:
		return nil, true, &failure{invalidRequest, "initialize comes once"}
	case m.Method == "initialize":
		result, err = s.initialize(m.Params)
		return result, true, err
	case at == fresh:
		return nil, true, &failure{notInitialized, "initialize comes first"}
	case at == stopped:
		return nil, true, &failure{invalidRequest, "the server is shut down"}
	}
	switch m.Method {
	case "shutdown":
		s.shutdown()
		return nil, true, nil
	case "textDocument/hover":
		result, err = s.hover(m.Params)
		return result, true, err
	case "textDocument/codeAction":
		return nil, false, s.later(m.ID, func(ctx context.Context) (any, error) { return s.actions(ctx, m.Params) })
	case "codeAction/resolve":
		return nil, false, s.later(m.ID, func(ctx context.Context) (any, error) { return s.resolve(ctx, m.Params) })
	}
	return nil, true, &failure{methodNotFound, "not offered: " + plain(m.Method, 80)}
}

// later answers a request when its work is done, and lets the client call it off.
func (s *Server) later(id json.RawMessage, work func(context.Context) (any, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending) >= maxPending {
		return &failure{serverCancelled, "too many requests at once"}
	}
	if s.pending[string(id)] != nil {
		return &failure{invalidRequest, "this id is in use"}
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.pending[string(id)] = cancel
	s.work.Go(func() {
		defer s.rescue(id)
		defer s.settle(id)
		result, err := work(ctx)
		if ctx.Err() != nil {
			result, err = nil, &failure{requestCancelled, "called off"}
		}
		s.answer(id, result, err)
	})
	return nil
}

// settle forgets a request that is answered.
func (s *Server) settle(id json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending[string(id)]()
	delete(s.pending, string(id))
}

// begin waits for the turn to scan; end gives it back.
func (s *Server) begin(ctx context.Context) (end func(), err error) {
	select {
	case s.turn <- struct{}{}:
		return func() { <-s.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *Server) answer(id json.RawMessage, result any, err error) {
	m := message{ID: id}
	if id == nil {
		m.ID = json.RawMessage("null")
	}
	if err != nil {
		f := &failure{requestFailed, plain(err.Error(), maxMessage)}
		errors.As(err, &f)
		m.Error = f
	} else {
		m.Result = encoded(result)
	}
	s.send(m)
}

func (s *Server) notify(method string, params any) {
	s.send(message{Method: method, Params: encoded(params)})
}

func encoded(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // the types above marshal
	}
	return data
}

func (s *Server) send(m message) {
	m.Version = "2.0"
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.gone == nil {
		s.gone = writeFrame(s.out, encoded(m))
	}
}

// understand reads the parameters of a message.
func understand(params json.RawMessage, into any) error {
	if err := json.Unmarshal(params, into); err != nil {
		return &failure{invalidParams, "parameters that cannot be understood"}
	}
	return nil
}
