package scanner

import (
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// defects are the pieces of work in which this program failed. One of them costs its own result and no other's.
type defects struct {
	mu      sync.Mutex
	skipped []finding.Skip
}

// contain returns do for one piece of work after another, such that a panic in one is kept as something that was not covered; at
// tells where a piece stands in the source.
func (d *defects) contain(at func(i int) (path string, line int), do func(i int)) func(i int) {
	return func(i int) {
		defer func() {
			if p := recover(); p != nil {
				path, line := at(i)
				s := finding.Skip{Path: path, Line: line, Kind: "defect", Reason: fmt.Sprintf("a defect of middlebrick, please report it: %v in %s", p, origin())}
				d.mu.Lock()
				d.skipped = append(d.skipped, s)
				d.mu.Unlock()
			}
		}()
		do(i)
	}
}

// origin names the functions of this program in which the panic that is being recovered from arose, the innermost first.
func origin() string {
	const shown = 4
	pc := make([]uintptr, 64)
	frames := runtime.CallersFrames(pc[:runtime.Callers(0, pc)])
	var names []string
	for panicked := false; len(names) < shown; {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			panicked = true
		case panicked && !strings.HasPrefix(f.Function, "runtime."):
			names = append(names, fmt.Sprintf("%s:%d", f.Function[strings.LastIndexByte(f.Function, '/')+1:], f.Line))
		}
		if !more {
			break
		}
	}
	return strings.Join(names, " < ")
}
