package source

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tracking is a repository whose ignore file names a package that was committed all the same.
func tracking(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed: what it tracks was NOT compared with what is read")
	}
	dir := t.TempDir()
	run(t, dir, "init", "-q")
	file(t, dir, ".gitignore", "database/\n*.local.py\n")
	for _, name := range []string{"app.py", "backend/database/models.py", "backend/database/notes.py", "backend/database/sub/left.py", "backend/a.local.py"} {
		file(t, dir, name, "")
	}
	run(t, dir, "add", "-f", "app.py", "backend/database/models.py")
	return dir
}

func TestTracked(t *testing.T) {
	dir := tracking(t)
	want := func(got *Tree, names ...string) {
		t.Helper()
		if !slices.Equal(paths(got), names) {
			t.Errorf("read %q, want %q", paths(got), names)
		}
	}
	want(open(t, dir, Options{}), "app.py", "backend/database/models.py")
	want(open(t, filepath.Join(dir, "backend"), Options{}), "a.local.py", "database/models.py", "database/notes.py", "database/sub/left.py") // the ignore file lies above
	want(open(t, dir, Options{Exclude: []string{"database/"}}), "app.py")
	want(open(t, dir, Options{Only: []string{"backend/database"}}), "backend/database/models.py", "backend/database/notes.py", "backend/database/sub/left.py")
	want(open(t, dir, Options{Only: []string{"backend/database/sub"}}), "backend/database/sub/left.py")
	want(open(t, dir, Options{Tracked: Committed}), "app.py", "backend/a.local.py", "backend/database/models.py", "backend/database/notes.py", "backend/database/sub/left.py")

	file(t, dir, "backend/.gitignore", "database/\n")
	want(open(t, filepath.Join(dir, "backend"), Options{}), "a.local.py", "database/models.py")

	file(t, dir, ".git/index", "DIRC damaged")
	want(open(t, dir, Options{}), "app.py")
	must(t, os.RemoveAll(filepath.Join(dir, ".git")))
	file(t, dir, ".git", "gitdir: /elsewhere\n")
	want(open(t, dir, Options{}), "app.py")
}

func FuzzIndex(f *testing.F) {
	f.Add([]byte("DIRC\x00\x00\x00\x04\x00\x00\x00\x01" + strings.Repeat("\x00", entryHead) + "\x00a.py\x00"))
	f.Add([]byte("DIRC\x00\x00\x00\x02\x00\x00\x00\x01" + strings.Repeat("\x00", entryHead) + "a/b.py\x00\x00\x00\x00"))
	f.Add([]byte("DIRC\x00\x00\x00\x03\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		paths, err := parseIndex(data)
		if err == nil && !slices.IsSorted(paths) {
			t.Fatalf("%q are not in order, so that none can be looked up", paths)
		}
	})
}
