package sql

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// show gives the parts of a statement that matter, in one line.
func show(s *Statement) string {
	var b strings.Builder
	verbs := []string{"other", "select", "insert", "update", "delete", "begin", "commit", "rollback", "savepoint", "release", "set", "lock", "unlock", "call", "define"}
	b.WriteString(verbs[s.Verb])
	for _, t := range s.Tables {
		b.WriteString(" " + []string{"", "+", "sub:", "cte:"}[t.Role] + t.Name)
		if t.Alias != "" {
			b.WriteString("/" + t.Alias)
		}
	}
	if s.Verb == Select && s.Columns != nil {
		b.WriteString(" [" + strings.Join(s.Columns, " ") + "]")
	}
	if s.Aggregate != NoAggregate {
		fmt.Fprintf(&b, " %s(%s)", []string{"", "exists", "count", "sum", "max"}[s.Aggregate], s.AggregateColumn)
	}
	for _, a := range s.Set {
		b.WriteString(" set " + a.Column + ":=" + showValue(a.Value))
		if a.Relative {
			b.WriteString("!")
		}
	}
	for _, c := range s.Where {
		b.WriteString(" where " + showCond(c))
	}
	if s.Lock.Strength != NoLock {
		b.WriteString([]string{"", " share", " lock"}[s.Lock.Strength])
		if s.Lock.SkipLocked {
			b.WriteString(" skip")
		}
		if s.Lock.NoWait {
			b.WriteString(" nowait")
		}
		if s.Lock.Of != nil {
			b.WriteString(" of " + strings.Join(s.Lock.Of, ","))
		}
	}
	if s.OnConflict.Action != Fail {
		b.WriteString(" conflict " + []string{"", "nothing", "update", "replace"}[s.OnConflict.Action])
		b.WriteString("(" + strings.Join(s.OnConflict.Columns, " ") + s.OnConflict.Constraint + ")")
		for _, a := range s.OnConflict.Set {
			b.WriteString(" " + a.Column + ":=" + showValue(a.Value))
		}
	}
	if s.NotExists {
		b.WriteString(" notexists")
	}
	if s.Returning {
		b.WriteString(" returning")
	}
	if a := s.Advisory; a != nil {
		fmt.Fprintf(&b, " advisory %s key=%s tx=%v try=%v release=%v", a.Function, a.Key, a.Transaction, a.Try, a.Release)
	}
	if s.Isolation != "" {
		b.WriteString(" level " + s.Isolation)
	}
	if s.Limit != "" {
		b.WriteString(" limit " + s.Limit)
	}
	return b.String()
}

func showValue(v Value) string {
	kinds := []string{"", "null ", "'", "#", "bool ", "", "col ", "query ", "", "default "}
	return kinds[v.Kind] + v.Text
}

func showCond(c Cond) string {
	left := c.Column
	if c.Table != "" {
		left = c.Table + "." + left
	}
	if c.Expr != "" && c.Op != "or" {
		left = c.Expr + "{" + c.Column + "}"
	}
	if c.Op == "or" {
		var any []string
		for _, a := range c.Any {
			var all []string
			for _, t := range a {
				all = append(all, showCond(t))
			}
			any = append(any, strings.Join(all, " & "))
		}
		return "(" + strings.Join(any, " | ") + ")"
	}
	return strings.TrimSpace(left + " " + c.Op + " " + showValue(c.Value))
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"SELECT id, email FROM users WHERE email = $1", "select users [id email] where email = $1"},
		{"select * from public.users u where u.id=%s for update", "select users/u where u.id = ? lock"},
		{"SELECT u.* FROM users AS u WHERE lower(u.email) = lower(:email)", "select users/u where lower(u.email){email} = lower(:email)"},
		{`SELECT "u"."id" FROM "users" "u" WHERE "u"."name" = %(name)s LIMIT 1`, "select users/u [id] where u.name = :name limit 1"},
		{"SELECT count(*) FROM seats WHERE event_id = ? AND taken", "select seats count() where event_id = ? where taken = bool true"},
		{"SELECT COALESCE(SUM(l.cents), 0) AS total FROM ledger l WHERE l.owner = :o", "select ledger/l [cents] sum(cents) where l.owner = :o"},
		{"SELECT max(no) + 1 n FROM invoices", "select invoices [no] max(no)"},
		{"SELECT EXISTS (SELECT 1 FROM users WHERE email = $1)", "select sub:users exists() where email = $1"},
		{"SELECT 1 FROM a JOIN b ON a.id = b.a_id LEFT JOIN c USING (x) WHERE b.n > 3 FOR UPDATE OF a, b NOWAIT", "select a +b +c where a.id = col b.a_id where b.n > #3 lock nowait of a,b"},
		{"SELECT id FROM jobs WHERE state = 'pending' ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED", "select jobs [id] where state = 'pending lock skip limit 1"},
		{"SELECT * FROM t WHERE a LOCK IN SHARE MODE", "select t where a = bool true share"},
		{"SELECT id FROM t FOR KEY SHARE", "select t [id] share"},
		{"SELECT a FROM t WHERE NOT used AND x IS NOT NULL AND y IS NULL AND z NOT IN (1, 2)", "select t [a] where used = bool false where x is not null where y is null where z not in (1, 2)"},
		{"SELECT a FROM t WHERE b BETWEEN 1 AND 5 AND (c = 1 OR d = 2 AND e = 3)", "select t [a] where b >= #1 where b <= #5 where (c = #1 | d = #2 & e = #3)"},
		{"SELECT a FROM t WHERE 5 < b AND c = ANY($1) AND d IS DISTINCT FROM $2", "select t [a] where b > #5 where c in $1 where d != $2"},
		{"SELECT a FROM t WHERE (b, c) = ($1, $2)", "select t [a] where b = $1 where c = $2"},
		{"SELECT CASE WHEN a = 1 THEN b ELSE c END AS d FROM t WHERE CASE WHEN x = 1 THEN true END", "select t [a b c] where case when x = 1 then true end{x} ?"},
		{"SELECT a FROM t WHERE id IN (SELECT t_id FROM s WHERE n = 1) AND NOT EXISTS (SELECT 1 FROM r)", "select t sub:s sub:r [a] where id in query (select t_id from s where n = 1) where not exists"},
		{"SELECT a -- comment; not the end\nFROM t /* WHERE x = 1 */ WHERE b = 'it''s; -- no comment'", "select t [a] where b = 'it's; -- no comment"},
		{"SELECT a::int FROM t WHERE b::text = $1::text", "select t [a] where b = $1::text"},
		{"(SELECT a FROM t) UNION ALL (SELECT b FROM s)", "select t sub:s [a]"},

		{"INSERT INTO users (email, name) VALUES ($1, lower($2)) RETURNING id", "insert users set email:=$1 set name:=lower($2) returning"},
		{"INSERT INTO users VALUES (1, 2), (3, 4)", "insert users"},
		{"INSERT INTO t (a, b) VALUES (:a, now()) ON CONFLICT (a, lower(b)) DO NOTHING", "insert t set a:=:a set b:=now() conflict nothing(a lower(b))"},
		{"INSERT INTO t (a, n) VALUES (?, 1) ON CONFLICT (a) DO UPDATE SET n = t.n + 1 WHERE t.n < 5 RETURNING n", "insert t set a:=? set n:=#1 conflict update(a) n:=t.n + 1 returning"},
		{"INSERT INTO t (a) VALUES (?) ON CONFLICT ON CONSTRAINT uq_t DO NOTHING", "insert t set a:=? conflict nothing(uq_t)"},
		{"INSERT IGNORE INTO `t` (`a`) VALUES (%s)", "insert t set a:=? conflict nothing()"},
		{"INSERT OR IGNORE INTO t (a) VALUES (?)", "insert t set a:=? conflict nothing()"},
		{"REPLACE INTO t (a) VALUES (?)", "insert t set a:=? conflict replace()"},
		{"INSERT INTO t (a) VALUES (%s) ON DUPLICATE KEY UPDATE n = n + 1", "insert t set a:=? conflict update() n:=n + 1"},
		{"INSERT INTO t SET a = %s", "insert t set a:=?"},
		{"INSERT INTO c (a, b) SELECT :a, :b WHERE NOT EXISTS (SELECT 1 FROM c WHERE a = :a)", "insert c sub:c set a:=:a set b:=:b notexists"},
		{"INSERT INTO c (a) SELECT x FROM d WHERE y = 1 RETURNING *", "insert c sub:d set a:=col x returning"},
		{"MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED THEN INSERT VALUES (1)", "insert t +s where t.id = col s.id notexists"},

		{"UPDATE wallets SET cents = cents - $1 WHERE id = $2 AND cents >= $1", "update wallets set cents:=cents - $1! where id = $2 where cents >= $1"},
		{"UPDATE t AS x SET (a, b) = ($1, b + 1), c = s.c FROM s WHERE x.id = s.id RETURNING x.id", "update t/x +s set a:=$1 set b:=b + 1! set c:=col s.c! where x.id = col s.id returning"},
		{"UPDATE orders SET state='shipped', at=now() WHERE id=:id AND state='paid'", "update orders set state:='shipped set at:=now() where id = :id where state = 'paid"},
		{"UPDATE t SET n = (SELECT count(*) FROM s) WHERE id = 1", "update t sub:s set n:=query (select count(*) from s) where id = #1"},
		{"UPDATE t SET a = 1 WHERE (SELECT count(*) FROM s WHERE t_id = 1) < 5", "update t sub:s set a:=#1 where (select count(*) from s where t_id = 1){} < #5"},
		{"UPDATE a JOIN b ON a.id = b.id SET a.x = 1", "update a +b set x:=#1 where a.id = col b.id"},
		{`UPDATE t SET s = "done" WHERE s = "open"`, "update t set s:='done where s = 'open"},

		{"DELETE FROM tokens WHERE hash = $1 RETURNING user_id", "delete tokens where hash = $1 returning"},
		{"DELETE FROM a USING b WHERE a.id = b.id", "delete a +b where a.id = col b.id"},
		{"TRUNCATE TABLE t", "delete t"},

		{"WITH x AS (SELECT id FROM jobs WHERE s = 'new' LIMIT 1 FOR UPDATE SKIP LOCKED) UPDATE jobs SET s = 'run' FROM x WHERE jobs.id = x.id RETURNING jobs.*", "update jobs cte:x sub:jobs set s:='run where jobs.id = col x.id returning"},
		{"WITH gone AS (DELETE FROM q WHERE id = $1 RETURNING *) INSERT INTO done (id) SELECT id FROM gone", "delete q where id = $1 returning | insert done set id:=col id"},
		{"EXPLAIN ANALYZE SELECT a FROM t", "select t [a]"},

		{"SELECT pg_advisory_xact_lock(hashtext($1))", "call advisory pg_advisory_xact_lock key=hashtext($1) tx=true try=false release=false"},
		{"SELECT pg_try_advisory_lock(1, :room) AS ok", "call advisory pg_try_advisory_lock key=1, :room tx=false try=true release=false"},
		{"SELECT * FROM pg_advisory_unlock(7)", "call advisory pg_advisory_unlock key=7 tx=false try=false release=true"},
		{"SELECT GET_LOCK(CONCAT('u', %s), 10)", "call advisory get_lock key=concat('u', ?) tx=false try=true release=false"},
		{"DO RELEASE_LOCK('x')", "call advisory release_lock key='x' tx=false try=false release=true"},

		{"BEGIN IMMEDIATE", "begin level IMMEDIATE"},
		{"START TRANSACTION ISOLATION LEVEL REPEATABLE READ", "begin level REPEATABLE READ"},
		{"SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT", "set level SERIALIZABLE | select | commit"},
		{"SET SESSION transaction_isolation = 'READ-COMMITTED'", "set set transaction_isolation:='READ-COMMITTED level READ COMMITTED"},
		{"ROLLBACK TO SAVEPOINT sp", "rollback"},
		{"LOCK TABLE a, b IN SHARE ROW EXCLUSIVE MODE NOWAIT", "lock a b lock nowait"},
		{"LOCK TABLE a IN SHARE MODE", "lock a share"},
		{"LOCK TABLES a WRITE", "lock a lock"},
		{"VACUUM t", "other"},

		{"SELECT * FROM {table} WHERE {column} = {value!r}", "select {table} where {column} = {value!r}"},
		{"SELECT a FROM t WHERE 1=1 AND true AND b = 2 AND {more}", "select t [a] where b = #2 where {more}{} ?"},
		{"UPDATE t SET {sets} WHERE {where}", "update t where {where}{} ?"},
		{"SELECT id FROM {prefix}_users WHERE id = {uid}", "select {prefix}_users [id] where id = {uid}"},
		{"SELECT a FROM t WHERE x LIKE '%%foo' AND y %% 2 = 0", "select t [a] where x like '%%foo where y % 2{y} = #0"},
		{"SELECT 1 FROM t WHERE tags @> $1 AND meta->>'k' = $2", "select t where tags @> $1{tags} ? where meta ->> 'k'{meta} = $2"},
	} {
		var got []string
		for _, s := range Parse(c.query) {
			got = append(got, show(&s))
		}
		if g := strings.Join(got, " | "); g != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.query, g, c.want)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	s := Parse("UPDATE t SET a = ?, b = %s WHERE c = $7 AND d = :dd AND e = %(ee)s; DELETE FROM t WHERE f = ?")
	want := []Param{{Index: 1}, {Index: 2}, {Index: 7}, {Name: "dd"}, {Name: "ee"}, {Index: 3}}
	got := []Param{s[0].Set[0].Value.Param, s[0].Set[1].Value.Param}
	for _, c := range append(s[0].Where, s[1].Where...) {
		got = append(got, c.Value.Param)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("placeholders: got %v, want %v", got, want)
	}
}

func TestSubqueryKeepsItsLock(t *testing.T) {
	s := Parse("UPDATE jobs SET s = 'run' WHERE id = (SELECT id FROM jobs WHERE s = 'new' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id")
	if len(s) != 1 || len(s[0].Subs) != 1 || !s[0].Subs[0].Lock.SkipLocked || s[0].Lock.Strength != NoLock {
		t.Fatalf("got %+v", s)
	}
}

// Each of these has once been, or could be, a reason to run forever or out of memory.
func TestHostileQueries(t *testing.T) {
	n := 30_000
	for name, q := range map[string]string{
		"open parentheses":   "SELECT " + strings.Repeat("(", n),
		"nested parentheses": "SELECT a FROM t WHERE " + strings.Repeat("(", n) + "a" + strings.Repeat(")", n),
		"nested queries":     strings.Repeat("SELECT * FROM t WHERE f((SELECT 1)) = (", n/10) + strings.Repeat(")", n/10),
		"doubled queries":    nestedTwice(18),
		"not not not":        "SELECT a FROM t WHERE " + strings.Repeat("NOT ", n) + "a",
		"or or or":           "SELECT a FROM t WHERE a" + strings.Repeat(" OR a = 1", n),
		"unions":             "SELECT 1" + strings.Repeat(" UNION SELECT 1", n),
		"conflicts":          "INSERT INTO t VALUES (1)" + strings.Repeat(" ON CONFLICT DO NOTHING", n),
		"columns":            "SELECT " + strings.Repeat("a, b1 x, ", n) + "c FROM t",
		"many columns":       "SELECT " + manyNames(n) + " FROM t",
		"semicolons":         strings.Repeat(";", n),
		"quote":              "SELECT 'abc",
		"dollar":             "SELECT $abc$ x",
		"comment":            "SELECT /* /* */ x",
		"ctes":               "WITH " + strings.Repeat("a AS (SELECT 1), ", n) + "b AS (SELECT 2) SELECT 1",
		"joins":              "SELECT 1 FROM a" + strings.Repeat(" JOIN b ON a.x = b.x", n),
		"at":                 "@ @@ @a @> \x00 \xff\xfe",
	} {
		start := time.Now()
		Parse(q)
		d := time.Since(start)
		if d > 20*time.Second {
			t.Errorf("%s: took %s", name, d)
		}
	}
}

func nestedTwice(n int) string {
	q := "SELECT 1"
	for range n {
		q = "SELECT f((" + q + ")) = (SELECT 2)"
	}
	return q
}

func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "c%d, ", i)
	}
	return b.String() + "z"
}

func FuzzParse(f *testing.F) {
	for _, q := range []string{
		"SELECT a FROM t WHERE b = $1 FOR UPDATE OF t SKIP LOCKED", "INSERT INTO t (a) SELECT :a WHERE NOT EXISTS (SELECT 1 FROM t)",
		"WITH x AS (DELETE FROM q RETURNING *) SELECT * FROM x", "CREATE TABLE t (a int primary key, unique (a, b), check (a > 0))",
		"CREATE UNIQUE INDEX i ON t (lower(a), b DESC) WHERE c IS NULL", "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a), DROP COLUMN b",
		"UPDATE t SET (a, b) = (1, 2) WHERE a BETWEEN 1 AND 2 OR NOT (b IN (1, %s))", "BEGIN; SELECT pg_advisory_xact_lock(%(k)s); COMMIT",
		"drop index if exists a, b; drop table t; lock tables a write", "select {x} from {y}_z where 'a' = $$b$$", "alter table t rename a to b, alter c drop not null",
	} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		for _, s := range Parse(q) {
			show(&s)
		}
	})
}
