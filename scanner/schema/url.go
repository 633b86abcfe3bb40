package schema

import "strings"

// engines are the names that URLs, drivers and images have for an engine.
var engines = map[string]string{
	"postgresql": "postgresql", "postgres": "postgresql", "asyncpg": "postgresql", "psycopg": "postgresql", "psycopg2": "postgresql", "pgvector": "postgresql",
	"postgis": "postgresql", "timescaledb": "postgresql", "mysql": "mysql", "mariadb": "mariadb", "sqlite": "sqlite", "sqlite3": "sqlite", "aiosqlite": "sqlite",
	"mongodb": "mongodb", "mongo": "mongodb", "cockroachdb": "cockroachdb", "mssql": "mssql", "oracle": "oracle", "duckdb": "duckdb", "snowflake": "snowflake",
	"redshift": "redshift", "clickhouse": "clickhouse", "percona": "mysql",
}

// drivers are the packages by which an application reaches an engine.
var drivers = []struct{ name, engine string }{
	{"asyncpg", "postgresql"}, {"psycopg", "postgresql"}, {"psycopg2", "postgresql"}, {"psycopg2-binary", "postgresql"}, {"psycopg-binary", "postgresql"}, {"pg8000", "postgresql"}, {"supabase", "postgresql"},
	{"asyncmy", "mysql"}, {"aiomysql", "mysql"}, {"pymysql", "mysql"}, {"mysqlclient", "mysql"}, {"mysql-connector-python", "mysql"},
	{"mariadb", "mariadb"}, {"motor", "mongodb"}, {"beanie", "mongodb"}, {"mongoengine", "mongodb"}, {"pymongo", "mongodb"}, {"aiosqlite", "sqlite"},
}

// parseURL reads engine and driver from the scheme of a database URL.
func parseURL(text string) (engine, driver string, ok bool) {
	scheme, _, found := strings.Cut(strings.TrimSpace(text), "://")
	if !found || len(scheme) > 60 {
		return "", "", false
	}
	name, driver, _ := strings.Cut(strings.ToLower(scheme), "+")
	engine = engines[name]
	if driver == "srv" || strings.Contains(driver, "{") {
		driver = ""
	}
	if driver == "" && name != engine && name != "postgres" && name != "mongo" { // Tortoise: asyncpg://
		driver = name
	}
	return engine, driver, engine != ""
}

// inMemory tells that a URL of SQLite names no file.
func inMemory(text string) bool {
	_, path, _ := strings.Cut(strings.TrimSpace(text), "://")
	return path == "" || path == "/" || strings.Contains(path, ":memory:") || strings.Contains(path, "mode=memory")
}

// imageEngine is the engine that a compose image runs.
func imageEngine(image string) string {
	name := image[strings.LastIndexByte(image, '/')+1:]
	name, _, _ = strings.Cut(name, ":")
	name, _, _ = strings.Cut(name, "@")
	for _, part := range []string{name, strings.Split(name, "-")[0]} {
		if e := engines[part]; e != "" {
			return e
		}
	}
	return ""
}
