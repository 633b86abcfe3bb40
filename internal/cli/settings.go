package cli

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/middlebrick/middlebrick/internal/config"
	"github.com/middlebrick/middlebrick/scanner"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
)

// place is where a configuration counts: a folder, and the scanned directory in it.
type place struct {
	top string // the folder: the root of the repository, or whatever else bounds the search
	dir string // the scanned directory, relative to it, with '/'
}

// boundary finds the folder in which the configuration of a directory is looked for: its repository or, outside of one,
// the directory in which the command is called; in a directory that lies elsewhere only itself.
func boundary(dir string) (place, error) {
	dir, err := filepath.Abs(dir)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir) // what is scanned through a link belongs where it lies
	}
	if err != nil {
		return place{}, usage("", "%s: %w", dir, err)
	}
	top := dir
	if here, err := os.Getwd(); err == nil {
		if here, err = filepath.EvalSymlinks(here); err == nil && isBelow(dir, here) {
			top = here
		}
	}
	for up := dir; ; up = filepath.Dir(up) {
		if _, err := os.Lstat(filepath.Join(up, ".git")); err == nil {
			top = up
			break
		}
		if up == filepath.Dir(up) {
			break
		}
	}
	return inFolder(top, dir), nil
}

func inFolder(top, dir string) place {
	rel, err := filepath.Rel(top, dir)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return place{top, "."}
	}
	return place{top, filepath.ToSlash(rel)}
}

func isBelow(dir, above string) bool { return inFolder(above, dir).dir != "." || dir == above }

// configure reads the configuration for a directory. The flags go before it.
func (c *command) configure(f *scanFlags, root string) (*config.Set, place, error) {
	at, err := boundary(root)
	if err != nil {
		return nil, at, err
	}
	conf := config.Default()
	switch {
	case f.config != "":
		absolute, err := filepath.Abs(f.config)
		if err != nil {
			return nil, at, usage("", "--config: %w", err)
		}
		at = inFolder(filepath.Dir(absolute), at.absolute())
		conf, err = c.readConfig(at, func(folder *source.Folder) (*config.Config, error) {
			return config.Load(folder, filepath.Base(absolute), c.rules)
		})
		if err != nil {
			return nil, at, err
		}
	case !f.noConfig:
		conf, err = c.readConfig(at, func(folder *source.Folder) (*config.Config, error) { return config.Find(folder, at.dir, c.rules) })
		if err != nil {
			return nil, at, err
		}
	}
	f.override(conf)
	set, err := config.NewSet(conf, at.dir, c.rules)
	return set, at, configError(err, "")
}

func (p place) absolute() string { return filepath.Join(p.top, filepath.FromSlash(p.dir)) }

func (c *command) readConfig(at place, read func(*source.Folder) (*config.Config, error)) (*config.Config, error) {
	folder, err := source.OpenFolder(at.top)
	if err != nil {
		return nil, usage("", "the configuration could not be read: %w", err)
	}
	defer folder.Close()
	conf, err := read(folder)
	if err != nil {
		return nil, configError(err, at.top)
	}
	if conf.Path != "" {
		conf.Path = filepath.ToSlash(shorten(filepath.Join(at.top, filepath.FromSlash(conf.Path))))
	}
	return conf, nil
}

// configError names the file as the user can open it from where he stands.
func configError(err error, top string) error {
	var at *config.Error
	if !errors.As(err, &at) {
		return err
	}
	if top != "" {
		at.Path = filepath.ToSlash(shorten(filepath.Join(top, filepath.FromSlash(at.Path))))
	}
	return &failure{exitUsage, at, at.Hint}
}

// override puts the flags that were given in place of what the file says.
func (f *scanFlags) override(c *config.Config) {
	if len(f.selected) > 0 {
		c.Select = f.selected
	}
	if len(f.ignored) > 0 {
		c.Ignore = f.ignored
	}
	for _, x := range []struct {
		flag string
		slot *string
	}{{f.minSeverity, &c.MinSeverity}, {f.minConfidence, &c.MinConfidence}, {f.failOn, &c.FailOn}} {
		if x.flag != "" {
			*x.slot = x.flag
		}
	}
	if f.probe.workers > 0 {
		c.Workers = f.probe.workers
	}
	c.FastAPI = c.FastAPI || f.fastapi
	c.Strict = c.Strict || f.strict
}

// scanned is the result of reading source: the tree, which stays open, the report, and the configuration that counted.
type scanned struct {
	tree   *source.Tree
	report *finding.Report
	conf   *config.Set
	place  place
	all    bool            // the whole tree was read, not single paths of it
	routes []finding.Route // every path operation and its handler
}

// scanPaths scans what the command line names, with the configuration that counts there. Nothing is filtered yet.
func (c *command) scanPaths(ctx context.Context, paths []string, f *scanFlags) (*scanned, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	root, only, err := locate(paths)
	if err != nil {
		return nil, err
	}
	s := &scanned{all: only == nil}
	if s.conf, s.place, err = c.configure(f, root); err != nil {
		return nil, err
	}
	without, err := s.conf.Without(s.place.dir)
	if err != nil {
		return nil, configError(err, "")
	}
	if s.tree, err = openTree(root, source.Options{Only: only, Exclude: f.exclude, Without: without}); err != nil {
		return nil, err
	}
	if err := s.scan(ctx, c, f); err != nil {
		s.tree.Close()
		return nil, err
	}
	return s, nil
}

func (s *scanned) scan(ctx context.Context, c *command, f *scanFlags) error {
	if f.config == "" && !f.noConfig {
		s.conf.Override = f.override
		if err := s.conf.Nest(s.tree, s.tree.Files, c.rules); err != nil {
			return configError(err, s.tree.Root)
		}
		for _, note := range s.conf.Notes {
			c.tell("%s", note)
		}
	}
	if c.verbose && s.conf.Path != "" {
		c.say("settings from %s", s.conf.Path)
	} else if c.verbose {
		c.say("no configuration file: every setting has its default")
	}
	if c.verbose {
		c.say("reading %s in %s; %s left out by .gitignore, exclude or as build output", plural(len(s.tree.Files), "file"), s.tree.Root, plural(s.tree.Excluded, "path"))
	}
	opts := scanOptions(s.conf)
	opts.Memory = f.shared
	progress, end := c.watch()
	opts.Progress = c.timed(progress)
	defer end()
	opts.Route = func(r finding.Route) { s.routes = append(s.routes, r) }
	var err error
	s.report, err = scanner.Scan(ctx, s.tree, opts)
	return err
}

// timed also says when each stage begins, for --verbose.
func (c *command) timed(progress scanner.Progress) scanner.Progress {
	if !c.verbose {
		return progress
	}
	begin := time.Now()
	return func(stage string, done, total int) {
		if done == 0 {
			c.say("%5d ms: %s, %d in all", time.Since(begin).Milliseconds(), stage, total)
		}
		if progress != nil {
			progress(stage, done, total)
		}
	}
}

// scanOptions are what the engine should know of the configuration. All rules are applied; the filters come later, so
// that a comment about a rule that is not shown is not called unused.
func scanOptions(conf *config.Set) scanner.Options {
	return scanner.Options{Version: Version, Engine: conf.Engine, Isolation: conf.Isolation, Workers: conf.Workers, Models: conf.Models,
		RequireReason: conf.RequireReason, Today: time.Now().UTC().Format(time.DateOnly)}
}

// baselinePath is the file that the flag or the configuration names, empty when there is none.
func (s *scanned) baselinePath(f *scanFlags) string {
	switch {
	case f.baseline != "":
		return f.baseline
	case s.conf.Baseline != "":
		return shorten(filepath.Join(s.place.top, filepath.FromSlash(path.Join(s.conf.Dir, s.conf.Baseline))))
	}
	return ""
}
