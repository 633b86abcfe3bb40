package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// unpublished returns the messages and jobs that tell of a row before it is committed, to somebody who looks for the row.
func (f *finder) unpublished(t *flow.Trace) []*Race {
	var out []*Race
	for i := range t.Ops {
		e := &t.Ops[i]
		if !informs(t, i) || e.Phase >= effects.Deferred {
			continue
		}
		p := f.ways[t]().pathTo(i, 1)
		for _, w := range p.Ops {
			if w >= i {
				break
			}
			commit := pendingAt(p, w, i)
			if commit < 0 || !tellsOf(e, &t.Ops[w]) {
				continue
			}
			looks, by := f.looksFor(t, i, &t.Ops[w])
			if looks == nil {
				if e.Rare().Manner != effects.ToBroker || t.Ops[w].Kind == interleave.Update || t.Ops[w].Kind == interleave.Assign {
					continue
				}
				looks, by = e.Site, "whoever receives it" // outside the project, and told by the row's key which one to look at
			}
			r := structural(t, Unpublished, w, i, e.Site, t.Ops[w].Res.Name)
			r.Table, r.Path = t.Ops[w].Table, p
			r.Told = []Moment{
				{"A", finding.Read, t.Ops[w].Site, "writes the row and does not commit yet"},
				{"A", finding.Act, e.Site, "tells of it"},
				{"B", finding.Read, looks, by + " looks for the row: nothing is there yet"},
				{"A", finding.Commit, t.Ops[commit].Site, "commits"},
			}
			out = append(out, r)
			break
		}
	}
	return out
}

// informs tells whether an effect lets somebody know: a job, a message, a call over HTTP with whose answer nothing is done.
func informs(t *flow.Trace, i int) bool {
	e := &t.Ops[i]
	if e.Kind != interleave.Effect {
		return e.Rare().Manner == effects.ToBroker // an item of a queue
	}
	switch e.External {
	case "job", "message":
		return true
	case "http":
		method := effects.Last(e.Target)
		return (method == "post" || method == "put") && !slices.ContainsFunc(t.Ops[i+1:], func(op effects.Op) bool { return slices.Contains(op.From, i) })
	}
	return false
}

// outrun returns the tasks after the answer that look for a row which the request's session commits only when they are through.
func (f *finder) outrun(t *flow.Trace) []*Race {
	var out []*Race
	for _, task := range t.Tasks {
		if task.Kind != flow.Background || task.Start >= len(t.Ops) || task.Start >= task.End {
			continue
		}
		p := f.ways[t]().pathTo(task.Start, 1)
		for _, w := range p.Ops {
			if w >= task.Launch {
				break
			}
			commit, look := pendingAt(p, w, task.Start), looksInTask(t, task, w)
			if commit < 0 || look < 0 {
				continue
			}
			r := structural(t, Unpublished, w, look, task.Site, t.Ops[w].Res.Name)
			r.Table, r.Path = t.Ops[w].Table, p
			r.Told = []Moment{
				{"A", finding.Read, t.Ops[w].Site, "writes the row and does not commit yet"},
				{"A", finding.Act, task.Site, "leaves a task for after the answer"},
				{"B", finding.Read, t.Ops[look].Site, "the task looks for the row: nothing is there yet"},
				{"A", finding.Commit, t.Ops[commit].Site, "commits, when the task is done"},
			}
			out = append(out, r)
			break
		}
	}
	return out
}

// looksInTask returns the read by which a task looks, in a session of its own, for the row of a write; -1 when it does not.
func looksInTask(t *flow.Trace, task flow.Task, write int) int {
	w := &t.Ops[write]
	for i := task.Start; i < task.End && i < len(t.Ops); i++ {
		op := &t.Ops[i]
		if op.Kind == interleave.Read && op.Res.Store == interleave.Table && op.Res.Name == w.Res.Name && op.Session != w.Session && op.Res.Key != "" && op.Res.Key == w.Res.Key {
			return i
		}
	}
	return -1
}

// pendingAt returns the commit that follows the point at for a write that is still open there; -1 when there is none.
func pendingAt(p *Path, write, at int) int {
	w := &p.Trace.Ops[write]
	switch w.Kind {
	case interleave.Add, interleave.Insert, interleave.InsertWhereNotExists, interleave.Update, interleave.Assign:
	default:
		return -1
	}
	if w.Session == 0 || w.Res.Store != interleave.Table || w.Phase >= effects.Deferred {
		return -1
	}
	for _, i := range p.Ops {
		op := &p.Trace.Ops[i]
		if i <= write || op.Session != w.Session || op.Phase >= effects.Deferred {
			continue
		}
		switch op.Kind {
		case interleave.Commit:
			if i > at {
				return i
			}
			return -1
		case interleave.Rollback, interleave.Close:
			return -1
		}
	}
	return -1
}

// tellsOf tells whether an effect carries the key of the row that was written.
func tellsOf(e, w *effects.Op) bool {
	if w.Res.Key == "" {
		return false
	}
	key := w.Res.Key
	if i := strings.IndexByte(key, '='); i >= 0 {
		key = key[i+1:]
	}
	within := []string{"{" + key + "}"} // f"{order.id} is placed"
	if w.Table != nil {
		for _, column := range w.Table.PrimaryKey() {
			within = append(within, "{"+key+"."+column+"}")
		}
	}
	return slices.ContainsFunc(e.Rare().Told, func(s string) bool {
		return s == w.Res.Key || len(key) > 1 && (s == key || strings.HasPrefix(s, "f'") && slices.ContainsFunc(within, func(part string) bool { return strings.Contains(s, part) }))
	})
}

// looksFor finds where the receiver of a job or message reads the table.
func (f *finder) looksFor(t *flow.Trace, effect int, w *effects.Op) (*effects.Site, string) {
	for _, task := range t.Tasks {
		if task.Kind == flow.Job && task.Effect == effect {
			return readIn(t, task.Start, task.End, w.Res.Name), "the job"
		}
	}
	e := &t.Ops[effect]
	f.read[w.Res.Name] = true
	for _, other := range f.traces {
		kind := other.Entry.Kind
		switch {
		case other.Assumed, e.External == "job" && (kind != fastapi.Worker || !namesJob(e, other)):
			continue
		case e.External != "job" && (kind != fastapi.Route || other.Entry.Method != "GET") && !(e.Rare().Manner == effects.ToBroker && other.Entry.Receives):
			continue
		}
		if s := readIn(other, 0, len(other.Ops), w.Res.Name); s != nil {
			if e.External == "job" {
				return s, "the job " + effects.Last(other.Entry.Path)
			}
			if other.Entry.Receives {
				return s, "the consumer " + effects.Last(other.Entry.Path)
			}
			return s, "the client that is told"
		}
	}
	return nil, ""
}

// namesJob tells whether a job is sent to a worker: by its function or by its name.
func namesJob(e *effects.Op, worker *flow.Trace) bool {
	fn := ""
	if worker.Entry.Function != nil {
		fn = worker.Entry.Function.Name
	}
	for _, n := range append(e.Rare().Told[:min(len(e.Rare().Told), 2):min(len(e.Rare().Told), 2)], e.Target) {
		n = strings.Trim(n, "'")
		if n == worker.Entry.Path || n == fn || effects.Last(worker.Entry.Path) == n || strings.HasPrefix(n, fn+".") && fn != "" {
			return true
		}
	}
	return false
}

func readIn(t *flow.Trace, from, to int, table string) *effects.Site {
	for i := from; i < to && i < len(t.Ops); i++ {
		op := &t.Ops[i]
		reads := op.Kind == interleave.Read || op.Kind == interleave.Update && len(op.Res.Where)+len(op.Res.Key) > 0
		if reads && op.Res.Store == interleave.Table && op.Res.Name == table {
			return op.Site
		}
	}
	return nil
}
