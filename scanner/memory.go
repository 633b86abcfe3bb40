package scanner

import (
	"bytes"
	"reflect"
	"slices"
	"sync"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// Memory is what scans of trees that have much in common share: the base and the head of a pull request, or a project and the
// same project with one repair. A file of the same path and bytes is parsed once, a question to the judge is answered once,
// and a tree that has nothing changed that a scan reads is not analysed again. A scan gives the same report with a memory as
// without one. The zero value is ready; scans that share a memory may run at the same time.
type Memory struct {
	mu       sync.Mutex
	parsed   map[string]parsed
	last     *analysed
	earlier  *earlier // nil while a scan makes use of it
	verdicts interleave.Memo
}

// parsed is a file and the bytes that it was parsed from.
type parsed struct {
	raw  []byte
	file *python.File
}

// analysed is what a scan had read, and what it said.
type analysed struct {
	files   []*python.File
	configs []schema.Config
	skipped []finding.Skip // before the analysis
	opts    Options
	report  *finding.Report
}

func (a *analysed) same(b *analysed) bool {
	return slices.Equal(a.files, b.files) && slices.EqualFunc(a.configs, b.configs, sameConfig) &&
		slices.Equal(a.skipped, b.skipped) && reflect.DeepEqual(a.opts, b.opts)
}

func sameConfig(a, b schema.Config) bool { return a.Path == b.Path && bytes.Equal(a.Data, b.Data) }

// parse returns the tree of a file, the old one where the same bytes stood at the same path before. A nil memory parses.
func (m *Memory) parse(path string, raw []byte) *python.File {
	if m == nil {
		return python.Parse(path, raw)
	}
	m.mu.Lock()
	old, ok := m.parsed[path]
	m.mu.Unlock()
	if ok && bytes.Equal(old.raw, raw) {
		return old.file
	}
	f := python.Parse(path, raw)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.parsed == nil {
		m.parsed = map[string]parsed{}
	}
	m.parsed[path] = parsed{raw, f}
	return f
}

// judged returns the answers of the judge that are kept, nil when there is no memory.
func (m *Memory) judged() *interleave.Memo {
	if m == nil {
		return nil
	}
	return &m.verdicts
}

// recall returns what the last scan said, when it had read the same.
func (m *Memory) recall(now *analysed) *finding.Report {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.last == nil || !m.last.same(now) {
		return nil
	}
	return m.last.report.Clone()
}

// keep notes what a scan said, and forgets the files that its tree does not have: a memory never holds more than one tree.
func (m *Memory) keep(now *analysed, report *finding.Report) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now.report = report.Clone()
	m.last = now
	have := make(map[string]bool, len(now.files))
	for _, f := range now.files {
		have[f.Path] = true
	}
	for path := range m.parsed {
		if !have[path] {
			delete(m.parsed, path)
		}
	}
}

// plain are the options without what only watches a scan.
func (o Options) plain() Options {
	o.Progress, o.Route, o.Memory = nil, nil, nil
	return o
}
