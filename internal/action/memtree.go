package action

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// memTree is a read-only file system in memory: the tree of a commit, which must not touch the workspace and cannot
// rely on a writable disk.
type memTree struct{ root *memNode }

type memNode struct {
	name     string
	data     []byte
	dir      bool
	children map[string]*memNode
}

func newMemTree() *memTree {
	return &memTree{root: &memNode{name: ".", dir: true, children: map[string]*memNode{}}}
}

// add stores a file. The name has been checked with fs.ValidPath. It reports whether the name was free and no file
// stood in its way.
func (t *memTree) add(name string, data []byte) bool {
	dir := t.root
	parts := strings.Split(name, "/")
	for _, part := range parts[:len(parts)-1] {
		next := dir.children[part]
		if next == nil {
			next = &memNode{name: part, dir: true, children: map[string]*memNode{}}
			dir.children[part] = next
		}
		if !next.dir {
			return false
		}
		dir = next
	}
	last := parts[len(parts)-1]
	if dir.children[last] != nil {
		return false
	}
	dir.children[last] = &memNode{name: last, data: data}
	return true
}

func (t *memTree) find(op, name string) (*memNode, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	node := t.root
	if name == "." {
		return node, nil
	}
	for part := range strings.SplitSeq(name, "/") {
		if node = node.children[part]; node == nil {
			return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
		}
	}
	return node, nil
}

// Open implements fs.FS.
func (t *memTree) Open(name string) (fs.File, error) {
	node, err := t.find("open", name)
	if err != nil {
		return nil, err
	}
	return &memFile{node: node, entries: node.entries()}, nil
}

// ReadDir implements fs.ReadDirFS.
func (t *memTree) ReadDir(name string) ([]fs.DirEntry, error) {
	node, err := t.find("readdir", name)
	if err != nil {
		return nil, err
	}
	if !node.dir {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrInvalid}
	}
	return node.entries(), nil
}

func (n *memNode) entries() []fs.DirEntry {
	out := make([]fs.DirEntry, 0, len(n.children))
	for _, child := range n.children {
		out = append(out, fs.FileInfoToDirEntry(child))
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out
}

// A node is its own fs.FileInfo.

func (n *memNode) Name() string       { return path.Base(n.name) }
func (n *memNode) Size() int64        { return int64(len(n.data)) }
func (n *memNode) ModTime() time.Time { return time.Time{} }
func (n *memNode) IsDir() bool        { return n.dir }
func (n *memNode) Sys() any           { return nil }
func (n *memNode) Mode() fs.FileMode {
	if n.dir {
		return fs.ModeDir | 0o555
	}
	return 0o444
}

type memFile struct {
	node    *memNode
	offset  int
	entries []fs.DirEntry
}

func (f *memFile) Stat() (fs.FileInfo, error) { return f.node, nil }
func (f *memFile) Close() error               { return nil }

func (f *memFile) Read(p []byte) (int, error) {
	if f.node.dir {
		return 0, &fs.PathError{Op: "read", Path: f.node.name, Err: fs.ErrInvalid}
	}
	if f.offset >= len(f.node.data) {
		return 0, io.EOF
	}
	n := copy(p, f.node.data[f.offset:])
	f.offset += n
	return n, nil
}

// ReadDir implements fs.ReadDirFile.
func (f *memFile) ReadDir(n int) ([]fs.DirEntry, error) {
	if !f.node.dir {
		return nil, &fs.PathError{Op: "readdir", Path: f.node.name, Err: fs.ErrInvalid}
	}
	rest := f.entries
	if n > 0 {
		if len(rest) == 0 {
			return nil, io.EOF
		}
		rest = rest[:min(n, len(rest))]
	}
	f.entries = f.entries[len(rest):]
	return rest, nil
}
