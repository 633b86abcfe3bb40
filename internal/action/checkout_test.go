package action

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// git runs git in a directory with no configuration but its own.
func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b.example",
		"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b.example", "GIT_AUTHOR_DATE=2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE=2026-01-01T00:00:00Z")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func put(t testing.TB, dir, name, text string) {
	t.Helper()
	at := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// history makes a repository of commits that change one large file a little, so that packing makes chains of deltas.
func history(t testing.TB, commits int) (dir string, shas, texts []string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed: the objects of a checkout cannot be made")
	}
	dir = t.TempDir()
	git(t, dir, "init", "-q", "-b", "main")
	var body []string
	for i := range 400 {
		body = append(body, fmt.Sprintf("value_%d = %d", i, i*i))
	}
	for i := range commits {
		body[i*7%400] = fmt.Sprintf("changed_%d = %d", i, i)
		text := strings.Join(body, "\n") + "\n"
		put(t, dir, "app/models.py", text)
		put(t, dir, fmt.Sprintf("app/f%d.py", i), "x = 1\n")
		put(t, dir, "logo.png", "png")
		git(t, dir, "add", "-A")
		git(t, dir, "commit", "-q", "-m", fmt.Sprint(i))
		shas, texts = append(shas, git(t, dir, "rev-parse", "HEAD")), append(texts, text)
	}
	return dir, shas, texts
}

func TestCheckout(t *testing.T) {
	for _, packed := range []bool{false, true} {
		t.Run(fmt.Sprintf("packed=%v", packed), func(t *testing.T) {
			dir, shas, texts := history(t, 12)
			if packed {
				git(t, dir, "gc", "-q", "--aggressive", "--prune=now")
				if left, _ := filepath.Glob(filepath.Join(dir, ".git/objects/??")); len(left) > 0 {
					t.Fatalf("loose objects are left: %v", left)
				}
			}
			c, err := openCheckout(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if head, err := c.Head(); err != nil || head != shas[11] {
				t.Fatalf("head %s, %v, want %s", head, err, shas[11])
			}
			if parents, err := c.Parents(shas[11]); err != nil || len(parents) != 1 || parents[0] != shas[10] {
				t.Errorf("parents %v, %v", parents, err)
			}
			for i, sha := range shas {
				tree, err := c.Tree(sha)
				if err != nil {
					t.Fatal(err)
				}
				data, err := fs.ReadFile(tree, "app/models.py")
				if err != nil || !bytes.Equal(data, []byte(texts[i])) {
					t.Errorf("commit %d: models.py has %d bytes, want %d (%v)", i, len(data), len(texts[i]), err)
				}
				files, _ := fs.Glob(tree, "app/f*.py")
				if _, err := fs.Stat(tree, "logo.png"); len(files) != i+1 || err == nil {
					t.Errorf("commit %d: files %v", i, files)
				}
			}
			if _, err := c.Tree(strings.Repeat("a", 40)); err == nil {
				t.Error("a commit that is not there was read")
			}
		})
	}
}

func TestShallowCheckout(t *testing.T) {
	dir, shas, _ := history(t, 3)
	shallow := filepath.Join(t.TempDir(), "c")
	git(t, t.TempDir(), "clone", "-q", "--depth", "1", "file://"+dir, shallow)
	c, err := openCheckout(shallow)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	// The parent is named in the commit, although it is not there.
	if parents, err := c.Parents(shas[2]); err != nil || len(parents) != 1 || parents[0] != shas[1] {
		t.Errorf("parents %v, %v", parents, err)
	}
	if _, err := c.Tree(shas[1]); err == nil {
		t.Error("the tree of a commit that is not there was read")
	}
}

func TestDamagedCheckout(t *testing.T) {
	dir, shas, _ := history(t, 2)
	loose := filepath.Join(dir, ".git/objects", shas[1][:2], shas[1][2:])
	other, err := os.ReadFile(filepath.Join(dir, ".git/objects", shas[0][:2], shas[0][2:]))
	if err != nil {
		t.Fatal(err)
	}
	os.Chmod(loose, 0o644)
	if err := os.WriteFile(loose, other, 0o644); err != nil { // a whole object under another's name
		t.Fatal(err)
	}
	c, err := openCheckout(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Parents(shas[1]); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %v", err)
	}
	for _, head := range []string{"", "ref: ../../etc/passwd", "ref: refs/heads/none", "nonsense", "ref: HEAD"} {
		put(t, dir, ".git/HEAD", head)
		if sha, err := c.Head(); err == nil {
			t.Errorf("HEAD %q gave %s", head, sha)
		}
	}
}

func FuzzApplyDelta(f *testing.F) {
	f.Add([]byte("hello"), []byte("\x05\x05\x90\x05"))
	f.Add([]byte("hello"), []byte("\x05\x03\x03abc"))
	f.Fuzz(func(t *testing.T, base, delta []byte) {
		if out, err := applyDelta(base, delta); err == nil && len(out) > maxObject {
			t.Errorf("%d bytes", len(out))
		}
	})
}
