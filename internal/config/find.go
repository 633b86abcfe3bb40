package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/middlebrick/middlebrick/internal/toml"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// Find returns the configuration for a directory of a tree: that of the directory itself, or of the nearest one above
// it. In one directory middlebrick.toml comes before pyproject.toml. Without any it returns the default.
func Find(tree fs.FS, dir string, rules []finding.Rule) (*Config, error) {
	for {
		c, err := in(tree, dir, rules)
		if c != nil || err != nil {
			return c, err
		}
		if dir == "." {
			return Default(), nil
		}
		dir = path.Dir(dir)
	}
}

// in returns the configuration in a directory, nil when there is none.
func in(tree fs.FS, dir string, rules []finding.Rule) (*Config, error) {
	for _, name := range []string{OwnFile, Project} {
		name = path.Join(dir, name)
		data, err := read(tree, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			if path.Base(name) == Project {
				continue // it belongs to others first; the scan names it when it cannot be read
			}
			return nil, &Error{Path: name, Message: err.Error()}
		}
		c, err := Parse(name, data, rules)
		if c != nil || err != nil {
			return c, err
		}
	}
	return nil, nil
}

// Load reads the configuration file that the user names.
func Load(tree fs.FS, name string, rules []finding.Rule) (*Config, error) {
	data, err := read(tree, name)
	if err != nil {
		return nil, &Error{Path: name, Message: err.Error()}
	}
	c, err := Parse(name, data, rules)
	if c == nil && err == nil {
		return nil, &Error{Path: name, Message: "it has no table [tool.middlebrick]"}
	}
	return c, err
}

// read returns a regular file of bounded size. The tree sees to it that no link leads out of it and no pipe blocks.
func read(tree fs.FS, name string) ([]byte, error) {
	f, err := tree.Open(name)
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) && !errors.Is(err, fs.ErrNotExist) {
			return nil, at.Err
		}
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	data, err := io.ReadAll(io.LimitReader(f, toml.MaxSize+1))
	if err == nil && len(data) > toml.MaxSize {
		err = fmt.Errorf("over the limit of %d kB for a configuration file", toml.MaxSize>>10)
	}
	return data, err
}

// below returns the path from one directory of a tree to another one below it, "" when they are the same or the other
// one is not below.
func below(above, dir string) string {
	if above == "." {
		if dir == "." {
			return ""
		}
		return dir
	}
	rest, _ := strings.CutPrefix(dir, above+"/")
	if rest == dir {
		return ""
	}
	return rest
}
