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

// assignments visits the assignments to plain names in a function's own statements.
func assignments(body []python.Stmt, visit func(target string, value python.Expr)) {
	for _, st := range body {
		switch st := st.(type) {
		case *python.Assign:
			for _, t := range st.Targets {
				if n, ok := t.(*python.Name); ok {
					visit(n.ID, st.Value)
				}
			}
		case *python.AnnAssign:
			if n, ok := st.Target.(*python.Name); ok && st.Value != nil {
				visit(n.ID, st.Value)
			}
		case *python.ClassDef, *python.FunctionDef:
		default:
			for _, b := range blocks(st) {
				assignments(b, visit)
			}
		}
	}
}

// blocks are the statement lists inside a compound statement.
func blocks(st python.Stmt) [][]python.Stmt {
	switch st := st.(type) {
	case *python.If:
		return [][]python.Stmt{st.Body, st.Else}
	case *python.For:
		return [][]python.Stmt{st.Body, st.Else}
	case *python.While:
		return [][]python.Stmt{st.Body, st.Else}
	case *python.With:
		return [][]python.Stmt{st.Body}
	case *python.Try:
		list := [][]python.Stmt{st.Body}
		for _, h := range st.Handlers {
			list = append(list, h.Body)
		}
		return append(list, st.Else, st.Finally)
	case *python.Match:
		var list [][]python.Stmt
		for _, c := range st.Cases {
			list = append(list, c.Body)
		}
		return list
	case *python.BadStmt:
		return [][]python.Stmt{st.Body}
	}
	return nil
}

// returns lists the returned expressions of a function, its own only.
func returns(f *program.Function) []python.Expr {
	if f.Lambda != nil {
		return []python.Expr{f.Lambda.Body}
	}
	if f.Def == nil {
		return nil
	}
	var list []python.Expr
	var walk func([]python.Stmt)
	walk = func(body []python.Stmt) {
		for _, st := range body {
			switch st := st.(type) {
			case *python.Return:
				if st.Value != nil {
					list = append(list, st.Value)
				}
			case *python.FunctionDef, *python.ClassDef:
			default:
				for _, b := range blocks(st) {
					walk(b)
				}
			}
		}
	}
	walk(f.Def.Body)
	return list
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
		all = r.environment(name)
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
	for _, b := range c.Names {
		if b.Function == nil || b.Function.Def == nil {
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

// classOf finds the class of an object: self, an instance made by its class, a function that returns one, or an
// annotated name.
func (r *reader) classOf(s program.Scope, e python.Expr, depth int) *program.Class {
	r.steps++
	if depth > maxNesting || r.steps > maxSteps {
		return nil
	}
	switch e := e.(type) {
	case *python.Name:
		if f := s.Function; f != nil && f.Class != nil && len(f.Params) > 0 && f.Params[0].Name == e.ID {
			return f.Class
		}
		return r.classOfName(s, e, depth)
	case *python.Call:
		ref := r.p.Resolve(s, e.Func)
		if ref.Kind == program.ToClass {
			return ref.Class
		}
		if ref.Kind == program.ToFunction && ref.Function != nil {
			return r.classReturned(ref.Function, depth)
		}
	case *python.Attribute:
		if ref := r.p.Resolve(s, e); ref.Kind == program.ToClass {
			return ref.Class
		} else if ref.Kind == program.ToValue && ref.Binding != nil {
			return r.classOfBinding(program.Scope{Module: ref.Module, Class: ref.Class}, ref.Binding, depth)
		}
		if c := r.classOf(s, e.Value, depth+1); c != nil {
			if b, owner := c.Attr(e.Attr); b != nil {
				return r.classOfBinding(program.Scope{Module: owner.Module, Class: owner}, b, depth)
			}
		}
	}
	return nil
}

func (r *reader) classOfName(s program.Scope, e *python.Name, depth int) *program.Class {
	if f := s.Function; f != nil && f.Local[e.ID] {
		for _, p := range f.Params {
			if p.Name == e.ID && p.Annotation != nil {
				return r.p.Annotation(s, p.Annotation).Ref.Class
			}
		}
		var found *program.Class
		if f.Def != nil {
			assignments(f.Def.Body, func(target string, value python.Expr) {
				if target == e.ID && found == nil {
					found = r.classOf(s, value, depth+1)
				}
			})
		}
		return found
	}
	ref := r.p.Lookup(s, e.ID)
	switch {
	case ref.Kind == program.ToClass:
		return ref.Class
	case ref.Kind == program.ToValue && ref.Binding != nil:
		return r.classOfBinding(program.Scope{Module: ref.Module, Class: ref.Class}, ref.Binding, depth)
	}
	return nil
}

func (r *reader) classOfBinding(s program.Scope, b *program.Binding, depth int) *program.Class {
	if b.Class != nil {
		return b.Class
	}
	if b.Function != nil {
		return r.classReturned(b.Function, depth)
	}
	if b.Value != nil {
		if c := r.classOf(s, b.Value, depth+1); c != nil {
			return c
		}
	}
	if b.Annotation != nil {
		return r.p.Annotation(s, b.Annotation).Ref.Class
	}
	return nil
}

func (r *reader) classReturned(f *program.Function, depth int) *program.Class {
	s := program.Scope{Module: f.Module, Function: f, Class: f.Class}
	if f.Def != nil && f.Def.Returns != nil {
		if c := r.p.Annotation(program.Scope{Module: f.Module, Class: f.Class}, f.Def.Returns).Ref.Class; c != nil {
			return c
		}
	}
	for _, e := range returns(f) {
		if c := r.classOf(s, e, depth+1); c != nil {
			return c
		}
	}
	return nil
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

// joined is the text of an f-string with holes {name} for its values, as package sql reads them.
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
