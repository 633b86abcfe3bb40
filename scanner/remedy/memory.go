package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// holdLock holds one lock of the process from the first look at a shared value to the last change of it. The lock stands beside the value: at
// module level, or in the constructor that makes the attribute.
func holdLock(r *race.Race) []change {
	act := r.Op(r.Act)
	fn := act.Site.Function
	if fn == nil || fn.Def == nil || fn.Generator || r.Op(r.Read).Site.Function != fn {
		return nil
	}
	f := act.Site.Module.File
	block, from, to := region(r, fn)
	if block == nil {
		return nil
	}
	for _, s := range block[from : to+1] {
		if spansLines(f, s) || mentionsLock(f, s) || strings.Contains(f.Text(s), fn.Name+"(") {
			return nil
		}
	}
	library, lock := "threading", "threading.Lock()"
	with := "with "
	if fn.Async {
		library, lock, with = "asyncio", "asyncio.Lock()", "async with "
	}
	name, declared := beside(r, fn, lock)
	if declared == nil {
		return nil
	}
	imports, ok := importedModule(act.Site.Module, library)
	if !ok {
		return nil
	}
	first, last := block[from], block[to]
	in, step, nl := indent(f, first), unit(f, fn), newline(f)
	text := with + name + ":" + nl + shifted(f, first.Pos(), last.Stop(), in, step)
	return append(append(imports, *declared), change{f, first.Pos(), last.Stop(), text})
}

// region are the statements of one block that hold the looks and the acts.
func region(r *race.Race, fn *program.Function) (block []python.Stmt, from, to int) {
	var spots []int32
	for _, i := range slices.Concat([]int{r.Read}, r.Deciding(), r.Acts) {
		if s := siteIn(r.Op(i).Site, fn); s != nil && s.Node != nil {
			spots = append(spots, s.Node.Pos())
		}
	}
	if len(spots) < 2 {
		return nil, 0, 0
	}
	low, high := slices.Min(spots), slices.Max(spots)
	var descend func(b []python.Stmt)
	descend = func(b []python.Stmt) {
		i := slices.IndexFunc(b, func(s python.Stmt) bool { return s.Pos() <= low && low < s.Stop() })
		j := slices.IndexFunc(b, func(s python.Stmt) bool { return s.Pos() <= high && high < s.Stop() })
		if i < 0 || j < i {
			return
		}
		block, from, to = b, i, j
		if i != j {
			return
		}
		if _, test := b[i].(*python.If); test {
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
	return strings.Contains(strings.ToLower(f.Text(s)), "lock")
}

// beside declares a lock next to the value that it guards, and says how the function calls it; nil where the value's place is not found.
func beside(r *race.Race, fn *program.Function, lock string) (name string, declared *change) {
	f := fn.Module.File
	value := effects.Last(r.Resource())
	line := func(s python.Stmt, name string) *change {
		return &change{f, s.Stop(), s.Stop(), newline(f) + indent(f, s) + name + " = " + lock}
	}
	name = value + "_lock"
	if !strings.HasPrefix(value, "_") {
		name = "_" + name
	}
	if s := assigning(f, f.Body, value); s != nil && fn.Module.Names[name] == nil {
		return name, line(s, name)
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
