package cli

import (
	"runtime/debug"
	"testing"
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
