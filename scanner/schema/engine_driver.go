package schema

import (
	"fmt"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// tortoiseUses reads Tortoise.init(db_url=…) and register_tortoise(app, config=…).
func (r *reader) tortoiseUses(base engineUse, f foundCall) []engineUse {
	if a, ok := f.call.Func.(*python.Attribute); f.name == "init" && (!ok || lastName(a.Value) != "Tortoise") {
		return nil
	}
	if url := keyword(f.call, "db_url"); url != nil {
		return r.urlUses(base, f.scope, url)
	}
	config := argument(f.call, map[bool]int{true: 0, false: 1}[f.name == "init"], "config")
	scope := f.scope
	if value, at := r.valueOf(f.scope, config); value != nil {
		config, scope = value, at
	}
	d, ok := r.entry(scope, config, "connections").(*python.Dict)
	if !ok {
		return nil
	}
	var uses []engineUse
	for _, v := range d.Values {
		if engine, ok := r.text(scope, r.entry(scope, v, "engine")); ok { // tortoise.backends.asyncpg
			driver := lastPart(engine)
			base.Name, base.Driver = engines[driver], driver
			base.Why = fmt.Sprintf("Tortoise is set up at %s with %s", base.place, driver)
			uses = append(uses, base)
			continue
		}
		uses = append(uses, r.urlUses(base, scope, v)...)
	}
	return uses
}

// driverUse reads asyncpg.create_pool(…), sqlite3.connect(…) and the like.
func (r *reader) driverUse(base engineUse, f foundCall) (engineUse, bool) {
	qual := r.qual(f.scope, f.call.Func)
	module, _, _ := strings.Cut(qual, ".")
	known := map[string][2]string{
		"asyncpg": {"postgresql", "asyncpg"}, "psycopg": {"postgresql", "psycopg"}, "psycopg2": {"postgresql", "psycopg2"}, "psycopg_pool": {"postgresql", "psycopg"},
		"aiopg": {"postgresql", "psycopg2"}, "aiosqlite": {"sqlite", "aiosqlite"}, "sqlite3": {"sqlite", "sqlite3"}, "pymysql": {"mysql", "pymysql"},
		"aiomysql": {"mysql", "aiomysql"}, "asyncmy": {"mysql", "asyncmy"}, "mysql": {"mysql", "mysqlconnector"}, "MySQLdb": {"mysql", "mysqldb"}, "mariadb": {"mariadb", "mariadb"},
	}
	found, ok := known[module]
	if !ok {
		return base, false
	}
	base.Name, base.Driver = found[0], found[1]
	base.weight = byDriver
	base.Why = fmt.Sprintf("%s is called at %s", qual, base.place)
	if base.Name == "sqlite" {
		base.weight = bySetting - 1 // often a cache or a tool beside the real database
		if isFalse(keyword(f.call, "autocommit")) {
			base.SQLiteBegin = DeferredBegin
		}
	}
	return base, true
}

// djangoUse reads DATABASES of a Django settings module.
func (r *reader) djangoUses() []engineUse {
	var uses []engineUse
	for _, m := range r.p.Modules {
		b := m.Names["DATABASES"]
		if b == nil || m.File == nil {
			continue
		}
		s := program.Scope{Module: m}
		name, _ := r.text(s, r.entry(s, r.entry(s, b.Value, "default"), "ENGINE"))
		if engine := engines[lastPart(name)]; engine != "" {
			u := engineUse{weight: byCall, place: r.place(m, b.Value)}
			u.Name, u.Test, u.Autocommit = engine, isTestPath(m.File.Path), true
			u.Why = fmt.Sprintf("DATABASES names %s (%s)", name, u.place)
			uses = append(uses, u)
		}
	}
	return uses
}
