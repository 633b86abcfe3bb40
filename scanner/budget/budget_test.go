package budget

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

// spend runs parts that each want something, and returns what each spent the last time and what all spent together.
func spend(total int, wants []int, each func(n int, do func(int))) (spent []int, all int) {
	spent = make([]int, len(wants))
	var mu sync.Mutex
	Run(total, len(wants), each, func(i, limit int) int {
		n := wants[i]
		if limit > 0 {
			n = min(n, limit)
		}
		mu.Lock()
		defer mu.Unlock()
		spent[i] = n
		all += n
		return n
	})
	return spent, all
}

func inOrder(n int, do func(int)) {
	for i := range n {
		do(i)
	}
}

// TestWhoIsFasterDoesNotCount wants the same of every order and of several workers as of one after the other.
func TestWhoIsFasterDoesNotCount(t *testing.T) {
	for round := range 2000 {
		r := rand.New(rand.NewPCG(7, uint64(round)))
		wants := make([]int, r.IntN(30))
		for i := range wants {
			wants[i] = r.IntN(1 + r.IntN(200))
		}
		total := 1 + r.IntN(2000)
		want, all := spend(total, wants, inOrder)
		if most := total + len(wants) + slices.Max(append(wants, 0)); all > most {
			t.Fatalf("%v took %d of %d", wants, all, total)
		}
		shuffled := func(n int, do func(int)) {
			for _, i := range r.Perm(n) {
				do(i)
			}
		}
		beside := func(n int, do func(int)) {
			var wg sync.WaitGroup
			for i := range n {
				wg.Go(func() { do(i) })
			}
			wg.Wait()
		}
		for _, each := range []func(int, func(int)){shuffled, beside} {
			if got, _ := spend(total, wants, each); !slices.Equal(got, want) {
				t.Fatalf("%d for %v: %v, want %v", total, wants, got, want)
			}
		}
	}
}

func TestShares(t *testing.T) {
	for _, c := range []struct {
		total       int
		wants, want []int
	}{
		{0, []int{1000, 5}, []int{1000, 5}},
		{100, []int{10, 10, 10}, []int{10, 10, 10}},
		{100, []int{5, 5, 200, 5, 70, 9}, []int{5, 5, 200, 5, 8, 8}}, // who stands first takes what is left, and nobody gets less than a share
		{100, []int{60, 60, 60}, []int{60, 60, 16}},
	} {
		if got, _ := spend(c.total, c.wants, inOrder); !slices.Equal(got, c.want) {
			t.Errorf("%d for %v: %v, want %v", c.total, c.wants, got, c.want)
		}
	}
}
