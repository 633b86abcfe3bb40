package fix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// maxBatch bounds how many changes one scan judges.
const maxBatch = 32

// wish is a finding that is to be repaired.
type wish struct {
	target finding.Finding
	place  int
	tried  map[string]bool // by key
	why    string
	unsafe bool        // a change was not tried that may change what a single request does
	fix    finding.Fix // the change that is judged
}

// unmended is why a finding is left for which no change is proposed and nothing says more.
const unmended = "no change of the source is known that would end it"

// key names a change independently of the lines at which it stands, which other changes move.
func key(fix *finding.Fix) string {
	var b strings.Builder
	b.WriteString(fix.Title)
	for _, e := range fix.Edits {
		b.WriteString("\x00" + e.Path + "\x00" + e.Text)
	}
	return b.String()
}

// run repairs findings: changes that have nothing to do with each other are made together and judged by one scan, which is what a repair costs.
func (m *maker) run(targets []finding.Finding) error {
	var open []*wish
	for i, t := range targets {
		open = append(open, &wish{target: t, place: i, tried: map[string]bool{}, why: unmended})
	}
	done := map[int]Repaired{}
	left := map[int]Open{}
	var waiting []*wish // for which nothing is known, as the source is now
	for len(open) > 0 {
		if m.opts.Progress != nil {
			m.opts.Progress(len(targets)-len(open), len(targets))
		}
		var batch []*wish
		open = slices.DeleteFunc(open, func(w *wish) bool {
			if len(batch) == maxBatch {
				return false
			}
			i := slices.IndexFunc(m.now.Findings, func(f finding.Finding) bool { return f.ID == w.target.ID })
			if i < 0 {
				return true // a repair of another finding ended this one too
			}
			if !m.proposal(w, &m.now.Findings[i]) {
				left[w.place] = Open{w.target, w.why, w.unsafe}
				waiting = append(waiting, w)
				return true
			}
			if !slices.ContainsFunc(batch, func(o *wish) bool { return meet(o, w) }) {
				batch = append(batch, w)
			}
			return false
		})
		held, err := m.judge(batch)
		if err != nil {
			return err
		}
		for _, w := range held {
			done[w.place] = Repaired{w.target, w.fix}
		}
		open = slices.DeleteFunc(open, func(w *wish) bool { return slices.Contains(held, w) })
		if len(open) == 0 {
			if open = m.again(waiting); len(open) == 0 {
				m.last = true
				open = m.again(waiting)
			}
			waiting = nil
			for _, w := range open {
				delete(left, w.place)
			}
		}
	}
	for i := range targets {
		if r, ok := done[i]; ok {
			m.plan.Repaired = append(m.plan.Repaired, r)
		}
		if o, ok := left[i]; ok && slices.ContainsFunc(m.now.Findings, func(f finding.Finding) bool { return f.ID == o.Finding.ID }) {
			m.plan.Open = append(m.plan.Open, o)
		}
	}
	return nil
}

// again are the findings for which something is known now that was not before: another change may have made room for it.
func (m *maker) again(waiting []*wish) []*wish {
	return slices.DeleteFunc(slices.Clone(waiting), func(w *wish) bool {
		i := slices.IndexFunc(m.now.Findings, func(f finding.Finding) bool { return f.ID == w.target.ID })
		return i < 0 || !m.proposal(w, &m.now.Findings[i])
	})
}

// proposal takes the next change of a finding that may be made and was not tried.
func (m *maker) proposal(w *wish, now *finding.Finding) bool {
	for _, fix := range now.Repairs {
		switch {
		case w.tried[key(&fix)] || fix.Last && !m.last || m.opts.Takes != nil && !m.opts.Takes(&fix):
		case !fix.Safe && !m.opts.Unsafe:
			w.unsafe = true
			w.why = fmt.Sprintf("to %s may change what a single request does: --unsafe does it", fix.Title)
		default:
			w.fix = fix
			return true
		}
	}
	if len(now.Repairs) == 0 && now.Unmended != "" && len(w.tried) == 0 {
		w.why = "no edit is made, because " + now.Unmended
	}
	return false
}

// meet tells whether two changes may have to do with each other: they touch the same lines, one changes what the race of the other passes
// through or what any request may store, or the races are one.
func meet(a, b *wish) bool {
	return a.fix.Wide || b.fix.Wide || a.target.Fingerprint.Race == b.target.Fingerprint.Race || touch(a.fix.Edits, b.fix.Edits) || passes(&a.target, b.fix.Edits) || passes(&b.target, a.fix.Edits)
}

func touch(a, b []finding.Edit) bool {
	for _, x := range a {
		for _, y := range b {
			if x.Path == y.Path && x != y && x.StartLine <= max(y.EndLine, y.StartLine) && y.StartLine <= max(x.EndLine, x.StartLine) {
				return true
			}
		}
	}
	return false
}

// passes tells whether a change lies between the first and the last line of a file that a race passes through: it may end that race, too.
func passes(f *finding.Finding, edits []finding.Edit) bool {
	for _, e := range edits {
		first, last := 0, 0
		for i := range f.Steps {
			if s := &f.Steps[i]; s.Path == e.Path {
				if first == 0 || s.Line < first {
					first = s.Line
				}
				last = max(last, s.Line, s.EndLine)
			}
		}
		if first > 0 && first <= max(e.EndLine, e.StartLine) && e.StartLine <= last {
			return true
		}
	}
	return false
}

// judge makes the changes of a batch and scans, leaves out those that do not end their race or bring another one, and scans again until the
// rest holds. Each time some change holds, or one is not tried again.
func (m *maker) judge(batch []*wish) (held []*wish, err error) {
	for len(batch) > 0 {
		contents, kept, err := m.contents(batch)
		if batch = kept; err != nil || len(batch) == 0 {
			return nil, err
		}
		report, err := scanner.Scan(m.ctx, m.tree.With(contents), m.opts.Scan)
		if err != nil {
			return nil, err
		}
		before, after := counts(m.now), counts(report)
		var rest, failed []*wish
		for _, w := range batch {
			if race := w.target.Fingerprint.Race; after[race] < before[race] {
				rest = append(rest, w)
				continue
			}
			w.fail("to %s does not end it: %s", w.fix.Title, verdict(report, w.target))
			failed = append(failed, w)
		}
		come := m.come(report, before, after)
		if len(come) == 0 && len(failed) == 0 {
			return batch, m.keep(batch, contents, report)
		}
		now := moved(batch)
		for _, f := range come {
			// What a change that does not hold may have brought goes with it.
			if len(suspects(failed, f, now)) == 0 {
				rest = without(rest, f, now)
			}
		}
		switch {
		case len(rest) < len(batch):
		case len(batch) == 1:
			batch[0].leaves(come[0])
			return nil, nil
		default:
			rest = rest[:len(rest)/2] // nothing tells which of them it was
		}
		batch = rest
	}
	return nil, nil
}

func (w *wish) fail(format string, args ...any) {
	w.why = fmt.Sprintf(format, args...)
	w.tried[key(&w.fix)] = true
}

func (w *wish) leaves(f *finding.Finding) {
	w.fail("to %s leaves another race: %s at %s:%d", w.fix.Title, f.Rule, f.Location.Path, f.Location.Line)
}

// moved are the changes of a batch as they lie in the files that it makes.
func moved(batch []*wish) map[*wish][]finding.Edit {
	out := map[*wish][]finding.Edit{}
	for _, w := range batch {
		for _, e := range w.fix.Edits {
			at := e
			for _, o := range batch {
				for _, before := range o.fix.Edits {
					if before.Path == e.Path && before.StartLine < e.StartLine {
						at.StartLine += strings.Count(before.Text, "\n") - (before.EndLine - before.StartLine + 1)
					}
				}
			}
			at.EndLine = at.StartLine + strings.Count(e.Text, "\n")
			out[w] = append(out[w], at)
		}
	}
	return out
}

// suspects are the changes that may have brought a new finding: those that lie on its way, or else those of the files that it passes through,
// or else those of races that its request runs into, too: such a race is told of anew when a change ends it for other requests only.
func suspects(batch []*wish, f *finding.Finding, now map[*wish][]finding.Edit) []*wish {
	for _, may := range []func(w *wish) bool{
		func(w *wish) bool { return passes(f, now[w]) },
		func(w *wish) bool {
			return slices.ContainsFunc(f.Steps, func(s finding.Step) bool { return slices.Contains(paths(w.fix.Edits), s.Path) })
		},
		func(w *wish) bool {
			return slices.ContainsFunc(w.target.Routes, func(r finding.Route) bool { return r.Method == f.Method && r.Endpoint == f.Endpoint })
		},
	} {
		if out := slices.DeleteFunc(slices.Clone(batch), func(w *wish) bool { return !may(w) }); len(out) > 0 {
			return out
		}
	}
	return nil
}

// without leaves out what may have brought a new finding. Where it can have been one change only, that one is not tried again; of several,
// all but the first wait.
func without(batch []*wish, f *finding.Finding, now map[*wish][]finding.Edit) []*wish {
	s := suspects(batch, f, now)
	if len(s) == 1 {
		s[0].leaves(f)
	} else if len(s) > 1 {
		s = s[1:]
	}
	return slices.DeleteFunc(batch, func(w *wish) bool { return slices.Contains(s, w) })
}

// come are the findings that were not there before, or are graver now: half a lock makes another race of the same row worse.
func (m *maker) come(report *finding.Report, before, after map[string]int) (out []*finding.Finding) {
	gravest := map[string]int{}
	var gone []*finding.Finding
	for i := range m.now.Findings {
		f := &m.now.Findings[i]
		gravest[f.Fingerprint.Race] = max(gravest[f.Fingerprint.Race], f.Severity.Rank())
		if after[f.Fingerprint.Race] < before[f.Fingerprint.Race] {
			gone = append(gone, f)
		}
	}
	for i := range report.Findings {
		f := &report.Findings[i]
		race := f.Fingerprint.Race
		if f.Severity.Rank() < finding.Low.Rank() || after[race] <= before[race] && f.Severity.Rank() <= gravest[race] {
			continue
		}
		if m.opts.Unsafe && slices.ContainsFunc(gone, func(g *finding.Finding) bool { return refusesOnly(f, g) }) {
			continue
		}
		out = append(out, f)
	}
	return out
}

// contents are the changed files, and the changes of the batch that leave them Python.
func (m *maker) contents(batch []*wish) (contents map[string][]byte, kept []*wish, err error) {
	now := map[string][]byte{}
	text := func(path string) ([]byte, error) {
		data, known := m.plan.New[path]
		if !known {
			data, known = now[path]
		}
		if !known && m.tree.Has(path) {
			var err error
			if data, err = m.tree.Lookup(path); err != nil {
				return nil, err
			}
			now[path] = data
		}
		return data, nil
	}
	var edits []finding.Edit
	for _, w := range batch {
		broken := ""
		for _, path := range paths(w.fix.Edits) {
			old, err := text(path)
			if err != nil {
				return nil, nil, err
			}
			changed, err := Apply(old, path, w.fix.Edits)
			if err != nil {
				return nil, nil, err
			}
			if errs := python.Parse(path, changed).Errors; len(errs) > 0 && len(errs) > len(python.Parse(path, old).Errors) {
				broken = fmt.Sprintf("%s: %s", path, errs[0].Message)
			}
		}
		if broken != "" {
			w.fail("to %s would break %s", w.fix.Title, broken)
			continue
		}
		kept = append(kept, w)
		for _, e := range w.fix.Edits {
			if !slices.Contains(edits, e) {
				edits = append(edits, e)
			}
		}
	}
	contents = map[string][]byte{}
	for path, data := range m.plan.New {
		contents[path] = data
	}
	for _, path := range paths(edits) {
		old, err := text(path)
		if err != nil {
			return nil, nil, err
		}
		if contents[path], err = Apply(old, path, edits); err != nil {
			return nil, nil, err
		}
	}
	return contents, kept, nil
}

// keep makes the changes part of the plan.
func (m *maker) keep(batch []*wish, contents map[string][]byte, report *finding.Report) error {
	if m.apart {
		return nil
	}
	for _, w := range batch {
		for _, path := range paths(w.fix.Edits) {
			if m.plan.Old[path] != nil || !m.tree.Has(path) {
				continue
			}
			old, err := m.tree.Lookup(path)
			if err != nil {
				return err
			}
			m.plan.Old[path] = old
		}
	}
	m.plan.New, m.now = contents, report
	return nil
}
