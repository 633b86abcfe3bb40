package finding

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestLineHashes(t *testing.T) {
	cases := []struct {
		text string
		want []string
	}{
		{"", []string{"c129715d7a2bc9a3:1"}},
		{" a\nb\n  \t\tc\n d", []string{"271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"}},
		{"a\rb\nc\rd", LineHashes([]byte("a\nb\nc\nd"))},
		{"a\r\nb\nc\rd", LineHashes([]byte("a\nb\nc\nd"))},
		{"\ta = 1\r\n\tb = 2\r\n", LineHashes([]byte("a=1\nb=2\n"))},
	}
	for _, c := range cases {
		if got := LineHashes([]byte(c.text)); !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

// Equal lines are told apart by a count until the end of the file comes into their window.
func TestLineHashesOfEqualLines(t *testing.T) {
	var counts []string
	for _, h := range LineHashes([]byte(strings.Repeat("Lorem ipsum dolor sit amet\n", 10))) {
		_, count, _ := strings.Cut(h, ":")
		counts = append(counts, count)
	}
	if got := strings.Join(counts, " "); got != "1 2 3 4 5 6 1 1 1 1 1" {
		t.Errorf("got %s", got)
	}
}

// naive computes the hash of each window from nothing, as the description has it.
func naive(src string) []string {
	kept, starts := significant([]byte(src))
	counts := map[uint64]int{}
	var all []string
	for _, start := range starts {
		var hash uint64
		for i := start; i < start+window; i++ {
			hash *= multiplier
			if i < len(kept) {
				hash += uint64(kept[i])
			}
		}
		counts[hash]++
		all = append(all, fmt.Sprintf("%x:%d", hash, counts[hash]))
	}
	return all
}

func FuzzLineHashes(f *testing.F) {
	f.Add("a = 1\n\nif x:\n\treturn 2\r\n")
	f.Add("\xe2\x82\n\xf0\x9f\x98\x80\xff\r \n")
	f.Add(strings.Repeat("x", 250) + "\n" + strings.Repeat("y\n", 120))
	f.Fuzz(func(t *testing.T, src string) {
		if got, want := LineHashes([]byte(src)), naive(src); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestBrokenLength(t *testing.T) {
	// How many replacement characters a decoder of the web makes of each.
	for src, want := range map[string]int{
		"\xff": 1, "\xe2\x82": 1, "\xe2\x82\xe2": 2, "\xf0\x9f\x98": 1, "\xf0\x80\x80": 3, "\xed\xa0\x80": 3, "\xc2": 1, "\xc0\x80": 2, "\xf5\x80": 2, "\xf4\x90\x80": 3,
	} {
		kept, _ := significant([]byte(src))
		if n := len(kept) - 1; n != want {
			t.Errorf("%q: %d units, want %d", src, n, want)
		}
	}
}

func BenchmarkLineHashes(b *testing.B) {
	src := []byte(strings.Repeat("    order = await session.get(Order, order_id)\n", 2000))
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		LineHashes(src)
	}
}
