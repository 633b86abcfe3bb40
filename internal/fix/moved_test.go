package fix

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

func TestMoved(t *testing.T) {
	old := "a\nb\nc\nd\ne\n"
	for _, c := range []struct {
		name, now string
		want      [5]int
	}{
		{"nothing", old, [5]int{1, 2, 3, 4, 5}},
		{"inserted", "a\nb\nx\ny\nc\nd\ne\n", [5]int{1, 2, 5, 6, 7}},
		{"replaced", "a\nb\nx\ny\nd\ne\n", [5]int{1, 2, 3, 5, 6}},
		{"two replaced by one", "a\nx\nd\ne\n", [5]int{1, 2, 2, 3, 4}},
	} {
		p := &Plan{Old: map[string][]byte{"m.py": []byte(old)}, New: map[string][]byte{"m.py": []byte(c.now)}}
		for i, want := range c.want {
			if got := p.Moved("m.py", i+1); got != want {
				t.Errorf("%s: line %d is at %d, want %d", c.name, i+1, got, want)
			}
		}
	}
}

// A line that no edit touches is found again, however many there are.
func TestMovedFindsLines(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 200 {
		var lines []string
		for i := range 60 {
			lines = append(lines, fmt.Sprintf("line %d\n", i))
		}
		var edits []finding.Edit
		touched := map[int]bool{}
		for at := 1 + r.IntN(8); at < 60; at += 2 + r.IntN(12) {
			e := finding.Edit{Path: "m.py", StartLine: at, EndLine: at - r.IntN(2), Text: strings.Repeat(fmt.Sprintf("new %d\n", at), r.IntN(4))}
			touched[at] = e.EndLine == at
			edits = append(edits, e)
		}
		old := []byte(strings.Join(lines, ""))
		now, err := Apply(old, "m.py", edits)
		if err != nil {
			t.Fatal(err)
		}
		p := &Plan{Old: map[string][]byte{"m.py": old}, New: map[string][]byte{"m.py": now}}
		after := strings.SplitAfter(string(now), "\n")
		for i, text := range lines {
			if got := p.Moved("m.py", i+1); !touched[i+1] && after[got-1] != text {
				t.Fatalf("line %d is said to be at %d, where %q is\n%s", i+1, got, after[got-1], p.Diff())
			}
		}
	}
}

func TestUndo(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "old.py"), []byte("one\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &Plan{Old: map[string][]byte{"old.py": []byte("one\n")}, New: map[string][]byte{"old.py": []byte("two\n"), "new.py": []byte("three\n")}}
	if err := p.Write(dir); err != nil {
		t.Fatal(err)
	}
	if err := p.Undo(dir); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "old.py")); string(got) != "one\n" {
		t.Errorf("old.py holds %q", got)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
		t.Errorf("left behind: %q", left)
	}
}
