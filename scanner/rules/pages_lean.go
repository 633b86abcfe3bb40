//go:build lean

package rules

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"sync"
)

// packed holds the pages in a sixth of their size: the image has room for few bytes more than the program.
//
//go:embed pages.tar.gz
var packed []byte

var pages = sync.OnceValue(func() map[string]string { return unpack(packed) })

// page is what NAME.md says, "" where there is none.
func page(stem string) string { return pages()[stem+".md"] }

// unpack reads an archive of pages. It is one of ours, and a test compares what it holds with the pages: it has no errors.
func unpack(archive []byte) map[string]string {
	out := map[string]string{}
	if z, err := gzip.NewReader(bytes.NewReader(archive)); err == nil {
		for r := tar.NewReader(z); ; {
			h, err := r.Next()
			if err != nil {
				break
			}
			text, _ := io.ReadAll(r)
			out[h.Name] = string(text)
		}
	}
	return out
}
