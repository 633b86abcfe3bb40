package action

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"
)

// base is the tree that the scanned one is compared with.
type base struct {
	sha  string
	tree *memTree
	from string // where it came from, for the log
}

// findBase names the exact base and reads its tree: from the objects of the checkout when they are there, which costs
// no request, else from the platform.
func findBase(ctx context.Context, p Plan, c *checkout, hub *Hub, note func(string, ...any)) (*base, error) {
	b := &base{sha: exactBase(ctx, p, c, hub, note)}
	var local error
	if c != nil {
		if b.tree, local = c.Tree(b.sha); local == nil {
			b.from = "the objects of the checkout"
			return b, nil
		}
	}
	if hub == nil {
		return nil, fmt.Errorf("commit %s is not in the checkout, and there is no API to ask", short(b.sha))
	}
	err := hub.retry(ctx, func() (err error) {
		b.tree, err = hub.Tree(ctx, b.sha)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("commit %s is not in the checkout, and its archive could not be had: %s", short(b.sha), explainBase(err))
	}
	b.from = "an archive from the API"
	if exportIgnored(b.tree) {
		note("a .gitattributes file of the base says export-ignore: what it names is missing from the archive and counts as new; check out with fetch-depth: 0 to compare exactly")
	}
	return b, nil
}

// exactBase refines the base of the event. The base branch may have moved since the event: the first parent of the
// merge commit, or the merge base, is what makes the difference that of the pull request alone.
func exactBase(ctx context.Context, p Plan, c *checkout, hub *Hub, note func(string, ...any)) string {
	switch {
	case p.MergeOf != "":
		if c != nil {
			if parents, err := c.Parents(p.MergeOf); err == nil && len(parents) == 2 {
				return parents[0]
			}
		}
		if hub != nil {
			parents, err := hub.Parents(ctx, p.MergeOf)
			if err == nil && len(parents) == 2 {
				return parents[0]
			}
		}
		note("the parents of the merge commit are not known: compared with the base commit of the event, %s", short(p.Base))
	case p.Between != "":
		if hub != nil {
			if sha, err := hub.MergeBase(ctx, p.Base, p.Between); err == nil {
				return sha
			}
		}
		note("the merge base is not known: compared with the base commit of the event, %s; what the base branch gained since may count as fixed", short(p.Base))
	}
	return p.Base
}

func exportIgnored(tree *memTree) bool {
	found := false
	// A memory tree has no errors.
	_ = fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && path.Base(name) == ".gitattributes" && !d.IsDir() {
			data, _ := fs.ReadFile(tree, name)
			found = found || bytes.Contains(data, []byte("export-ignore"))
		}
		return err
	})
	return found
}

// below returns the part of a tree below a directory; where the directory is missing, the part is empty.
func below(tree fs.FS, dir string) fs.FS {
	if dir == "." || dir == "" {
		return tree
	}
	if info, err := fs.Stat(tree, dir); err == nil && info.IsDir() {
		if sub, err := fs.Sub(tree, dir); err == nil {
			return sub
		}
	}
	return newMemTree()
}

// workspace is the scanned directory. No path in it leads out of it. With a base, the ignore files are those of the
// base: a pull request must not be able to hide a file from the scan.
type workspace struct {
	root  *os.Root
	rules fs.FS // nil: the workspace's own ignore files count
}

const ignoreFile = ".gitignore"

// Open implements fs.FS. O_NONBLOCK keeps a named pipe from stopping the scan.
func (w workspace) Open(name string) (fs.File, error) {
	if w.rules != nil && path.Base(name) == ignoreFile {
		if f, err := w.rules.Open(name); err == nil {
			return f, nil
		}
		return &memFile{node: &memNode{name: name}}, nil // the base has none: an empty one
	}
	f, err := w.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// ReadDir implements fs.ReadDirFS.
func (w workspace) ReadDir(name string) ([]fs.DirEntry, error) {
	return fs.ReadDir(w.root.FS(), name)
}

// Stat implements fs.StatFS.
func (w workspace) Stat(name string) (fs.FileInfo, error) { return w.root.Stat(name) }

// read returns a regular file of at most limit bytes.
func (w workspace) read(name string, limit int64) ([]byte, error) {
	f, err := w.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, fmt.Errorf("%s: not a regular file of at most %d MB", name, limit>>20)
	}
	return io.ReadAll(io.LimitReader(f, limit))
}
