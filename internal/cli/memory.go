package cli

import (
	"io/fs"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
)

// garbage is how much the heap may grow before it is collected, in per cent of what is in use. A scan lives for a second: with
// twice the usual the collector takes a fifth of the time less; more than that saves little (docs/performance.md). A large heap
// grows by less: see keeper.
const garbage = 200

// spend sets how much memory a scan may spend to save time, towards size as its bound if one is given, else towards that of the
// container, and returns what undoes it.
func spend(size string) (undo func(), err error) {
	limit := int64(-1) // leaves it as GOMEMLIMIT says
	if size != "" {
		if limit, err = bytesOf(size); err != nil {
			return nil, err
		}
	} else if os.Getenv("GOMEMLIMIT") == "" {
		limit = contained(os.DirFS("/sys/fs/cgroup"))
	}
	before := debug.SetMemoryLimit(limit)
	if os.Getenv("GOGC") != "" {
		return func() { debug.SetMemoryLimit(before) }, nil
	}
	percent := debug.SetGCPercent(garbage)
	k := &keeper{percent: garbage}
	k.watch()
	return func() { k.stop(); debug.SetGCPercent(percent); debug.SetMemoryLimit(before) }, nil
}

// mostGarbage is by how much the heap may grow at least before it is collected; a large one by what is in use once
// more. Three times of what a large project needs is more than many machines have.
const mostGarbage = 384 << 20

// keeper sets after each collection when the next one comes.
type keeper struct {
	mu      sync.Mutex
	stopped bool
	percent int
}

// watch asks to be told of the next collection: when it is made, what nobody holds goes.
func (k *keeper) watch() {
	runtime.SetFinalizer(new([16]byte), func(*[16]byte) {
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.stopped {
			return
		}
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		if now := percentOf(live[0].Value.Uint64()); now != k.percent {
			k.percent = now
			debug.SetGCPercent(now)
		}
		k.watch()
	})
}

func (k *keeper) stop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stopped = true
}

// percentOf is how much a heap may grow, in per cent of what is in use.
func percentOf(live uint64) int {
	return int(min(garbage, max(garbage/2, mostGarbage*100/max(live, 1))))
}

// contained returns nine tenths of the memory that the container may use, or -1 when nothing limits it. The collector then works
// harder before the system ends the process.
func contained(cgroup fs.FS) int64 {
	for _, name := range []string{"memory.max", "memory/memory.limit_in_bytes"} { // of version 2 and of version 1
		text, err := fs.ReadFile(cgroup, name)
		if err != nil {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
		if err != nil || n <= 0 || n > 1<<50 { // "max", or the number that means it
			return -1
		}
		return n / 10 * 9
	}
	return -1
}

var units = []struct {
	name string
	size float64
}{{"KB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}}

// bytesOf reads a size such as 512MB.
func bytesOf(size string) (int64, error) {
	for _, u := range units {
		digits, ok := strings.CutSuffix(strings.ToUpper(size), u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
		if err == nil && n > 0 && n*u.size < math.MaxInt64 {
			return int64(n * u.size), nil
		}
	}
	return 0, usage("write a number and KB, MB or GB: --memory 512MB", "--memory: %q is no size", size)
}
