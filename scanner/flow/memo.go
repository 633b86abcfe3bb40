package flow

import (
	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Functions that remember their answers: what they read is read from the copy that a decorator keeps.

// remembered notes that what was read since start came from the cache of a function.
func (in *interp) remembered(fn *program.Function, how string, start int) {
	seconds := in.keptFor(fn)
	for i := start; i < len(in.Ops); i++ {
		op := &in.Ops[i]
		rare := op.Own()
		rare.Cached = how
		if op.Kind == interleave.Read || op.Kind == interleave.Refresh {
			rare.Seconds = seconds
		}
	}
}

// keptFor is how many seconds the cache of a function keeps an answer, as far as its decorators say so: @cached(ttl=60),
// @cache(expire=60), @cached(TTLCache(maxsize=100, ttl=60)).
func (in *interp) keptFor(fn *program.Function) float64 {
	if fn.Def == nil {
		return 0
	}
	for _, d := range fn.Def.Decorators {
		if c, ok := d.(*python.Call); ok {
			if s := in.limitOf(fn, c, 0); s > 0 {
				return s
			}
		}
	}
	return 0
}

func (in *interp) limitOf(fn *program.Function, c *python.Call, depth int) float64 {
	for _, k := range c.Keywords {
		switch k.Name {
		case "ttl", "expire", "ttl_seconds":
			seconds, _ := effects.Seconds(in.quiet(program.Scope{Module: fn.Module}, k.Value))
			return seconds
		case "cache":
			if inner, ok := k.Value.(*python.Call); ok && depth == 0 {
				return in.limitOf(fn, inner, 1)
			}
		}
	}
	if depth == 1 && len(c.Args) > 1 {
		seconds, _ := effects.Seconds(in.quiet(program.Scope{Module: fn.Module}, c.Args[1]))
		return seconds
	}
	if depth == 0 && len(c.Args) > 0 {
		if inner, ok := c.Args[0].(*python.Call); ok {
			return in.limitOf(fn, inner, 1)
		}
	}
	return 0
}

// cachedCell names the place of a cache where the answer to these arguments is kept.
func cachedCell(fn *program.Function, args []*value, kw []effects.Keyword) string {
	return fn.Module.Name + "." + spelled(fn.Qualname, args, kw)
}

// stamped tells whether a cached function is asked with a version of what it answers: another version is another entry.
func stamped(args []*value) bool {
	for _, a := range args {
		if a.Src != 0 && effects.NamesVersion(a.SrcCol) {
			return true
		}
	}
	return false
}
