package fastapi

import (
	"maps"
	"reflect"
	"slices"

	"github.com/middlebrick/middlebrick/scanner/program"
)

// SameAround tells whether all that surrounds the entry points is as it was in an earlier scan: the version, the exception handlers,
// which functions run at start-up or from a command line, and which are the workers of queues. Functions are told by their names.
func (a *App) SameAround(old *App) bool {
	return a.Version == old.Version && maps.Equal(names(a.Startup), names(old.Startup)) && maps.Equal(names(a.scripts), names(old.scripts)) && maps.Equal(a.workers(), old.workers()) &&
		slices.EqualFunc(a.Handlers, old.Handlers, func(x, y ExceptionHandler) bool { return x.Class.Qual == y.Class.Qual })
}

func names(of map[*program.Function]bool) map[string]bool {
	out := make(map[string]bool, len(of))
	for f, on := range of {
		if on {
			out[f.Module.File.Path+":"+f.Qualname] = true
		}
	}
	return out
}

// workers are the functions of the workers by the names under which jobs are sent to them.
func (a *App) workers() map[string]string {
	out := map[string]string{}
	for _, e := range a.Entries {
		if e.Kind == Worker && e.Function != nil {
			out[e.Path] = e.Function.Module.File.Path + ":" + e.Function.Qualname
		}
	}
	return out
}

// Same tells whether an entry point is the one of an earlier scan, followed through the same dependencies. One that was made from
// arguments is never known to be.
func (e *Entry) Same(old *Entry) bool {
	return e.Kind == old.Kind && e.Method == old.Method && e.Path == old.Path && e.Function == old.Function && e.Class == old.Class &&
		e.Stream == old.Stream && e.Alone == old.Alone && e.Apart == old.Apart && (e.Made == nil) == (old.Made == nil) && len(e.Captured)+len(old.Captured)+len(e.Made)+len(old.Made) == 0 &&
		slices.EqualFunc(e.Depends, old.Depends, sameDependency)
}

func sameDependency(a, b Dependency) bool {
	x, y := a.Class, b.Class
	a.Class, b.Class = nil, nil
	return reflect.DeepEqual(x, y) && a == b
}
