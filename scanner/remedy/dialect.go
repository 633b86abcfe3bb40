package remedy

import (
	"fmt"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// update is a conditional UPDATE in the project's ORM.
func (w vocabulary) update(row, checked, set []term) string {
	where := append(row[:len(row):len(row)], checked...)
	switch w.orm {
	case schema.NoORM:
		return fmt.Sprintf("UPDATE %s SET %s WHERE %s", w.model, w.join(set, ", ", w.sql), w.join(where, " AND ", w.sql))
	case schema.Tortoise, schema.Ormar:
		return fmt.Sprintf("%s%s.update(%s)", w.await, w.lookup(where), w.join(set, ", ", w.keyword))
	case schema.Django:
		method := "update"
		if w.await != "" {
			method = "aupdate"
		}
		return fmt.Sprintf("%s%s.%s(%s)", w.await, w.lookup(where), method, w.join(set, ", ", w.keyword))
	case schema.Peewee:
		return fmt.Sprintf("%s.update(%s).where(%s).execute()", w.model, w.join(set, ", ", w.keyword), w.join(where, ", ", w.expression))
	case schema.Piccolo:
		return fmt.Sprintf("%s%s.update({%s}).where(%s).returning(%s.%s)", w.await, w.model, w.join(set, ", ", w.pair), w.join(where, ", ", w.expression), w.model, row[0].column)
	}
	if w.query {
		return fmt.Sprintf("%s.query(%s).filter(%s).update({%s})", w.session, w.model, w.join(where, ", ", w.expression), w.join(set, ", ", w.pair))
	}
	return fmt.Sprintf("result = %s%s.execute(update(%s).where(%s).values(%s))", w.await, w.session, w.model, w.join(where, ", ", w.expression), w.join(set, ", ", w.keyword))
}

// remove is a conditional DELETE.
func (w vocabulary) remove(row, checked []term) string {
	where := append(row[:len(row):len(row)], checked...)
	switch w.orm {
	case schema.NoORM:
		return fmt.Sprintf("DELETE FROM %s WHERE %s", w.model, w.join(where, " AND ", w.sql))
	case schema.Tortoise, schema.Ormar, schema.Django:
		return w.await + w.lookup(where) + ".delete()"
	case schema.Peewee:
		return fmt.Sprintf("%s.delete().where(%s).execute()", w.model, w.join(where, ", ", w.expression))
	case schema.Piccolo:
		return fmt.Sprintf("%s%s.delete().where(%s).returning(%s.%s)", w.await, w.model, w.join(where, ", ", w.expression), w.model, row[0].column)
	}
	if w.query {
		return fmt.Sprintf("%s.query(%s).filter(%s).delete()", w.session, w.model, w.join(where, ", ", w.expression))
	}
	return fmt.Sprintf("result = %s%s.execute(delete(%s).where(%s))", w.await, w.session, w.model, w.join(where, ", ", w.expression))
}

// nothing says how one sees that a conditional write matched no row.
func (w vocabulary) nothing() string {
	switch {
	case w.orm == schema.NoORM:
		return "it changed no row (its row count, or RETURNING)"
	case w.orm == schema.Piccolo:
		return "it returns no row"
	case w.orm == schema.SQLAlchemy && !w.query, w.orm == schema.SQLModel:
		return "`result.rowcount == 0`"
	}
	return "it returns 0"
}

// locked says how to take the row's lock with the first load. On an engine without row locks the transaction is what can be locked.
func (w vocabulary) locked(r *race.Race, row []term) string {
	if r.Engine.SQLite() {
		return "start the transaction with `BEGIN IMMEDIATE` before the row is read, which lets one writer in at a time"
	}
	if w.orm == schema.Ormar {
		return "lock the row with `SELECT … FOR UPDATE` in the same transaction, before the check"
	}
	return fmt.Sprintf("take the row lock with the first load, in the transaction that writes: `%s`", w.lockedLoad(row))
}

// lockedLoad loads a row with its lock.
func (w vocabulary) lockedLoad(row []term) string {
	switch w.orm {
	case schema.NoORM, schema.Ormar:
		return fmt.Sprintf("SELECT … FROM %s WHERE %s FOR UPDATE", w.model, w.join(row, " AND ", w.sql))
	case schema.Tortoise:
		return fmt.Sprintf("%s%s.select_for_update().get(%s)", w.await, w.model, w.join(row, ", ", w.keyword))
	case schema.Django:
		return fmt.Sprintf("%s.objects.select_for_update().get(%s)", w.model, w.join(row, ", ", w.keyword))
	case schema.Peewee:
		return fmt.Sprintf("%s.select().where(%s).for_update()", w.model, w.join(row, ", ", w.expression))
	case schema.Piccolo:
		return fmt.Sprintf("%s.select().where(%s).lock_rows()", w.model, w.join(row, ", ", w.expression))
	}
	if w.query {
		return fmt.Sprintf("%s.query(%s).filter(%s).with_for_update()", w.session, w.model, w.join(row, ", ", w.expression))
	}
	return fmt.Sprintf("select(%s).where(%s).with_for_update()", w.model, w.join(row, ", ", w.expression))
}

func (w vocabulary) join(terms []term, by string, spell func(term) string) string {
	out := make([]string, len(terms))
	for i, t := range terms {
		out[i] = spell(t)
	}
	return strings.Join(out, by)
}

// expression is a comparison of a mapped column.
func (w vocabulary) expression(t term) string {
	column := w.model + "." + t.column
	switch {
	case t.op == "is not" && t.value == "True" && (w.orm == schema.Peewee || w.orm == schema.Piccolo):
		return "((" + column + " == False) | " + column + ".is_null())"
	case w.orm == schema.Peewee && t.op == "is" && t.value == "None":
		return column + ".is_null()"
	case w.orm == schema.Peewee && t.op == "is not":
		return column + ".is_null(False)"
	case w.orm == schema.Piccolo && t.value == "None":
		return column + map[string]string{"is": ".is_null()", "is not": ".is_not_null()"}[t.op]
	case t.op == "is" && (w.orm == schema.Peewee || w.orm == schema.Piccolo):
		return column + " == " + t.value
	case t.op == "is":
		return column + ".is_(" + t.value + ")"
	case t.op == "is not":
		return column + ".is_not(" + t.value + ")"
	}
	return column + " " + t.op + " " + t.value
}

// lookup is a filter of an active record.
func (w vocabulary) lookup(where []term) string {
	manager := w.model
	if w.orm != schema.Tortoise {
		manager += ".objects"
	}
	var holds, fails []term
	for _, t := range where {
		if (t.op == "!=" || t.op == "is not" && t.value == "True") && w.orm != schema.Tortoise {
			fails = append(fails, t)
		} else {
			holds = append(holds, t)
		}
	}
	out := fmt.Sprintf("%s.filter(%s)", manager, w.join(holds, ", ", w.keyword))
	for _, t := range fails {
		out += fmt.Sprintf(".exclude(%s=%s)", t.column, t.value)
	}
	return out
}

// keyword is a comparison or assignment as a keyword argument.
func (w vocabulary) keyword(t term) string {
	suffix := map[string]string{"!=": "__not", "<": "__lt", "<=": "__lte", ">": "__gt", ">=": "__gte"}[t.op]
	switch {
	case t.op == "is" && t.value == "None":
		return t.column + "__isnull=True"
	case t.op == "is not" && t.value == "None":
		return t.column + "__isnull=False"
	case t.op == "is not":
		suffix = "__not"
	}
	return t.column + suffix + "=" + w.onRecord(t.value)
}

// onRecord spells an expression on columns for a library whose columns are F objects.
func (w vocabulary) onRecord(value string) string {
	if w.orm != schema.Tortoise && w.orm != schema.Django {
		return value
	}
	words := strings.Fields(value)
	for i, word := range words {
		if column, ok := strings.CutPrefix(word, w.model+"."); ok {
			words[i] = `F("` + column + `")`
		}
	}
	return strings.Join(words, " ")
}

// pair is an assignment as an entry of a dictionary.
func (w vocabulary) pair(t term) string { return w.model + "." + t.column + ": " + t.value }

// sql is a comparison or assignment as SQL, with values as named parameters.
func (w vocabulary) sql(t term) string {
	op, value := t.op, t.value
	switch value {
	case "None":
		value = "NULL"
	case "True", "False":
		value = strings.ToUpper(value)
	case unknown:
	default:
		if c := value[0]; c != '\'' && c != '-' && (c < '0' || c > '9') {
			value = ":" + strings.ReplaceAll(value, ".", "_")
		}
	}
	switch op {
	case "==":
		op = "="
	case "!=":
		op = "<>"
	case "is", "is not":
		op = strings.ToUpper(op)
	}
	return t.column + " " + op + " " + strings.ReplaceAll(value, ":"+w.model+"_", "")
}
