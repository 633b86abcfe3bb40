package fakegithub

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Token is the one token that the stand-in accepts.
const Token = "ghs_FakeTokenOfTheStandIn0123456789"

// archiveSecret is what the address of an archive carries, as on a private repository. It must never be seen in a log.
const archiveSecret = "AARCHIVESECRET"

// Scenario is what the stand-in knows and how it behaves.
type Scenario struct {
	Repository string               `json:"repository"`
	Parents    map[string][]string  `json:"parents"`    // of commits
	MergeBase  map[string]string    `json:"merge_base"` // of "base...head"
	Trees      map[string]string    `json:"trees"`      // directories, by commit
	Archives   map[string][]byte    `json:"-"`          // archives as they are, by commit
	Status     []string             `json:"status"`     // of an upload, one for each question; the last one stays
	Errors     []string             `json:"errors"`     // of an upload that failed
	Files      []map[string]any     `json:"files"`      // of the pull request
	Comments   []map[string]any     `json:"comments"`   // that it has already
	Answers    map[string][]*Answer `json:"answers"`    // by operation: given instead, each once; the last one stays
}

// Answer is an answer given instead of the usual one.
type Answer struct {
	Status int               `json:"status"`
	Body   any               `json:"body"`
	Raw    string            `json:"raw"` // instead of Body, as it is
	Header map[string]string `json:"header"`
	Hangup bool              `json:"hangup"` // no answer at all
}

// Request is a request that came.
type Request struct {
	Operation string
	Body      []byte
}

// Server is the stand-in. Its address has the path of a GHES host.
type Server struct {
	*httptest.Server
	mu         sync.Mutex
	scenario   Scenario
	ops        []*operation
	requests   []Request
	violations []string
	asked      int
	sarif      []byte
}

// Start starts a stand-in; Close ends it.
func Start(s Scenario) (*Server, error) {
	ops, err := operations()
	if err != nil {
		return nil, err
	}
	server := &Server{scenario: s, ops: ops}
	server.Server = httptest.NewUnstartedServer(http.HandlerFunc(server.serve))
	server.Server.Start() // after the field is set: requests read it
	return server, nil
}

// API is the address to use as GITHUB_API_URL.
func (s *Server) API() string { return s.URL + "/api/v3" }

// Requests returns what came, in order.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Violations returns what was wrong with it.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

// SARIF returns the last uploaded file, unpacked.
func (s *Server) SARIF() []byte { s.mu.Lock(); defer s.mu.Unlock(); return s.sarif }

func (s *Server) violate(format string, args ...any) {
	s.violations = append(s.violations, fmt.Sprintf(format, args...))
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	if sha, ok := strings.CutPrefix(r.URL.Path, "/_codeload/"); ok {
		s.archive(w, r, sha)
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/api/v3")
	op, values := match(s.ops, r.Method, path)
	if !ok || op == nil {
		s.violate("%s %s is not an operation of the description", r.Method, r.URL.Path)
		answer(w, 404, map[string]any{"message": "Not Found"})
		return
	}
	s.requests = append(s.requests, Request{op.id, body})
	for _, wrong := range op.check(values, r.URL.Query(), body) {
		s.violate("%s: %s", op.id, wrong)
	}
	if full := values["owner"] + "/" + values["repo"]; full != s.scenario.Repository {
		s.violate("%s: repository %s", op.id, full)
	}
	switch got := r.Header.Get("Authorization"); {
	case got != "" && got != "Bearer "+Token:
		answer(w, 401, map[string]any{"message": "Bad credentials"})
		return
	case got == "" && r.Method != http.MethodGet:
		answer(w, 401, map[string]any{"message": "Requires authentication"})
		return
	}
	if s.instead(w, op) {
		return
	}
	s.usual(w, op, values, body)
}

// instead gives the answer that the scenario asks for.
func (s *Server) instead(w http.ResponseWriter, op *operation) bool {
	queue := s.scenario.Answers[op.id]
	if len(queue) == 0 {
		return false
	}
	a := queue[0]
	if len(queue) > 1 {
		s.scenario.Answers[op.id] = queue[1:]
	}
	if a == nil {
		return false
	}
	if a.Hangup {
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			conn.Close()
		}
		return true
	}
	for k, v := range a.Header {
		w.Header().Set(k, v)
	}
	if a.Raw != "" {
		w.WriteHeader(a.Status)
		io.WriteString(w, a.Raw)
		return true
	}
	answer(w, a.Status, a.Body)
	return true
}

func (s *Server) usual(w http.ResponseWriter, op *operation, values map[string]string, body []byte) {
	switch op.id {
	case "code-scanning/upload-sarif":
		s.upload(w, op, body)
	case "code-scanning/get-sarif":
		s.status(w, op)
	case "repos/download-tarball-archive":
		w.Header().Set("Location", s.URL+"/_codeload/"+values["ref"]+"?token="+archiveSecret)
		w.WriteHeader(http.StatusFound)
	case "git/get-commit":
		parents := []map[string]any{}
		for _, p := range s.scenario.Parents[values["commit_sha"]] {
			parents = append(parents, map[string]any{"sha": p})
		}
		answer(w, 200, map[string]any{"sha": values["commit_sha"], "parents": parents})
	case "repos/compare-commits-with-basehead":
		sha := s.scenario.MergeBase[values["basehead"]]
		if sha == "" {
			answer(w, 404, map[string]any{"message": "Not Found"})
			return
		}
		answer(w, 200, map[string]any{"merge_base_commit": map[string]any{"sha": sha}, "commits": []any{}})
	case "checks/create":
		answer(w, 201, map[string]any{"id": 7})
	case "checks/update":
		answer(w, 200, map[string]any{"id": 7})
	case "pulls/list-files":
		answer(w, 200, orEmpty(s.scenario.Files))
	case "pulls/list-review-comments":
		answer(w, 200, orEmpty(s.scenario.Comments))
	case "pulls/create-review":
		s.review(w, body)
	case "pulls/update-review-comment":
		s.update(values["comment_id"], body)
		answer(w, 200, map[string]any{"id": 1})
	default:
		answer(w, 500, map[string]any{"message": "the stand-in does not know " + op.id})
	}
}

// upload checks what the description says in prose: base64 of gzip of a SARIF file with one run.
func (s *Server) upload(w http.ResponseWriter, op *operation, body []byte) {
	var req struct {
		SARIF string `json:"sarif"`
	}
	if err := json.Unmarshal(body, &req); err != nil {
		s.violate("upload: %v", err)
	}
	packed, err := base64.StdEncoding.DecodeString(req.SARIF)
	if err == nil {
		var zr *gzip.Reader
		if zr, err = gzip.NewReader(bytes.NewReader(packed)); err == nil {
			s.sarif, err = io.ReadAll(zr)
		}
	}
	var file struct {
		Runs []json.RawMessage `json:"runs"`
	}
	if err == nil {
		err = json.Unmarshal(s.sarif, &file)
	}
	if err != nil || len(file.Runs) != 1 || len(packed) > 10_000_000 {
		s.violate("upload: %v, %d runs, %d bytes packed", err, len(file.Runs), len(packed))
	}
	s.described(w, op, 202, map[string]any{"id": "47177e22-5596-11eb-80a1-c1e54ef945c6", "url": s.API() + "/x"})
}

func (s *Server) status(w http.ResponseWriter, op *operation) {
	status := "complete"
	if n := len(s.scenario.Status); n > 0 {
		status = s.scenario.Status[min(s.asked, n-1)]
	}
	s.asked++
	body := map[string]any{"processing_status": status}
	if status == "failed" {
		body["errors"] = s.scenario.Errors
	}
	if status == "complete" {
		body["analyses_url"] = s.API() + "/repos/x/y/code-scanning/analyses"
	}
	s.described(w, op, 200, body)
}

// described answers with what the description allows, or reports itself.
func (s *Server) described(w http.ResponseWriter, op *operation, code int, body any) {
	data, _ := json.Marshal(body)
	value, err := jsonValue(data)
	if err == nil && op.answer != nil {
		err = op.answer.Validate(value)
	}
	if err != nil {
		s.violate("the stand-in itself, %s: %v", op.id, err)
	}
	answer(w, code, body)
}

// review checks that every comment stands on a line of the diff: the platform refuses the whole review otherwise.
func (s *Server) review(w http.ResponseWriter, body []byte) {
	var req struct {
		Comments []map[string]any `json:"comments"`
	}
	if err := json.Unmarshal(body, &req); err != nil {
		s.violate("review: %v", err)
	}
	for _, c := range req.Comments {
		if !s.inDiff(fmt.Sprint(c["path"]), int(number(c["line"]))) || c["start_line"] != nil && !s.inDiff(fmt.Sprint(c["path"]), int(number(c["start_line"]))) {
			answer(w, 422, map[string]any{"message": "Unprocessable Entity", "errors": []string{"Pull request review thread line must be part of the diff"}})
			return
		}
		s.scenario.Comments = append(s.scenario.Comments, map[string]any{"id": 100 + len(s.scenario.Comments), "body": c["body"], "user": map[string]any{"type": "Bot", "login": "github-actions[bot]"}})
	}
	answer(w, 200, map[string]any{"id": 1})
}

func (s *Server) update(id string, body []byte) {
	for _, c := range s.scenario.Comments {
		if fmt.Sprint(number(c["id"])) == id {
			var req map[string]any
			_ = json.Unmarshal(body, &req)
			c["body"] = req["body"]
			return
		}
	}
	s.violate("comment %s does not exist", id)
}

func number(v any) float64 {
	switch n := v.(type) {
	case float64:
		return n
	case int:
		return float64(n)
	}
	return 0
}

func (s *Server) inDiff(path string, line int) bool {
	for _, f := range s.scenario.Files {
		if f["filename"] != path {
			continue
		}
		at := 0
		for text := range strings.SplitSeq(fmt.Sprint(f["patch"]), "\n") {
			if rest, ok := strings.CutPrefix(text, "@@ "); ok {
				_, rest, _ = strings.Cut(rest, "+")
				digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
				at, _ = strconv.Atoi(digits)
				continue
			}
			if strings.HasPrefix(text, "+") || strings.HasPrefix(text, " ") {
				if at == line {
					return true
				}
				at++
			}
		}
	}
	return false
}

func (s *Server) archive(w http.ResponseWriter, r *http.Request, sha string) {
	s.requests = append(s.requests, Request{Operation: "archive"})
	if r.Header.Get("Authorization") != "" {
		s.violate("archive: the token was sent to the host of archives")
	}
	if r.URL.Query().Get("token") != archiveSecret {
		s.violate("archive: the address was changed")
	}
	if data, ok := s.scenario.Archives[sha]; ok {
		w.Write(data)
		return
	}
	dir, ok := s.scenario.Trees[sha]
	if !ok {
		http.Error(w, "404: Not Found", http.StatusNotFound)
		return
	}
	data, err := Archive(os.DirFS(dir), sha)
	if err != nil {
		s.violate("archive: %v", err)
	}
	w.Write(data)
}

// Archive packs a tree as the platform does: a global header with the commit, then one top directory.
func Archive(tree fs.FS, sha string) ([]byte, error) {
	var buf bytes.Buffer
	zw := gzip.NewWriter(&buf)
	tw := tar.NewWriter(zw)
	if err := tw.WriteHeader(&tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": sha}}); err != nil {
		return nil, err
	}
	top := "octo-shop-" + sha[:7] + "/"
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		if err := tw.WriteHeader(&tar.Header{Name: top + name, Typeflag: tar.TypeReg, Size: int64(len(data)), Mode: 0o644}); err != nil {
			return err
		}
		_, err = tw.Write(data)
		return err
	})
	if err == nil {
		err = tw.Close()
	}
	if err == nil {
		err = zw.Close()
	}
	return buf.Bytes(), err
}

func answer(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body)
}

func orEmpty(list []map[string]any) []map[string]any {
	if list == nil {
		return []map[string]any{}
	}
	return list
}

func jsonValue(data []byte) (any, error) {
	var v any
	err := json.Unmarshal(data, &v)
	return v, err
}
