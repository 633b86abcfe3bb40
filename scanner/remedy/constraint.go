package remedy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// constraint lets the database decide whether a row may be inserted.
func (w vocabulary) constraint(r *race.Race) string {
	if w.orm == schema.Mongo && ofFirestore(r) {
		return fmt.Sprintf("Firestore has no unique index: name the document of %s by what must be there once, `collection.document(name).create({…})`, and answer AlreadyExists as the check does now.", w.model)
	}
	declared := w.unique(r)
	if key := r.ScopedKey(); key != nil && declared != "" {
		return fmt.Sprintf("If it may exist once for each parent, ask as the constraint on %s does and handle the %s as the refusal that the check gives now. If it may exist only once, add `%s` to %s (with a migration), and handle the error just so.",
			strings.Join(key, ", "), w.violation(), declared, w.model)
	}
	if declared == "" {
		return fmt.Sprintf("Let the database decide: add a unique constraint on %s that covers what is looked for, insert first, and handle the %s as the refusal.", w.model, w.violation())
	}
	migration := " (with a migration)"
	if w.documents() {
		migration = ""
	}
	return fmt.Sprintf("Let the database decide: add `%s` to %s%s, insert first, and handle the %s as the refusal that the check gives now.", declared, w.model, migration, w.violation())
}

// violation is the exception that a second insert meets.
func (w vocabulary) violation() string {
	switch w.orm {
	case schema.NoORM:
		return "unique violation"
	case schema.Beanie, schema.Mongo, schema.ODMantic:
		return "DuplicateKeyError"
	case schema.MongoEngine:
		return "NotUniqueError"
	case schema.Piccolo:
		return "UniqueViolationError"
	}
	return "IntegrityError"
}

// uniqueKey is what must exist once.
type uniqueKey struct {
	parts  []string // columns, and expressions such as lower(email)
	filter []string // the predicate of a partial index, in terms of SQL
	folded bool     // one part is an expression
}

// keyOf reads the key from what the request looks for; ok is false when the query says something that no unique key can.
func keyOf(r *race.Race) (k uniqueKey, ok bool) {
	if len(r.Op(r.Read).Rare().Elsewhere) > 0 {
		return k, false
	}
	state := "" // the last column that must have one value
	for _, c := range r.Op(r.Read).Res.Where {
		inner := effects.FoldedColumn(c.Column)
		switch {
		case inner != "" && c.Op == "=":
			k.folded = true
			k.add("lower(" + inner + ")")
		case c.Column == "":
			return k, false
		case c.Op == "=" && (c.Value == "None" || c.Value == "True" || c.Value == "False"), c.Op == "is null", c.Op == "is not null":
			k.filter = append(k.filter, filterTerm(c.Column, c.Op, c.Value))
		case c.Op != "=":
			return k, false
		case c.Value != "" && literal(c.Value):
			// One state of several: rows may be alike in the others, and may come into them later.
			if !plain(r.Table, c.Column, c.Value) || strings.ContainsAny(strings.Trim(c.Value, "'"), `'"\\`) {
				return k, false // a member of an enumeration, of which the database may hold the name
			}
			k.filter, state = append(k.filter, c.Column+" = "+c.Value), c.Column
		default:
			k.add(c.Column)
		}
	}
	sought := r.Sought()
	if len(sought) > 0 && !r.OnlySeeks() {
		return k, false // what else is asked of a row may tell it from another with the same value
	}
	for _, c := range sought {
		k.add(c)
	}
	if len(k.parts) == 0 && state != "" && len(k.filter) == 1 {
		k.add(state) // one row in that state at a time
	}
	return k, len(k.parts) > 0 && !k.sharedByDesign(r.Table)
}

// sharedByDesign tells whether the table has a key of the same columns and more: rows are meant to agree in these.
func (k *uniqueKey) sharedByDesign(t *schema.Table) bool {
	return t != nil && slices.ContainsFunc(t.Unique, func(u schema.UniqueKey) bool {
		return len(u.Columns) > len(k.parts) && !slices.ContainsFunc(k.parts, func(part string) bool { return !slices.Contains(u.Columns, part) })
	})
}

func (k *uniqueKey) add(part string) {
	if !slices.Contains(k.parts, part) {
		k.parts = append(k.parts, part)
	}
}

// columns are the columns of the key, those in expressions too.
func (k uniqueKey) columns() []string {
	out := slices.Clone(k.parts)
	for i, part := range out {
		if inner := effects.FoldedColumn(part); inner != "" {
			out[i] = inner
		}
	}
	return out
}

// name is the name of the constraint on a table.
func (k uniqueKey) name(table string) string {
	name := "uq_" + table + "_" + strings.NewReplacer("lower(", "", ")", "").Replace(strings.Join(k.parts, "_"))
	return name[:min(len(name), maxIdentifier)]
}

// maxIdentifier is the length at which PostgreSQL cuts names.
const maxIdentifier = 63

// unique declares what must be unique: a constraint on columns, or an index where expressions or a condition belong to it. It is
// empty when neither can say it.
func (w vocabulary) unique(r *race.Race) string {
	k, ok := keyOf(r)
	if !ok {
		return ""
	}
	columns, filter, folded := k.parts, k.filter, k.folded
	switch w.orm {
	case schema.SQLAlchemy, schema.SQLModel:
	case schema.Tortoise, schema.Django:
		if folded || len(filter) > 0 {
			return ""
		}
		return fmt.Sprintf("unique_together = (%s,)", quoted(columns))
	case schema.Peewee:
		if folded || len(filter) > 0 {
			return ""
		}
		return fmt.Sprintf("indexes = (((%s,), True),)", quoted(columns))
	case schema.Ormar, schema.MongoEngine, schema.Beanie, schema.Mongo:
		if folded || len(filter) > 0 {
			return ""
		}
		switch w.orm {
		case schema.MongoEngine:
			return fmt.Sprintf(`meta = {"indexes": [{"fields": [%s], "unique": True}]}`, quoted(columns))
		case schema.Beanie, schema.Mongo:
			made := map[schema.ORM]string{schema.Beanie: "IndexModel", schema.Mongo: "create_index"}[w.orm]
			return fmt.Sprintf(`%s([(%s, 1)], unique=True)`, made, strings.ReplaceAll(quoted(columns), `", "`, `", 1), ("`))
		}
		return fmt.Sprintf("constraints=[ormar.UniqueColumns(%s)]", quoted(columns))
	case schema.NoORM:
		statement := fmt.Sprintf("CREATE UNIQUE INDEX ON %s (%s)", w.model, strings.Join(columns, ", "))
		if len(filter) > 0 {
			statement += " WHERE " + strings.Join(filter, " AND ")
		}
		return statement
	default:
		return ""
	}
	if !folded && len(filter) == 0 {
		return fmt.Sprintf("UniqueConstraint(%s)", quoted(columns))
	}
	engine := map[bool]string{true: "sqlite", false: "postgresql"}[r.Engine.SQLite()]
	return k.index(effects.Last(r.Resource()), engine)
}

// index declares the key as an index of SQLAlchemy, with its condition for some engines: another one takes no notice of it, and forbids more.
func (k uniqueKey) index(table string, engines ...string) string {
	condition := ""
	if len(k.filter) > 0 {
		for _, engine := range engines {
			condition += fmt.Sprintf(", %s_where=text(%q)", engine, strings.Join(k.filter, " AND "))
		}
	}
	return fmt.Sprintf("Index(%q, %s, unique=True%s)", k.name(table), k.spelled("text"), condition)
}

// spelled lists the parts as Python writes them; text is the function that takes an expression of SQL.
func (k uniqueKey) spelled(text string) string {
	parts := make([]string, len(k.parts))
	for i, p := range k.parts {
		parts[i] = fmt.Sprintf("%q", p)
		if strings.Contains(p, "(") {
			parts[i] = text + "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, ", ")
}

func filterTerm(column, op, value string) string {
	switch {
	case op == "is not null":
		return column + " IS NOT NULL"
	case value == "True":
		return column
	case value == "False":
		return "NOT " + column
	}
	return column + " IS NULL"
}

func quoted(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(out, ", ")
}
