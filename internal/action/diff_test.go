package action

import (
	"slices"
	"strings"
	"testing"
)

func TestChangedLines(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want []int
	}{
		{"abc", "abc", nil}, {"", "ab", []int{1, 2}}, {"ab", "", nil}, {"abc", "axbc", []int{2}}, {"abc", "ac", nil},
		{"abcabba", "cbabac", []int{2, 6}}, {"abc", "xyz", []int{1, 2, 3}}, {"xab", "ab", nil}, {"abcd", "abxcdy", []int{3, 6}},
	} {
		var got []int
		for line := range changedLines(letters(c.a), letters(c.b)) {
			got = append(got, line)
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%q to %q changed %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func letters(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "")
}

// FuzzChangedLines checks what a diff is: without its added lines, the new text is a subsequence of the old, and no
// shorter set of added lines exists (by the textbook table).
func FuzzChangedLines(f *testing.F) {
	f.Add("abcabba", "cbabac")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 40 || len(b) > 40 {
			return
		}
		la, lb := letters(a), letters(b)
		changed := changedLines(la, lb)
		i, kept := 0, 0
		for j, line := range lb {
			if changed[j+1] {
				continue
			}
			for i < len(la) && la[i] != line {
				i++
			}
			if i == len(la) {
				t.Fatalf("%q to %q: line %d is not in the old text", a, b, j+1)
			}
			i++
			kept++
		}
		if want := longestCommon(la, lb); kept != want {
			t.Fatalf("%q to %q: %d lines kept, want %d", a, b, kept, want)
		}
	})
}

func longestCommon(a, b []string) int {
	row := make([]int, len(b)+1)
	for i := range a {
		last := 0
		for j := range b {
			up := row[j+1]
			if a[i] == b[j] {
				row[j+1] = last + 1
			} else {
				row[j+1] = max(up, row[j])
			}
			last = up
		}
	}
	return row[len(b)]
}
