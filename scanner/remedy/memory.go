package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// holdLock holds one lock of the process from the first look at a shared value to the last change of it. The lock stands beside the value: at
// module level, or in the constructor that makes the attribute.
func (m *Mender) holdLock(r *race.Race) []change {
	act := r.Op(r.Act)
	fn := act.Site.Function
	if fn == nil || fn.Def == nil || fn.Generator || r.Op(r.Read).Site.Function != fn {
		return nil
	}
	f := act.Site.Module.File
	value := &shared{m: m, fn: fn, name: shortName(r.Resource())}
	block, from, to := region(r, fn, value.changes(fn))
	if block == nil {
		return nil
	}
	if at := value.boundBefore(block[from].Stop()); at >= 0 && at < block[from].Pos() {
		if block, from, to = covering(fn, at, block[to].Pos()); block == nil {
			return nil
		}
	}
	for _, s := range block[from : to+1] {
		if definesFunction(s) || spansLines(f, s) || mentionsLock(f, s) || callsFunction(f, s, fn) {
			return nil
		}
	}
	if callsItself(r, fn) || slices.ContainsFunc(around(fn, block[from].Pos()), func(s python.Stmt) bool { return opensLock(f, s) }) {
		return nil // it would wait for itself, or hold two locks where another function may take them the other way round
	}
	busy, plain := busyFlag(r, f, block[from:to+1])
	if !plain {
		return nil
	}
	others, ok := value.others()
	if !ok {
		return nil
	}
	library, lock := "threading", "threading.Lock()"
	with := "with "
	if fn.Async {
		library, lock, with = "asyncio", "asyncio.Lock()", "async with "
	}
	if value.nested(append(others[:len(others):len(others)], stretch{fn, block[from : to+1]})) {
		if fn.Async {
			return nil // no lock of asyncio lets its holder in again
		}
		lock = "threading.RLock()"
	}
	name, declared := beside(r, fn, lock)
	if declared == nil {
		return nil
	}
	rest := value.locked(others, name)
	imports, ok := importedModule(act.Site.Module, library)
	if !ok {
		return nil
	}
	first, last := block[from], block[to]
	in, step, nl := indent(f, first), unit(f, fn), newline(f)
	if busy != nil {
		before := block[to-1].Stop()
		text := with + name + ":" + nl + shifted(f, first.Pos(), before, in, step) + nl + in + step + f.Text(busy)
		return append(append(append(imports, *declared), rest...), change{f, first.Pos(), before, text}, change{f, lineStart(f, busy.Pos()), lineStop(f, busy.Stop()), ""})
	}
	text := with + name + ":" + nl + shifted(f, first.Pos(), last.Stop(), in, step)
	return append(append(append(imports, *declared), rest...), change{f, first.Pos(), last.Stop(), text})
}

// callsItself tells whether the function is entered again before it has acted, as the request was followed.
func callsItself(r *race.Race, fn *program.Function) bool {
	first := r.Op(r.Read).Site
	for i := r.Read; i < len(r.Trace.Ops); i++ {
		calls := 0
		for s := r.Op(i).Site; s != nil; s = s.Up {
			if s.Function == fn && (s.Up == nil || s.Up.Function != fn || s.Up.Node != s.Node && isCallOf(s.Up.Node, fn)) {
				calls++
			}
		}
		if calls > 1 && first.Function == fn {
			return true
		}
	}
	return false
}

func isCallOf(n python.Node, fn *program.Function) bool {
	call, ok := n.(*python.Call)
	return ok && lastName(call.Func) == fn.Name
}

// busyFlag tells whether the statements set a flag, work, and take it back: who finds it set is to be refused and not to wait, so that only
// looking at it and setting it belong under the lock. set is the first statement of the try that follows the check; plain is false where the
// flag is set anywhere else.
func busyFlag(r *race.Race, f *python.File, block []python.Stmt) (set python.Stmt, plain bool) {
	value := shortName(r.Resource())
	given := map[string]bool{}
	for _, s := range block {
		python.Walk(s, func(n python.Node) bool {
			a, ok := n.(*python.Assign)
			if !ok || len(a.Targets) != 1 || lastName(a.Targets[0]) != value {
				return true
			}
			if c, ok := a.Value.(*python.Constant); ok {
				given[c.Raw] = true
			}
			return true
		})
	}
	if len(given) < 2 {
		return nil, true
	}
	try, ok := block[len(block)-1].(*python.Try)
	if !ok || len(block) < 2 || len(try.Body) < 2 || len(try.Finally) == 0 {
		return nil, false
	}
	a, ok := try.Body[0].(*python.Assign)
	if !ok || len(a.Targets) != 1 || lastName(a.Targets[0]) != value {
		return nil, false
	}
	return a, true
}

// region are the statements of one block that hold the looks, the acts, and what else changes the value behind them.
func region(r *race.Race, fn *program.Function, changes []int32) (block []python.Stmt, from, to int) {
	var spots []int32
	act := r.Op(r.Act)
	var acts []int
	for i := r.Read; i < len(r.Trace.Ops); i++ {
		op := r.Op(i)
		if i == r.Act || op.Res.Store == act.Res.Store && op.Res.Name == act.Res.Name && op.Res.Key == act.Res.Key && op.Kind != interleave.Read && op.Kind != interleave.Attr && siteIn(op.Site, fn) != nil {
			acts = append(acts, i)
		}
	}
	for _, i := range slices.Concat([]int{r.Read}, r.Deciding(), acts) {
		if s := siteIn(r.Op(i).Site, fn); s != nil && s.Node != nil {
			spots = append(spots, s.Node.Pos())
		}
	}
	if len(spots) < 2 {
		return nil, 0, 0
	}
	return covering(fn, slices.Min(spots), slices.Max(append(spots, changes...)))
}

// covering are the fewest statements of one block that hold two offsets; a decision that lies in them is among them with both its arms.
func covering(fn *program.Function, low, high int32) (block []python.Stmt, from, to int) {
	var descend func(b []python.Stmt)
	descend = func(b []python.Stmt) {
		i := slices.IndexFunc(b, func(s python.Stmt) bool { return s.Pos() <= low && low < s.Stop() })
		j := slices.IndexFunc(b, func(s python.Stmt) bool { return s.Pos() <= high && high < s.Stop() })
		if i < 0 || j < i {
			return
		}
		check, test := b[i].(*python.If)
		if !test || !isElif(fn.Module.File, check) {
			block, from, to = b, i, j
		}
		if i != j || test && low < check.Test.Stop() {
			return // the decision itself belongs inside
		}
		for _, inner := range blocks(b[i]) {
			descend(inner)
		}
	}
	descend(fn.Def.Body)
	return block, from, to
}

// mentionsLock tells whether a statement deals with a lock itself: two of them in different orders would wait for each other.
func mentionsLock(f *python.File, s python.Stmt) bool {
	found := false
	python.Walk(s, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.With:
			found = found || opensLock(f, n)
		case *python.Call:
			attr, method := n.Func.(*python.Attribute)
			_, name := called(n)
			found = found || strings.HasSuffix(strings.ToLower(name), "_lock") || method && namesLock(f, attr.Value)
		}
		return !found
	})
	return found
}

// opensLock tells whether a statement holds a lock over its block.
func opensLock(f *python.File, s python.Stmt) bool {
	with, ok := s.(*python.With)
	return ok && slices.ContainsFunc(with.Items, func(i python.WithItem) bool { return namesLock(f, i.Context) })
}

// namesLock tells whether an expression is called as locks are.
func namesLock(f *python.File, e python.Expr) bool {
	name := strings.ToLower(f.Text(e))
	return slices.ContainsFunc([]string{"lock", "mutex", "semaphore"}, func(word string) bool { return strings.Contains(name, word) }) && !strings.Contains(name, "clock") && !strings.Contains(name, "block")
}

// beside declares a lock next to the value that it guards, and says how the function calls it; nil where the value's place is not found.
func beside(r *race.Race, fn *program.Function, lock string) (name string, declared *change) {
	f := fn.Module.File
	value := shortName(r.Resource())
	line := func(s python.Stmt, name string) *change {
		return &change{f, behind(f, s), behind(f, s), newline(f) + indent(f, s) + name + " = " + lock}
	}
	name = value + "_lock"
	if value == strings.ToUpper(value) {
		name = value + "_LOCK"
	}
	if !strings.HasPrefix(value, "_") {
		name = "_" + name
	}
	if s := assigning(f, f.Body, value); s != nil && fn.Module.Names[name] == nil {
		return name, line(s, name)
	}
	if b := fn.Module.Names[value]; b != nil && b.Import != nil && fn.Module.Names[name] == nil {
		if lines := importLines(fn.Module); len(lines) > 0 { // nobody else changes it
			at := lineStop(f, lines[len(lines)-1].st.Stop())
			return name, &change{f, at, at, newline(f) + name + " = " + lock + newline(f)}
		}
	}
	if fn.Class == nil || fn.Class.Names[name] != nil {
		return "", nil
	}
	if init := fn.Class.Method("__init__"); init != nil && init.Module == fn.Module && init.Def != nil {
		if s := assigning(f, init.Def.Body, "self."+value); s != nil && !strings.Contains(f.Text(init.Def), "self."+name) {
			return "self." + name, line(s, "self."+name)
		}
	}
	return "", nil
}

// assigning is the statement of a block that assigns a name.
func assigning(f *python.File, block []python.Stmt, name string) python.Stmt {
	for _, s := range block {
		switch s := s.(type) {
		case *python.Assign:
			if len(s.Targets) == 1 && f.Text(s.Targets[0]) == name {
				return s
			}
		case *python.AnnAssign:
			if f.Text(s.Target) == name && s.Value != nil {
				return s
			}
		}
	}
	return nil
}

// importedModule returns the change that imports a module of the standard library as itself.
func importedModule(m *program.Module, name string) ([]change, bool) {
	if b := m.Names[name]; b != nil {
		return nil, b.Import != nil
	}
	return []change{importBeside(m, name, "import "+name, true)}, true
}
