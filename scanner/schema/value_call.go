package schema

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

func (r *reader) evalCall(s program.Scope, e *python.Call, depth int) []option {
	name := lastName(e.Func)
	switch name {
	case "create", "build", "set", "URL": // URL.create("postgresql+asyncpg", …), PostgresDsn.build(scheme=…)
		for _, k := range []string{"drivername", "scheme"} {
			if v := keyword(e, k); v != nil {
				return combine(r.eval(s, v, depth+1), []option{{"://{}", rankLiteral, Place{}}})
			}
		}
		if len(e.Args) > 0 && name != "set" {
			return combine(r.eval(s, e.Args[0], depth+1), []option{{"://{}", rankLiteral, Place{}}})
		}
	case "replace":
		return r.evalReplace(s, e, depth)
	case "Field", "field":
		for _, k := range []string{"default", "default_factory"} {
			if v := keyword(e, k); v != nil {
				return r.eval(s, v, depth+1)
			}
		}
	}
	if variable, ok := environmentCall(e); ok {
		options := r.environment(variable)
		for _, o := range r.eval(s, argument(e, 1, "default"), depth+1) {
			o.rank = min(o.rank, rankDefault)
			options = append(options, o)
		}
		return options
	}
	if ref := r.p.Resolve(s, e.Func); ref.Kind == program.ToFunction && ref.Function != nil {
		if options := r.evalFunction(ref.Function, depth); len(options) > 0 {
			return options
		}
	}
	if a, ok := e.Func.(*python.Attribute); ok { // url.get_secret_value(), str.format, settings.dsn()
		if c := r.classOf(s, a.Value, depth+1); c != nil {
			return r.evalField(c, a.Attr, depth)
		}
		if options := r.eval(s, a.Value, depth+1); len(options) > 0 {
			return options
		}
	}
	if len(e.Args) > 0 { // str(url), make_url(url), SecretStr("…")
		return r.eval(s, e.Args[0], depth+1)
	}
	return nil
}

// environmentCall recognises a look-up of an environment variable by its shape: os.getenv("X", …), config("X", default=…).
func environmentCall(e *python.Call) (string, bool) {
	if len(e.Args) == 0 {
		return "", false
	}
	name, ok := constText(e.Args[0])
	if !ok || len(name) < 2 || strings.ToUpper(name) != name || strings.ContainsAny(name, ":/ .") {
		return "", false
	}
	return name, true
}

func (r *reader) evalReplace(s program.Scope, e *python.Call, depth int) []option {
	a, ok := e.Func.(*python.Attribute)
	if !ok || len(e.Args) < 2 {
		return nil
	}
	options := r.eval(s, a.Value, depth+1)
	from, okFrom := constText(e.Args[0])
	to, okTo := constText(e.Args[1])
	if okFrom && okTo && from != "" && len(to) < 200 {
		for i := range options {
			if len(options[i].text) < 4096 {
				options[i].text = strings.ReplaceAll(options[i].text, from, to)
			}
		}
	}
	return options
}
