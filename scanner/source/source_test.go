package source

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"
)

// write lays files below a new directory; a name that ends in '/' is an empty directory.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			must(t, os.MkdirAll(at, 0o755))
			continue
		}
		must(t, os.MkdirAll(filepath.Dir(at), 0o755))
		must(t, os.WriteFile(at, []byte(text), 0o644))
	}
	return dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, dir string, opts Options) *Tree {
	t.Helper()
	tree, err := Open(dir, opts)
	must(t, err)
	t.Cleanup(func() { must(t, tree.Close()) })
	return tree
}

func paths(tree *Tree) []string {
	var all []string
	for _, f := range tree.Files {
		all = append(all, f.Path)
	}
	return all
}

func skips(tree *Tree) string {
	var all []string
	for _, s := range tree.Skipped {
		all = append(all, s.Kind+" "+s.Path+": "+s.Reason)
	}
	return strings.Join(all, "\n")
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestKinds(t *testing.T) {
	tree := open(t, write(t, map[string]string{
		"app/main.py": "", "app/types.pyi": "", "app/logo.png": "", "README.md": "",
		"pyproject.toml": "", "requirements.txt": "", "requirements/base.txt": "", "dev-requirements.txt": "", "notes.txt": "",
		"docker-compose.prod.yml": "", "compose.yaml": "", "Dockerfile": "", "api.Dockerfile": "", "Dockerfile.dev": "",
		".env.example": "", "alembic.ini": "", "uv.lock": "", "ci.yml": "", "Procfile": "", "gunicorn.conf.py": "",
	}), Options{})
	equal(t, paths(tree), ".env.example", "Dockerfile", "Dockerfile.dev", "Procfile", "alembic.ini", "api.Dockerfile",
		"app/main.py", "app/types.pyi", "compose.yaml", "dev-requirements.txt", "docker-compose.prod.yml",
		"gunicorn.conf.py", "pyproject.toml", "requirements.txt", "requirements/base.txt", "uv.lock")
	for _, f := range tree.Files {
		want := Config
		switch filepath.Ext(f.Path) {
		case ".py":
			want = Python
		case ".pyi":
			want = Stub
		}
		if f.Kind != want {
			t.Errorf("%s has kind %d, want %d", f.Path, f.Kind, want)
		}
	}
}

func TestBuiltinExclusions(t *testing.T) {
	tree := open(t, write(t, map[string]string{
		"main.py":                      "",
		".venv/lib/x.py":               "",
		"env39/pyvenv.cfg":             "",
		"env39/lib/x.py":               "",
		"venv/models.py":               "", // no pyvenv.cfg: a package with an unlucky name
		"lib/site-packages/x.py":       "",
		"web/node_modules/gyp/x.py":    "",
		"app/__pycache__/x.py":         "",
		"build/lib/app/x.py":           "",
		"app/build/__init__.py":        "", // a package of the project
		"app/build/steps.py":           "",
		"dist/x.py":                    "",
		"middle.egg-info/x.py":         "",
		"app/node_modules.py":          "",
		".tox/py311/x.py":              "",
		"deep/er/.nox/session/x.py":    "",
		"conda/conda-meta/history":     "",
		"conda/lib/python3.12/enum.py": "",
	}), Options{})
	equal(t, paths(tree), "app/build/__init__.py", "app/build/steps.py", "app/node_modules.py", "main.py", "venv/models.py")
	if len(tree.Skipped) != 0 || tree.Excluded == 0 {
		t.Errorf("excluded %d, skipped %s", tree.Excluded, skips(tree))
	}
}

func TestOnlyAndExclude(t *testing.T) {
	dir := write(t, map[string]string{
		".gitignore": "/generated/\n", "generated/a.py": "", "app/a.py": "", "app/b.py": "", "app/old/c.py": "",
		"tests/t.py": "", "pyproject.toml": "", "dist/d.py": "",
	})
	equal(t, paths(open(t, dir, Options{Only: []string{"app/b.py", "tests"}})), "app/b.py", "tests/t.py")
	equal(t, paths(open(t, dir, Options{Exclude: []string{"app/old", "/tests/"}})), "app/a.py", "app/b.py", "pyproject.toml")
	equal(t, paths(open(t, dir, Options{Only: []string{"generated"}})), "generated/a.py")
	equal(t, paths(open(t, dir, Options{Only: []string{"dist"}})), "dist/d.py")
	if _, err := Open(dir, Options{Only: []string{"../x"}}); err == nil {
		t.Error("a path out of the tree was accepted")
	}
	if _, err := Open(dir, Options{Exclude: []string{"/"}}); err == nil {
		t.Error("an empty exclude pattern was accepted")
	}
}

func TestOddEntries(t *testing.T) {
	outside := write(t, map[string]string{"secret.py": "password = 1", "lib/x.py": ""})
	dir := write(t, map[string]string{"ok.py": "x = 1\n", "pkg/m.py": "", "folder.py/inner.py": ""})
	must(t, os.Symlink(filepath.Join(outside, "secret.py"), filepath.Join(dir, "leak.py")))
	must(t, os.Symlink(filepath.Join(outside, "lib"), filepath.Join(dir, "lib")))
	must(t, os.Symlink(".", filepath.Join(dir, "pkg", "loop")))
	must(t, os.Symlink("loop.py", filepath.Join(dir, "loop.py")))
	must(t, os.Symlink("ok.py", filepath.Join(dir, "alias.py")))
	must(t, os.Symlink("README", filepath.Join(dir, "notes.md")))
	must(t, syscall.Mkfifo(filepath.Join(dir, "pipe.py"), 0o644))
	tree := open(t, dir, Options{})
	equal(t, paths(tree), "folder.py/inner.py", "ok.py", "pkg/m.py")
	for _, want := range []string{
		"link alias.py: ", "link leak.py: ", "link lib: ", "link loop.py: ", "link pkg/loop: ",
		"not-a-file folder.py: a directory with the name of a Python file", "not-a-file pipe.py: is a named pipe",
	} {
		if !strings.Contains(skips(tree), want) {
			t.Errorf("nothing says %q in\n%s", want, skips(tree))
		}
	}
	if len(tree.Skipped) != 7 {
		t.Errorf("skipped:\n%s", skips(tree))
	}
}

// A name need not be text. A file with such a name is read; a directory cannot be, and is named.
func TestInvalidNames(t *testing.T) {
	dir := write(t, map[string]string{"a\xff.py": "x = 1\n", "d\xfe/b.py": "", "new\nline.py": ""})
	tree := open(t, dir, Options{})
	equal(t, paths(tree), "a\xff.py", "new\nline.py")
	if data, err := tree.Read(0); err != nil || string(data) != "x = 1\n" {
		t.Errorf("got %q, %v", data, err)
	}
	if want := "unreadable d\xfe: the directory cannot be listed: its name is not valid UTF-8"; skips(tree) != want {
		t.Errorf("got %q", skips(tree))
	}
}

// What was a file during the walk may be anything when it is read.
func TestChangesDuringTheScan(t *testing.T) {
	outside := write(t, map[string]string{"secret.py": "password = 1"})
	dir := write(t, map[string]string{"a.py": "1", "b.py": "2", "c.py": "3", "d.py": "4", "e/f.py": "5"})
	tree := open(t, dir, Options{Limits: Limits{FileSize: 100}})
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"a.py", "b.py", "c.py", "e"} {
		must(t, os.RemoveAll(at(name)))
	}
	must(t, syscall.Mkfifo(at("b.py"), 0o644))
	must(t, os.Symlink(filepath.Join(outside, "secret.py"), at("c.py")))
	must(t, os.WriteFile(at("d.py"), make([]byte, 101), 0o644))
	must(t, os.Symlink(outside, at("e")))
	must(t, os.WriteFile(filepath.Join(outside, "f.py"), []byte("password = 2"), 0o644))
	want := []string{"vanished during the scan", "became a named pipe", "path escapes", "over the limit of 100 bytes", "path escapes"}
	done := make(chan bool)
	go func() {
		defer close(done)
		for i := range tree.Files {
			data, err := tree.Read(i)
			if err == nil {
				t.Errorf("%s was read: %q", tree.Files[i].Path, data)
				continue
			}
			if skip := SkipOf("", err); skip.Path != tree.Files[i].Path || !strings.Contains(skip.Reason, want[i]) {
				t.Errorf("%s: got %q, want %q", tree.Files[i].Path, skip.Reason, want[i])
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("reading hangs")
	}
}

// lockedFS refuses to open some names, as a file system does to a user without the right; root cannot be refused.
type lockedFS struct {
	fstest.MapFS
	locked []string
}

func (l lockedFS) Open(name string) (fs.File, error) {
	if slices.Contains(l.locked, name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return l.MapFS.Open(name)
}

func (l lockedFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if _, err := l.Open(name); err != nil {
		return nil, err
	}
	return l.MapFS.ReadDir(name)
}

func TestUnreadable(t *testing.T) {
	files := fstest.MapFS{"a.py": {}, "d/b.py": {}, "e/.gitignore": {Data: []byte("*")}, "e/c.py": {}}
	tree, err := FromFS(lockedFS{files, []string{"a.py", "d", "e/.gitignore"}}, Options{})
	must(t, err)
	equal(t, paths(tree), "a.py", "e/c.py")
	if _, err := tree.Read(0); err == nil || err.Error() != "a.py: permission denied" {
		t.Errorf("got %v", err)
	}
	want := "unreadable d: the directory cannot be listed: permission denied\n" +
		"unreadable e/.gitignore: the ignore file could not be read, so nothing is left out for its sake: permission denied"
	if got := skips(tree); got != want {
		t.Errorf("got %s", got)
	}
	if _, err := FromFS(lockedFS{files, []string{"."}}, Options{}); err == nil || err.Error() != "cannot be listed: permission denied" {
		t.Errorf("got %v", err)
	}
}

func TestLimits(t *testing.T) {
	files := fstest.MapFS{
		"a.py": {Data: make([]byte, 10)}, "b.py": {Data: make([]byte, 30)}, "c.py": {Data: make([]byte, 10)},
		"d/e/f/g.py": {Data: make([]byte, 10)}, "h.py": {Data: make([]byte, 10)},
	}
	cases := []struct {
		name   string
		limits Limits
		files  []string
		skip   string
	}{
		{"none", Limits{}, []string{"a.py", "b.py", "c.py", "d/e/f/g.py", "h.py"}, ""},
		{"size", Limits{FileSize: 20}, []string{"a.py", "c.py", "d/e/f/g.py", "h.py"}, "too-large b.py: 30 bytes is over the limit of 20 bytes for one file"},
		{"count", Limits{Files: 2}, []string{"a.py", "b.py"}, "limit c.py: more than 2 files: this one and the rest of the tree are not read"},
		{"bytes", Limits{Bytes: 50}, []string{"a.py", "b.py", "c.py"}, "limit d/e/f/g.py: more than 50 bytes in all: this file and the rest of the tree are not read"},
		{"depth", Limits{Depth: 2}, []string{"a.py", "b.py", "c.py", "h.py"}, "limit d/e: directories are nested more than 2 deep: what is below is not read"},
		{"entries", Limits{Entries: 3}, []string{"a.py", "b.py", "c.py"}, "limit .: more than 3 directory entries: the rest of the tree is not read"},
	}
	for _, c := range cases {
		tree, err := FromFS(files, Options{Limits: c.limits})
		must(t, err)
		if !slices.Equal(paths(tree), c.files) || skips(tree) != c.skip {
			t.Errorf("%s: got %q, skipped %q", c.name, paths(tree), skips(tree))
		}
	}
}

func TestRead(t *testing.T) {
	text := strings.Repeat("x = 1\n", 1000)
	tree := open(t, write(t, map[string]string{"a.py": text, "b.py": ""}), Options{})
	for i, want := range []string{text, ""} {
		if data, err := tree.Read(i); err != nil || string(data) != want {
			t.Errorf("file %d: %d bytes, %v", i, len(data), err)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "absent"), Options{}); err == nil {
		t.Error("a missing directory was opened")
	}
}
