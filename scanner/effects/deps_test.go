package effects

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestDeps32 compares a set that is made at once with one that grows by one operation at a time.
func TestDeps32(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		ops := make([]int, r.IntN(12))
		var want Deps
		for i := range ops {
			ops[i] = r.IntN(20) - 2
			want = want.With(Dep(ops[i]))
		}
		if got := Deps32(ops); !slices.Equal(got, want) {
			t.Fatalf("%v: %v, want %v", ops, got, want)
		}
	}
}
