package source

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Tracked tells whether version control holds a file, or any file below a directory. Ignore rules say nothing about such
// a file: it was added before the rule, or in spite of it, and it is part of what is deployed.
type Tracked func(name string) bool

// Committed is the Tracked of the tree of a commit, which holds nothing else.
func Committed(string) bool { return true }

// maxIndex bounds git's index: its bytes, and those of the paths that its compressed form gives.
const maxIndex = 128 << 20

// gitIndex is where git lists what it tracks.
const gitIndex = ".git/index"

// TrackedIn returns what the index of a repository says of the directory dir in it, "." for its root. The index is read when it is first
// asked for, and never by git, whose settings in a stranger's checkout could start programs. Without an index that can be read nothing
// counts as tracked.
func TrackedIn(open func(name string) (fs.File, error), dir string) Tracked {
	paths := sync.OnceValue(func() []string {
		f, err := open(gitIndex)
		if err != nil {
			return nil
		}
		defer f.Close()
		data, err := io.ReadAll(io.LimitReader(f, maxIndex+1))
		if err != nil || len(data) > maxIndex {
			return nil
		}
		paths, err := parseIndex(data)
		if err != nil {
			return nil
		}
		return paths
	})
	return func(name string) bool {
		name, all := path.Join(dir, name), paths()
		if _, held := slices.BinarySearch(all, name); held {
			return true
		}
		below, _ := slices.BinarySearch(all, name+"/")
		return below < len(all) && strings.HasPrefix(all[below], name+"/")
	}
}

// trackedIn looks for the repository in which a directory of this machine lies. A git directory that lies elsewhere, as that of a second
// work tree, is not followed to.
func trackedIn(dir string) Tracked {
	at, err := filepath.Abs(dir)
	if err != nil {
		return nil
	}
	for below := "."; ; {
		if info, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			if !info.IsDir() {
				return nil
			}
			return TrackedIn(func(name string) (fs.File, error) { return openRegular(at, name) }, below)
		}
		up := filepath.Dir(at)
		if up == at {
			return nil
		}
		below, at = path.Join(filepath.Base(at), below), up
	}
}

func openRegular(dir, name string) (fs.File, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return openIn(root)(name)
}

var errIndex = errors.New("not a git index of version 2, 3 or 4 with SHA-1 names")

// Sizes of an entry of the index before its path: ten numbers, the name of the object and the flags.
const (
	entryHead     = 10*4 + 20 + 2
	extendedFlags = 0x4000
)

// parseIndex returns the paths of a git index in the order in which it holds them, that of their bytes.
func parseIndex(data []byte) ([]string, error) {
	if len(data) < 12 || string(data[:4]) != "DIRC" {
		return nil, errIndex
	}
	version, count := binary.BigEndian.Uint32(data[4:]), binary.BigEndian.Uint32(data[8:])
	if version < 2 || version > 4 || int64(count)*entryHead > int64(len(data)) {
		return nil, errIndex
	}
	paths, before, held, rest := make([]string, 0, count), "", 0, data[12:]
	for range count {
		if len(rest) < entryHead {
			return nil, errIndex
		}
		head := entryHead
		if version > 2 && binary.BigEndian.Uint16(rest[entryHead-2:])&extendedFlags != 0 {
			head += 2
		}
		name, size, ok := indexPath(rest, head, version, before)
		if held += len(name); !ok || held > maxIndex || name < before {
			return nil, errIndex
		}
		paths, before, rest = append(paths, name), name, rest[size:]
	}
	return paths, nil
}

// indexPath reads the path of the entry at the start of rest, and tells how long the entry is. Version 4 says how many bytes to take off
// the path before and what to add; the others give the path whole, and fill the entry up to a multiple of eight.
func indexPath(rest []byte, head int, version uint32, before string) (name string, size int, ok bool) {
	if len(rest) < head {
		return "", 0, false
	}
	kept := ""
	if version == 4 {
		cut, width := readOffset(rest[head:])
		if width == 0 || cut > len(before) {
			return "", 0, false
		}
		head, kept = head+width, before[:len(before)-cut]
	}
	end := bytes.IndexByte(rest[head:], 0)
	if end < 0 {
		return "", 0, false
	}
	name, size = kept+string(rest[head:head+end]), head+end+1
	if version < 4 {
		size = (head + end + 8) &^ 7
	}
	return name, size, size <= len(rest)
}

// readOffset reads a number as git's packs write it: seven bits in a byte, the highest first, each continuation counting from one more.
func readOffset(data []byte) (n, width int) {
	for i, c := range data[:min(len(data), 4)] {
		if i > 0 {
			n++
		}
		n = n<<7 | int(c&0x7f)
		if c&0x80 == 0 {
			return n, i + 1
		}
	}
	return 0, 0
}
