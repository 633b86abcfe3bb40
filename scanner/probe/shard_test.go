//go:build !lean

package probe

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// The laboratory divided among two runners, and where MIDDLEBRICK_SHARDS is set among one and five too, each with an instance of its
// own: the same pairs are raced, each by one runner, and what they saw together is enough.
func TestLaboratoryShards(t *testing.T) {
	t.Parallel()
	var want []string
	numbers := []int{2}
	if os.Getenv("MIDDLEBRICK_SHARDS") != "" {
		numbers = []int{1, 2, 5}
	}
	for _, shards := range numbers {
		plans, all := make([][]Pair, shards), make([]*finding.Report, shards)
		t.Run(fmt.Sprint(shards), func(t *testing.T) {
			for i := range shards {
				t.Run(fmt.Sprint(i+1), func(t *testing.T) {
					t.Parallel() // as the jobs of a matrix do
					o := labOptions(serve(t, "lab", "racy:app", ""))
					o.Shard, o.Shards, o.Trials = i+1, shards, 8
					o.Divided = func(p []Pair) { plans[i] = p }
					r, err := Run(t.Context(), o)
					if err != nil {
						t.Fatal(err)
					}
					all[i] = r
				})
			}
		})
		if t.Failed() || slices.Contains(all, nil) {
			return // a laboratory that is not there, as in a short run, has been told
		}
		var got []string
		var tests []finding.Test
		for i, r := range all {
			if !slices.Equal(plans[0], plans[i]) {
				t.Errorf("shard %d of %d has another plan", i+1, shards)
			}
			for _, test := range r.Tests {
				at := slices.IndexFunc(plans[i], func(p Pair) bool { return p.Test == test.ID })
				if at < 0 || plans[i][at].Shard != i+1 {
					t.Errorf("shard %d of %d raced %s, which is not its own", i+1, shards, test.ID)
				}
				got = append(got, test.ID)
			}
			tests = append(tests, r.Tests...)
		}
		slices.Sort(got)
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d shards raced %d pairs, %d raced %d: %q, %q", shards, len(got), numbers[0], len(want), without(got, want), without(want, got))
		}
		whole := Fuse(all[0], nil, tests, all)
		left := missing(whole)
		t.Logf("%d shards: %d pairs, %d findings, missing %q", shards, len(got), len(whole.Findings), left)
		if len(left) > len(racyOperations)/4 {
			t.Errorf("%d shards did not find %q with 8 trials", shards, left)
		}
		for _, key := range raced(whole) {
			if !slices.ContainsFunc(whole.Findings, func(f finding.Finding) bool { return len(f.Evidence) > 0 }) {
				t.Errorf("%s is accused, and there is no finding", key)
			}
		}
	}
}

func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

// Each scenario has one shard, whatever their order, the shards differ by one at most, and what two users do goes with what one does.
func TestDivide(t *testing.T) {
	o := quick(newShop().start(t))
	o.defaults()
	p, err := open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	p.planning = true
	scenarios, _ := p.plan()
	if len(scenarios) < 4 {
		t.Fatalf("%d scenarios", len(scenarios))
	}
	for _, shards := range []int{1, 2, 5, 16} {
		t.Run(fmt.Sprint(shards), func(t *testing.T) {
			shard := divide(scenarios, shards)
			turned := slices.Clone(scenarios)
			slices.Reverse(turned)
			again := divide(turned, shards)
			load := make([]int, shards)
			for _, s := range scenarios {
				if shard[s] != again[s] || shard[s] < 1 || shard[s] > shards {
					t.Errorf("%s: shard %d, and %d in another order", s.id, shard[s], again[s])
					continue
				}
				if s.several {
					continue
				}
				load[shard[s]-1]++
			}
			if slices.Max(load)-slices.Min(load) > 1 {
				t.Errorf("the shards have %v", load)
			}
		})
	}
}
