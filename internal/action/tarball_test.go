package action

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/middlebrick/middlebrick/scanner/source"
)

type tarEntry struct {
	name string
	kind byte
	body string
	link string
}

func tarball(t testing.TB, entries ...tarEntry) []byte {
	t.Helper()
	var buf bytes.Buffer
	zw := gzip.NewWriter(&buf)
	tw := tar.NewWriter(zw)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Typeflag: e.kind, Size: int64(len(e.body)), Mode: 0o644, Linkname: e.link, Format: tar.FormatPAX}
		switch e.kind {
		case 0:
			h.Typeflag = tar.TypeReg
		case tar.TypeXGlobalHeader:
			h = &tar.Header{Typeflag: e.kind, PAXRecords: map[string]string{"comment": strings.Repeat("a", 40)}}
		}
		if err := tw.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := tw.Write([]byte(e.body)); err != nil {
			t.Fatal(err)
		}
	}
	tw.Close()
	zw.Close()
	return buf.Bytes()
}

func TestReadTarball(t *testing.T) {
	data := tarball(t,
		tarEntry{name: "pax_global_header", kind: tar.TypeXGlobalHeader},
		tarEntry{name: "octo-shop-abc/", kind: tar.TypeDir},
		tarEntry{name: "octo-shop-abc/app/main.py", body: "x = 1\n"},
		tarEntry{name: "octo-shop-abc/app/logo.png", body: "png"},
		tarEntry{name: "octo-shop-abc/app/link.py", kind: tar.TypeSymlink, link: "/etc/passwd"},
		tarEntry{name: "octo-shop-abc/app/hard.py", kind: tar.TypeLink, link: "octo-shop-abc/app/main.py"},
		tarEntry{name: "octo-shop-abc/pyproject.toml", body: "[project]\n"},
		tarEntry{name: "octo-shop-abc/.gitignore", body: "build/\n"},
	)
	tree, err := readTarball(bytes.NewReader(data), defaultTarLimits)
	if err != nil {
		t.Fatal(err)
	}
	if err := fstest.TestFS(tree, "app/main.py", "pyproject.toml", ".gitignore"); err != nil {
		t.Error(err)
	}
	for _, gone := range []string{"app/logo.png", "app/link.py", "app/hard.py"} {
		if _, err := fs.Stat(tree, gone); err == nil {
			t.Errorf("%s was kept", gone)
		}
	}
}

func TestReadTarballRefuses(t *testing.T) {
	whole := tarball(t, tarEntry{name: "a/x.py", body: strings.Repeat("x", 5000)})
	many := make([]tarEntry, 0, 20)
	for range 20 {
		many = append(many, tarEntry{name: "a/", kind: tar.TypeDir})
	}
	small := tarLimits{packed: 1 << 20, unpacked: 1 << 20, kept: 1000, file: 1 << 20, entries: 10}
	bomb := tarball(t, tarEntry{name: "a/x.bin", body: strings.Repeat("\x00", 3<<20)})
	for _, c := range []struct {
		name, want string
		data       []byte
	}{
		{"nothing", "not gzip", nil},
		{"HTML", "not gzip", []byte("<!DOCTYPE html><title>Unicorn!</title>")},
		{"truncated", "damaged", whole[:len(whole)/2]},
		{"upward", "not plain", tarball(t, tarEntry{name: "a/../../etc/x.py"})},
		{"absolute", "not plain", tarball(t, tarEntry{name: "/etc/x.py"})},
		{"backslash", "not plain", tarball(t, tarEntry{name: `a/..\x.py`})},
		{"second top", "second top", tarball(t, tarEntry{name: "a/x.py"}, tarEntry{name: "b/x.py"})},
		{"twice", "two entries", tarball(t, tarEntry{name: "a/x.py"}, tarEntry{name: "a/x.py"})},
		{"file as directory", "two entries", tarball(t, tarEntry{name: "a/x.py"}, tarEntry{name: "a/x.py/y.py"})},
		{"bomb", "over its limit", bomb},
		{"many", "entries", tarball(t, many...)},
		{"fat", "to read", whole},
		{"empty", "empty", tarball(t)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := readTarball(bytes.NewReader(c.data), small); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func FuzzReadTarball(f *testing.F) {
	f.Add(tarball(f, tarEntry{name: "a/x.py", body: "x"}))
	f.Add([]byte("\x1f\x8b"))
	limits := tarLimits{packed: 1 << 16, unpacked: 1 << 20, kept: 1 << 16, file: 1 << 12, entries: 100}
	f.Fuzz(func(t *testing.T, data []byte) {
		tree, err := readTarball(bytes.NewReader(data), limits)
		if err != nil {
			return
		}
		err = fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
			if !fs.ValidPath(name) {
				t.Errorf("path %q", name)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestBaseIsWalkedAsTheHead compares what a scan reads of a directory with what it reads of its archive.
func TestBaseIsWalkedAsTheHead(t *testing.T) {
	dir := t.TempDir()
	var entries []tarEntry
	for _, name := range []string{"app/main.py", "app/types.pyi", "db/schema.sql", "migrations/001.sql", "data/dump.sql", "start.sh", "requirements/base.txt",
		"requirements-dev.txt", "notes.txt", "docker-compose.yml", "deploy/api.Dockerfile", "Procfile", ".env.example", "alembic.ini", "setup.cfg", "uv.lock", "poetry.lock",
		"Pipfile", "middlebrick.toml", "pyproject.toml", "env/pyvenv.cfg", "env/lib/x.py", "conda/conda-meta/history.json", "conda/x.py", "build/x.py", "dist/__init__.py", "dist/y.py"} {
		put(t, dir, name, "")
		entries = append(entries, tarEntry{name: "t/" + name})
	}
	tree, err := readTarball(bytes.NewReader(tarball(t, entries...)), defaultTarLimits)
	if err != nil {
		t.Fatal(err)
	}
	onDisk, err := source.Open(dir, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer onDisk.Close()
	inArchive, err := source.FromFS(tree, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(onDisk.Files) < 15 || !slices.Equal(onDisk.Files, inArchive.Files) {
		t.Errorf("on disk %v\nin the archive %v", onDisk.Files, inArchive.Files)
	}
}
