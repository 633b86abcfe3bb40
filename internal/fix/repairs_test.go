package fix

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/middlebrick/middlebrick/scanner"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
)

var update = flag.Bool("update", false, "write the repairs anew")

// TestRepairs repairs each small application of testdata/repairs and compares the changes with those beside it. What is changed must be
// Python to CPython too, and what is left is named.
func TestRepairs(t *testing.T) {
	files, err := filepath.Glob("testdata/repairs/*.py")
	if err != nil || len(files) == 0 {
		t.Fatal("no applications", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".py")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			tree, report := scanned(t, fstest.MapFS{"main.py": {Data: text}})
			var got bytes.Buffer
			safe, err := Make(t.Context(), tree, report, Options{})
			if err != nil {
				t.Fatal(err)
			}
			all, err := Make(t.Context(), tree, report, Options{Unsafe: true})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&got, "%d of %d findings repaired, %d of them safely\n", len(all.Repaired), len(all.Repaired)+len(all.Open), len(safe.Repaired))
			for _, o := range all.Open {
				fmt.Fprintf(&got, "main.py:%d: %s is left: %s\n", o.Finding.Location.Line, o.Finding.Rule, o.Why)
			}
			got.Write(all.Diff())
			compiles(t, all.New)
			golden := strings.TrimSuffix(file, ".py") + ".diff"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%s: go test ./internal/fix -run TestRepairs -update writes it anew; now it is\n%s", golden, got.Bytes())
			}
		})
	}
}

// scanned is a project of some files and what a scan of it finds. The tree is open until the test is over.
func scanned(t *testing.T, files fs.FS) (*source.Tree, *finding.Report) {
	t.Helper()
	tree, err := source.FromFS(files, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	report, err := scanner.Scan(t.Context(), tree, scanner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return tree, report
}

// compiles gives the changed files to CPython.
func compiles(t *testing.T, files map[string][]byte) {
	t.Helper()
	for path, data := range files {
		cmd := exec.CommandContext(t.Context(), "python3", "-c", "import sys; compile(sys.stdin.buffer.read(), sys.argv[1], 'exec')", path)
		cmd.Stdin = bytes.NewReader(data)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}
