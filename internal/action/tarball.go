package action

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/source"
)

// tarLimits bound an archive, which comes from the network and holds what anybody committed.
type tarLimits struct {
	packed   int64 // bytes read from the network
	unpacked int64 // bytes after decompression, kept or not
	kept     int64 // bytes held in memory
	file     int64 // bytes of one kept file; a larger one is kept as a name without content
	entries  int
}

var defaultTarLimits = tarLimits{packed: 1 << 30, unpacked: 4 << 30, kept: 512 << 20, file: 5<<20 + 1, entries: 1_000_000}

// readTarball reads the tree of a commit from a gzipped archive whose paths start with one directory of any name.
// Links are left out, as the walk of the workspace leaves them out. A path that leads out of the archive means that
// the archive was made to do harm: it is refused whole.
func readTarball(r io.Reader, limits tarLimits) (*memTree, error) {
	packed := &countedReader{r: r, left: limits.packed, what: "the archive"}
	zr, err := gzip.NewReader(packed)
	if err != nil {
		return nil, fmt.Errorf("base archive is not gzip: %w", err)
	}
	tr := tar.NewReader(&countedReader{r: zr, left: limits.unpacked, what: "the unpacked archive"})
	tree, kept, top := newMemTree(), int64(0), ""
	for n := 0; ; n++ {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			if n == 0 {
				return nil, errors.New("base archive is empty")
			}
			return tree, nil
		}
		if err != nil {
			return nil, fmt.Errorf("base archive is damaged: %w", err)
		}
		if n >= limits.entries {
			return nil, fmt.Errorf("base archive has over %d entries", limits.entries)
		}
		if h.Typeflag == tar.TypeXGlobalHeader {
			continue // the commit's hash, in front of the tree
		}
		name, err := entryName(h.Name, &top)
		if err != nil {
			return nil, err
		}
		if h.Typeflag != tar.TypeReg || name == "" || !wanted(name) {
			continue
		}
		data, err := readEntry(tr, h.Size, limits.file)
		if err != nil {
			return nil, fmt.Errorf("base archive is damaged: %w", err)
		}
		if kept += int64(len(data)); kept > limits.kept {
			return nil, fmt.Errorf("base archive has over %d MB of files to read", limits.kept>>20)
		}
		if !tree.add(name, data) {
			return nil, fmt.Errorf("base archive has two entries in the place of %q", name)
		}
	}
}

// entryName cuts the archive's own top directory off a path.
func entryName(full string, top *string) (string, error) {
	clean := strings.TrimSuffix(full, "/")
	if strings.ContainsAny(clean, "\x00\\") || !fs.ValidPath(clean) {
		return "", fmt.Errorf("base archive has the path %q, which is not plain", full)
	}
	first, rest, _ := strings.Cut(clean, "/")
	if *top == "" {
		*top = first
	}
	if first != *top {
		return "", fmt.Errorf("base archive has a second top directory, %q", first)
	}
	return rest, nil
}

// readEntry reads a file; one over the limit is cut at it, so that the scan names it as too large.
func readEntry(r io.Reader, size, limit int64) ([]byte, error) {
	data := make([]byte, min(size, limit))
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, err
	}
	return data, nil
}

// wanted tells whether a file of the base is read: by the scan, for its settings, or to know what the walk and the
// archive leave out.
func wanted(name string) bool {
	switch path.Ext(name) {
	case ".toml", ".json": // a configuration or baseline of any name
		return true
	}
	switch path.Base(name) {
	case ignoreFile, ".gitattributes", "pyvenv.cfg":
		return true
	}
	return source.Takes(name)
}

// countedReader fails when more than left bytes come.
type countedReader struct {
	r    io.Reader
	left int64
	what string
}

func (c *countedReader) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, fmt.Errorf("%s is over its limit of size", c.what)
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}
