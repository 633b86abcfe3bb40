//go:build !lean

package probe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	yaml "github.com/pb33f/go-yaml"

	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

// File is a scenario file: races that the user wrote or pinned, and values for what could not be inferred.
type File struct {
	Scenarios  []FileScenario `yaml:"scenarios,omitempty"`
	Unresolved []FileBlank    `yaml:"unresolved,omitempty"`
}

// FileScenario is one race.
type FileScenario struct {
	ID        string      `yaml:"id"`
	TestType  string      `yaml:"test_type,omitempty"`
	FreshUser bool        `yaml:"fresh_user,omitempty"` // sign a user up for each trial
	Setup     []FileCall  `yaml:"setup,omitempty"`
	Racers    []FileCall  `yaml:"racers"`
	Observers []FileCall  `yaml:"observers,omitempty"`
	Cleanup   []FileCall  `yaml:"cleanup,omitempty"`
	Property  string      `yaml:"property,omitempty"` // serializable, at_most: N, fresh
	Budget    *FileBudget `yaml:"budget,omitempty"`
}

// FileCall is one request. What is not given is inferred.
type FileCall struct {
	Op     string         `yaml:"op"`
	As     string         `yaml:"as,omitempty"`
	Params map[string]any `yaml:"params,omitempty"`
	// Variant tells racers of one operation apart that send other values than each other.
	Variant int               `yaml:"variant,omitempty"`
	Body    any               `yaml:"body,omitempty"`
	Save    map[string]string `yaml:"save,omitempty"`
	Shared  bool              `yaml:"shared,omitempty"` // of an observer: what counts is the difference that a trial makes
}

// FileBudget bounds one scenario.
type FileBudget struct {
	Trials int    `yaml:"trials,omitempty"`
	Settle string `yaml:"settle,omitempty"`
}

// FileBlank is an operation that no scenario could be made for. The user fills the blanks: a value, or the operation
// that gives it and where in its answer it stands.
type FileBlank struct {
	Op     string         `yaml:"op"`
	Reason string         `yaml:"reason,omitempty"`
	Give   map[string]any `yaml:"give,omitempty"`
}

// ReadFile reads a scenario file, or an Arazzo document, whose workflows are scenarios: all steps but the last prepare,
// the last one is raced against itself.
func ReadFile(data []byte) (*File, error) {
	if len(data) > maxInput {
		return nil, errors.New("a scenario file of more than 1 MiB")
	}
	var probe struct {
		Arazzo string `yaml:"arazzo"`
	}
	if err := yaml.Unmarshal(data, &probe); err != nil {
		return nil, fmt.Errorf("not a scenario file: %w", err)
	}
	if probe.Arazzo != "" {
		return readArazzo(data)
	}
	f := &File{}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(f); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("not a scenario file: %w", err)
	}
	for i, s := range f.Scenarios {
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("scenarios[%d] %s: %w", i, s.ID, err)
		}
	}
	return f, nil
}

func (s *FileScenario) check() error {
	switch {
	case s.ID == "":
		return errors.New("it has no id")
	case len(s.Racers) < 2:
		return errors.New("a race needs two racers at least")
	case slices.ContainsFunc(s.Racers, func(c FileCall) bool { return c.Variant < 0 || c.Variant > 20 }):
		return errors.New("variant is a number from 0 to 20")
	case len(s.Racers) > 20:
		return errors.New("more than 20 racers")
	}
	if _, err := s.atMost(); err != nil {
		return err
	}
	distinct := map[string]bool{}
	for _, r := range s.Racers {
		distinct[r.text()] = true
	}
	if len(distinct) > 3 {
		return errors.New("more than three different racers: their orders are too many to run")
	}
	if _, known := kinds[s.TestType]; s.TestType != "" && !known {
		return fmt.Errorf("unknown test_type %q: one of %s", s.TestType, strings.Join(slices.Sorted(maps.Keys(kinds)), ", "))
	}
	return nil
}

// atMost reads the property.
func (s *FileScenario) atMost() (int, error) {
	switch p := strings.TrimSpace(s.Property); {
	case p == "" || p == "serializable" || p == "fresh":
		return 0, nil
	case strings.HasPrefix(p, "at_most:"):
		n := 0
		if _, err := fmt.Sscanf(strings.TrimPrefix(p, "at_most:"), "%d", &n); err != nil || n < 1 {
			return 0, fmt.Errorf("property %q: write at_most: 1", p)
		}
		return n, nil
	}
	return 0, fmt.Errorf("unknown property %q: serializable, fresh or at_most: N", s.Property)
}

func (c FileCall) text() string { return fmt.Sprint(c.Op, " ", c.As, " ", c.Params, c.Body, c.Variant) }

// apply puts a file's answers into the model, so that what they resolve is planned like everything else.
func (p *prober) apply(f *File) error {
	for _, blank := range f.Unresolved {
		op := p.operation(blank.Op)
		if op == nil {
			return fmt.Errorf("unresolved: the document has no operation %q", blank.Op)
		}
		for _, name := range slices.Sorted(maps.Keys(blank.Give)) {
			if blank.Give[name] == nil {
				continue
			}
			n, err := p.provision(name, blank.Give[name])
			if err != nil {
				return fmt.Errorf("unresolved: %s: %s: %w", blank.Op, name, err)
			}
			p.model.give(op, n)
		}
	}
	return nil
}

// provision reads what a user gives for a parameter: {op, pick}, or a value.
func (p *prober) provision(name string, v any) (need, error) {
	object, ok := v.(map[string]any)
	if !ok || object["op"] == nil {
		return need{name: name, where: "body", literal: plain(v), resource: p.model.stub("given " + name + "=" + fmt.Sprint(v))}, nil
	}
	key, _ := object["op"].(string)
	op := p.operation(key)
	if op == nil {
		return need{}, fmt.Errorf("the document has no operation %q", key)
	}
	pick, _ := object["pick"].(string)
	if pick == "" {
		pick = "$response.body#/id"
	}
	return need{name: name, where: "body", pick: pick, resource: p.model.madeBy(op)}, nil
}

// plain turns the numbers of YAML into those of JSON.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = plain(x)
		}
		return out
	case map[any]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[fmt.Sprint(k)] = plain(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = plain(x)
		}
		return out
	case int:
		return int64(v)
	case uint64:
		return int64(v)
	case time.Time:
		return v.Format(time.RFC3339)
	}
	return v
}

// operation finds an operation by "METHOD /path" or by its operationId.
func (p *prober) operation(key string) *openapi.Op {
	method, path, _ := strings.Cut(strings.TrimSpace(key), " ")
	for _, op := range p.target.doc.Ops {
		if op.ID != "" && op.ID == key || strings.EqualFold(op.Method, method) && shape(op.Path) == shape(strings.TrimSpace(path)) && path != "" {
			return op
		}
	}
	return nil
}

// written turns the scenarios of a file into ours, in the order of the file.
func (p *prober) written(f *File) ([]*scenario, error) {
	var out []*scenario
	for _, fs := range f.Scenarios {
		s, err := p.scenarioOf(&fs)
		if err != nil {
			return nil, fmt.Errorf("scenario %s: %w", fs.ID, err)
		}
		out = append(out, s)
	}
	return out, nil
}

func (p *prober) scenarioOf(fs *FileScenario) (*scenario, error) {
	s := &scenario{id: fs.ID, testType: or(fs.TestType, stateChange), freshUser: fs.FreshUser, score: fromFile, pinned: true}
	s.atMost, _ = fs.atMost()
	if b := fs.Budget; b != nil {
		s.trials = b.Trials
		if b.Settle != "" {
			d, err := time.ParseDuration(b.Settle)
			if err != nil || d < 0 || d > time.Minute {
				return nil, fmt.Errorf("budget.settle %q is no time up to a minute", b.Settle)
			}
			s.settle = d
		}
	}
	count := map[*resource]int{}
	for _, c := range fs.Setup {
		made, err := p.callOf(c)
		if err != nil {
			return nil, err
		}
		st := step{call: made}
		if r := p.model.producedBy(made.op); r != nil {
			st.key = instanceKey(r, count[r])
			count[r]++
		}
		s.setup = append(s.setup, st)
	}
	names := map[string]string{}
	for _, c := range fs.Racers {
		made, err := p.callOf(c)
		if err != nil {
			return nil, err
		}
		if names[c.text()] == "" {
			names[c.text()] = string(rune('A' + len(names)))
		}
		s.racers = append(s.racers, racer{call: made, name: names[c.text()], variant: c.Variant})
	}
	for _, c := range fs.Observers {
		made, err := p.callOf(c)
		if err != nil {
			return nil, err
		}
		s.observers = append(s.observers, observer{made, c.Shared})
	}
	for _, c := range fs.Cleanup {
		made, err := p.callOf(c)
		if err != nil {
			return nil, err
		}
		s.cleanup = append(s.cleanup, made)
	}
	if len(fs.Observers) == 0 {
		s.observers = p.observers(s)
	}
	return s, nil
}

func (p *prober) callOf(c FileCall) (call, error) {
	op := p.operation(c.Op)
	if op == nil {
		return call{}, fmt.Errorf("the document has no operation %q", c.Op)
	}
	if pattern, no := p.opts.excluded(op.Method, op.Path); no {
		return call{}, fmt.Errorf("%s is excluded by %s; --avoid '!%s' allows it", op.Key(), pattern, pattern)
	}
	out := call{op: op, body: plain(c.Body), save: c.Save}
	if len(c.Params) > 0 {
		out.set, _ = plain(c.Params).(map[string]any)
	}
	if c.As != "" {
		i := slices.IndexFunc(p.others, func(s *session) bool { return s.name == c.As })
		if i < 0 && !p.planning {
			return out, fmt.Errorf("nobody is called %q: give --as %s=USER:PASSWORD", c.As, c.As)
		}
		if i >= 0 {
			out.as = p.others[i]
		}
	}
	return out, nil
}

// fromFile ranks what a user wrote before everything that was inferred.
const fromFile = 1000

// WriteFile writes the plan as a scenario file: what was inferred, to be edited and pinned, and blanks for what was not.
func (p *Planned) WriteFile(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString("# What a probe of " + p.Target + " would run, written by middlebrick plan. Edit it, then give it to scan with --scenarios.\n" +
		"# Fill the blanks under give with a value, or with {op: POST /things, pick: $response.body#/id}.\n")
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(p.File); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// fileOf writes scenarios and blanks as a file has them.
func (p *prober) fileOf(scenarios []*scenario, skipped []unresolved) *File {
	f := &File{}
	for _, s := range scenarios {
		fs := FileScenario{ID: s.id, TestType: s.testType, FreshUser: s.freshUser}
		for _, st := range s.setup {
			fs.Setup = append(fs.Setup, FileCall{Op: st.op.Key(), Params: st.set})
		}
		for _, r := range s.racers {
			fs.Racers = append(fs.Racers, FileCall{Op: r.op.Key(), Params: r.set, Variant: r.variant})
		}
		for _, o := range s.observers {
			fs.Observers = append(fs.Observers, FileCall{Op: o.op.Key(), Shared: o.shared})
		}
		f.Scenarios = append(f.Scenarios, fs)
	}
	for _, u := range skipped {
		if len(u.blanks) == 0 {
			continue
		}
		blank := FileBlank{Op: u.op.Key(), Reason: u.reason, Give: map[string]any{}}
		for _, name := range u.blanks {
			blank.Give[name] = nil
		}
		f.Unresolved = append(f.Unresolved, blank)
	}
	return f
}
