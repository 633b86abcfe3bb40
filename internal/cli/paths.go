package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/source"
)

// openTree opens what is scanned.
func openTree(root string, opts source.Options) (*source.Tree, error) {
	tree, err := source.Open(root, opts)
	if errors.Is(err, source.ErrExclude) {
		return nil, usage("--exclude takes a pattern in the syntax of .gitignore, for example --exclude 'tests/'", "%w", err)
	}
	if err != nil {
		return nil, &failure{code: exitNothing, err: err}
	}
	return tree, nil
}

// locate returns the directory to open and what to read in it: a single directory itself, else the deepest directory
// above all paths.
func locate(paths []string) (root string, only []string, err error) {
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return "", nil, unreachable(p, err)
		}
		if len(paths) == 1 && info.IsDir() {
			return filepath.Clean(p), nil, nil
		}
	}
	absolute := make([]string, len(paths))
	for i, p := range paths {
		if absolute[i], err = filepath.Abs(p); err != nil {
			return "", nil, usage("", "%s: %w", p, err)
		}
	}
	above := filepath.Dir(absolute[0])
	if info, err := os.Stat(absolute[0]); err == nil && info.IsDir() {
		above = absolute[0]
	}
	for _, p := range absolute[1:] {
		for p != above && !strings.HasPrefix(p, strings.TrimSuffix(above, "/")+string(filepath.Separator)) {
			up := filepath.Dir(above)
			if up == above {
				return "", nil, usage("scan them one by one", "%s and %s have no directory in common", paths[0], p)
			}
			above = up
		}
	}
	for _, p := range absolute {
		rel, err := filepath.Rel(above, p)
		if err != nil {
			return "", nil, usage("", "%s: %w", p, err)
		}
		only = append(only, filepath.ToSlash(rel))
	}
	return shorten(above), only, nil
}

// shorten writes a directory as the user would from where he stands.
func shorten(dir string) string {
	here, err := os.Getwd()
	if err != nil {
		return dir
	}
	rel, err := filepath.Rel(here, dir)
	if err != nil || len(rel) > len(dir) {
		return dir
	}
	return rel
}

func unreachable(path string, err error) error {
	reason := err
	var at *fs.PathError
	if errors.As(err, &at) {
		reason = at.Err
	}
	hint := ""
	if errors.Is(err, fs.ErrNotExist) {
		hint = "give a directory or a Python file that exists; without a PATH the current directory is scanned"
	}
	return &failure{exitNothing, fmt.Errorf("%s: %w", path, reason), hint}
}
