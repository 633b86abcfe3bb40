package schema

import (
	"fmt"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// engineUse is one piece of evidence for an engine.
type engineUse struct {
	EngineInfo
	weight   int
	fallback bool // a default that a deployment is likely to replace
	memory   bool // a database that ends with its connection
	async    bool // made for asyncio
	place    Place
}

// The weights of evidence, beside the rank of an option, which is at most rankLiteral.
const (
	byDriverPackage = iota + 1
	byDialectImport
	byImage
	byConfigURL
	bySetting   = 10
	byVariable  = 20
	byDriver    = 25
	byMigration = 30
	byCall      = 40
	inScript    = -35 // a call in a maintenance script
)

// engine weighs what code and configuration say about the database.
func (r *reader) engine() {
	r.sessions()
	uses := r.engineCalls()
	uses = append(uses, r.djangoUses()...)
	uses = append(uses, r.engineVariables()...)
	uses = append(uses, r.engineSettings()...)
	uses = append(uses, r.engineHints()...)
	sort.SliceStable(uses, func(i, j int) bool { return uses[i].weight > uses[j].weight })
	best := choose(uses)
	if r.stated.Engine != "" {
		best = statedUse(uses, r.stated.Engine)
	}
	if best == nil {
		r.unknownEngine(uses)
	} else {
		r.s.Engine = best.EngineInfo
		r.s.Engine.Known = best.weight > byImage
		if best.weight <= byImage {
			r.assume(fmt.Sprintf("No engine is made by the code that could be read; %s is a guess, because %s.", best.Name, best.Why))
		}
	}
	r.fillDriver(uses, best)
	if r.s.Engine.Isolation == "AUTOCOMMIT" && !r.allAutocommit() {
		r.s.Engine.Isolation, r.s.Engine.Autocommit = "", false
	}
	r.s.Engine.ExpireOnCommit = r.anySession(func(s *SessionInfo) bool { return s.ExpireOnCommit })
	r.s.Engine.Autoflush = r.anySession(func(s *SessionInfo) bool { return s.Autoflush })
	r.s.Engine.SQLiteBegin = max(r.s.Engine.SQLiteBegin, r.beginListener())
	r.s.Engine.settleSQLite()
	r.s.Engine.state(r.stated.Isolation)
	r.otherEngines(uses)
	if e := r.s.Engine; e.Name != "" && e.Isolation == "" && !e.Autocommit && e.Name != "sqlite" && e.Name != "mongodb" {
		r.assume("No isolation level is set in the code; " + e.Name + " is taken at its default.")
	}
}

// statedUse is the engine that the user states, with what the code says about the same engine.
func statedUse(uses []engineUse, name string) *engineUse {
	use := engineUse{EngineInfo: EngineInfo{Name: name}}
	for _, u := range uses {
		if u.Name == name && !u.Test {
			use = u
			break
		}
	}
	use.weight, use.fallback, use.Why = byCall, false, "the configuration says so"
	return &use
}

// state sets the level that the user states.
func (e *EngineInfo) state(level string) {
	if level == "" {
		return
	}
	e.Isolation = strings.ToUpper(level)
	e.Autocommit = e.Isolation == "AUTOCOMMIT"
	if e.Name == "sqlite" {
		e.SQLiteBegin = map[string]BeginMode{"DEFERRED": DeferredBegin, "IMMEDIATE": ImmediateBegin}[e.Isolation]
	}
}

// settleSQLite gives a SQLite engine the level that says how its transactions begin. The levels of create_engine only set
// a pragma there: they open no transaction.
func (e *EngineInfo) settleSQLite() {
	if e.Name != "sqlite" {
		e.SQLiteBegin = LegacyBegin
		return
	}
	if e.Isolation != "AUTOCOMMIT" {
		e.Isolation = [...]string{LegacyBegin: "", DeferredBegin: "DEFERRED", ImmediateBegin: "IMMEDIATE"}[e.SQLiteBegin]
	}
}

// choose takes the strongest evidence of the application; a SQLite file that is only a default, or a database in memory, which
// keeps nothing that two processes could share, gives way to a server that the project also provides for.
func choose(uses []engineUse) *engineUse {
	var best *engineUse
	for i := range uses {
		if !uses[i].Test {
			best = &uses[i]
			break
		}
	}
	if best == nil || best.Name != "sqlite" || !best.fallback && !best.memory {
		return best
	}
	reason := "only the default"
	if best.memory {
		reason = "only in memory"
	}
	for i := range uses {
		u := &uses[i]
		if !u.Test && u.Name != "sqlite" && u.Name != "mongodb" {
			u.Why += fmt.Sprintf("; SQLite is %s (%s)", reason, best.Why)
			return u
		}
	}
	return best
}

func (r *reader) unknownEngine(uses []engineUse) {
	sentence := "No database engine was found"
	if len(uses) > 0 {
		sentence = fmt.Sprintf("No database engine was found outside the tests, which use %s", uses[0].Name)
	}
	r.s.Engine.Why = sentence
	if len(uses) == 0 && len(r.s.Tables) == 0 && len(r.s.Sessions) == 0 {
		return // no database at all: nothing to assume
	}
	r.assume(sentence + "; verdicts are for PostgreSQL at READ COMMITTED.")
}

// fillDriver completes the chosen engine from weaker evidence for the same engine.
func (r *reader) fillDriver(uses []engineUse, best *engineUse) {
	e := &r.s.Engine
	for _, u := range uses {
		if u.Test || u.Name != e.Name {
			continue
		}
		if e.Driver == "" && (!best.async || asyncDrivers[u.Driver]) {
			e.Driver = u.Driver
		}
		if e.Isolation == "" {
			e.Isolation = u.Isolation
		}
		e.SQLiteBegin = max(e.SQLiteBegin, u.SQLiteBegin)
	}
}

var asyncDrivers = map[string]bool{"asyncpg": true, "psycopg": true, "aiomysql": true, "asyncmy": true, "aiosqlite": true}

func (r *reader) otherEngines(uses []engineUse) {
	seen := map[string]bool{r.s.Engine.Name: true}
	for _, u := range uses {
		key := u.Name
		if u.Test {
			key += " in tests"
		}
		if !seen[key] && u.weight > byDialectImport {
			seen[key] = true
			u.Known = u.weight > byImage
			r.s.Others = append(r.s.Others, u.EngineInfo)
			if !u.Test && u.weight >= bySetting && u.Name != "mongodb" && u.Name != r.s.Engine.Name {
				r.assume(fmt.Sprintf("The project also names %s (%s); verdicts are for %s.", u.Name, u.Why, r.s.Engine.Name))
			}
		}
	}
}

// engineCalls reads the calls that make engines, pools and connections.
func (r *reader) engineCalls() []engineUse {
	var uses []engineUse
	for _, f := range r.calls {
		place := r.place(f.scope.Module, f.call)
		base := engineUse{weight: byCall, place: place}
		base.Test = isTestPath(place.Path)
		if r.isMigration(f.scope.Module) {
			base.weight = byMigration
		}
		known := len(uses)
		switch f.name {
		case "create_engine", "create_async_engine":
			base.async = f.name == "create_async_engine"
			r.engineOptions(&base.EngineInfo, f.scope, f.call)
			uses = append(uses, r.engineURL(base, f)...)
		case "Database":
			uses = append(uses, r.urlUses(base, f.scope, argument(f.call, 0, "url"))...)
		case "init", "register_tortoise", "RegisterTortoise":
			uses = append(uses, r.tortoiseUses(base, f)...)
		case "connect", "create_pool", "ConnectionPool", "AsyncConnectionPool":
			if u, ok := r.driverUse(base, f); ok {
				uses = append(uses, u)
			}
		case "PostgresqlDatabase", "PooledPostgresqlDatabase", "MySQLDatabase", "PooledMySQLDatabase", "SqliteDatabase":
			base.Name = map[byte]string{'P': "postgresql", 'M': "mysql", 'S': "sqlite"}[strings.TrimPrefix(f.name, "Pooled")[0]]
			base.Why = fmt.Sprintf("%s is made at %s", f.name, place)
			uses = append(uses, base)
		case "AsyncIOMotorClient", "AsyncMongoClient", "MongoClient":
			base.Name, base.weight = "mongodb", byCall-1 // beside a relational engine it is the second store
			base.Why = fmt.Sprintf("%s is made at %s", f.name, place)
			uses = append(uses, base)
		}
		if isScript(place.Path) {
			for i := known; i < len(uses); i++ {
				uses[i].weight = max(uses[i].weight+inScript, byConfigURL)
			}
		}
	}
	return uses
}

// engineURL reads the URL of create_engine, or of a function of the project that wraps it, whatever its argument is called.
func (r *reader) engineURL(base engineUse, f foundCall) []engineUse {
	if uses := r.urlUses(base, f.scope, argument(f.call, 0, "url")); len(uses) > 0 || keyword(f.call, "url") != nil {
		return uses
	}
	var uses []engineUse
	for _, a := range f.call.Args[min(1, len(f.call.Args)):] {
		uses = append(uses, r.urlUses(base, f.scope, a)...)
	}
	for _, k := range f.call.Keywords {
		uses = append(uses, r.urlUses(base, f.scope, k.Value)...)
	}
	return uses
}

// isScript tells that a file is a tool beside the application.
func isScript(path string) bool {
	for _, part := range strings.Split(strings.ToLower(path), "/") {
		switch part {
		case "scripts", "script", "tools", "bin", "dev", "cli", "seeds", "seed":
			return true
		}
	}
	return false
}

// String writes a place as people read it.
func (p Place) String() string { return fmt.Sprintf("%s:%d", p.Path, p.Line) }

// urlUses makes a use of every database URL that an expression can have.
func (r *reader) urlUses(base engineUse, s program.Scope, e python.Expr) []engineUse {
	var uses []engineUse
	for _, o := range r.options(s, e) {
		name, driver, ok := parseURL(o.text)
		if !ok {
			continue
		}
		u := base
		u.Name, u.Driver = name, driver
		u.weight += o.rank
		u.fallback = o.rank <= rankDefault
		u.memory = name == "sqlite" && inMemory(o.text)
		u.Test = u.Test || isTestPath(o.place.Path)
		u.Why = fmt.Sprintf("the engine made at %s has a URL of %s", base.place, name)
		if o.place.Path != "" && o.place != base.place {
			u.Why += fmt.Sprintf(" (%s)", o.place)
		}
		uses = append(uses, u)
	}
	return uses
}

// engineVariables reads database URLs in environment files and alembic.ini.
func (r *reader) engineVariables() []engineUse {
	var uses []engineUse
	names := make([]string, 0, len(r.f.env))
	for name := range r.f.env {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		for _, e := range r.f.env[name] {
			engine, driver, ok := parseURL(r.f.expand(e.value, 0))
			if !ok || engine == "mongodb" && !strings.Contains(name, "MONGO") && !strings.Contains(name, "DATABASE") {
				continue
			}
			u := engineUse{weight: byVariable + e.rank, place: e.place}
			u.Name, u.Driver, u.Test = engine, driver, e.test
			if strings.Contains(strings.ToUpper(name), "TEST") {
				u.Test = true
			}
			u.Why = fmt.Sprintf("%s is a URL of %s (%s)", name, engine, e.place)
			uses = append(uses, u)
		}
	}
	for _, l := range r.f.urls {
		if engine, driver, ok := parseURL(l.text); ok {
			u := engineUse{weight: byConfigURL, place: l.place, fallback: true}
			u.Name, u.Driver, u.Test = engine, driver, l.test
			u.Why = fmt.Sprintf("sqlalchemy.url is a URL of %s (%s)", engine, l.place)
			uses = append(uses, u)
		}
	}
	return uses
}

// engineSettings reads the database fields of settings classes that no engine call was seen to use.
func (r *reader) engineSettings() []engineUse {
	var uses []engineUse
	for _, c := range r.p.Classes {
		if c.Module == nil || !c.IsSubclass("pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic_settings.main.BaseSettings") {
			continue
		}
		for _, name := range c.Order {
			upper := strings.ToUpper(name)
			if !strings.Contains(upper, "DATABASE") && !strings.Contains(upper, "DB") && !strings.Contains(upper, "SQLALCHEMY") && !strings.Contains(upper, "POSTGRES") {
				continue
			}
			r.steps = 0
			for _, o := range r.evalField(c, name, 0) {
				if engine, driver, ok := parseURL(o.text); ok {
					u := engineUse{weight: bySetting + o.rank, place: r.place(c.Module, c.Def), fallback: o.rank <= rankDefault}
					u.Name, u.Driver, u.Test = engine, driver, isTestPath(c.Module.File.Path) || strings.Contains(upper, "TEST")
					u.Why = fmt.Sprintf("the setting %s.%s is a URL of %s (%s)", c.Name, name, engine, u.place)
					uses = append(uses, u)
				}
			}
		}
	}
	return uses
}

// engineHints reads compose images, imports of SQLAlchemy dialects, and driver packages.
func (r *reader) engineHints() []engineUse {
	var uses []engineUse
	for _, i := range r.f.images {
		if name := imageEngine(i.text); name != "" {
			u := engineUse{weight: byImage, place: i.place}
			u.Name, u.Test, u.Why = name, i.test, fmt.Sprintf("a compose service runs %s (%s)", i.text, i.place)
			uses = append(uses, u)
		}
	}
	for _, m := range r.p.Modules {
		if m.File == nil || isTestPath(m.File.Path) {
			continue
		}
		if dialect := importedDialect(m); dialect != "" {
			u := engineUse{weight: byDialectImport, place: Place{m.File.Path, 1}}
			u.Name, u.Why = dialect, "types of SQLAlchemy's dialect for "+dialect+" are used in "+m.File.Path
			uses = append(uses, u)
			break
		}
	}
	for _, d := range drivers {
		if r.f.deps[d.name] {
			u := engineUse{weight: byDriverPackage}
			u.Name, u.Driver, u.Why = d.engine, strings.TrimSuffix(d.name, "-binary"), "the project depends on "+d.name
			uses = append(uses, u)
		}
	}
	return uses
}

func importedDialect(m *program.Module) string {
	names := make([]string, 0, len(m.Names))
	for name := range m.Names {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if i := m.Names[name].Import; i != nil {
			rest, ok := strings.CutPrefix(i.Module+"."+i.Name, "sqlalchemy.dialects.")
			dialect, _, _ := strings.Cut(rest, ".")
			if ok && engines[dialect] != "" && dialect != "sqlite" {
				return engines[dialect]
			}
		}
	}
	return ""
}
