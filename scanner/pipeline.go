package scanner

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/middlebrick/middlebrick/scanner/budget"
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/remedy"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// Progress is told about a stage of the scan and how much of it is done.
type Progress func(stage string, done, total int)

// of counts the steps of one stage.
func (p Progress) of(stage string, total int) func() {
	if p == nil {
		return func() {}
	}
	var done atomic.Int64
	p(stage, 0, total)
	return func() { p(stage, int(done.Add(1)), total) }
}

// each runs do for 0 to n-1 on all processors, and step after each.
func each(ctx context.Context, n int, step func(), do func(i int)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return
				}
				do(i)
				step()
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// beside runs two things at the same time that only read what they share. What one of them panics with is the caller's.
func beside(a, b func()) {
	var panicked any
	var wg sync.WaitGroup
	wg.Go(func() {
		defer func() { panicked = recover() }()
		b()
	})
	defer func() {
		wg.Wait()
		if panicked != nil {
			panic(panicked)
		}
	}()
	a()
}

// analysis is what the floors above the parser make of a project.
type analysis struct {
	program *program.Program
	app     *fastapi.App
	schema  *schema.Schema
	shared  *flow.Shared
	traces  []*flow.Trace
	races   []*race.Race
	found   *race.Found
	setting race.Setting
	known   bool // the engine was found
	defects defects
}

// analyse runs the floors in order: program, application, schema, traces, races.
func analyse(ctx context.Context, files []*python.File, configs []schema.Config, own *effects.Library, opts Options) (*analysis, error) {
	old := opts.Memory.past(files, opts)
	a := &analysis{program: build(files, old, opts)}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	beside(func() {
		a.app = fastapi.Read(a.program)
		a.shared = flow.NewShared(a.program, nil, a.app)
	}, func() {
		a.schema = schema.ReadStated(a.program, configs, schema.Stated{Engine: opts.Engine, Isolation: opts.Isolation})
	})
	a.app.Version = a.schema.Versions["fastapi"]
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	old.keepSchema(a)
	shared := a.shared
	shared.Schema, shared.Own, shared.Watched = a.schema, own, opts.Memory != nil
	known := old.stillTrue(a)
	a.traces = known.match(a.app.Entries, false)
	if err := a.follow(ctx, opts.Progress.of("following requests", len(a.app.Entries)), shared, a.app.Entries, a.traces); err != nil {
		return nil, err
	}
	unreached := flow.Unreached(shared, a.traces)
	assumed := known.match(unreached, true)
	if err := a.follow(ctx, opts.Progress.of("following functions", len(unreached)), shared, unreached, assumed); err != nil {
		return nil, err
	}
	shared.Followed()
	for _, t := range assumed {
		t.Assumed = true
	}
	a.traces = append(a.traces, assumed...)
	a.setting, a.known = settingOf(a.schema)
	place(&a.setting, opts.Workers)
	a.setting.Memo, a.setting.Work = opts.Memory.judged(), worth(a.program, searchWork)
	a.races, a.found = race.FindAgain(a.traces, a.setting, func(n int, do func(int)) {
		_ = each(ctx, n, opts.Progress.of("judging", n), a.defects.contain(func(i int) (string, int) { return standsAt(a.traces[i].Entry) }, do))
	}, old.judged())
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	opts.Memory.followed(a, opts)
	return a, nil
}

// follow traces the entry points that have no trace yet. One that cannot be followed has an empty trace.
func (a *analysis) follow(ctx context.Context, step func(), shared *flow.Shared, entries []*fastapi.Entry, traces []*flow.Trace) error {
	all := func(n int, do func(int)) {
		_ = each(ctx, n, step, a.defects.contain(func(i int) (string, int) { return standsAt(entries[i]) }, do))
		step = func() {} // whatever is followed once more
	}
	budget.Run(worth(a.program, followWork), len(entries), all, func(i, limit int) int {
		if t := traces[i]; t == nil || limit > 0 && t.Work > limit {
			traces[i] = &flow.Trace{Entry: entries[i]}
			traces[i] = flow.TraceEntry(shared, entries[i], limit)
		}
		return traces[i].Work
	})
	return ctx.Err()
}

// allowance is the work of a stage of the whole scan: what any project may take, and what it may take more for each byte of its source.
// The dearest of the projects on which it was measured take three tenths of it.
type allowance struct{ any, each int }

var (
	followWork = allowance{1_000_000, 16}   // see flow.Trace.Work
	searchWork = allowance{20_000_000, 100} // see race.Setting.Work
)

// worth is the work that a project may take.
func worth(p *program.Program, a allowance) int {
	work := a.any
	for _, m := range p.Modules {
		work += a.each * len(m.File.Source)
	}
	return work
}

// standsAt is the place of an entry point.
func standsAt(e *fastapi.Entry) (path string, line int) {
	if e.Function == nil {
		return "", e.Line
	}
	return e.Function.Module.File.Path, e.Line
}

// settingOf tells the judge which engine and placements to assume.
func settingOf(s *schema.Schema) (race.Setting, bool) {
	set := race.Setting{Placements: []interleave.Placement{interleave.SameProcess, interleave.TwoProcesses}}
	set.OneProcess = s.Workers.Known && s.Workers.Count == 1 && !s.Workers.Several
	e, known := interleave.ParseEngine(s.Engine.Name, s.Engine.Isolation)
	set.Engine, set.Dialect = e, s.Engine.Name
	set.SeveralProcesses = s.Workers.Several
	return set, known
}

// place tells the judge what the user states about the processes.
func place(set *race.Setting, workers int) {
	if workers == 0 {
		return
	}
	set.OneProcess, set.SeveralProcesses = workers == 1, workers > 1
	if workers == 1 {
		set.Placements = []interleave.Placement{interleave.SameProcess}
	}
}

// tellRoutes names every path operation and where its handler stands.
func (a *analysis) tellRoutes(tell func(finding.Route)) {
	for _, e := range a.app.Entries {
		if e.Kind == fastapi.Route && e.Function != nil {
			tell(finding.Route{Method: e.Method, Endpoint: e.Path, Path: e.Function.Module.File.Path, Line: e.Line})
		}
	}
}

// report turns the analysis into findings.
func (a *analysis) report(r *finding.Report, wanted func(string) bool) {
	as := &assembler{app: a.app, engineKnown: a.known, defects: &a.defects, mender: &remedy.Mender{Program: a.program, Schema: a.schema, Traces: a.traces}}
	r.Findings = append(r.Findings, as.findings(a.races, wanted)...)
	for _, t := range a.app.Entries {
		r.Summary.EntryPoints++
		if t.Kind == fastapi.Route {
			r.Summary.Routes++
		}
	}
	for _, u := range a.app.Unresolved {
		line, _ := u.Module.File.Position(u.Pos)
		r.Summary.Skipped = append(r.Summary.Skipped, finding.Skip{Path: u.Module.File.Path, Line: line, Kind: "unresolved", Reason: u.Reason + ": routes may be missing"})
	}
	a.giveUps(r)
	r.Summary.Skipped = append(r.Summary.Skipped, a.defects.skipped...)
	r.Summary.Engine = a.setting.Engine.String()
	r.Summary.Assumptions = append(r.Summary.Assumptions, a.schema.Assumptions...)
}
