package rules

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write pages.tar.gz anew")

// TestPackedPages compares the pages that the lean build carries with the pages themselves.
func TestPackedPages(t *testing.T) {
	names, err := filepath.Glob("*.md")
	if err != nil || len(names) < len(All()) {
		t.Fatalf("%d pages for %d rules: %v", len(names), len(All()), err)
	}
	want := packPages(t, names)
	if *update {
		if err := os.WriteFile("pages.tar.gz", want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile("pages.tar.gz")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(plain(t, have), plain(t, want)) {
		t.Error("pages.tar.gz is not what the pages say: go test ./scanner/rules -update")
	}
}

// packPages packs files without anything that tells when or where.
func packPages(t *testing.T, names []string) []byte {
	t.Helper()
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	w := tar.NewWriter(z)
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err == nil {
			err = w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text))})
		}
		if err == nil {
			_, err = w.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// plain is what an archive holds, whichever version of the compressor made it.
func plain(t *testing.T, archive []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := out.ReadFrom(z); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
