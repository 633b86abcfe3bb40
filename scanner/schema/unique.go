package schema

import (
	"slices"
	"sort"
	"strings"
)

// signature is equal for keys that guarantee the same, whatever their names and the order of their columns.
func (k UniqueKey) signature() string {
	columns := append([]string(nil), k.Columns...)
	sort.Strings(columns)
	expressions := append([]string(nil), k.Expressions...)
	sort.Strings(expressions)
	kind := "u"
	if k.Primary {
		kind = "p"
	}
	return kind + "\x00" + strings.Join(columns, "\x01") + "\x00" + strings.Join(expressions, "\x01") + "\x00" + k.Where
}

// UniqueOn tells whether a key forbids two rows that are equal in the checked columns. A key over some of them is enough, a
// key over more is not. A column is given by its name, its attribute name, the name of a relationship (which stands for
// its foreign key), or as an expression in the canonical form of package sql ("lower(email)").
//
// A partial index counts when its predicate concerns only checked columns or has the usual form of a soft delete; the
// caller who knows the predicate of the check asks UniqueWhere. Of several keys one without nullable columns is preferred:
// rows with NULL in a nullable column do not collide (UniqueKey.Nullable).
func (t *Table) UniqueOn(cols []string) (*UniqueKey, bool) { return t.UniqueWhere(cols, nil) }

// UniqueWhere is UniqueOn for a check whose further conditions are known, or constants that the inserted row is given, each
// as SQL ("status = 'active'", "deleted_at is null").
func (t *Table) UniqueWhere(cols, conditions []string) (*UniqueKey, bool) {
	checked := map[string]bool{}
	for _, c := range cols {
		for _, name := range t.columnsOf(c) {
			checked[name] = true
		}
	}
	given := map[string]bool{}
	for _, c := range conditions {
		text, _ := predicate(c)
		given[text] = true
	}
	var best *UniqueKey
	for i := range t.Unique {
		k := &t.Unique[i]
		void := slices.ContainsFunc(k.Nullable, func(name string) bool { return given[name+" is null"] }) // NULLs are distinct
		if !void && t.covers(k, checked) && t.implied(k, checked, given) && (best == nil || k.better(best)) {
			best = k
		}
	}
	return best, best != nil
}

// better prefers keys without exceptions.
func (k *UniqueKey) better(other *UniqueKey) bool {
	return k.exceptions() < other.exceptions()
}

func (k *UniqueKey) exceptions() int {
	n := 2 * len(k.Nullable)
	if k.Where != "" {
		n++
	}
	return n
}

// columnsOf are the columns that a name of a check stands for.
func (t *Table) columnsOf(name string) []string {
	if strings.ContainsAny(name, "( ") {
		return []string{canonical(name)}
	}
	name = name[strings.LastIndexByte(name, '.')+1:]
	if rel := t.Relationships[name]; rel != nil && len(rel.ForeignKey) > 0 {
		return rel.ForeignKey
	}
	if name == "pk" && t.Columns["pk"] == nil {
		return t.PrimaryKey()
	}
	if column, ok := t.Attributes[name]; ok {
		return []string{column}
	}
	return []string{name}
}

// covers tells whether equality in the checked columns and expressions means equality in every part of the key.
func (t *Table) covers(k *UniqueKey, checked map[string]bool) bool {
	for _, c := range k.Columns {
		if checked[c] {
			continue
		}
		if t.ignoresCase(c) && (checked["lower("+c+")"] || checked["upper("+c+")"]) {
			continue
		}
		return false
	}
	for _, e := range k.Expressions {
		if checked[e] || coversExpression(e, checked) {
			continue
		}
		return false
	}
	return len(k.Columns)+len(k.Expressions) > 0
}

// coversExpression tells that every column of an expression is checked: rows equal in them are equal in it.
func coversExpression(e string, checked map[string]bool) bool {
	columns := columnsIn(e)
	for _, c := range columns {
		if !checked[c] {
			return false
		}
	}
	return len(columns) > 0
}

// ignoresCase tells that equal but for case is equal for this column.
func (t *Table) ignoresCase(column string) bool {
	c := t.Columns[column]
	if c == nil {
		return false
	}
	kind := strings.ToLower(c.Type)
	if strings.Contains(kind, "citext") || strings.Contains(kind, "nocase") || strings.Contains(kind, "_ci") {
		return true
	}
	return t.foldsCase && !strings.Contains(kind, "bin")
}

// implied tells whether the rows that the check looks at are among those of a partial index.
func (t *Table) implied(k *UniqueKey, checked, given map[string]bool) bool {
	if k.Where == "" || given[k.Where] || softDelete(k.Where) {
		return true
	}
	if k.Where == "?" || len(k.WhereColumns) == 0 {
		return false
	}
	if notNullOnly(k.Where, checked) {
		return true
	}
	terms := strings.Split(k.Where, " and ")
	for _, term := range terms {
		if !given[term] && !softDelete(term) && !notNullOnly(term, checked) {
			return len(given) == 0 && allChecked(k.WhereColumns, checked)
		}
	}
	return true
}

func allChecked(columns []string, checked map[string]bool) bool {
	for _, c := range columns {
		if !checked[c] {
			return false
		}
	}
	return true
}

// notNullOnly recognises `column is not null` for a column that the check compares with a value.
func notNullOnly(where string, checked map[string]bool) bool {
	column, ok := strings.CutSuffix(where, " is not null")
	if !ok {
		return false
	}
	for name := range checked {
		if name == column || strings.ContainsRune(name, '(') && slices.Contains(columnsIn(name), column) {
			return true // `lower(email) = …` holds for no NULL
		}
	}
	return false
}

// softDelete recognises the predicates by which rows marked as deleted are left out.
func softDelete(where string) bool {
	name, rest, _ := strings.Cut(where, " ")
	deleted := false
	for _, word := range []string{"deleted", "removed", "archived", "is_delete"} {
		deleted = deleted || strings.Contains(name, word)
	}
	if !deleted {
		return false
	}
	switch rest {
	case "is null", "= false", "!= true", "= 0", "= '0'":
		return true
	}
	return false
}

// finish completes what depends on the whole table: primary keys first, nullable key columns, the engine's collation.
func (t *Table) finish(engine string) {
	t.foldsCase = engine == "mysql" || engine == "mariadb"
	for name, column := range t.Attributes { // a synonym names an attribute
		if real, ok := t.Attributes[column]; ok && t.Columns[column] == nil {
			t.Attributes[name] = real
		}
	}
	for i := range t.Unique {
		k := &t.Unique[i]
		k.Nullable = nil
		for j, name := range k.Columns {
			if column, ok := t.Attributes[name]; ok && t.Columns[name] == nil {
				k.Columns[j] = column
				name = column
			}
			if c := t.Columns[name]; c != nil && c.Nullable && !k.NullsNotDistinct && !k.Primary {
				k.Nullable = append(k.Nullable, name)
			}
		}
		for _, e := range k.Expressions {
			for _, name := range columnsIn(e) {
				if c := t.Columns[name]; c != nil && c.Nullable && !k.NullsNotDistinct && !strings.Contains(e, "coalesce(") {
					k.Nullable = append(k.Nullable, name)
				}
			}
		}
	}
	sort.SliceStable(t.Unique, func(i, j int) bool {
		a, b := t.Unique[i], t.Unique[j]
		if a.Primary != b.Primary {
			return a.Primary
		}
		return a.signature() < b.signature()
	})
}
