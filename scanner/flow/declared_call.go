package flow

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
)

// What is known of a function or a context manager by its declaration alone: `session_factory: Callable[..., AbstractContextManager[Session]]`
// is called and entered, and nobody sees by whom it was written.

// declaredCall gives what a call of something gives of which only `Callable[…, X]` is known, or nil.
func (in *interp) declaredCall(callee *value) *value {
	if callee.Kind != effects.Unknown || callee.Type() == nil {
		return nil
	}
	t := callee.Type()
	if !isTypingName(t.Ref.Qual, "Callable") || len(t.Args) != 2 {
		return nil
	}
	return in.declaredResult(&t.Args[1], callee.Sym, "Awaitable", "Coroutine")
}

// declaredContext gives what entering a manager gives of which only `AbstractContextManager[X]` is known, or nil.
func (in *interp) declaredContext(v *value) *value {
	if v.Kind != effects.Unknown || v.Type() == nil {
		return nil
	}
	for _, name := range [...]string{"AbstractContextManager", "AbstractAsyncContextManager", "ContextManager", "AsyncContextManager"} {
		if t := v.Type(); isTypingName(t.Ref.Qual, name) && len(t.Args) > 0 {
			return in.declaredResult(&t.Args[0], v.Sym)
		}
	}
	return nil
}

// declaredResult is something new at every call. What a wrapper holds is its last argument.
func (in *interp) declaredResult(t *program.Type, sym string, wrappers ...string) *value {
	for _, w := range wrappers {
		if isTypingName(t.Ref.Qual, w) && len(t.Args) > 0 {
			t = &t.Args[len(t.Args)-1]
		}
	}
	v := in.typed(t, in.Fresh(sym+"()"))
	if v.Kind == effects.Unknown && v.Type() == nil {
		return nil
	}
	return v
}

func isTypingName(qual, name string) bool {
	switch strings.TrimSuffix(qual, "."+name) {
	case "typing", "typing_extensions", "collections.abc", "contextlib":
		return true
	}
	return false
}
