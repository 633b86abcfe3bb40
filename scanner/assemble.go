package scanner

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/remedy"
	"github.com/middlebrick/middlebrick/scanner/rules"
)

// assembler turns races into findings.
type assembler struct {
	app         *fastapi.App
	engineKnown bool
	mender      *remedy.Mender
	defects     *defects
}

// raceKey joins the witnesses of one finding.
func raceKey(rule *rules.Rule, r *race.Race) string {
	resource := r.Resource()
	if r.Relation == race.Authority && r.Op(r.Read).Rare().Cached == "" {
		resource = "" // one decision on what the caller may do, however many tables it asks
	}
	if r.What == "" && r.Op(r.Read).Res.Store == interleave.Memory {
		resource = race.OutsideBrackets(resource) // one place of the code, whatever the key under which each route comes to it
	}
	place, name := where(r), rule.ID
	if onlyKnowsWho(rule.ID, r) {
		place = placeOf(r, r.Op(r.Read).Site) // one look at who is asking, whatever each route then does for him
	}
	if slices.Contains(byMemory, rule.ID) {
		name = "memory" // the same decision, whether a wait or a thread lets the other in
		if r.SharesDefault() {
			place = "" // one object that was never meant to be shared, wherever it is written
		}
	}
	return strings.Join([]string{name, place, resource, kindOf(r)}, "|")
}

// onlyKnowsWho tells whether a finding on old permissions rests on no more than who is asking, and not on what he may do.
func onlyKnowsWho(rule string, r *race.Race) bool {
	return (rule == "MB301" || rule == "MB303") && !r.RefusesByRight()
}

// byMemory are the rules that tell one decision on process memory by what lets the other request in.
var byMemory = []string{"MB401", "MB402", "MB403", "MB404"}

// checkSite is where the decision is made, or where the value is taken when none is made on it.
func checkSite(r *race.Race) *effects.Site {
	if r.Where != nil {
		return r.Where
	}
	if taken := r.Taken(); taken >= 0 {
		return r.Op(taken).Site
	}
	if len(r.Checks) > 0 {
		return r.Op(slices.Min(r.Deciding())).Site
	}
	if len(r.Uses) > 0 {
		return r.Op(r.Uses[0]).Site
	}
	return r.Op(r.Read).Site
}

func (a *assembler) finding(g *group) finding.Finding {
	rule, r := g.rule, g.r
	site := checkSite(r)
	f := finding.Finding{
		ID: rule.ID + "-" + shortHash(g.key)[:12], Rule: rule.ID, Name: rule.Name, Category: rule.Category,
		Severity: rule.SeverityOf(r), Confidence: finding.HighConfidence, CWE: cwes(rule),
		Location: location(site), CodeSnippet: line(site),
		Endpoint: r.Trace.Entry.Path, Method: r.Trace.Entry.Method,
		Description: describe(rule, r), Remediation: a.mender.For(r, rule.ID),
		Steps: steps(r), Engine: r.Engine.String(),
		Guard: guardOf(r),
	}
	if r.Told != nil {
		f.Guard = nil // the order of one request's own work: nothing could guard it
	}
	f.Fingerprint.Race = shortHash(g.identity())
	if r.Rival != nil {
		s := r.Rival.Ops[r.RivalAct].Site
		f.Rival = &finding.Rival{Method: r.Rival.Entry.Method, Endpoint: r.Rival.Entry.Path, Path: s.Path(), Line: s.Line()}
	}
	for _, t := range r.Routes {
		fn := t.Entry.Function
		f.Routes = append(f.Routes, finding.Route{Method: t.Entry.Method, Endpoint: t.Entry.Path, Path: fn.Module.File.Path, Line: t.Entry.Line})
	}
	a.weigh(&f, rule, r)
	return f
}

// mend adds to a finding what may end its race.
func (a *assembler) mend(f *finding.Finding, r *race.Race) {
	if f.Repairs = a.repairs(f, r); len(f.Repairs) > 0 {
		first := f.Repairs[0]
		first.Safe = false // nobody has verified it yet
		f.Fix = &first
		return
	}
	a.defects.contain(func(int) (string, int) { return f.Location.Path, f.Location.Line }, func(int) { f.Unmended = a.mender.Unmended(r, f.Rule) })(0)
}

// repairs are the changes that may end a race. A defect that is met in making them costs them and not the finding.
func (a *assembler) repairs(f *finding.Finding, r *race.Race) (out []finding.Fix) {
	a.defects.contain(func(int) (string, int) { return f.Location.Path, f.Location.Line }, func(int) { out = a.mender.Repairs(r, f.Rule) })(0)
	return out
}

func cwes(rule *rules.Rule) []string { return slices.Clone(rule.CWE) }

func location(s *effects.Site) finding.Location {
	file := s.Module.File
	n := s.Node
	if st, ok := n.(*python.If); ok {
		n = st.Test
	}
	line, col := file.Position(n.Pos())
	endLine, endCol := file.Position(n.Stop())
	if endLine > line {
		text := file.Line(line)
		endLine, endCol = line, utf16Len(text)+1
	}
	return finding.Location{Path: file.Path, Line: line, Column: col, EndLine: endLine, EndColumn: endCol}
}

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

func line(s *effects.Site) string { return strings.TrimSpace(s.Module.File.Line(s.Line())) }

func describe(rule *rules.Rule, r *race.Race) string {
	entry := strings.TrimSpace(r.Trace.Entry.Method + " " + r.Trace.Entry.Path)
	who := fmt.Sprintf("Two simultaneous requests to %s", entry)
	if !r.Self() && r.Rival != nil {
		who = fmt.Sprintf("A request to %s and one to %s", entry, strings.TrimSpace(r.Rival.Entry.Method+" "+r.Rival.Entry.Path))
	}
	if r.Outside != "" {
		who = fmt.Sprintf("A request to %s and %s", entry, r.Outside)
	}
	what := r.Subject()
	if r.Rival == nil && r.Outside == "" {
		return fmt.Sprintf("%s: %s: %s.", upperFirst(unrivalled(r)), entry, rule.Consequence(r))
	}
	if cols := r.Named(); len(cols) > 0 && len(cols) <= 3 {
		for i := range cols {
			cols[i] = strings.TrimPrefix(cols[i], what+".")
		}
		what += "." + strings.Join(cols, ", ")
	}
	return fmt.Sprintf("%s race on %s: %s.", who, what, rule.Consequence(r))
}

// unrivalled says who meets whom in a race that one request has with itself.
func unrivalled(r *race.Race) string {
	switch r.Relation {
	case race.Parallel:
		return "two tasks of one request share " + r.Resource()
	case race.Escaped:
		return "a task outlives " + r.Resource() + " of its request"
	case race.Unpublished:
		return "somebody is told of " + r.Resource() + " before it is committed"
	}
	return r.Resource()
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// steps tells the schedule: what A reads and decides, what the rival does in between, and what A then does.
func steps(r *race.Race) []finding.Step {
	var out []finding.Step
	add := func(actor string, role finding.Role, s *effects.Site, note string) {
		l := s.Line()
		for _, o := range out {
			if o.Actor == actor && o.Role == role && o.Path == s.Path() && o.Line == l {
				return
			}
		}
		end := l
		if e, _ := s.Module.File.Position(s.Node.Stop()); e > l && e-l < 12 && !isBlock(s.Node) {
			end = e
		}
		st := finding.Step{Actor: actor, Role: role, Path: s.Path(), Line: l, Text: line(s), Note: note}
		if end > l {
			st.EndLine = end
		}
		out = append(out, st)
	}
	if r.Told != nil {
		for _, m := range r.Told {
			add(m.Actor, m.Role, m.Site, m.Note)
		}
		return out
	}
	decider := decider(r)
	passes := meeting(r)
	chain := func(actor string, role finding.Role, s *effects.Site, note string) {
		for _, x := range frames(s, decider) {
			add(actor, role, x, note)
		}
	}
	rival := func() {
		if r.Outside != "" {
			add("B", finding.Act, r.Op(r.Act).Site, r.Outside+" comes in between")
		}
		if r.Rival != nil {
			if r.Self() {
				add("B", looksBy(r), r.Op(r.Read).Site, "the rival reads the same")
			}
			add("B", finding.Act, r.Rival.Ops[r.RivalAct].Site, "the rival writes in between")
		}
	}
	locks := locksOf(r)
	load := loadedBefore(r, locks)
	if load >= 0 {
		chain("A", finding.Read, r.Op(load).Site, "what is read here is what is decided on")
		rival()
	}
	for _, i := range locks {
		if i < r.Read {
			chain("A", finding.Lock, r.Op(i).Site, "")
		}
	}
	if passes != nil {
		for _, x := range frames(r.Op(r.Read).Site, passes.Function)[:1] {
			add("A", looksBy(r), x, "")
		}
	}
	if load != r.Read && (load < 0 || !slices.Contains(locks, r.Read)) {
		chain("A", looksBy(r), r.Op(r.Read).Site, "")
	}
	for _, i := range locks {
		if i >= r.Read {
			chain("A", finding.Lock, r.Op(i).Site, "")
		}
	}
	checks := telling(r)
	for _, c := range checks {
		if passes != nil && r.Op(c).Site.Function != passes.Function {
			add("A", finding.Check, passes, "what was read is given to what decides")
		}
		if m := matched(r.Op(c).Site); m != nil {
			add("A", finding.Check, m, "")
		}
		add("A", finding.Check, r.Op(c).Site, "")
	}
	if len(checks) == 0 {
		for _, u := range r.Uses {
			add("A", finding.Check, r.Op(u).Site, "the value is taken from here")
		}
	}
	if load < 0 {
		rival()
	}
	for _, act := range done(r) {
		chain("A", finding.Act, r.Op(act).Site, "")
	}
	return out
}

// done are the first of the writes that one request makes: of those in different arms of a decision that in the first one.
func done(r *race.Race) []int {
	var out []int
	for _, act := range r.Acts {
		if len(out) < maxActs && !r.Apart(act) && !slices.ContainsFunc(out, func(o int) bool { return r.Parted(o, act) }) {
			out = append(out, act)
		}
	}
	return out
}

// looksBy is the part of the operation that a race begins with.
func looksBy(r *race.Race) finding.Role {
	if r.Op(r.Read).Kind != interleave.Read && r.Relation == race.SharedName {
		return finding.Effect // it does not look, it writes
	}
	return finding.Read
}

// loadedBefore returns the unlocked read whose answer is still used under a lock that comes too late, -1 where no lock does: the
// rival writes before the lock is granted.
func loadedBefore(r *race.Race, locks []int) int {
	if len(locks) == 0 {
		return -1
	}
	load := -1
	for _, i := range r.Path.Ops {
		op := r.Op(i)
		if i >= locks[0] {
			break
		}
		if op.Kind != interleave.Read || op.Session != r.Op(r.Read).Session || op.Res.Store != interleave.Table || op.Lock.Strength != interleave.NoLock {
			continue
		}
		switch r.Verdict.Guard {
		case interleave.SnapshotBeforeLock: // whatever the transaction read first
			return i
		case interleave.StaleUnderLock:
			if op.Res.Name == r.Op(r.Read).Res.Name {
				load = i
			}
		}
	}
	return load
}

// A schedule that people read has few steps: the decisions that matter most, and the first of the writes that hang on them.
const (
	maxChecks = 6
	maxActs   = 8
)

// telling returns the decisions to show, in the order in which they are taken: those that look at what can change go first.
func telling(r *race.Race) []int {
	checks := slices.Clone(r.Deciding())
	for _, c := range r.Checks {
		if !slices.Contains(checks, c) {
			checks = append(checks, c)
		}
	}
	checks = slices.DeleteFunc(checks, r.Apart)
	checks = checks[:min(len(checks), maxChecks)]
	sort.Ints(checks)
	return checks
}

// maxLockSteps bounds the locks that are told of.
const maxLockSteps = 3

// locksOf returns the locks on the way to the act, where one is to blame.
func locksOf(r *race.Race) []int {
	switch r.Verdict.Guard {
	case interleave.LockElsewhere, interleave.LockReleased, interleave.LockVoid, interleave.SnapshotBeforeLock:
	case interleave.StaleUnderLock:
		if !r.Verdict.Stale && !r.LocksLate() && r.LocksForElse() {
			return nil
		}
	default:
		return nil
	}
	var out []int
	for _, i := range r.Path.Ops {
		op := r.Op(i)
		if i >= r.Act || len(out) >= maxLockSteps || r.Op(r.Read).Res.Store != interleave.Table {
			break
		}
		if (op.Lock.Strength != interleave.NoLock || op.Kind == interleave.Acquire && !givenBack(r, i)) && !aboutSomethingElse(r, i) {
			out = append(out, i)
		}
	}
	return out
}

// aboutSomethingElse tells whether a lock of the database is one on a row that the request has made itself, one to read other columns anew, or
// one on another table: in a transaction that is over when the request reads what is contested, or only after that.
func aboutSomethingElse(r *race.Race, lock int) bool {
	op := r.Op(lock)
	if strings.HasPrefix(op.Res.Key, "new ") {
		return true
	}
	if op.Kind == interleave.Refresh && len(op.Res.Columns) > 0 && !slices.ContainsFunc(r.Contested(), func(c string) bool { return slices.Contains(op.Res.Columns, c) }) {
		return true
	}
	if op.Res.Name == r.Op(r.Read).Res.Name || op.Kind == interleave.Acquire && op.Scope != interleave.TransactionLock {
		return false
	}
	return op.Kind != interleave.Acquire && lock > r.Read || slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		end := r.Op(i)
		return i > lock && i < r.Read && end.Session == op.Session && (end.Kind == interleave.Commit || end.Kind == interleave.Rollback)
	})
}

// givenBack tells whether a named lock is free again before the request reads what is contested.
func givenBack(r *race.Race, lock int) bool {
	return slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		return i > lock && i < r.Read && r.Op(i).Kind == interleave.Release && r.Op(i).Name == r.Op(lock).Name
	})
}

// matched returns the place of the match statement whose case decides at s, nil when s is no case.
func matched(s *effects.Site) *effects.Site {
	if _, ok := s.Node.(python.Pattern); !ok || s.Function == nil || s.Function.Def == nil {
		return nil
	}
	var out *effects.Site
	python.Walk(s.Function.Def, func(n python.Node) bool {
		if m, ok := n.(*python.Match); ok && m.Pos() <= s.Node.Pos() && s.Node.Pos() < m.Stop() {
			out = &effects.Site{Function: s.Function, Module: s.Module, Node: m, Up: s.Up, Depth: s.Depth}
		}
		return true
	})
	return out
}

func isBlock(n python.Node) bool {
	switch n.(type) {
	case *python.If, *python.For, *python.While, *python.With, *python.Try, *python.FunctionDef, *python.ClassDef, *python.Match:
		return true
	}
	return false
}
