package sql

import (
	"fmt"
	"sort"
	"strings"
	"testing"
)

func showDefinition(d *Definition) string {
	if d == nil {
		return "none"
	}
	out := []string{d.Table}
	if d.Create {
		out = append(out, "create")
	}
	if d.Drop {
		out = append(out, "drop")
	}
	for _, c := range d.Columns {
		text := c.Name + ":" + c.Type
		for _, flag := range []struct {
			text string
			on   bool
		}{{"+pk", c.PrimaryKey}, {"+uq", c.Unique}, {"+nn", c.NotNull && !c.PrimaryKey}, {"+gen", c.Generated}} {
			if flag.on {
				text += flag.text
			}
		}
		if c.Default != "" {
			text += "=" + c.Default
		}
		if c.RefTable != "" {
			text += ">" + c.RefTable + "." + c.RefColumn
		}
		out = append(out, text)
	}
	for _, c := range d.Constraints {
		text := []string{"unique", "pk", "check", "fk", "exclude", "index"}[c.Kind]
		text += fmt.Sprintf("[%s](%s)", c.Name, strings.Join(append(c.Columns, c.Expressions...), ","))
		if c.NullsNotDistinct {
			text += "+nnd"
		}
		if c.Where != "" {
			text += " where " + c.Where
		}
		if c.Text != "" {
			text += " " + c.Text
		}
		if c.RefTable != "" {
			text += ">" + c.RefTable + "." + strings.Join(c.RefColumns, ",")
		}
		out = append(out, text)
	}
	for _, n := range d.DropColumns {
		out = append(out, "-column "+n)
	}
	for _, n := range d.DropConstraints {
		out = append(out, "-constraint "+n)
	}
	for _, n := range d.DropIndexes {
		out = append(out, "-index "+n)
	}
	for _, n := range d.RenameColumns {
		out = append(out, n[0]+"->"+n[1])
	}
	if d.RenameTo != "" {
		out = append(out, "->"+d.RenameTo)
	}
	var names []string
	for n, on := range d.Nullable {
		names = append(names, fmt.Sprintf("%s nullable=%v", n, on))
	}
	sort.Strings(names)
	return strings.Join(append(out, names...), "; ")
}

func TestDefinitions(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY AUTOINCREMENT, email VARCHAR(255) NOT NULL UNIQUE, n numeric(10, 2) DEFAULT 0 NOT NULL, key varchar(9))",
			"users; create; id:integer+pk; email:varchar(255)+uq+nn; n:numeric(10, 2)+nn=0; key:varchar(9)"},
		{"create table app.seats (event_id int references events(id) on delete cascade, no int, CONSTRAINT uq_seat UNIQUE (event_id, no), CHECK (no > 0), PRIMARY KEY (event_id, no))",
			"seats; create; event_id:int>events.id; no:int; unique[uq_seat](event_id,no); check[]() no > 0; pk[](event_id,no)"},
		{"CREATE TABLE `t` (`a` int, UNIQUE KEY `uq_a` (`a`(10)), KEY `ix` (`a`), CONSTRAINT f FOREIGN KEY (a) REFERENCES b (id)) ENGINE=InnoDB",
			"t; create; a:int; unique[uq_a](a); index[ix](); fk[f](a)>b.id"},
		{"CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED, UNIQUE NULLS NOT DISTINCT (a))", "t; create; a:int; b:int+gen; unique[](a)+nnd"},
		{"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ux ON public.t USING btree (tenant_id, lower(email)) WHERE (deleted_at IS NULL)", "t; unique[ux](tenant_id,lower(email)) where deleted_at is null"},
		{"CREATE UNIQUE INDEX ux ON t (a DESC NULLS LAST, b text_pattern_ops, (coalesce(c, 0)))", "t; unique[ux](a,b,coalesce(c, 0))"},
		{"CREATE UNIQUE INDEX ux ON t (email COLLATE NOCASE)", "t; unique[ux](lower(email))"},
		{"CREATE INDEX ix ON t (a)", "t; index[ix](a)"},
		{"ALTER TABLE ONLY t ADD CONSTRAINT u UNIQUE (a, b), DROP CONSTRAINT IF EXISTS old CASCADE, ADD COLUMN c int UNIQUE, DROP COLUMN d",
			"t; c:int+uq; unique[u](a,b); -column d; -constraint old"},
		{"ALTER TABLE t ADD UNIQUE INDEX ux (a), DROP INDEX iy, DROP PRIMARY KEY", "t; unique[ux](a); -constraint primary key; -index iy"},
		{"ALTER TABLE t RENAME COLUMN a TO b", "t; a->b"},
		{"ALTER TABLE t RENAME TO s", "t; ->s"},
		{"ALTER TABLE t ALTER COLUMN a SET NOT NULL, ALTER b DROP NOT NULL", "t; a nullable=false; b nullable=true"},
		{"ALTER TABLE t ADD CONSTRAINT x EXCLUDE USING gist (room WITH =, during WITH &&)", "t; exclude[x]() using gist(room with =, during with &&)"},
		{"DROP INDEX CONCURRENTLY IF EXISTS a, s.b", "; -index a; -index b"},
		{"DROP INDEX a ON t", "t; -index a"},
		{"DROP TABLE IF EXISTS t", "t; drop"},
		{"CREATE TABLE t AS SELECT 1", "none"},
		{"CREATE FUNCTION f() RETURNS void AS $$ BEGIN DROP TABLE t; END $$ LANGUAGE plpgsql", "none"},
	} {
		got := Parse(c.query)
		if len(got) != 1 {
			t.Errorf("%s: %d statements", c.query, len(got))
			continue
		}
		if g := showDefinition(got[0].Definition); g != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.query, g, c.want)
		}
	}
}
