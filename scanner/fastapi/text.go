package fastapi

import (
	"bytes"
	"runtime"
	"sync"

	"github.com/middlebrick/middlebrick/scanner/program"
)

// mention is what the plain text of a module promises: a cheap look that spares walking most trees.
type mention struct {
	assembles bool // apps or routers are put together
	schedules bool // a scheduler or queue is handed functions
	consumes  bool // something receives messages
	main      bool // it has a main block
}

var (
	assemblingWords = words("include_router", "add_api_route", "FastAPI", "APIRouter", "api_route", "Router(", "@app.", "@router.", ".router.", "@api.")
	schedulingWords = words("add_job", "scheduled_job", ".enqueue", "schedule.every")
	consumingWords  = words(".consume(", "basic_consume", "cb=", "consumer", "Consumer")
	mainWords       = words("__main__")
)

func words(list ...string) [][]byte {
	out := make([][]byte, len(list))
	for i, w := range list {
		out[i] = []byte(w)
	}
	return out
}

// glance looks at the text of all modules, on all processors.
func glance(modules []*program.Module) map[*program.Module]mention {
	seen := make([]mention, len(modules))
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(modules); i += workers {
				seen[i] = program.Made(modules[i], mentioned)
			}
		})
	}
	wg.Wait()
	out := make(map[*program.Module]mention, len(modules))
	for i, m := range modules {
		out[m] = seen[i]
	}
	return out
}

func mentioned(m *program.Module) mention {
	text := m.File.Source
	return mention{anyOf(text, assemblingWords), anyOf(text, schedulingWords), anyOf(text, consumingWords), anyOf(text, mainWords)}
}

func anyOf(text []byte, list [][]byte) bool {
	for _, w := range list {
		if bytes.Contains(text, w) {
			return true
		}
	}
	return false
}
