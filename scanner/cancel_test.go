package scanner

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// TestCancel ends scans after every so many steps of their progress: each ends with the error of its context, and leaves no
// goroutine behind.
func TestCancel(t *testing.T) {
	tree := ordinary(3_000).tree(t)
	var steps atomic.Int64
	if _, err := Scan(t.Context(), tree, Options{Progress: func(string, int, int) { steps.Add(1) }}); err != nil {
		t.Fatal(err)
	}
	before, all := runtime.NumGoroutine(), steps.Load()
	if all < 50 {
		t.Fatalf("%d steps", all)
	}
	for at := int64(1); at < all; at += max(1, all/40) {
		ctx, cancel := context.WithCancel(t.Context())
		var done atomic.Int64
		memory := new(Memory)
		_, err := Scan(ctx, tree, Options{Memory: memory, Progress: func(string, int, int) {
			if done.Add(1) == at {
				cancel()
			}
		}})
		// The last steps of a scan ask nobody any more.
		if err != nil && !errors.Is(err, context.Canceled) || err == nil && at < all/2 {
			t.Errorf("cancelled at step %d of %d: %v", at, all, err)
		}
		cancel()
		if _, err := Scan(t.Context(), tree, Options{Memory: memory}); err != nil {
			t.Errorf("the scan after it: %v", err)
		}
	}
	for range 50 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}
