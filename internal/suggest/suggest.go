// Package suggest says which of the known words was probably meant.
package suggest

import "strings"

// Nearest returns the candidate closest to word, or "" when none is close enough to be meant.
func Nearest(word string, candidates []string) string {
	word = strings.ToLower(word)
	if len(word) > 64 {
		return ""
	}
	best, least := "", len(word)/3+2
	for _, candidate := range candidates {
		low := strings.ToLower(candidate)
		if d := distance(word, low); d < least {
			best, least = candidate, d
		}
		if best == "" && len(word) > 2 && strings.HasPrefix(low, word) {
			best = candidate
		}
	}
	return best
}

// distance counts the insertions, deletions, replacements and swaps of neighbours between two words.
func distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
