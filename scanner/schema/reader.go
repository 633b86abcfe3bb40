package schema

import (
	"path"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Read learns the schema from a program and the configuration files beside it.
func Read(p *program.Program, configs []Config) *Schema { return ReadStated(p, configs, Stated{}) }

// Stated is what the user says about the database. It goes before what is read.
type Stated struct{ Engine, Isolation string }

// ReadStated is Read for a project whose user states engine or level.
func ReadStated(p *program.Program, configs []Config, stated Stated) *Schema {
	r := newReader(p, configs)
	r.stated = stated
	r.models()
	r.indexCalls()
	r.migrations()
	r.relate()
	r.engine()
	r.servers()
	r.finish()
	return r.s
}

// reader gathers the schema.
type reader struct {
	p     *program.Program
	s     *Schema
	f     *facts
	byDef map[*python.FunctionDef]*program.Function
	// byName lists classes by their bare name, for relationships that name their target in a string.
	byName map[string][]*program.Class
	state  map[*program.Class]modelState
	calls  []foundCall // of the modules that can say something about the database
	texts  []foundText
	// keyCalls are the Index(…) and UniqueConstraint(…) calls that were read as part of a table.
	keyCalls map[*python.Call]bool
	steps    int // of evaluation, a budget
	stated   Stated
}

type foundCall struct {
	scope program.Scope
	call  *python.Call
	name  string // last part of the callee
}

// foundText is a string that looks like the definition of a table or index.
type foundText struct {
	scope program.Scope
	node  python.Expr
	text  string
}

func newReader(p *program.Program, configs []Config) *reader {
	r := &reader{p: p, f: readConfigs(configs), state: map[*program.Class]modelState{}, keyCalls: map[*python.Call]bool{},
		byDef: map[*python.FunctionDef]*program.Function{}, byName: map[string][]*program.Class{},
		s: &Schema{Tables: map[string]*Table{}, ByClass: map[*program.Class]*Table{}, ByCall: map[*python.Call]*Table{},
			Sessions: map[*python.Call]*SessionInfo{}, Versions: map[string]string{}, Minimum: map[string]string{}, folded: map[string]*Table{}}}
	for _, f := range p.Functions {
		if f.Def != nil {
			r.byDef[f.Def] = f
		}
	}
	byClassDef := map[*python.ClassDef]*program.Class{}
	for _, c := range p.Classes {
		r.byName[c.Name] = append(r.byName[c.Name], c)
		byClassDef[c.Def] = c
	}
	for _, m := range p.Modules {
		if m.File == nil || isTestPath(m.File.Path) && path.Base(m.File.Path) != "conftest.py" {
			continue
		}
		w := &walker{scope: program.Scope{Module: m}, byDef: r.byDef, class: byClassDef, call: r.foundCall, text: r.foundText, joint: r.foundJoined}
		w.body(m.File.Body)
	}
	return r
}

// wanted are the calls that are looked at, by the last part of the name.
var wanted = map[string]bool{
	"create_engine": true, "create_async_engine": true, "async_engine_from_config": true, "engine_from_config": true, "sessionmaker": true,
	"async_sessionmaker": true, "scoped_session": true, "Session": true, "AsyncSession": true, "listens_for": true, "listen": true,
	"run": true, "create_index": true, "create_indexes": true, "Index": true, "UniqueConstraint": true, "Table": true, "Database": true,
	"connect": true, "create_pool": true, "init": true, "register_tortoise": true, "RegisterTortoise": true, "AsyncIOMotorClient": true,
	"AsyncMongoClient": true, "MongoClient": true, "ConnectionPool": true, "AsyncConnectionPool": true, "PooledPostgresqlDatabase": true,
	"PostgresqlDatabase": true, "MySQLDatabase": true, "PooledMySQLDatabase": true, "SqliteDatabase": true, "execution_options": true,
	"SQLAlchemy": true, "map_imperatively": true, "exec_driver_sql": true, "init_beanie": true,
}

func (r *reader) foundCall(s program.Scope, c *python.Call) {
	name := lastName(c.Func)
	if !wanted[name] {
		n, ok := c.Func.(*python.Name)
		if !ok {
			return
		}
		b := s.Module.Names[n.ID]
		if b == nil || b.Import == nil || !wanted[b.Import.Name] {
			return
		}
		name = b.Import.Name // renamed by its import
	}
	r.calls = append(r.calls, foundCall{s, c, name})
}

// maxText is the size up to which a string is taken for SQL.
const maxText = 1 << 18

func (r *reader) foundText(s program.Scope, c *python.Constant) {
	if len(c.Raw) > maxText || !definesTable(c.Raw) {
		return
	}
	if text, ok := c.Str(); ok {
		r.texts = append(r.texts, foundText{s, c, text})
	}
}

func (r *reader) foundJoined(s program.Scope, j *python.JoinedStr) {
	for _, v := range j.Values { // evaluating every f-string would be dear
		if c, ok := v.(*python.Constant); ok && len(c.Raw) < maxText && definesTable(c.Raw) {
			r.texts = append(r.texts, foundText{s, j, r.joined(s, j)})
			return
		}
	}
}

func definesTable(text string) bool {
	if len(text) < 12 {
		return false
	}
	head := strings.ToLower(text[:min(len(text), 4096)])
	return strings.Contains(head, "create table") || strings.Contains(head, "create unique") || strings.Contains(head, "alter table") ||
		strings.Contains(head, "drop index") || strings.Contains(head, "create temp")
}

// lastName is the last part of a callee as written.
func lastName(e python.Expr) string {
	switch e := e.(type) {
	case *python.Name:
		return e.ID
	case *python.Attribute:
		return e.Attr
	case *python.Subscript: // sessionmaker[Session](…)
		return lastName(e.Value)
	}
	return ""
}

func lastPart(qual string) string { return qual[strings.LastIndexByte(qual, '.')+1:] }

// calleeName is the last part of what a callee means: of the qualified name where it is known, otherwise as written.
func (r *reader) calleeName(s program.Scope, e python.Expr) string {
	if ref := r.p.Resolve(s, e); ref.Kind == program.ToExternal {
		return lastPart(ref.Qual)
	}
	return lastName(e)
}

// qual is the qualified name of an expression, "" when unknown.
func (r *reader) qual(s program.Scope, e python.Expr) string {
	ref := r.p.Resolve(s, e)
	if ref.Kind == program.Unknown {
		return ""
	}
	return ref.Qual
}

func (r *reader) place(m *program.Module, n python.Node) Place {
	if m == nil || m.File == nil {
		return Place{}
	}
	line, _ := m.File.Position(n.Pos())
	return Place{m.File.Path, line}
}

// source is the text of an expression as written.
func source(m *program.Module, e python.Expr) string {
	if m == nil || m.File == nil || e == nil || e.Pos() < 0 || int(e.Stop()) > len(m.File.Source) || e.Pos() > e.Stop() {
		return ""
	}
	return string(m.File.Source[e.Pos():min(e.Stop(), e.Pos()+400)])
}

func keyword(c *python.Call, name string) python.Expr {
	for _, k := range c.Keywords {
		if k.Name == name {
			return k.Value
		}
	}
	return nil
}

// argument is a positional argument, or the keyword of that name.
func argument(c *python.Call, i int, name string) python.Expr {
	if e := keyword(c, name); e != nil {
		return e
	}
	if i < len(c.Args) {
		if _, starred := c.Args[i].(*python.Starred); !starred {
			return c.Args[i]
		}
	}
	return nil
}

func isTrue(e python.Expr) bool  { return isConst(e, python.ConstTrue) }
func isFalse(e python.Expr) bool { return isConst(e, python.ConstFalse) }

func isConst(e python.Expr, kind python.ConstKind) bool {
	c, ok := e.(*python.Constant)
	return ok && c.Kind == kind
}

// elements are the parts of a list, tuple or set display; a lone expression is one element.
func elements(e python.Expr) []python.Expr {
	switch e := e.(type) {
	case nil:
		return nil
	case *python.List:
		return e.Elts
	case *python.Tuple:
		return e.Elts
	case *python.Set:
		return e.Elts
	}
	return []python.Expr{e}
}

// finish sorts, indexes and describes what was found.
func (r *reader) finish() {
	for _, t := range r.s.Tables {
		r.s.folded[strings.ToLower(t.Name)] = t
		t.finish(r.s.Engine.Name)
	}
	for _, t := range r.s.ByClass {
		t.finish(r.s.Engine.Name)
	}
	for name, v := range r.f.versions {
		r.s.Versions[name] = v.text
	}
	for name, v := range r.f.minimum {
		r.s.Minimum[name] = v.text
	}
	r.s.Workers = r.f.workersInfo()
	if w := r.s.Workers; !w.Known && w.Why != "" {
		r.assume("The number of processes is not stated (" + w.Why + "); several are taken to be possible.")
	} else if !w.Known {
		r.assume("The number of processes is not stated; several are taken to be possible.")
	}
	for _, n := range r.f.notes {
		r.assume(n)
	}
	sort.Strings(r.s.Assumptions)
}

func (r *reader) assume(sentence string) {
	for _, a := range r.s.Assumptions {
		if a == sentence {
			return
		}
	}
	r.s.Assumptions = append(r.s.Assumptions, sentence)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
