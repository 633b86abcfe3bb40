package lsp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// editor is a scripted client.
type editor struct {
	t    *testing.T
	in   io.WriteCloser
	out  *bufio.Reader
	next int
	end  chan error
}

func start(t *testing.T, engine Engine) *editor {
	t.Helper()
	if engine.Scan == nil {
		engine.Scan = func(context.Context, string) (*View, error) { return sample(), nil }
	}
	if engine.Explain == nil {
		engine.Explain = func(_ *View, f *finding.Finding, markdown bool) string { return fmt.Sprint(f.Rule, " ", markdown) }
	}
	engine.Log = func(text string) { t.Error(text) }
	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	e := &editor{t: t, in: toServer, out: bufio.NewReader(fromServer), end: make(chan error, 1)}
	go func() {
		orderly, err := Serve(t.Context(), in, out, engine)
		if err == nil && !orderly {
			err = io.EOF
		}
		in.CloseWithError(io.ErrClosedPipe)
		out.Close()
		e.end <- err
	}()
	return e
}

func sample() *View {
	f := finding.Finding{ID: "r1", Rule: "MB107", Severity: finding.High, Description: "two\x1b[31m requests", Fingerprint: finding.Fingerprint{Race: "r1"},
		Location: finding.Location{Path: "a b.py", Line: 2, Column: 5, EndLine: 2, EndColumn: 9},
		Steps: []finding.Step{{Actor: "A", Role: finding.Check, Path: "a b.py", Line: 2, Text: "if x:"},
			{Actor: "B", Role: finding.Act, Path: "c.py", Line: 1, Text: "x = '😀'", Note: "in between"}},
		Repairs: []finding.Fix{{Title: "lock it", Safe: true, Edits: []finding.Edit{{Path: "a b.py", StartLine: 2, EndLine: 2, Text: "    y\n"}}}, {Title: "lock it", Safe: true}, {Title: "guess"}}}
	r := finding.NewReport("", "0")
	r.Findings = append(r.Findings, f)
	return &View{Report: r, Source: map[string][]byte{"a b.py": []byte("def f():\n    if x:\n"), "c.py": []byte("x = '😀'\n")}}
}

func (e *editor) write(body string) {
	e.t.Helper()
	if err := writeFrame(e.in, []byte(body)); err != nil {
		e.t.Fatal(err)
	}
}

func (e *editor) read() message {
	e.t.Helper()
	frame, err := readFrame(e.out)
	var m message
	if err == nil {
		err = json.Unmarshal(frame, &m)
	}
	if err != nil {
		e.t.Fatal(err)
	}
	return m
}

// ask sends a request and returns its answer; what the server says in between is dropped.
func (e *editor) ask(method, params string) message {
	e.t.Helper()
	e.next++
	e.write(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, e.next, method, params))
	for {
		if m := e.read(); string(m.ID) == fmt.Sprint(e.next) {
			return m
		}
	}
}

func (e *editor) tell(method, params string) {
	e.t.Helper()
	e.write(fmt.Sprintf(`{"jsonrpc":"2.0","method":%q,"params":%s}`, method, params))
}

// wait drops messages until one has the method.
func (e *editor) wait(method string) string {
	e.t.Helper()
	for {
		if m := e.read(); m.Method == method {
			return string(m.Params)
		}
	}
}

func (e *editor) open(capabilities string) {
	e.t.Helper()
	m := e.ask("initialize", `{"rootUri":"file:///w/pro%20ject","capabilities":`+capabilities+`}`)
	if m.Error != nil || !strings.Contains(string(m.Result), `"hoverProvider":true`) {
		e.t.Fatalf("initialize: %+v %s", m.Error, m.Result)
	}
	e.tell("initialized", "{}")
}

func (e *editor) quit() {
	e.t.Helper()
	if m := e.ask("shutdown", "null"); m.Error != nil || string(m.Result) != "null" {
		e.t.Errorf("shutdown: %+v %s", m.Error, m.Result)
	}
	e.tell("exit", "null")
	if err := <-e.end; err != nil {
		e.t.Errorf("after exit: %v", err)
	}
}

const lazyClient = `{"workspace":{"workspaceEdit":{"documentChanges":true}},"textDocument":{"publishDiagnostics":{"relatedInformation":true},
	"codeAction":{"dataSupport":true,"resolveSupport":{"properties":["edit"]}}}}`

const textDocument = `{"textDocument":{"uri":"file:///w/pro%20ject/a%20b.py","version":4,"text":""},"position":{"line":1,"character":0},
	"range":{"start":{"line":1,"character":0},"end":{"line":1,"character":0}},"context":{"diagnostics":[]}}`

func TestSession(t *testing.T) {
	e := start(t, Engine{Repair: func(_ context.Context, _, race, title string) (*finding.Fix, string, error) {
		if race == "r1" && title == "lock it" {
			return &sample().Report.Findings[0].Repairs[0], "", nil
		}
		return nil, "it does not end it", nil
	}})
	e.open(lazyClient)
	shown := e.wait("textDocument/publishDiagnostics")
	for _, want := range []string{`"uri":"file:///w/pro%20ject/a%20b.py"`, `"start":{"line":1,"character":4},"end":{"line":1,"character":8}`, `"severity":1`,
		`two\\x1b[31m requests`, `1. A checks: if x:`, `2. B acts: x = '😀' (in between)`, `"end":{"line":0,"character":8}`} {
		if !strings.Contains(shown, want) {
			t.Errorf("diagnostics without %s: %s", want, shown)
		}
	}
	if m := e.ask("textDocument/hover", textDocument); !strings.Contains(string(m.Result), `"value":"MB107 true"`) {
		t.Errorf("hover: %s", m.Result)
	}
	var offered []codeAction
	if m := e.ask("textDocument/codeAction", textDocument); json.Unmarshal(m.Result, &offered) != nil || len(offered) != 2 || offered[0].Edit != nil {
		t.Fatalf("actions: %s", m.Result)
	}
	if m := e.ask("codeAction/resolve", string(encoded(offered[0]))); !strings.Contains(string(m.Result),
		`"version":null},"edits":[{"range":{"start":{"line":1,"character":0},"end":{"line":2,"character":0}},"newText":"    y\n"}]`) {
		t.Errorf("resolve: %+v %s", m.Error, m.Result)
	}
	if m := e.ask("codeAction/resolve", string(encoded(offered[1]))); m.Error == nil || m.Error.Message != "it does not end it" {
		t.Errorf("a repair that does not hold: %+v %s", m.Error, m.Result)
	}
	e.tell("textDocument/didOpen", textDocument)
	e.tell("textDocument/didChange", textDocument)
	if m := e.ask("codeAction/resolve", string(encoded(offered[0]))); m.Error == nil || !strings.HasPrefix(m.Error.Message, "save a b.py first") {
		t.Errorf("a file that is not saved: %+v %s", m.Error, m.Result)
	}
	e.quit()
}

// TestEager is a client that cannot ask again: it gets what is verified.
func TestEager(t *testing.T) {
	var tries atomic.Int32
	e := start(t, Engine{Repair: func(_ context.Context, _, _, title string) (*finding.Fix, string, error) {
		tries.Add(1)
		if title == "guess" {
			return nil, "no", nil
		}
		return &sample().Report.Findings[0].Repairs[0], "", nil
	}})
	e.open("{}")
	if shown := e.wait("textDocument/publishDiagnostics"); strings.Contains(shown, "relatedInformation") {
		t.Error("steps for a client that cannot show them")
	}
	for range 2 {
		var held []codeAction
		if m := e.ask("textDocument/codeAction", textDocument); json.Unmarshal(m.Result, &held) != nil || len(held) != 1 || held[0].Edit == nil || len(held[0].Edit.Changes) != 1 {
			t.Errorf("actions: %s", m.Result)
		}
	}
	if tries.Load() != 2 {
		t.Errorf("%d repairs tried for two questions of two repairs", tries.Load())
	}
	e.quit()
}

// TestNewerAnalysis saves while an analysis runs: that one is called off, and only the newer shows.
func TestNewerAnalysis(t *testing.T) {
	var scans atomic.Int32
	begun := make(chan bool)
	e := start(t, Engine{Scan: func(ctx context.Context, _ string) (*View, error) {
		if scans.Add(1) == 1 {
			close(begun)
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return sample(), nil
	}})
	e.open("{}")
	<-begun
	e.tell("textDocument/didSave", textDocument)
	e.wait("textDocument/publishDiagnostics")
	if n := scans.Load(); n != 2 {
		t.Errorf("%d scans", n)
	}
	e.tell("workspace/didChangeWorkspaceFolders", `{"event":{"added":[],"removed":[{"uri":"file:///w/pro%20ject"}]}}`)
	if shown := e.wait("textDocument/publishDiagnostics"); !strings.Contains(shown, `"diagnostics":[]`) {
		t.Errorf("a folder that is gone still has %s", shown)
	}
	e.quit()
}

// TestDebounce saves often: one analysis follows.
func TestDebounce(t *testing.T) {
	var scans atomic.Int32
	e := start(t, Engine{Quiet: 300 * time.Millisecond, Scan: func(context.Context, string) (*View, error) { scans.Add(1); return sample(), nil }})
	e.open("{}")
	for range 20 {
		e.tell("textDocument/didSave", textDocument)
	}
	e.wait("textDocument/publishDiagnostics")
	if n := scans.Load(); n != 1 {
		t.Errorf("%d scans after 20 saves at once", n)
	}
	e.quit()
}

// TestCancel calls a request off, and lets too many come at once.
func TestCancel(t *testing.T) {
	begun := make(chan bool, maxPending)
	e := start(t, Engine{Repair: func(ctx context.Context, _, _, _ string) (*finding.Fix, string, error) {
		begun <- true
		<-ctx.Done()
		return nil, "", ctx.Err()
	}})
	e.open("{}")
	e.wait("textDocument/publishDiagnostics")
	for i := range maxPending + 1 {
		e.write(fmt.Sprintf(`{"jsonrpc":"2.0","id":"q%d","method":"textDocument/codeAction","params":%s}`, i, textDocument))
	}
	if m := e.read(); m.Error == nil || m.Error.Code != serverCancelled || string(m.ID) != fmt.Sprintf(`"q%d"`, maxPending) {
		t.Errorf("the request too many: %s %+v", m.ID, m.Error)
	}
	<-begun
	for i := range maxPending {
		e.tell("$/cancelRequest", fmt.Sprintf(`{"id":"q%d"}`, i))
	}
	for range maxPending {
		if m := e.read(); m.Error == nil || m.Error.Code != requestCancelled {
			t.Errorf("%s: %+v %s", m.ID, m.Error, m.Result)
		}
	}
	e.quit()
}

func TestOrder(t *testing.T) {
	e := start(t, Engine{})
	code := func(method string) int {
		if m := e.ask(method, "{}"); m.Error != nil {
			return m.Error.Code
		}
		return 0
	}
	e.tell("textDocument/didSave", textDocument)
	if code("textDocument/hover") != notInitialized || code("initialize") != 0 || code("initialize") != invalidRequest || code("no/such") != methodNotFound {
		t.Error("the order of messages is not kept")
	}
	for _, strange := range []string{`{`, `[]`, `7`, `{"id":{},"method":"x"}`, `{"jsonrpc":"2.0"}`, `{"id":[1],"method":"initialize"}`} {
		e.write(strange)
		if m := e.read(); m.Error == nil || m.Error.Code != parseError && m.Error.Code != invalidRequest {
			t.Errorf("%s: %+v", strange, m)
		}
	}
	for _, method := range []string{"textDocument/hover", "textDocument/codeAction", "codeAction/resolve"} {
		if m := e.ask(method, `{"textDocument":[]}`); m.Error == nil && string(m.Result) != "null" {
			t.Errorf("%s: %s", method, m.Result)
		}
	}
	if code("shutdown") != 0 || code("textDocument/hover") != invalidRequest {
		t.Error("requests after shutdown")
	}
	e.tell("exit", "null")
	if err := <-e.end; err != nil {
		t.Error(err)
	}
}

func TestScanFails(t *testing.T) {
	e := start(t, Engine{Scan: func(context.Context, string) (*View, error) {
		return nil, errors.New("pyproject.toml:3: unknown setting\x1b[0m")
	}})
	e.open("{}")
	if said := e.wait("window/showMessage"); !strings.Contains(said, `pyproject.toml:3: unknown setting\\x1b[0m`) {
		t.Error(said)
	}
	e.quit()
}

func TestFrames(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Content-Length: 2\r\n\r\n{}", "{}"},
		{"content-length:2\nContent-Type: x\n\n{}", "{}"},
		{"", "EOF"},
		{"Content-Length: 5\r\n\r\n{}", "unexpected EOF"},
		{"Content-Length: 2", "unexpected EOF"},
		{"Content-Length: -1\r\n\r\n", "no number of bytes"},
		{"Content-Length: 99999999999999999999\r\n\r\n", "no number of bytes"},
		{"Content-Length: 2000000000\r\n\r\n", "2000000000 bytes, 33554432 are allowed"},
		{"X: 1\r\n\r\n{}", "no Content-Length"},
		{"GET / HTTP/1.1\r\n\r\n", "without a colon"},
		{strings.Repeat("a", maxHeader+1), "more than 4096 bytes"},
		{strings.Repeat("A: b\n", maxHeader), "more than 4096 bytes"},
	} {
		got, err := readFrame(bufio.NewReader(strings.NewReader(c.in)))
		if err != nil {
			got = []byte(err.Error())
		}
		if !strings.Contains(string(got), c.want) {
			t.Errorf("%.40q: %q, want %q", c.in, got, c.want)
		}
	}
}

func TestURI(t *testing.T) {
	for uri, want := range map[string]string{"file:///a%20b/c.py": "/a b/c.py", "file://localhost/x": "/x", "http://a/b": "", "file://host/x": "",
		"untitled:1": "", "file:///a/../../b": "/b", "%": "", "file:x": "", "file:///a%00b": "", "": ""} {
		if got := fileOf(uri); got != want {
			t.Errorf("%s: %q, want %q", uri, got, want)
		}
	}
	if got := fileOf(uriOf("/ä #?%/x.py")); got != "/ä #?%/x.py" {
		t.Error(got)
	}
}

// FuzzServe holds whatever a client sends to: no panic, an end, and answers that can be read.
func FuzzServe(f *testing.F) {
	frame := func(bodies ...string) []byte {
		var b bytes.Buffer
		for _, body := range bodies {
			_ = writeFrame(&b, []byte(body))
		}
		return b.Bytes()
	}
	initialize := `{"id":1,"method":"initialize","params":{"rootUri":"file:///w/pro%20ject"}}`
	f.Add(frame(initialize, `{"method":"initialized"}`, `{"id":2,"method":"textDocument/hover","params":`+textDocument+`}`, `{"id":3,"method":"shutdown"}`, `{"method":"exit"}`))
	f.Add(frame(initialize, `{"id":"x","method":"codeAction/resolve","params":{"data":{"folder":"file:///w/pro%20ject"}}}`, `{"id":"x","method":"textDocument/codeAction"}`))
	f.Add(frame(initialize, `{"method":"workspace/didChangeWorkspaceFolders","params":{"event":{"removed":[{}],"added":[{"uri":"file:///x"}]}}}`))
	f.Add([]byte("Content-Length: 3\r\n\r\nnul"))
	f.Fuzz(func(t *testing.T, in []byte) {
		var out bytes.Buffer
		_, _ = Serve(t.Context(), bytes.NewReader(in), &out, Engine{
			Scan:    func(context.Context, string) (*View, error) { return sample(), nil },
			Repair:  func(context.Context, string, string, string) (*finding.Fix, string, error) { return nil, "no", nil },
			Explain: func(*View, *finding.Finding, bool) string { return "" },
			Log:     func(text string) { t.Error(text) },
		})
		for r := bufio.NewReader(&out); ; {
			body, err := readFrame(r)
			if errors.Is(err, io.EOF) {
				return
			}
			var m message
			if err != nil || json.Unmarshal(body, &m) != nil || m.Version != "2.0" {
				t.Fatalf("the server wrote %q, %v", body, err)
			}
		}
	})
}
