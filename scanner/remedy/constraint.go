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
	declared := w.unique(r)
	if declared == "" {
		return fmt.Sprintf("Let the database decide: add a unique constraint on %s that covers what is looked for, insert first, and handle the %s as the refusal.", w.model, w.violation())
	}
	return fmt.Sprintf("Let the database decide: add `%s` to %s (with a migration), insert first, and handle the %s as the refusal that the check gives now.", declared, w.model, w.violation())
}

// violation is the exception that a second insert meets.
func (w vocabulary) violation() string {
	switch w.orm {
	case schema.NoORM:
		return "unique violation"
	case schema.Beanie, schema.Mongo:
		return "DuplicateKeyError"
	case schema.MongoEngine:
		return "NotUniqueError"
	case schema.Piccolo:
		return "UniqueViolationError"
	}
	return "IntegrityError"
}

// unique declares what must be unique: a constraint on columns, or an index where expressions or a condition belong to it. It is
// empty when the query says something that neither can.
func (w vocabulary) unique(r *race.Race) string {
	var columns, filter []string
	folded := false
	for _, c := range r.Op(r.Read).Res.Where {
		column := c.Column
		if inner := effects.FoldedColumn(column); inner != "" && inner != column {
			column, folded = inner, true
			columns = append(columns, "lower("+inner+")")
			continue
		}
		switch {
		case column == "":
			return ""
		case c.Op == "=" && (c.Value == "None" || c.Value == "True" || c.Value == "False"), c.Op == "is null", c.Op == "is not null":
			filter = append(filter, filterTerm(column, c.Op, c.Value))
		case c.Op != "=":
			return ""
		case !slices.Contains(columns, column):
			columns = append(columns, column)
		}
	}
	if len(columns) == 0 {
		return ""
	}
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
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = fmt.Sprintf("%q", c)
		if strings.Contains(c, "(") {
			parts[i] = fmt.Sprintf("text(%q)", c)
		}
	}
	condition := ""
	if len(filter) > 0 {
		condition = fmt.Sprintf(", postgresql_where=text(%q)", strings.Join(filter, " AND "))
	}
	name := "uq_" + effects.Last(r.Resource()) + "_" + strings.NewReplacer("lower(", "", ")", "").Replace(strings.Join(columns, "_"))
	return fmt.Sprintf("Index(%q, %s, unique=True%s)", name, strings.Join(parts, ", "), condition)
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
