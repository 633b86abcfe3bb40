package flow

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Digests that are made piece by piece: `sha = hashlib.sha256()`, and sha.update(block) for each block. What the digest says in the end derives
// from all of the pieces.

// digestName is the Name of a value that is such a digest.
const digestName = "hashlib"

// digest is what a function of hashlib makes of what it is given, nil for other functions.
func digest(callee *value, args []*value, kw []effects.Keyword) *value {
	if !strings.HasPrefix(callee.Ref().Qual, "hashlib.") {
		return nil
	}
	v := unknownCall(callee, args, kw)
	v.Name = digestName
	return v
}

// fed lets a digest that has a name here derive from what it is given.
func (in *interp) fed(f *frame, e *python.Call, args []*value) {
	a, ok := e.Func.(*python.Attribute)
	if !ok || a.Attr != "update" || len(args) != 1 {
		return
	}
	name, ok := a.Value.(*python.Name)
	if !ok {
		return
	}
	if v := f.vars.get(name.ID); v != nil && v.Kind == effects.Unknown && v.Name == digestName {
		f.set(name.ID, v.Depending(args[0].AllDeps()))
	}
}
