package cli

import (
	"runtime/debug"
	"testing"
	"testing/fstest"
)

func TestBytesOf(t *testing.T) {
	for size, want := range map[string]int64{
		"512MB": 512 << 20, "1.5gb": 3 << 29, "64 KB": 64 << 10,
		"": 0, "MB": 0, "12": 0, "-1MB": 0, "NaNMB": 0, "1e300GB": 0, "0MB": 0, "1TB": 0,
	} {
		got, err := bytesOf(size)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: got %d, %v; want %d", size, got, err, want)
		}
	}
}

func TestContained(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       int64
	}{
		{"memory.max", "268435456\n", 241591905}, {"memory.max", "max\n", -1},
		{"memory/memory.limit_in_bytes", "1000\n", 900}, {"memory/memory.limit_in_bytes", "9223372036854771712\n", -1},
		{"memory.max", "", -1}, {"memory.max", "-5", -1}, {"other", "7", -1},
	} {
		if got := contained(fstest.MapFS{c.name: {Data: []byte(c.text)}}); got != c.want {
			t.Errorf("%s %q: got %d, want %d", c.name, c.text, got, c.want)
		}
	}
}

func TestSpendIsUndone(t *testing.T) {
	t.Setenv("GOGC", "")
	percent, limit := debug.SetGCPercent(77), debug.SetMemoryLimit(-1)
	defer debug.SetGCPercent(percent)
	undo, err := spend("300MB")
	if err != nil {
		t.Fatal(err)
	}
	if got := debug.SetMemoryLimit(-1); got != 300<<20 {
		t.Errorf("the limit is %d", got)
	}
	undo()
	if p, l := debug.SetGCPercent(percent), debug.SetMemoryLimit(-1); p != 77 || l != limit {
		t.Errorf("left behind: %d %%, limit %d", p, l)
	}
}

// A small heap may triple, a large one double.
func TestPercentOf(t *testing.T) {
	for live, want := range map[uint64]int{0: 200, 10 << 20: 200, 192 << 20: 200, 256 << 20: 150, 384 << 20: 100, 512 << 20: 100, 1 << 30: 100, 2 << 30: 100, 8 << 30: 100} {
		if got := percentOf(live); got != want {
			t.Errorf("%d bytes in use: %d %%, want %d", live, got, want)
		}
	}
}
