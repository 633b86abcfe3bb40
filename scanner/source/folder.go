package source

import (
	"io/fs"
	"os"
)

// Folder is a directory as a file system: no path leads out of it, and a pipe in it stops nobody.
type Folder struct {
	root *os.Root
	open func(string) (fs.File, error)
}

// OpenFolder opens a directory until Close.
func OpenFolder(dir string) (*Folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Folder{root, openIn(root)}, nil
}

// Open implements fs.FS.
func (f *Folder) Open(name string) (fs.File, error) { return f.open(name) }

// Close releases the directory.
func (f *Folder) Close() error { return f.root.Close() }
