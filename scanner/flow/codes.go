package flow

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// What an exception of the project is answered with: a code that its class has, or that of the handler which is registered for it.

// codesOf are the names that stand for the code by which an exception of a class is answered: Forbidden for 403, TooMany for 429.
func (in *interp) codesOf(c *program.Class) []string {
	in.prog.looks.class(c)
	code := ""
	for _, name := range [...]string{"status_code", "status", "http_status", "code"} {
		if b, _ := c.Attr(name); b != nil && b.Value != nil {
			code = codeOf(b.Value)
			break
		}
	}
	if code == "" {
		code = in.handledWith(c)
	}
	switch code {
	case "403":
		return []string{effects.Forbidden}
	case "429":
		return []string{effects.TooMany}
	}
	return nil
}

// handledWith is the code that the handler of the nearest base of an exception answers with, "" when it is not told.
func (in *interp) handledWith(c *program.Class) string {
	for _, k := range c.MRO() {
		for _, h := range in.app.Handlers {
			if h.Class.Class == k && h.Function != nil && h.Function.Def != nil {
				in.prog.looks.function(h.Function)
				return codeGiven(h.Function.Def)
			}
		}
	}
	return ""
}

// codeGiven is the one code that a handler gives, "" where it is none or not the only one.
func codeGiven(def *python.FunctionDef) string {
	found, several := "", false
	note := func(e python.Expr) {
		if code := codeOf(e); code != "" {
			several = several || found != "" && found != code
			found = code
		}
	}
	for _, s := range def.Body {
		python.Walk(s, func(n python.Node) bool {
			call, ok := n.(*python.Call)
			if !ok {
				return true
			}
			for _, k := range call.Keywords {
				if k.Name == "status_code" {
					note(k.Value)
				}
			}
			if len(call.Args) == 2 {
				note(call.Args[1]) // JSONResponse(content, 403)
			}
			return true
		})
	}
	if several {
		return ""
	}
	return found
}

// codeOf is the code of HTTP that an expression says: 403, status.HTTP_403_FORBIDDEN, HTTPStatus.FORBIDDEN.
func codeOf(e python.Expr) string {
	name := ""
	switch e := e.(type) {
	case *python.Constant:
		if len(e.Raw) == 3 && e.Raw[0] >= '1' && e.Raw[0] <= '5' {
			return e.Raw
		}
	case *python.Name:
		name = e.ID
	case *python.Attribute:
		name = e.Attr
	}
	switch {
	case name == "FORBIDDEN":
		return "403"
	case name == "TOO_MANY_REQUESTS":
		return "429"
	case strings.HasPrefix(name, "HTTP_") && len(name) >= 8:
		return name[5:8]
	}
	return ""
}
