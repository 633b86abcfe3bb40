package action

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"time"

	"github.com/middlebrick/middlebrick/sarif"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
)

// maxVerified bounds the scans that suggestions cost: each repair is verified by one.
const maxVerified = 20

// Job is one scan: of a directory, with the settings that another tree holds, on a pull request those of the base.
type Job struct {
	Tree     fs.FS          // the scanned directory
	Tracked  source.Tracked // what of it version control holds; nil where that is not known
	Paths    []string       // in it; nil for all
	Settings fs.FS          // the root of the repository that the settings are read from
	Dir      string         // the scanned directory in the repository, with '/'
	Config   string         // the configuration file in the repository; empty to look for one
	Verify   int            // so many findings, the worst first, have their repairs verified
}

// Scanned is what a scan gives.
type Scanned struct {
	Report  *finding.Report
	FailOn  string   // what the configuration says, empty when it says nothing
	Configs []string // the configuration files in the scanned directory, used or not
	Notes   []string
}

// Scan does a job. An error is one of the settings.
type Scan func(context.Context, Job) (*Scanned, error)

// Action is one run of the step.
type Action struct {
	Getenv  func(string) string
	Out     io.Writer
	Version string
	Rules   []finding.Rule
	Scan    Scan
	JSON    func(io.Writer, *finding.Report) error // writes the report in its own form
	// Probe races a running application. With an error the report holds what was found until then, or is nil.
	Probe func(context.Context, ProbeJob) (*finding.Report, error)
	// Transport and Sleep are replaced in tests; nil means the real ones.
	Transport http.RoundTripper
	Sleep     func(context.Context, time.Duration) error
}

// run is what the steps of one run share.
type run struct {
	*Action
	in        Inputs
	ev        *Event
	plan      Plan
	flow      *Workflow
	hub       *Hub
	top       *os.Root  // the workspace: the root of the repository
	here      workspace // the scanned directory
	base      *base
	missing   bool // a base was wanted and could not be had
	head      *finding.Report
	cmp       Comparison
	verdict   Verdict
	upload    Upload
	notes     []string // for the log and the summary
	settings  []string // files with settings that the change touches
	started   time.Time
	baseTime  time.Duration
	headTime  time.Duration
	published published
}

// published is what the outputs say.
type published struct {
	sarif, json string
}

// failure ends the run before there is a decision.
type failure struct {
	exit int
	err  error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// Run does the step and returns the exit code of the command.
func (a *Action) Run(ctx context.Context) (exit int) {
	r := &run{Action: a, started: time.Now(), upload: Upload{Status: UploadFailed, Detail: "the run ended before the upload"}}
	if r.Sleep == nil {
		r.Sleep = Sleep
	}
	in, err := ReadInputs(a.Getenv)
	r.in = in
	r.flow = NewWorkflow(a.Out, a.Getenv, in.Token)
	defer func() {
		if p := recover(); p != nil {
			exit = r.stop(&failure{exitInternal, fmt.Errorf("internal error: %v; this is a defect of middlebrick, please report it", p)})
		}
	}()
	if err != nil {
		return r.stop(&failure{exitUsage, err})
	}
	if err := r.decide(ctx); err != nil {
		return r.stop(err)
	}
	return r.report(ctx)
}

// stop ends a run that has no decision: the gate fails, and the outputs say so.
func (r *run) stop(err error) int {
	exit := exitInternal
	var f *failure
	if errors.As(err, &f) {
		exit = f.exit
	}
	r.verdict = Verdict{Exit: exit, Reason: err.Error()}
	r.flow.Annotate(Annotation{Level: LevelError, Title: "middlebrick", Message: err.Error()})
	r.flow.Summary(stoppedSummary(err.Error()))
	r.outputs()
	return exit
}

// decide reads, scans, compares, and judges. Everything in it can fail the run; nothing after it can change it.
func (r *run) decide(ctx context.Context) error {
	var err error
	if r.ev, err = ReadEvent(r.Getenv); err != nil {
		return &failure{exitUsage, err}
	}
	dir := orElse(r.Getenv("GITHUB_WORKSPACE"), ".")
	if err := r.openWorkspace(dir); err != nil {
		return &failure{exitNothing, err}
	}
	git, gitErr := openCheckout(dir)
	head := ""
	if gitErr == nil {
		defer git.Close()
		if head, err = git.Head(); err != nil {
			r.note("the checked-out commit could not be told (%v)", err)
		}
	} else {
		git = nil
	}
	if r.plan, err = MakePlan(r.ev, r.in, head); err != nil {
		exit := exitUsage
		if errors.Is(err, ErrRefused) {
			exit = exitRefused
		}
		return &failure{exit, err}
	}
	for _, n := range r.plan.Notes {
		r.note("%s", n)
	}
	if r.hub, err = NewHub(r.ev, r.in.Token, r.Version, r.Transport, r.Sleep); err != nil {
		r.note("%v: nothing is asked of the platform", err)
		r.hub = nil
	}
	r.findBase(ctx, git)
	return r.scanAndJudge(ctx)
}

func (r *run) openWorkspace(dir string) error {
	top, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("workspace: %w; run actions/checkout before this step", err)
	}
	r.top = top
	here, err := top.OpenRoot(r.in.WorkingDirectory)
	if err != nil {
		return fmt.Errorf("working-directory: %w", err)
	}
	r.here = workspace{root: here}
	return nil
}

func (r *run) findBase(ctx context.Context, git *checkout) {
	if !r.plan.Compare {
		return
	}
	b, err := findBase(ctx, r.plan, git, r.hub, r.note)
	if err != nil {
		r.missing = true
		r.note("no base to compare with: %v. %s", err, missingPolicy[r.in.OnMissingBase])
		return
	}
	r.base = b
	r.note("compared with %s, read from %s", short(b.sha), b.from)
}

var missingPolicy = map[string]string{
	"warn": "on-missing-base is warn: the gate looks at all findings of severity high and critical",
	"all":  "on-missing-base is all: the gate looks at all findings",
	"fail": "on-missing-base is fail: the gate fails",
}

func (r *run) scanAndJudge(ctx context.Context) error {
	settings := fs.FS(workspace{root: r.top})
	var baseReport *finding.Report
	var baseConfigs []string
	here, committed := r.tracked()
	if r.base != nil {
		tree := below(r.base.tree, r.in.WorkingDirectory)
		if !r.plan.TrustHead {
			r.here.rules, settings = tree, r.base.tree
		}
		began := time.Now()
		old, err := r.scan(ctx, tree, committed, settings)
		if err != nil {
			return err
		}
		baseReport, baseConfigs = old.Report, old.Configs
		r.baseTime = time.Since(began)
	}
	began := time.Now()
	scanned, err := r.scan(ctx, r.here, here, settings)
	if err != nil {
		return err
	}
	r.head = scanned.Report
	r.headTime = time.Since(began)
	r.in.settle(scanned.FailOn)
	for _, n := range scanned.Notes {
		r.note("%s", n)
	}
	if r.base != nil && !r.plan.TrustHead {
		r.settings = r.changedSettings(append(baseConfigs, scanned.Configs...))
	}
	if r.head.Summary.Files == 0 {
		return &failure{exitNothing, fmt.Errorf("no Python files found in %s: run actions/checkout before this step, or set working-directory or paths", orElse(r.in.WorkingDirectory, "the workspace"))}
	}
	if r.head.Summary.Framework == "" {
		r.note("none of the %s imports fastapi: there are no requests that could race", count(r.head.Summary.Files, "Python file"))
	}
	return r.judge(ctx, baseReport)
}

// tracked tells what version control holds of the workspace and of the base. A workspace that is no checkout does not tell; then neither is
// the base asked, so that both are read by the same rules.
func (r *run) tracked() (here, base source.Tracked) {
	if _, err := r.top.Stat(".git/index"); err != nil {
		return nil, nil
	}
	return source.TrackedIn(workspace{root: r.top}.Open, r.in.WorkingDirectory), source.Committed
}

// judge compares and decides.
func (r *run) judge(ctx context.Context, baseReport *finding.Report) error {
	baseline, err := r.readBaseline()
	if err != nil {
		return &failure{exitUsage, err}
	}
	if r.head, err = r.withEvidence(r.head); err != nil {
		return &failure{exitUsage, err}
	}
	if r.head, err = r.withProbe(ctx, r.head); err != nil {
		return err
	}
	r.cmp = Compare(r.head, baseReport, baseline, r.plan.TrustHead)
	r.verdict = Decide(r.cmp, r.in, r.plan.NewOnly, r.missing, Partial(r.head, baseReport))
	return nil
}

func (r *run) scan(ctx context.Context, tree fs.FS, tracked source.Tracked, settings fs.FS) (*Scanned, error) {
	job := Job{Tree: tree, Tracked: tracked, Paths: existing(tree, r.in.Paths), Settings: settings, Dir: r.in.WorkingDirectory, Config: r.in.Config}
	if r.in.Review == "suggest" {
		job.Verify = maxVerified
	}
	out, err := r.Scan(ctx, job)
	if ctx.Err() != nil {
		return nil, &failure{exitStopped, errors.New("the run was cancelled before there was a decision")}
	}
	if err != nil {
		return nil, &failure{exitUsage, err}
	}
	return out, nil
}

// existing drops paths that a tree does not have, as a directory that the change adds is missing from the base.
func existing(tree fs.FS, paths []string) []string {
	if paths == nil {
		return nil
	}
	out := []string{}
	for _, p := range paths {
		if _, err := fs.Stat(tree, p); err == nil {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		out = append(out, ".middlebrick-no-such-path")
	}
	return out
}

func (r *run) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	r.notes = append(r.notes, text)
	r.flow.Log("%s", text)
}

// inRepo turns a path of the report into a path of the repository.
func (r *run) inRepo(p string) string { return path.Join(r.in.WorkingDirectory, p) }

// prefix leads from the root of the repository to the root of the scan.
func (r *run) prefix() string {
	if r.in.WorkingDirectory == "." {
		return ""
	}
	return r.in.WorkingDirectory
}

// report writes everything that others read. Each part is on its own: one that fails, or even panics, is named and the
// next one runs.
func (r *run) report(ctx context.Context) int {
	exit := r.verdict.Exit
	r.try("files", r.writeFiles)
	r.try("upload", func() error { r.doUpload(ctx); return nil })
	r.try("annotations", func() error { return r.annotate(ctx) })
	r.try("review", func() error { return r.review(ctx) })
	r.try("summary", func() error { r.flow.Summary(r.summary()); return nil })
	r.tell()
	r.try("outputs", func() error { r.outputs(); return nil })
	for _, f := range r.flow.failed {
		r.flow.Log("not written: %s", f)
	}
	if exit == exitPass && r.in.Upload == "always" && !r.upload.ok() {
		r.flow.Annotate(Annotation{Level: LevelError, Title: "middlebrick", Message: "upload is always, and the upload did not succeed: " + r.upload.Detail})
		exit = exitReport
	}
	return exit
}

func (r *run) try(what string, f func() error) {
	defer func() {
		if p := recover(); p != nil {
			r.note("%s: internal error: %v; the decision of the gate stands", what, p)
		}
	}()
	if err := f(); err != nil {
		r.note("%s: %v; the decision of the gate stands", what, err)
	}
}

// tell writes the last lines of the log: the counts and the decision.
func (r *run) tell() {
	r.flow.Log("%s; scanned in %d ms, base in %d ms, %d requests", r.counts(), r.headTime.Milliseconds(), r.baseTime.Milliseconds(), r.requests())
	word := "pass"
	if !r.verdict.Pass {
		word = "FAIL"
	}
	r.flow.Log("gate: %s: %s", word, r.verdict.Reason)
}

func (r *run) requests() int64 {
	if r.hub == nil {
		return 0
	}
	return r.hub.requests.Load()
}

func (r *run) counts() string {
	accepted := len(r.cmp.Of(Suppressed))
	if !r.cmp.Compared {
		return fmt.Sprintf("%s, %d suppressed", count(len(r.cmp.Of(New, Known, Baselined)), "finding"), accepted)
	}
	return fmt.Sprintf("%d new, %d fixed, %d known, %d suppressed", len(r.cmp.Of(New)), len(r.cmp.Fixed), len(r.cmp.Of(Known, Baselined)), accepted)
}

// doUpload sends the result to code scanning, or says why not.
func (r *run) doUpload(ctx context.Context) {
	status := r.plan.Upload
	if status == "" && r.in.FailOnIncomplete && len(r.verdict.Partial) > 0 {
		status = SkippedIncomplete
	}
	switch {
	case status != "":
		r.upload = Upload{Status: status, Detail: reasons[status]}
	case r.hub == nil:
		r.upload = Upload{Status: UploadFailed, Detail: "there is no API to upload to"}
	default:
		log, err := r.uploadLog()
		if err != nil {
			r.upload = Upload{Status: UploadFailed, Detail: err.Error()}
			break
		}
		r.upload = r.hub.Upload(ctx, log, r.plan.Ref, r.plan.Commit, r.started, r.in.WaitForUpload)
	}
	if r.upload.Detail != "" {
		r.note("code scanning: %s", r.upload.Detail)
	}
}

func (r *run) sarifOptions() sarif.Options {
	category := r.in.Category[:len(r.in.Category)-1] // the builder adds the slash
	return sarif.Options{Rules: r.Rules, Prefix: r.prefix(), Category: category, Source: r.source}
}

// source returns a scanned file.
func (r *run) source(name string) ([]byte, error) { return r.here.read(name, 5<<20) }
