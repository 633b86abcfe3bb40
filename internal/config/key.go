package config

// kind is what a setting takes.
type kind uint8

const (
	list    kind = iota // of strings
	text                // any string
	choice              // one of a few strings
	number              // 1 or more
	boolean             // true or false
	perFile             // a table: pattern = list of rules
	models              // a table: qualified name = what a call does
)

// key is one setting.
type key struct {
	name    string
	kind    kind
	options []string
	about   string
	slot    func(*Config) any
}

var severities = []string{"note", "low", "medium", "high", "critical"}

// keys are all settings, in the order in which they are shown.
var keys = []key{
	{"select", list, nil, "apply only these rules: ids, families such as MB1, or names",
		func(c *Config) any { return &c.Select }},
	{"ignore", list, nil, "do not apply these rules",
		func(c *Config) any { return &c.Ignore }},
	{"per-file-ignores", perFile, nil, "rules that do not apply to the files that a pattern in the syntax of .gitignore matches",
		func(c *Config) any { return &c.PerFileIgnores }},
	{"min-severity", choice, severities, "report severities from this one on",
		func(c *Config) any { return &c.MinSeverity }},
	{"min-confidence", choice, []string{"low", "medium", "high"}, "report confidences from this one on",
		func(c *Config) any { return &c.MinConfidence }},
	{"fail-on", choice, []string{"none", "low", "medium", "high", "critical"}, "exit with 1 from this severity on",
		func(c *Config) any { return &c.FailOn }},
	{"exclude", list, nil, "leave out paths that match a pattern in the syntax of .gitignore",
		func(c *Config) any { return &c.Exclude }},
	{"baseline", text, nil, "a file of races that are known and do not count, made by middlebrick baseline create",
		func(c *Config) any { return &c.Baseline }},
	{"require-reason", boolean, nil, "a comment suppresses a finding only if it says why",
		func(c *Config) any { return &c.RequireReason }},
	{"fastapi", boolean, nil, "treat the project as a FastAPI application even if no import says so",
		func(c *Config) any { return &c.FastAPI }},
	{"strict", boolean, nil, "exit with 4 when something could not be read",
		func(c *Config) any { return &c.Strict }},
	{"engine", choice, []string{"postgresql", "mysql", "mariadb", "sqlite"}, "the database engine, where the code does not say it or says another one",
		func(c *Config) any { return &c.Engine }},
	{"isolation", choice, []string{"read committed", "repeatable read", "serializable", "autocommit", "deferred", "immediate"},
		"the isolation level of its transactions; deferred and immediate are SQLite's",
		func(c *Config) any { return &c.Isolation }},
	{"workers", number, nil, "the number of processes that serve the application; with 1, a lock in the process protects",
		func(c *Config) any { return &c.Workers }},
	{"models", models, nil, "what functions and methods of libraries do that only the project knows",
		func(c *Config) any { return &c.Models }},
}

func keyNames() []string {
	var out []string
	for _, k := range keys {
		out = append(out, k.name)
	}
	return out
}

func keyNamed(name string) *key {
	for i := range keys {
		if keys[i].name == name {
			return &keys[i]
		}
	}
	return nil
}
