package fix

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/diff"
)

// Diff writes the plan as a unified diff.
func (p *Plan) Diff() []byte {
	var out bytes.Buffer
	for _, path := range p.paths() {
		before := "a/" + path
		if p.Old[path] == nil {
			before = os.DevNull
		}
		out.Write(diff.Diff(before, p.Old[path], "b/"+path, p.New[path]))
	}
	return out.Bytes()
}

func (p *Plan) paths() []string {
	var out []string
	for path := range p.New {
		out = append(out, path)
	}
	slices.Sort(out)
	return out
}

// Write replaces the files below a directory, each at once: a reader sees the old file or the new one. Nothing is written when a file
// has changed since it was read. What was written before an error is named in it.
func (p *Plan) Write(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, path := range p.paths() {
		now, err := root.ReadFile(filepath.FromSlash(path))
		if p.Old[path] == nil && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if !bytes.Equal(now, p.Old[path]) {
			return fmt.Errorf("%s: changed since it was scanned; nothing was written, run the command again", path)
		}
	}
	for i, path := range p.paths() {
		write := replace
		if p.Old[path] == nil {
			write = create
		}
		if err := write(root, filepath.FromSlash(path), p.New[path]); err != nil {
			return fmt.Errorf("%s: %w; %d of %d files were written before", path, err, i, len(p.New))
		}
	}
	return nil
}

// replace writes beside the file and renames.
func replace(root *os.Root, path string, data []byte) error {
	info, err := root.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o200 == 0 {
		return os.ErrPermission // a rename would go past the owner's wish
	}
	beside := path + ".middlebrick"
	if err := write(root, beside, data, info.Mode().Perm()); err != nil {
		return err
	}
	err = root.Rename(beside, path)
	if err != nil {
		_ = root.Remove(beside)
	}
	return err
}

// create makes a file that is not there yet; half of one is taken away again.
func create(root *os.Root, path string, data []byte) error { return write(root, path, data, 0o644) }

func write(root *os.Root, path string, data []byte, mode fs.FileMode) error {
	f, err := root.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = root.Remove(path)
	}
	return err
}
