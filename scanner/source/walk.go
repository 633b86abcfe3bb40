package source

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// walker is one walk over a tree.
type walker struct {
	tree    *Tree
	only    []string
	without Patterns
	tracked Tracked
	hidden  bool      // below a directory that an ignore file names and that is looked into because it holds something tracked
	rules   []ruleSet // the --exclude patterns, then one set for each directory on the way down
	entries int
	bytes   int64
	full    bool // a limit of the whole walk was reached and reported
}

func (t *Tree) walk(opts Options) error {
	t.limits = opts.Limits.orDefault()
	exclude, err := parseExclude(opts.Exclude)
	if err != nil {
		return err
	}
	w := &walker{tree: t, without: opts.Without, tracked: opts.Tracked, rules: []ruleSet{exclude}}
	for _, name := range opts.Only {
		name = path.Clean(name)
		if !fs.ValidPath(name) {
			return fmt.Errorf("%s: not a path below the root", name)
		}
		if name != "." {
			w.only = append(w.only, name)
		}
	}
	entries, err := fs.ReadDir(t.fsys, ".")
	if err != nil {
		return fmt.Errorf("cannot be listed: %s", explain(err))
	}
	w.dir(".", entries, 1)
	sort.SliceStable(t.Files, func(i, j int) bool { return t.Files[i].Path < t.Files[j].Path })
	sort.SliceStable(t.Skipped, func(i, j int) bool {
		a, b := &t.Skipped[i], &t.Skipped[j]
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Reason, b.Reason)) < 0
	})
	return nil
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits
	if l.FileSize > 0 {
		d.FileSize = l.FileSize
	}
	if l.Files > 0 {
		d.Files = l.Files
	}
	if l.Bytes > 0 {
		d.Bytes = l.Bytes
	}
	if l.Depth > 0 {
		d.Depth = l.Depth
	}
	if l.Entries > 0 {
		d.Entries = l.Entries
	}
	return d
}

// dir looks at the entries of one directory, which fs.ReadDir returns in the order of their names.
func (w *walker) dir(dir string, entries []fs.DirEntry, depth int) {
	if names(entries, ".gitignore") {
		w.rules = append(w.rules, w.ignoreFile(dir))
		defer func() { w.rules = w.rules[:len(w.rules)-1] }()
	}
	for _, entry := range entries {
		if w.full {
			return
		}
		if w.entries++; w.entries > w.tree.limits.Entries {
			w.stop(dir, fmt.Sprintf("more than %d directory entries: the rest of the tree is not read", w.tree.limits.Entries))
			return
		}
		w.entry(path.Join(dir, entry.Name()), entry, depth)
	}
}

func (w *walker) entry(name string, entry fs.DirEntry, depth int) {
	mode := entry.Type()
	named, above := w.asked(name)
	if !named && !above {
		return
	}
	kind, wanted := kindOfName(name)
	if !wanted && mode.IsRegular() {
		return
	}
	// What the user names is read, whatever the rules say; so is the way to it. The ignore files say nothing about what is tracked.
	ruled := !above && !w.namedItself(name)
	hidden := ruled && (w.hidden || w.ignored(name, mode.IsDir()))
	if ruled && w.excluded(name, mode.IsDir()) || hidden && (w.tracked == nil || !w.tracked(name)) {
		w.tree.Excluded++
		return
	}
	switch {
	case mode&fs.ModeSymlink != 0:
		w.link(name, wanted)
	case mode.IsDir():
		if wanted && kind != Config {
			w.skip(finding.Skip{Path: name, Kind: skipNotFile, Reason: "a directory with the name of a Python file; what it contains is read"})
		}
		w.descend(name, depth, ruled, hidden)
	case !wanted || above:
	case !mode.IsRegular():
		w.skip(finding.Skip{Path: name, Kind: skipNotFile, Reason: "is " + kindOf(mode) + ", not a regular file"})
	default:
		w.file(name, kind, entry)
	}
}

func (w *walker) descend(name string, depth int, ruled, hidden bool) {
	if depth >= w.tree.limits.Depth {
		w.skip(finding.Skip{Path: name, Kind: skipLimit,
			Reason: fmt.Sprintf("directories are nested more than %d deep: what is below is not read", w.tree.limits.Depth)})
		return
	}
	if !fs.ValidPath(name) {
		w.skip(unreadable(name, "the directory cannot be listed: its name is not valid UTF-8"))
		return
	}
	entries, err := fs.ReadDir(w.tree.fsys, name)
	if err != nil {
		w.skip(unreadable(name, "the directory cannot be listed: "+explain(err)))
	}
	if ruled && builtOutput(path.Base(name), entries) {
		w.tree.Excluded++
		return
	}
	defer func(before bool) { w.hidden = before }(w.hidden)
	w.hidden = hidden
	w.dir(name, entries, depth+1)
}

func (w *walker) file(name string, kind Kind, entry fs.DirEntry) {
	info, err := entry.Info()
	if err != nil {
		w.skip(unreadable(name, explain(err)))
		return
	}
	size := info.Size()
	switch {
	case size > w.tree.limits.FileSize:
		w.skip(tooLarge(name, size, w.tree.limits.FileSize))
	case len(w.tree.Files) >= w.tree.limits.Files:
		w.stop(name, fmt.Sprintf("more than %d files: this one and the rest of the tree are not read", w.tree.limits.Files))
	case w.bytes+size > w.tree.limits.Bytes:
		w.stop(name, fmt.Sprintf("more than %s in all: this file and the rest of the tree are not read", megabytes(w.tree.limits.Bytes)))
	default:
		w.bytes += size
		w.tree.Files = append(w.tree.Files, File{Path: name, Size: size, Kind: kind})
	}
}

// link reports a symbolic link that looks like source. It is never followed: what it points to inside the tree is
// read under its own name, and nothing outside the tree is read at all.
func (w *walker) link(name string, wanted bool) {
	info, err := fs.Stat(w.tree.fsys, name)
	switch {
	case err == nil && !info.IsDir() && !wanted:
		return
	case err == nil:
		w.skip(finding.Skip{Path: name, Kind: skipLink,
			Reason: "a symbolic link is not followed: its target is read under its own name only"})
	case wanted || !strings.Contains(path.Base(name), "."):
		w.skip(finding.Skip{Path: name, Kind: skipLink,
			Reason: "a symbolic link that is broken, circular or leads out of the tree is not followed"})
	}
}

func (w *walker) skip(s finding.Skip) { w.tree.Skipped = append(w.tree.Skipped, s) }

func (w *walker) stop(name, reason string) {
	w.skip(finding.Skip{Path: name, Kind: skipLimit, Reason: reason})
	w.full = true
}

// asked tells whether name lies in what the user asked for, or is a directory on the way to it.
func (w *walker) asked(name string) (in, above bool) {
	if len(w.only) == 0 {
		return true, false
	}
	for _, o := range w.only {
		if name == o || strings.HasPrefix(name, o+"/") {
			return true, false
		}
		if strings.HasPrefix(o, name+"/") {
			above = true
		}
	}
	return false, above
}

func (w *walker) namedItself(name string) bool { return slices.Contains(w.only, name) }

// excluded asks the built-in exclusions and --exclude.
func (w *walker) excluded(name string, dir bool) bool {
	if dir && alwaysExcluded[path.Base(name)] || dir && strings.HasSuffix(name, ".egg-info") {
		return true
	}
	return w.rules[0].match(name, dir) == ignored || w.without.Match(name, dir)
}

// ignored asks the ignore files from the innermost outwards.
func (w *walker) ignored(name string, dir bool) bool {
	for i := len(w.rules) - 1; i > 0; i-- {
		if m := w.rules[i].match(name, dir); m != unmatched {
			return m == ignored
		}
	}
	return false
}

func names(entries []fs.DirEntry, name string) bool {
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == name })
}
