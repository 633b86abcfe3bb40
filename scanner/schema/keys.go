package schema

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/sql"
)

// KeysFor lists the columns of the keys that a new row can violate. value tells what the row is given for a column: the
// spelling of a constant, in Python or SQL, or "" when it is not one; given is false for a column that is left out and
// gets its default. A key is left out when the row gets a generated value in it, or is given NULL where NULLs are distinct, a partial one when the
// row is known to lie outside its predicate; a key over an expression is listed with the expression where its value is given, and otherwise with
// the columns inside, since rows equal in them are equal in the key.
func (t *Table) KeysFor(value func(column string) (literal string, given bool)) [][]string {
	var all [][]string
	for _, k := range t.Unique {
		if k.Where != "" && t.outside(k.Where, value) || t.generated(k, value) || void(k, value) {
			continue
		}
		columns := append([]string(nil), k.Columns...)
		for _, e := range k.Expressions {
			if _, given := value(e); given {
				columns = append(columns, e)
			} else {
				columns = append(columns, columnsIn(e)...)
			}
		}
		if len(columns) > 0 {
			all = append(all, columns)
		}
	}
	return all
}

// generated tells that a new row gets a value of its own in a column of the key: by a sequence, a random default, a clock.
func (t *Table) generated(k UniqueKey, value func(string) (string, bool)) bool {
	for _, name := range k.Columns {
		if _, given := value(name); given {
			continue
		}
		c := t.Columns[name]
		if c == nil {
			continue
		}
		if c.Filled && constant(c.Default) == "" || k.Primary && len(k.Columns) == 1 && c.Target == "" && !t.Singleton() {
			return true
		}
	}
	return false
}

// void tells that a new row is given NULL in a column of the key, and so differs in the key from every other row.
func void(k UniqueKey, value func(string) (string, bool)) bool {
	return slices.ContainsFunc(k.Nullable, func(name string) bool {
		literal, given := value(name)
		return given && constant(literal) == "null"
	})
}

// Singleton tells that every row gets the same primary key unless it brings one of its own: there is one row at most.
func (t *Table) Singleton() bool {
	key := t.PrimaryKey()
	if len(key) != 1 {
		return false
	}
	literal := constant(t.defaultOf(key[0]))
	return literal != "" && literal != "null"
}

// outside tells that some term of a predicate is known to fail for a new row.
func (t *Table) outside(where string, value func(string) (string, bool)) bool {
	statements := sql.Parse("SELECT 1 FROM t WHERE " + where)
	if len(statements) != 1 {
		return false
	}
	for _, c := range statements[0].Where {
		if c.Column == "" || c.Expr != "" || c.Op == "or" {
			continue
		}
		literal, given := value(c.Column)
		if !given {
			literal = t.defaultOf(c.Column)
		}
		if literal = constant(literal); literal != "" && fails(c, literal) {
			return true
		}
	}
	return false
}

// defaultOf is the constant that a column gets when a row does not give it a value, or "".
func (t *Table) defaultOf(name string) string {
	c := t.Column(name)
	switch {
	case c == nil:
		return ""
	case c.Filled:
		return c.Default
	case c.Nullable:
		return "null"
	}
	return ""
}

// constant brings a literal of Python or SQL into one form: text in single quotes, true, false, null, a number. Anything
// else is "".
func constant(s string) string {
	switch s {
	case "True", "true", "TRUE", "sa.true()", "true()":
		return "true"
	case "False", "false", "FALSE", "sa.false()", "false()":
		return "false"
	case "None", "null", "NULL":
		return "null"
	case "":
		return ""
	}
	if _, call, ok := strings.Cut(s, "text("); ok && strings.HasSuffix(call, ")") && len(call) > 3 && (call[0] == '"' || call[0] == '\'') {
		return constant(call[1 : len(call)-2]) // text("'active'"): SQL inside a text
	}
	if q := s[0]; (q == '\'' || q == '"') && len(s) > 1 && s[len(s)-1] == q {
		return "'" + s[1:len(s)-1] + "'"
	}
	if strings.Trim(s, "0123456789.-") == "" {
		return s
	}
	return ""
}

// fails tells that a term is false, or unknown in SQL's sense, for a constant.
func fails(c sql.Cond, literal string) bool {
	null := literal == "null"
	want := ""
	switch c.Value.Kind {
	case sql.String:
		want = "'" + c.Value.Text + "'"
	case sql.Bool, sql.Number:
		want = c.Value.Text
	}
	switch c.Op {
	case "is null":
		return !null
	case "is not null":
		return null
	case "=":
		return null || want != "" && comparable(want, literal) && want != literal
	case "!=":
		return null && c.Value.Kind != sql.Bool || want == literal // IS NOT TRUE is written != true, and holds for NULL
	}
	return false
}

// comparable tells that two constants are of one kind: 1 may stand for true.
func comparable(a, b string) bool {
	kind := func(s string) byte {
		if s[0] == '\'' || s == "true" || s == "false" {
			return s[0]
		}
		return '0'
	}
	x, y := kind(a), kind(b)
	return (x == '\'') == (y == '\'') && (x == '0') == (y == '0')
}
