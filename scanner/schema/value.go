package schema

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// option is one text that an expression can have; rank tells how likely a deployment has it.
type option struct {
	text  string
	rank  int
	place Place
}

// The ranks of options. A value of an environment file outranks the default in the code.
const (
	rankExample = iota + 1
	rankAnnotated
	rankDefault
	rankDockerEnv
	rankDotenv
	rankCompose
	rankLiteral
)

// The budget of one evaluation.
const (
	maxOptions = 8
	maxSteps   = 400
	maxNesting = 14
)

// options evaluates an expression to the texts it can have, as far as the source tells. Unknown parts of a text are
// written "{}", so that the beginning of a URL survives an unknown password.
func (r *reader) options(s program.Scope, e python.Expr) []option {
	r.steps = 0
	return r.eval(s, e, 0)
}

// text is the one text of an expression that is constant.
func (r *reader) text(s program.Scope, e python.Expr) (string, bool) {
	for _, o := range r.options(s, e) {
		if !strings.Contains(o.text, "{}") {
			return o.text, true
		}
	}
	return "", false
}

func (r *reader) eval(s program.Scope, e python.Expr, depth int) []option {
	r.steps++
	if e == nil || depth > maxNesting || r.steps > maxSteps {
		return nil
	}
	switch e := e.(type) {
	case *python.Constant:
		if text, ok := e.Str(); ok {
			return []option{{text, rankLiteral, r.place(s.Module, e)}}
		}
	case *python.JoinedStr:
		return r.evalJoined(s, e, depth)
	case *python.BinOp:
		return r.evalBinOp(s, e, depth)
	case *python.BoolOp:
		return r.evalAll(s, e.Values, depth)
	case *python.IfExp:
		return r.evalAll(s, []python.Expr{e.Body, e.Else}, depth)
	case *python.Await:
		return r.eval(s, e.Value, depth+1)
	case *python.NamedExpr:
		return r.eval(s, e.Value, depth+1)
	case *python.Name:
		return r.evalName(s, e, depth)
	case *python.Attribute:
		return r.evalAttribute(s, e, depth)
	case *python.Subscript:
		return r.evalSubscript(s, e, depth)
	case *python.Call:
		return r.evalCall(s, e, depth)
	}
	return nil
}

func (r *reader) evalAll(s program.Scope, list []python.Expr, depth int) []option {
	var all []option
	for _, e := range list {
		all = append(all, r.eval(s, e, depth+1)...)
	}
	return all[:min(len(all), maxOptions)]
}

// combine appends every option of the next part to every text so far.
func combine(heads, tails []option) []option {
	if len(tails) == 0 {
		tails = []option{{"{}", rankLiteral, Place{}}}
	}
	var out []option
	for _, h := range heads {
		for _, t := range tails {
			if len(out) < maxOptions {
				place := h.place
				if place.Path == "" {
					place = t.place
				}
				out = append(out, option{h.text + t.text, min(h.rank, t.rank), place})
			}
		}
	}
	return out
}

func (r *reader) evalJoined(s program.Scope, j *python.JoinedStr, depth int) []option {
	out := []option{{"", rankLiteral, r.place(s.Module, j)}}
	for _, part := range j.Values {
		if v, ok := part.(*python.FormattedValue); ok {
			tails := r.eval(s, v.Value, depth+1)
			if strings.Contains(out[0].text, "://") { // behind the scheme one option is enough
				tails = tails[:min(len(tails), 1)]
			}
			for i := range tails {
				if strings.Contains(out[0].text, "://") {
					tails[i].rank = rankLiteral // the host or password decides nothing
				}
			}
			out = combine(out, tails)
			continue
		}
		out = combine(out, r.eval(s, part, depth+1))
	}
	return out
}

func (r *reader) evalBinOp(s program.Scope, e *python.BinOp, depth int) []option {
	left := r.eval(s, e.Left, depth+1)
	if e.Op == python.Mod {
		return left
	}
	if e.Op != python.Add || len(left) == 0 {
		return nil
	}
	return combine(left, r.eval(s, e.Right, depth+1))
}

func (r *reader) evalName(s program.Scope, e *python.Name, depth int) []option {
	if s.Function != nil && s.Function.Local[e.ID] {
		return r.evalLocal(s, e.ID, depth)
	}
	return r.evalRef(r.p.Lookup(s, e.ID), e.ID, depth)
}

// evalLocal evaluates what the function assigns to a local name, or the default of a parameter.
func (r *reader) evalLocal(s program.Scope, name string, depth int) []option {
	for _, p := range s.Function.Params {
		if p.Name == name && p.Default != nil {
			return r.eval(program.Scope{Module: s.Module, Class: s.Class}, p.Default, depth+1)
		}
	}
	if s.Function.Def == nil {
		return nil
	}
	var all []option
	assignments(s.Function.Def.Body, func(target string, value python.Expr) {
		if target == name && len(all) < maxOptions {
			all = append(all, r.eval(s, value, depth+1)...)
		}
	})
	return all
}

func (r *reader) evalRef(ref program.Ref, name string, depth int) []option {
	switch {
	case ref.Kind == program.ToValue && ref.Binding != nil:
		return r.evalBinding(program.Scope{Module: ref.Module, Class: ref.Class}, ref.Binding, name, depth)
	case ref.Kind == program.ToFunction && ref.Function != nil:
		return r.evalFunction(ref.Function, depth)
	}
	return nil
}

func (r *reader) evalFunction(f *program.Function, depth int) []option {
	return r.evalAll(program.Scope{Module: f.Module, Function: f, Class: f.Class}, returns(f), depth)
}

// evalBinding evaluates a module variable or a field. A field of a settings class can be set from outside under its
// own name.
func (r *reader) evalBinding(s program.Scope, b *program.Binding, name string, depth int) []option {
	var all []option
	inherited := s.Class != nil || b.Value == nil
	if inherited && b.Element < 0 {
		all = r.environment(r.envPrefix(s.Class) + name)
	}
	if b.Value != nil && b.Element < 0 {
		for _, o := range r.eval(s, b.Value, depth+1) {
			if inherited {
				o.rank = min(o.rank, rankDefault)
			}
			all = append(all, o)
		}
	}
	if b.Annotation != nil {
		if scheme := dsnScheme(lastName(r.annotated(s, b.Annotation))); scheme != "" {
			all = append(all, option{scheme + "://{}", rankAnnotated, r.place(s.Module, b.Annotation)})
		}
	}
	return all[:min(len(all), maxOptions)]
}

// annotated is the first type that an annotation names beside None.
func (r *reader) annotated(s program.Scope, e python.Expr) python.Expr {
	switch e := e.(type) {
	case *python.BinOp:
		return r.annotated(s, e.Left)
	case *python.Subscript:
		if first := elements(e.Slice); len(first) > 0 {
			return r.annotated(s, first[0])
		}
	}
	return e
}

// dsnScheme is the scheme that a pydantic URL type stands for.
func dsnScheme(name string) string {
	switch name {
	case "PostgresDsn", "AsyncPostgresDsn":
		return "postgresql"
	case "MySQLDsn":
		return "mysql"
	case "MariaDBDsn":
		return "mariadb"
	case "MongoDsn":
		return "mongodb"
	case "CockroachDsn":
		return "cockroachdb"
	}
	return ""
}

// envPrefix is what a settings class puts before the names of its variables.
func (r *reader) envPrefix(c *program.Class) string {
	if c == nil {
		return ""
	}
	if b, owner := c.Attr("model_config"); b != nil {
		prefix := r.entry(bodyScope(owner), b.Value, "env_prefix")
		if call, ok := b.Value.(*python.Call); ok {
			prefix = keyword(call, "env_prefix")
		}
		text, _ := constText(prefix)
		return text
	}
	if b, _ := c.Attr("Config"); b != nil && b.Class != nil && b.Class.Names["env_prefix"] != nil {
		text, _ := constText(b.Class.Names["env_prefix"].Value)
		return text
	}
	return ""
}

// environment gives the values that the configuration files have for a variable, also under a prefix.
func (r *reader) environment(name string) []option {
	ranks := map[int]int{fromExample: rankExample, fromDockerfile: rankDockerEnv, fromDotenv: rankDotenv, fromCompose: rankCompose}
	upper := strings.ToUpper(name)
	for _, key := range []string{name, upper, "APP_" + upper, "API_" + upper} {
		if e := r.f.envBest(key); e != nil && !e.test {
			text := r.f.expand(e.value, 0)
			if strings.HasPrefix(text, "{") { // set from outside the files
				continue
			}
			return []option{{text, ranks[e.rank], e.place}}
		}
	}
	return nil
}

func (r *reader) evalAttribute(s program.Scope, e *python.Attribute, depth int) []option {
	if ref := r.p.Resolve(s, e); ref.Kind == program.ToValue || ref.Kind == program.ToFunction {
		if options := r.evalRef(ref, e.Attr, depth); len(options) > 0 {
			return options
		}
	}
	if c := r.classOf(s, e.Value, depth+1); c != nil {
		return r.evalField(c, e.Attr, depth)
	}
	return nil
}

// evalField evaluates an attribute or property of an object of a class.
func (r *reader) evalField(c *program.Class, name string, depth int) []option {
	b, owner := c.Attr(name)
	if b == nil {
		return r.environment(name)
	}
	if b.Function != nil {
		return r.evalFunction(b.Function, depth)
	}
	options := r.evalBinding(program.Scope{Module: owner.Module, Class: owner}, b, name, depth)
	if len(options) == 0 {
		return r.evalValidators(c, name, depth)
	}
	return options
}

// evalValidators evaluates what the validators of a settings field return: the usual way to assemble a URL.
func (r *reader) evalValidators(c *program.Class, name string, depth int) []option {
	for _, method := range c.Order {
		b := c.Names[method]
		if b == nil || b.Function == nil || b.Function.Def == nil {
			continue
		}
		for _, d := range b.Function.Def.Decorators {
			call, ok := d.(*python.Call)
			if !ok || !strings.HasSuffix(lastName(call.Func), "validator") {
				continue
			}
			for _, a := range call.Args {
				if text, ok := constText(a); ok && text == name {
					return r.evalFunction(b.Function, depth)
				}
			}
		}
	}
	return nil
}

func constText(e python.Expr) (string, bool) {
	if c, ok := e.(*python.Constant); ok {
		return c.Str()
	}
	return "", false
}

// evalSubscript reads os.environ["X"], and values["X"] of a settings validator.
func (r *reader) evalSubscript(s program.Scope, e *python.Subscript, depth int) []option {
	key, ok := constText(e.Slice)
	if !ok {
		return nil
	}
	if c := ownerOf(s); c != nil {
		if b, _ := c.Attr(key); b != nil {
			return r.evalField(c, key, depth+1)
		}
	}
	if d, ok := r.dictOf(s, e.Value); ok {
		for i, k := range d.Keys {
			if text, ok := constText(k); ok && text == key {
				return r.eval(s, d.Values[i], depth+1)
			}
		}
	}
	return r.environment(key)
}

// ownerOf is the class of the method in which an expression stands.
func ownerOf(s program.Scope) *program.Class {
	if s.Function != nil {
		return s.Function.Class
	}
	return nil
}

func (r *reader) dictOf(s program.Scope, e python.Expr) (*python.Dict, bool) {
	if ref := r.p.Resolve(s, e); ref.Kind == program.ToValue && ref.Binding != nil {
		d, ok := ref.Binding.Value.(*python.Dict)
		return d, ok
	}
	return nil, false
}

// joined is the text of an f-string with holes {name} for its values, as package sql reads them.
// madeOf is the one word that a call of which nothing else is known is given, and makes a name of: {db.with_schema("invoices")}.
func madeOf(e python.Expr) string {
	call, ok := e.(*python.Call)
	if !ok || len(call.Args) != 1 || len(call.Keywords) > 0 {
		return ""
	}
	c, ok := call.Args[0].(*python.Constant)
	if !ok || c.Kind != python.ConstStr {
		return ""
	}
	text, _ := c.Str()
	for _, x := range text {
		if x != '_' && (x < 'a' || x > 'z') && (x < '0' || x > '9') {
			return ""
		}
	}
	return text
}

func (r *reader) joined(s program.Scope, j *python.JoinedStr) string {
	var b strings.Builder
	for _, v := range j.Values {
		switch v := v.(type) {
		case *python.Constant:
			text, _ := v.Str()
			b.WriteString(text)
		case *python.FormattedValue:
			if text, ok := r.text(s, v.Value); ok && !strings.Contains(text, "'") {
				b.WriteString(text)
			} else if text := madeOf(v.Value); text != "" {
				b.WriteString(text)
			} else {
				b.WriteString("{}")
			}
		}
		if b.Len() > maxText {
			break
		}
	}
	return b.String()
}
