package action

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// checkout is the git directory of the workspace, read without git: no configuration, no hook, no attribute of the
// repository is obeyed, and every object is checked against its name.
type checkout struct {
	root  *os.Root
	packs []*packFile
}

// openCheckout opens the git directory of a workspace. A workspace without one, or whose git directory lies elsewhere,
// is no error for the action: the platform is asked instead.
func openCheckout(workspace string) (*checkout, error) {
	top, err := os.OpenRoot(workspace)
	if err != nil {
		return nil, err
	}
	defer top.Close()
	root, err := top.OpenRoot(".git")
	if err != nil {
		return nil, err
	}
	return &checkout{root: root}, nil
}

func (c *checkout) Close() {
	for _, p := range c.packs {
		p.close()
	}
	c.root.Close()
}

// Head returns the commit that is checked out.
func (c *checkout) Head() (string, error) {
	text, err := c.text("HEAD")
	if err != nil {
		return "", err
	}
	for range 5 {
		ref, symbolic := strings.CutPrefix(text, "ref: ")
		if !symbolic {
			if isSHA(text) {
				return text, nil
			}
			return "", errors.New(".git/HEAD names no commit")
		}
		if !strings.HasPrefix(ref, "refs/") || !fs.ValidPath(ref) {
			return "", fmt.Errorf(".git/HEAD names %q", ref)
		}
		if text, err = c.text(ref); err != nil {
			return c.packedRef(ref)
		}
	}
	return "", errors.New(".git/HEAD leads in a circle")
}

func (c *checkout) text(name string) (string, error) {
	f, err := c.root.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, 4096))
	return strings.TrimSpace(string(data)), err
}

func (c *checkout) packedRef(ref string) (string, error) {
	f, err := c.root.Open("packed-refs")
	if err != nil {
		return "", err
	}
	defer f.Close()
	s := bufio.NewScanner(io.LimitReader(f, 64<<20))
	for s.Scan() {
		if sha, name, ok := strings.Cut(s.Text(), " "); ok && name == ref && isSHA(sha) {
			return sha, nil
		}
	}
	return "", fmt.Errorf(".git has no ref %s", ref)
}

// Parents returns the parents of a commit. A shallow checkout has the commit but not its parents.
func (c *checkout) Parents(sha string) ([]string, error) {
	commit, err := c.commit(sha)
	if err != nil {
		return nil, err
	}
	return commit.parents, nil
}

type commit struct {
	tree    string
	parents []string
}

func (c *checkout) commit(sha string) (commit, error) {
	var out commit
	data, err := c.object(sha, "commit")
	if err != nil {
		return out, err
	}
	for line := range strings.Lines(string(data)) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if key != "tree" && key != "parent" {
			break
		}
		if !isSHA(value) {
			return out, fmt.Errorf("commit %s is damaged", short(sha))
		}
		if key == "tree" {
			out.tree = value
		} else {
			out.parents = append(out.parents, value)
		}
	}
	if out.tree == "" {
		return out, fmt.Errorf("commit %s has no tree", short(sha))
	}
	return out, nil
}

// Tree returns the tree of a commit, if all of it is there.
func (c *checkout) Tree(sha string) (*memTree, error) {
	commit, err := c.commit(sha)
	if err != nil {
		return nil, err
	}
	r := &treeReader{from: c, tree: newMemTree(), limits: defaultTarLimits}
	return r.tree, r.read(commit.tree, "", 0)
}

// treeReader copies a tree of objects, within the limits of an archive.
type treeReader struct {
	from   *checkout
	tree   *memTree
	limits tarLimits
	kept   int64
	seen   int
}

const maxTreeDepth = 128

func (r *treeReader) read(sha, prefix string, depth int) error {
	if depth > maxTreeDepth {
		return errors.New("the tree of the base is nested too deeply")
	}
	data, err := r.from.object(sha, "tree")
	if err != nil {
		return err
	}
	for len(data) > 0 {
		mode, name, id, rest, err := treeEntry(data)
		if err != nil {
			return err
		}
		data = rest
		if r.seen++; r.seen > r.limits.entries {
			return fmt.Errorf("the tree of the base has over %d entries", r.limits.entries)
		}
		switch {
		case mode == "40000":
			err = r.read(id, prefix+name+"/", depth+1)
		case strings.HasPrefix(mode, "100") && wanted(prefix+name):
			err = r.file(prefix+name, id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *treeReader) file(name, id string) error {
	data, err := r.from.object(id, "blob")
	if err != nil {
		return err
	}
	data = data[:min(int64(len(data)), r.limits.file)]
	if r.kept += int64(len(data)); r.kept > r.limits.kept {
		return fmt.Errorf("the tree of the base has over %d MB of files to read", r.limits.kept>>20)
	}
	if !r.tree.add(name, data) {
		return fmt.Errorf("the tree of the base has two entries in the place of %q", name)
	}
	return nil
}

// treeEntry takes one entry off a tree: mode, space, name, zero byte, 20 bytes of hash.
func treeEntry(data []byte) (mode, name, id string, rest []byte, err error) {
	damaged := errors.New("a tree of the base is damaged")
	head, _, ok := strings.Cut(string(data[:min(len(data), 5000)]), "\x00")
	mode, name, ok2 := strings.Cut(head, " ")
	if !ok || !ok2 || len(data) < len(head)+21 || !fs.ValidPath(name) || strings.ContainsAny(name, `/\`) || name == "." {
		return "", "", "", nil, damaged
	}
	return mode, name, fmt.Sprintf("%x", data[len(head)+1:len(head)+21]), data[len(head)+21:], nil
}
