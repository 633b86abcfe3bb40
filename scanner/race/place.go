package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Places: the paths and addresses that two requests use. Each is a text in which {x} stands for what is not known.

// samePlace tells whether two texts can name the same thing for some pair of requests: what begins them must be equal, and
// every further name must be able to be.
func samePlace(a, b string) bool {
	if a == b {
		return true
	}
	x, y := names(a), names(b)
	if len(x) != len(y) || len(x) == 0 || x[0] != y[0] {
		return false
	}
	for i := 1; i < len(x); i++ {
		if !mayEqual(x[i], y[i]) {
			return false
		}
	}
	return true
}

// below tells whether a path can lie below a directory, or be it.
func below(dir, path string) bool {
	x, y := names(dir), names(path)
	if len(x) == 0 || len(x) > len(y) || x[0] != y[0] {
		return false
	}
	for i := 1; i < len(x); i++ {
		if !mayEqual(x[i], y[i]) {
			return false
		}
	}
	return true
}

// names splits a path at the slashes that stand outside of what is not known.
func names(path string) []string {
	var out []string
	depth, start := 0, 0
	for i := 0; i < len(path); i++ {
		switch path[i] {
		case '{':
			depth++
		case '}':
			depth--
		case '/':
			if depth == 0 && i > 0 {
				out = append(out, path[start:i])
				start = i + 1
			}
		}
	}
	return append(out, path[start:])
}

// mayEqual tells whether two names can be equal: by what is known at their beginnings and ends. A name that is one request's
// own equals no other.
func mayEqual(a, b string) bool {
	if strings.Contains(a, "#") || strings.Contains(b, "#") {
		return a == b
	}
	open, other := strings.IndexByte(a, '{'), strings.IndexByte(b, '{')
	if open < 0 && other < 0 {
		return a == b
	}
	heads, tails := head(a, open), head(b, other)
	if !strings.HasPrefix(heads, tails) && !strings.HasPrefix(tails, heads) {
		return false
	}
	endA, endB := tail(a), tail(b)
	return strings.HasSuffix(endA, endB) || strings.HasSuffix(endB, endA)
}

func head(s string, open int) string {
	if open < 0 {
		return s
	}
	return s[:open]
}

func tail(s string) string { return s[strings.LastIndexByte(s, '}')+1:] }

// toldOnce keeps one of two races in which something is looked for, done and then noted: that the note is made twice says all; where a
// key refuses the second one, that it was done twice does.
func toldOnce(races []*Race) []*Race {
	other := func(r *Race, relation Relation, twice bool) bool {
		return slices.ContainsFunc(races, func(x *Race) bool {
			return x.Relation == relation && x.Read == r.Read && (x.Verdict.Outcome == interleave.Race) == twice && (relation == SetInsert || x.OnlyIfMissing())
		})
	}
	return slices.DeleteFunc(slices.Clone(races), func(r *Race) bool {
		switch {
		case r.Op(r.Read).Res.Store != interleave.Table && !isDocument(r.Op(r.Read)):
		case r.Relation == RowEffect && r.OnlyIfMissing():
			return other(r, SetInsert, true)
		case r.Relation == SetInsert && r.Verdict.Outcome != interleave.Race:
			return other(r, RowEffect, true)
		}
		return false
	})
}

// WorksBetween tells whether something that cannot be taken back is done between the look and the row that notes it, and because nothing
// was found: a payment, or a call of another service under a key that the caller presents.
func (r *Race) WorksBetween() bool {
	return slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		return i > r.Read && i < r.Act && op.Kind == interleave.Effect && (op.External == "payment" || op.External == "http" && !op.Guess && r.Presented()) && r.follows(i)
	})
}

// withoutPreludes drops the question whether a file is there, where its content was read as well and goes into what is
// written: that is one race, and the content tells more of it.
func withoutPreludes(races []*Race) []*Race {
	return slices.DeleteFunc(races, func(r *Race) bool {
		read := r.Op(r.Read)
		return read.Res.Store == interleave.File && read.Res.Aggregate == interleave.Exists && slices.ContainsFunc(races, func(x *Race) bool {
			return x.Act == r.Act && x.Derived && x.Op(x.Read).Res.Key == read.Res.Key && x.Op(x.Read).Res.Aggregate == interleave.Rows
		})
	})
}
