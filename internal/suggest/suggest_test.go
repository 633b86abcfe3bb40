package suggest

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	words := []string{"scan", "explain", "rules", "version"}
	for word, want := range map[string]string{
		"scna": "scan", "Scan": "scan", "rule": "rules", "explian": "explain", "ver": "version", "expl": "explain",
		"check": "", "x": "", "": "", strings.Repeat("s", 1000): "",
	} {
		if got := Nearest(word, words); got != want {
			t.Errorf("%.20q: got %q, want %q", word, got, want)
		}
	}
}
