package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Tasks need no schedule of two requests: that a session is used by two of them at once, or by one after it was closed, is told by
// the order of one trace.

// tasks returns what the tasks of a trace do to its sessions.
func (f *finder) tasks(t *flow.Trace) []*Race {
	var out []*Race
	for i := range t.Tasks {
		task := &t.Tasks[i]
		for _, s := range sessionsIn(t, task) {
			if r := escaped(t, task, s); r != nil {
				out = append(out, r)
			} else if r := parallel(t, i, s); r != nil {
				out = append(out, r)
			}
		}
	}
	for _, r := range out {
		r.Path = f.ways[t]().pathTo(r.Act, 1)
	}
	return out
}

// sessionsIn lists the sessions that a task uses and did not make itself, in the order of their use.
func sessionsIn(t *flow.Trace, task *flow.Task) []int {
	var out []int
	for i := task.Start; i < task.End; i++ {
		if s := t.Ops[i].Session; s != 0 && s <= task.Sessions && talks(&t.Ops[i]) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// talks tells whether an operation sends something over its session's connection.
func talks(op *effects.Op) bool {
	switch op.Kind {
	case interleave.Read, interleave.Refresh, interleave.Update, interleave.Insert, interleave.InsertWhereNotExists, interleave.Delete,
		interleave.Flush, interleave.Commit, interleave.Rollback:
		return true
	}
	return false
}

// use is what a part of a trace does to a session: its first operation there, and the first that changes something; -1 for none.
type use struct{ first, change int }

func (u *use) add(t *flow.Trace, i int) {
	op := &t.Ops[i]
	if u.first < 0 {
		u.first = i
	}
	if u.change < 0 && op.Kind != interleave.Read && op.Kind != interleave.Refresh && !settles(t, i) {
		u.change = i
	}
}

func usesIn(t *flow.Trace, from, to, session int) use {
	u := use{-1, -1}
	for i := from; i < to && i < len(t.Ops); i++ {
		if t.Ops[i].Session == session && talks(&t.Ops[i]) {
			u.add(t, i)
		}
	}
	return u
}

// settles tells whether a commit only ends a statement that committed by itself.
func settles(t *flow.Trace, i int) bool {
	return t.Ops[i].Kind == interleave.Commit && i > 0 && t.Ops[i-1].Session == t.Ops[i].Session && t.Ops[i-1].Kind == interleave.Read && t.Ops[i-1].Site == t.Ops[i].Site
}

// parallel finds a session that the task shares with a part of the request that runs at the same time.
func parallel(t *flow.Trace, task, session int) *Race {
	a := &t.Tasks[task]
	if a.Kind == flow.Background || a.Kind == flow.Job || a.Join < 0 || !asynchronous(t, session) || !givesWay(t, a, session) {
		return nil
	}
	mine := usesIn(t, a.Start, a.End, session)
	other := neighbour(t, task, session)
	if other.first >= 0 && other.first < mine.first {
		return nil // told from the first of the two
	}
	if other.first < 0 {
		other = besides(t, a, session)
	}
	if other.first < 0 && a.Repeated {
		other = mine
	}
	if other.first < 0 {
		return nil
	}
	r := structural(t, Parallel, mine.first, other.first, a.Site, sessionName(t, session))
	r.Mild = mine.change < 0 && other.change < 0 && !strings.HasPrefix(t.Sessions[session].Qual, "asyncpg")
	r.Told = []Moment{
		{"A", finding.Act, a.Site, "one task is given the session"},
		{"A", finding.Read, t.Ops[mine.first].Site, "it waits for the session's connection"},
		{"B", finding.Act, t.Ops[other.first].Site, "the other uses the same session meanwhile"},
	}
	return r
}

// neighbour finds another task that uses the session while the task is under way.
func neighbour(t *flow.Trace, task, session int) use {
	a := &t.Tasks[task]
	for i := range t.Tasks {
		b := &t.Tasks[i]
		if i == task || b.Kind == flow.Background || b.Kind == flow.Job || session > b.Sessions || b.Launch >= a.Join || b.Join >= 0 && b.Join <= a.Launch {
			continue
		}
		if b.Start >= a.Start && b.End <= a.End || a.Start >= b.Start && a.End <= b.End {
			continue // one is a part of the other
		}
		if u := usesIn(t, b.Start, b.End, session); u.first >= 0 && givesWay(t, b, session) {
			return u
		}
	}
	return use{-1, -1}
}

// besides finds a use of the session by the request itself while the task is under way.
func besides(t *flow.Trace, a *flow.Task, session int) use {
	u := use{-1, -1}
	for i := a.Launch; i < a.Join && i < len(t.Ops); i++ {
		if t.Ops[i].Session == session && talks(&t.Ops[i]) && !inTask(t, i) {
			u.add(t, i)
		}
	}
	return u
}

func inTask(t *flow.Trace, i int) bool {
	return slices.ContainsFunc(t.Tasks, func(k flow.Task) bool { return k.Start <= i && i < k.End })
}

// givesWay tells whether others can come in between while the task uses the session.
func givesWay(t *flow.Trace, task *flow.Task, session int) bool {
	if task.Library {
		return true
	}
	for i := task.Start; i < task.End; i++ {
		if t.Ops[i].Session == session && talks(&t.Ops[i]) && waitsFor(t, i) {
			return true
		}
	}
	return false
}

// waitsFor tells whether the request waits for the answer to an operation.
func waitsFor(t *flow.Trace, i int) bool {
	for j := i + 1; j < len(t.Ops) && j <= i+2; j++ {
		if t.Ops[j].Kind == interleave.Suspend && !t.Ops[j].Blocking {
			return true
		}
	}
	return false
}

// asynchronous tells whether a session belongs to one asynchronous connection. Shared objects and pools hand out a connection to
// each task.
func asynchronous(t *flow.Trace, session int) bool {
	s, ok := t.Sessions[session]
	if !ok || s.Shared || strings.HasPrefix(s.Qual, "databases") {
		return false
	}
	q := strings.ToLower(s.Qual)
	if strings.Contains(q, "async") || strings.HasPrefix(q, "aiosqlite") || strings.HasPrefix(q, "aiomysql") {
		return true
	}
	for i := range t.Ops {
		if t.Ops[i].Session == session && talks(&t.Ops[i]) && i+1 < len(t.Ops) && t.Ops[i+1].Kind == interleave.Suspend {
			return true
		}
	}
	return false
}

// escaped finds a session that the task uses when the request has closed it.
func escaped(t *flow.Trace, task *flow.Task, session int) *Race {
	if task.Join >= 0 || task.Cancelled || task.Kind == flow.Job || t.Sessions[session].Shared {
		return nil
	}
	closed := -1
	for i := task.Launch; i < task.Start && i < len(t.Ops); i++ {
		if op := &t.Ops[i]; op.Kind == interleave.Close && op.Session == session {
			closed = i
		}
	}
	if closed < 0 {
		return nil
	}
	used := usesIn(t, task.Start, task.End, session).first
	r := structural(t, Escaped, used, used, task.Site, sessionName(t, session))
	r.Told = []Moment{
		{"A", finding.Read, task.Site, "the task is given the session"},
		{"B", finding.Act, t.Ops[closed].Site, "the request ends and closes the session"},
		{"A", finding.Act, t.Ops[used].Site, "the task uses it"},
	}
	r.Mild = task.Kind == flow.Background && reopens(t, session)
	return r
}

// reopens tells whether a session that was closed may be used again: it takes another connection, which nobody gives back in time, and
// what it had loaded is its own no more. An asynchronous connection that nobody gives back is lost.
func reopens(t *flow.Trace, session int) bool {
	q := t.Sessions[session].Qual
	return !asynchronous(t, session) && (strings.HasPrefix(q, "sqlalchemy.") || strings.HasPrefix(q, "sqlmodel."))
}

// structural is a race that one trace shows by itself.
func structural(t *flow.Trace, rel Relation, read, act int, at *effects.Site, what string) *Race {
	return &Race{
		Trace: t, Relation: rel, Read: read, Act: act, Acts: []int{act}, Where: at, What: what,
		Verdict: interleave.Verdict{Outcome: interleave.Race},
	}
}

func sessionName(t *flow.Trace, session int) string {
	if n := t.Sessions[session].Name; n != "" && len(n) < 40 && !strings.ContainsAny(n, "()[]# ") {
		return n
	}
	return "session"
}
