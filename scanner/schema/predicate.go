package schema

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/sql"
)

// canonical brings the text of an SQL expression into the form of package sql.
func canonical(expression string) string {
	if len(expression) > 4096 {
		return ""
	}
	for _, s := range sql.Parse("CREATE UNIQUE INDEX i ON t (" + expression + ")") {
		if s.Definition == nil || len(s.Definition.Constraints) != 1 {
			continue
		}
		if c := s.Definition.Constraints[0]; len(c.Columns) == 1 && len(c.Expressions) == 0 {
			return c.Columns[0]
		} else if len(c.Expressions) == 1 && len(c.Columns) == 0 {
			return c.Expressions[0]
		}
	}
	return expression
}

// columnsIn lists the columns that an SQL expression mentions.
func columnsIn(expression string) []string {
	if expression == "" || len(expression) > 4096 {
		return nil
	}
	for _, s := range sql.Parse("SELECT " + expression) {
		return s.Columns
	}
	return nil
}

// predicate brings the text of a condition into one form whatever its spelling ("not deleted" and "deleted is false" are
// "deleted = false"), terms joined by " and ", and lists the columns that it mentions.
func predicate(text string) (canonical string, columns []string) {
	if text == "" || len(text) > 4096 {
		return "", nil
	}
	statements := sql.Parse("SELECT 1 FROM t WHERE " + text)
	if len(statements) != 1 {
		return text, nil
	}
	var terms []string
	for _, c := range statements[0].Where {
		terms = append(terms, term(c))
		columns = append(columns, mentioned(c)...)
	}
	return strings.Join(terms, " and "), columns
}

// mentioned lists the columns of a term.
func mentioned(c sql.Cond) []string {
	if c.Op != "or" && c.Column != "" {
		return []string{c.Column}
	}
	return columnsIn(c.Expr)
}

func term(c sql.Cond) string {
	left := c.Column
	if c.Expr != "" {
		left = c.Expr
	}
	switch c.Op {
	case "or", "?", "exists", "not exists":
		return orElse(left, c.Op)
	case "is null", "is not null":
		return left + " " + c.Op
	}
	value := c.Value.Text
	if c.Value.Kind == sql.String {
		value = "'" + strings.ReplaceAll(value, "'", "''") + "'"
	}
	return left + " " + c.Op + " " + value
}
