package cli

import (
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// spot is a place that a user names: a file, and a line of it or 0 for all.
type spot struct {
	path string
	line int
}

// at returns which findings are to be repaired: those that the configuration keeps and, where places are named, that stand at one of them.
// A place without a finding is an error: nothing would be repaired, and the user would look for the reason.
func (s *scanned) at(places []string) (func(*finding.Finding) bool, error) {
	spots := make([]spot, len(places))
	for i, p := range places {
		spots[i] = s.spot(p)
		here, near := false, ""
		for j := range s.report.Findings {
			f := &s.report.Findings[j]
			if !s.conf.Keeps(f) {
				continue
			}
			here = here || spots[i].holds(f)
			if near == "" && f.Location.Path == spots[i].path {
				near = below(filepath.ToSlash(s.tree.Root), f.Location.Path) + ":" + strconv.Itoa(f.Location.Line)
			}
		}
		switch {
		case here:
		case near != "":
			return nil, usage("the first one of this file is at "+near, "--at %s: no finding is there", p)
		default:
			return nil, usage("middlebrick scan --output concise lists where they are", "--at %s: no finding is there", p)
		}
	}
	return func(f *finding.Finding) bool {
		if !s.conf.Keeps(f) {
			return false
		}
		for _, spot := range spots {
			if spot.holds(f) {
				return true
			}
		}
		return len(spots) == 0
	}, nil
}

// spot reads FILE, FILE:LINE or FILE:LINE:COLUMN, where the file is named as the reports name it or from the root of the tree.
func (s *scanned) spot(text string) spot {
	file, line := filepath.ToSlash(text), 0
	for range 2 {
		head, tail, ok := cutLast(file, ":")
		n, err := strconv.Atoi(tail)
		if !ok || err != nil {
			break
		}
		file, line = head, n
	}
	file = path.Clean(file)
	if root := path.Clean(filepath.ToSlash(s.tree.Root)); root != "." && !s.tree.Has(file) {
		file = strings.TrimPrefix(file, root+"/")
	}
	return spot{file, line}
}

func cutLast(text, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(text, sep); i >= 0 {
		return text[:i], text[i+len(sep):], true
	}
	return text, "", false
}

// holds tells whether a finding stands at the place, with its own line or one of its steps.
func (p spot) holds(f *finding.Finding) bool {
	in := func(path string, from, to int) bool {
		return path == p.path && (p.line == 0 || from <= p.line && p.line <= max(from, to))
	}
	if in(f.Location.Path, f.Location.Line, f.Location.EndLine) {
		return true
	}
	for i := range f.Steps {
		if st := &f.Steps[i]; p.line != 0 && in(st.Path, st.Line, st.EndLine) {
			return true
		}
	}
	return false
}
