package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/middlebrick/middlebrick/internal/replace"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

// journal is the run's memory on disk: what it made, written before anything else happens with it, so that it can
// be removed even after a crash; and the evidence of its tests. Without a directory it only remembers.
type journal struct {
	mu      sync.Mutex
	dir     string
	file    *os.File
	entries []made
}

// owes notes a call that a scenario asks for when its trial is over.
func (j *journal) owes(e *env, c call) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, made{op: c.op, env: e, owed: &c, Op: c.op.Key()})
}

// made is one created resource.
type made struct {
	op   *openapi.Op
	body any
	env  *env   // the world that it was made in
	owed *call  // what the user wants done instead of what can be inferred
	Op   string `json:"op"`
	ID   string `json:"id"`
	At   string `json:"at"`
}

func openJournal(dir, run, target string) (*journal, error) {
	j := &journal{dir: dir}
	if dir == "" {
		return j, nil
	}
	if err := os.MkdirAll(filepath.Join(dir, "evidence"), 0o700); err != nil {
		return nil, fmt.Errorf("the journal: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "journal-"+run+".jsonl"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the journal: %w", err)
	}
	j.file = f
	fmt.Fprintf(f, "{\"run\":%q,\"target\":%q}\n", run, target)
	return j, nil
}

// created notes a resource.
func (j *journal) created(e *env, op *openapi.Op, ex exchange) {
	m := made{op: op, body: ex.body, env: e, Op: op.Key(), At: time.Now().UTC().Format(time.RFC3339)}
	if object, ok := ex.body.(map[string]any); ok && object["id"] != nil {
		m.ID = fmt.Sprint(object["id"])
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, m)
	if j.file != nil {
		if line, err := json.Marshal(m); err == nil {
			j.file.Write(append(line, '\n'))
		}
	}
}

// evidence keeps a test for replay and reproduce. Only what accuses is kept.
func (j *journal) evidence(p *prober, t *finding.Test, s *scenario, r *result) {
	if j.dir == "" || !accuses(t.Verdict) {
		return
	}
	kept := Kept{Target: p.target.base.String(), Test: *t, Evidence: r.evidence, Started: p.opts.started}
	if r.held {
		kept.Finding = s.finding
	}
	data, err := json.MarshalIndent(kept, "", "  ")
	if err == nil {
		err = replace.File(filepath.Join(j.dir, "evidence", t.ID+".json"), append(data, '\n'), 0o600)
	}
	if err != nil {
		p.note("the evidence of " + t.ID + " could not be written: " + err.Error())
	}
}

func (j *journal) close() {
	if j.file != nil {
		j.file.Close()
	}
}

// cleanup removes what the run made, in reverse order, as far as the document offers a DELETE for it. It has a time
// of its own, since the run's may be over; what is left is named.
func (p *prober) cleanup() {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	p.target.budget += 2 * int64(len(p.journal.entries)) // removing is owed even when the budget is spent
	left := map[string]int{}
	failures := 0
	for i := len(p.journal.entries) - 1; i >= 0; i-- {
		m := p.journal.entries[i]
		// A target that does not answer any more is not asked for every single thing.
		gone, err := failures < 2, error(nil)
		if gone {
			gone, err = p.remove(ctx, m)
		}
		if err != nil {
			failures++
		}
		if !gone {
			left[m.Op]++
		}
	}
	for op, n := range left {
		p.report.Summary.Skipped = append(p.report.Summary.Skipped, finding.Skip{Path: op, Kind: "left-over",
			Reason: fmt.Sprintf("%d created by the run could not be removed", n)})
	}
}

// remove deletes one resource. One that is gone already is removed. The error is that of a target that gave no answer.
func (p *prober) remove(ctx context.Context, m made) (bool, error) {
	if ctx.Err() != nil {
		return false, nil
	}
	if m.owed != nil {
		req, _, err := m.env.request(racer{call: *m.owed})
		if err != nil {
			return true, nil // the trial did not come to what it would undo
		}
		resp := p.target.Do(ctx, req)
		return resp.Err == nil && (resp.Status < 300 || resp.Status == 404 || resp.Status == 410), resp.Err
	}
	for _, res := range p.model.list {
		if res.producer != m.op {
			continue
		}
		for _, op := range p.target.doc.Ops {
			if op.Method != "DELETE" || shape(op.Path) != res.container+"/{}" {
				continue
			}
			if _, no := p.opts.excluded(op.Method, op.Path); no {
				continue
			}
			e := p.newEnv()
			if m.env != nil {
				e.who, e.made = m.env.who, maps.Clone(m.env.made)
			}
			e.made[res.container] = &instance{res: res, body: m.body}
			req, _, err := e.request(racer{call: call{op: op}})
			if err != nil {
				continue
			}
			resp := p.target.Do(ctx, req)
			return resp.Err == nil && (resp.Status < 300 || resp.Status == 404 || resp.Status == 410), resp.Err
		}
	}
	return false, nil
}

// Kept is the form of the evidence on disk.
type Kept struct {
	Target   string       `json:"target"`
	Test     finding.Test `json:"test"`
	Evidence *Evidence    `json:"evidence"`
	// Started says that middlebrick had started the application: it is gone, and so is its address.
	Started bool `json:"started,omitempty"`
	// Finding is what a held schedule replayed.
	Finding *finding.Finding `json:"finding,omitempty"`
}

// Load reads the evidence of a test.
func Load(dir, id string) (*Kept, error) {
	if filepath.Base(id) != id || id == "" {
		return nil, fmt.Errorf("%q is not the id of a test", id)
	}
	data, err := os.ReadFile(filepath.Join(dir, "evidence", id+".json"))
	if err != nil {
		return nil, fmt.Errorf("no evidence of %s in %s: run the scan first", id, dir)
	}
	var k Kept
	if err := json.Unmarshal(data, &k); err != nil || k.Evidence == nil {
		return nil, fmt.Errorf("%s.json: not the evidence of a test", id)
	}
	k.Test.Evidence = nil
	return &k, nil
}

// Replay runs one test again, on the origin where it was found and nowhere else.
func Replay(ctx context.Context, o Options, id string) (*finding.Report, error) {
	k, err := Load(o.StateDir, id)
	if err != nil {
		return nil, err
	}
	switch {
	case k.Started && o.Start == "":
		return nil, &NeedsStart{id}
	case k.Started:
		o.Only, o.Held, o.HeldOnly = id, k.Finding != nil, k.Finding != nil
		if k.Finding != nil {
			o.Findings = []finding.Finding{*k.Finding}
		}
		return Run(ctx, o)
	case o.URL == "":
		o.URL = k.Target
	case o.URL != k.Target:
		return nil, refuse("%s was found on %s; it is not replayed against %s", id, k.Target, o.URL)
	}
	o.Only = id
	return Run(ctx, o)
}
