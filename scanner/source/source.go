// Package source says which files of a project are read: it walks a directory or an fs.FS, honours .gitignore and
// the built-in exclusions, never leaves the tree, and names whatever it left out although it could have mattered.
package source

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// Kind says why a file is read.
type Kind uint8

// The kinds of files.
const (
	Python Kind = iota // a module: .py
	Stub               // a type stub: .pyi
	Config             // a file that names the database, the workers or the pinned versions
)

// File is one file to read.
type File struct {
	Path string // relative to the root, with '/'
	Size int64  // at the time of the walk
	Kind Kind
}

// Options narrow the walk. The zero value reads the whole tree within the default limits.
type Options struct {
	// Only restricts the walk to these files and directories, relative to the root. What is named here is read even if
	// an exclusion matches it.
	Only []string
	// Exclude holds patterns in the syntax of .gitignore, relative to the root.
	Exclude []string
	// Without holds further patterns, for example those of a configuration file above the root.
	Without Patterns
	// Tracked says what .gitignore leaves out all the same. Open finds it out where it is nil; FromFS takes nothing as tracked then.
	Tracked Tracked
	Limits  Limits
}

// Limits bound what is read. Zero means the default.
type Limits struct {
	FileSize int64 // bytes of one file
	Files    int   // number of files
	Bytes    int64 // bytes of all files
	Depth    int   // nesting of directories
	Entries  int   // directory entries looked at, read or not
}

// DefaultLimits are meant to be out of the way of every real project.
var DefaultLimits = Limits{FileSize: 5 << 20, Files: 100_000, Bytes: 1 << 30, Depth: 64, Entries: 5_000_000}

// Tree is the set of files of one scan, in the order of their paths.
type Tree struct {
	Root    string // the directory as the user named it, empty for an fs.FS
	Files   []File
	Skipped []finding.Skip
	// Excluded counts the directories and files that an ignore rule or a built-in exclusion left out.
	Excluded int

	fsys   fs.FS
	root   *os.Root
	open   func(name string) (fs.File, error)
	limits Limits
	edited map[string][]byte
}

// With returns the same tree with other contents for some of its files, and with new files, as an edit would leave them. It is closed
// with the tree that it was made from.
func (t *Tree) With(contents map[string][]byte) *Tree {
	other := *t
	other.edited = contents
	for path := range contents {
		if kind, known := kindOfName(path); known && !t.Has(path) {
			at, _ := other.find(path)
			other.Files = slices.Insert(slices.Clone(other.Files), at, File{Path: path, Kind: kind})
		}
	}
	return &other
}

// Has tells whether the tree holds a file.
func (t *Tree) Has(path string) bool {
	_, ok := t.find(path)
	return ok
}

func (t *Tree) find(path string) (at int, ok bool) {
	return slices.BinarySearchFunc(t.Files, path, func(f File, p string) int { return strings.Compare(f.Path, p) })
}

// Open walks a directory. The tree stays open until Close.
func Open(dir string, opts Options) (*Tree, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s: not a directory", dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	t := &Tree{Root: dir, fsys: root.FS(), root: root, open: openIn(root)}
	if opts.Tracked == nil {
		opts.Tracked = trackedIn(dir)
	}
	if err := t.walk(opts); err != nil {
		root.Close()
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return t, nil
}

// FromFS walks a file system, for example the tree of a commit.
func FromFS(fsys fs.FS, opts Options) (*Tree, error) {
	t := &Tree{fsys: fsys, open: fsys.Open}
	if err := t.walk(opts); err != nil {
		return nil, err
	}
	return t, nil
}

// Close releases the directory. Read fails afterwards.
func (t *Tree) Close() error {
	if t.root == nil {
		return nil
	}
	return t.root.Close()
}

// Open implements fs.FS over everything below the root, read or not.
func (t *Tree) Open(name string) (fs.File, error) { return t.open(name) }

// Read returns the content of t.Files[i]. It may be called from several goroutines. The error is a *ReadError.
func (t *Tree) Read(i int) ([]byte, error) {
	file := t.Files[i]
	data, err := t.read(file)
	if err != nil {
		return nil, err
	}
	return data, nil
}

// Lookup returns the content of a file of the tree by its path.
func (t *Tree) Lookup(path string) ([]byte, error) {
	i, ok := t.find(path)
	if !ok {
		return nil, fmt.Errorf("%s: not a file of the tree", path)
	}
	return t.Read(i)
}

func (t *Tree) read(file File) ([]byte, error) {
	if data, ok := t.edited[file.Path]; ok {
		return data, nil
	}
	f, err := t.open(file.Path)
	if err != nil {
		return nil, readError(file.Path, err)
	}
	defer f.Close()
	// The entry may have been exchanged since the walk: what counts is what was opened.
	info, err := f.Stat()
	if err != nil {
		return nil, readError(file.Path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, &ReadError{unreadable(file.Path, "became "+kindOf(info.Mode())+" during the scan")}
	}
	data := make([]byte, 0, min(info.Size(), t.limits.FileSize)+1)
	limited := io.LimitReader(f, t.limits.FileSize+1)
	for {
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		n, err := limited.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, readError(file.Path, err)
		}
	}
	if int64(len(data)) > t.limits.FileSize {
		return nil, &ReadError{tooLarge(file.Path, info.Size(), t.limits.FileSize)}
	}
	return data, nil
}

// ReadError is why a file of the tree could not be read, in the form in which the report names it.
type ReadError struct{ Skip finding.Skip }

func (e *ReadError) Error() string { return e.Skip.Path + ": " + e.Skip.Reason }
