package program

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// Build makes the program from parsed files. Files may come in any order; the result does not depend on it.
func Build(files []*python.File) *Program {
	found := make([]*collector, len(files))
	parallel(len(files), func(i int) { found[i] = collect(files[i]) })
	return link(found)
}

// link makes a program of what was found in each file.
func link(found []*collector) *Program {
	sortFound(found)
	p := &Program{Modules: make([]*Module, len(found))}
	for i, c := range found {
		p.Modules[i] = c.m
		p.Functions = append(p.Functions, c.funcs...)
		p.Classes = append(p.Classes, c.class...)
	}
	p.lay(found)
	parallel(len(found), func(i int) { p.finishImports(found[i]) })
	parallel(len(p.Classes), func(i int) { p.resolveBases(p.Classes[i]) })
	for _, k := range p.Classes {
		k.linearize()
		for _, b := range k.Bases {
			if b.Class != nil && b.Class != k {
				b.Class.subs = append(b.Class.subs, k)
			}
		}
	}
	return p
}

// parallel calls f for every index, on as many goroutines as there are processors.
func parallel(n int, f func(int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}
