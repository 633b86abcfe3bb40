package python

import (
	"runtime"
	"strings"
	"testing"
)

// TestTreesAreLetGo keeps the last of many trees: it may keep some that share its allocations, and not all.
func TestTreesAreLetGo(t *testing.T) {
	src := strings.Repeat("def total(price, order):\n    return price * order.count + tax(order.items[0], rate=rates['low'])\n", 60)
	inUse := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := inUse()
	var last *File
	for range 4000 {
		last = Parse("", []byte(src)) // 25 MB in all
	}
	after := inUse()
	runtime.KeepAlive(last)
	if grown := int64(after) - int64(before); grown > 16*bundle {
		t.Errorf("the last of 4000 trees keeps %d bytes", grown)
	}
}
