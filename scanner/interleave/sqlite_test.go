package interleave

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	driver "modernc.org/sqlite"
)

// SQLite's result codes.
const (
	sqliteBusy         = 5
	sqliteConstraint   = 19
	sqliteBusySnapshot = 517
)

// sqliteLab runs experiments on a database file with two connections. A statement that would wait is one whose busy
// handler ran: it is tried again after each step of the other.
type sqliteLab struct {
	mode     Engine
	sessions [2]*sql.Conn
	open     [2]bool // a transaction was begun
}

// patience is how long the busy handler waits; a refusal at once comes much sooner.
const patience = 20 * time.Millisecond

func newSQLiteLab(t *testing.T, mode Engine) *sqliteLab {
	lab := &sqliteLab{mode: mode}
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "lab.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for i := range lab.sessions {
		if lab.sessions[i], err = db.Conn(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{"PRAGMA journal_mode = WAL", "PRAGMA synchronous = OFF"} {
			lab.must(t, i, s)
		}
	}
	lab.must(t, 0, "CREATE TABLE t (id INTEGER PRIMARY KEY, grp INT, val INT, uq INT UNIQUE)")
	lab.must(t, 0, "CREATE INDEX t_grp ON t (grp)")
	return lab
}

func (lab *sqliteLab) must(t *testing.T, i int, statement string) {
	t.Helper()
	if _, err := lab.sessions[i].ExecContext(context.Background(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func (lab *sqliteLab) reset(t *testing.T) {
	lab.must(t, 0, "DELETE FROM t")
	for _, r := range firstRows {
		lab.must(t, 0, fmt.Sprintf("INSERT INTO t VALUES (%d, %d, %d, %d)", r[0], r[1], r[2], r[3]))
	}
}

// exec runs one statement with a busy handler of the given patience.
func (lab *sqliteLab) exec(actor int, s string, wait time.Duration) (sql.Result, error) {
	c := lab.sessions[actor]
	if _, err := c.ExecContext(context.Background(), fmt.Sprintf("PRAGMA busy_timeout = %d", wait.Milliseconds())); err != nil {
		return nil, err
	}
	return c.ExecContext(context.Background(), s)
}

// try runs a sentence; the second result tells that it would wait.
func (lab *sqliteLab) try(actor int, s *sentence, wait time.Duration) (reply, bool) {
	ends := s.op.Kind == Commit || s.op.Kind == Rollback
	if ends && !lab.open[actor] {
		return reply{text: "done"}, false
	}
	begin := ""
	switch {
	case lab.open[actor] || ends:
	case lab.mode == SQLiteBegin, lab.mode == SQLiteDefault && !s.reads:
		begin = "BEGIN"
	case lab.mode == SQLiteImmediate:
		begin = "BEGIN IMMEDIATE"
	}
	if begin != "" {
		started := time.Now()
		if _, err := lab.exec(actor, begin, wait); err != nil {
			return lab.busy(err, time.Since(started), wait)
		}
		lab.open[actor] = true
	}
	if s.reads {
		rows, err := lab.sessions[actor].QueryContext(context.Background(), s.sql)
		if err != nil {
			return reply{err: err}, false
		}
		text, err := sqliteRows(rows)
		return reply{text: strings.TrimSpace("done " + text), err: err}, false
	}
	started := time.Now()
	result, err := lab.exec(actor, s.sql, wait)
	if err != nil {
		return lab.busy(err, time.Since(started), wait)
	}
	if ends {
		lab.open[actor] = false
		return reply{text: "done"}, false
	}
	n, err := result.RowsAffected()
	return reply{text: fmt.Sprintf("done %d rows", n), err: err}, false
}

// busy tells a wait, where the busy handler ran to its end, from a refusal.
func (lab *sqliteLab) busy(err error, took, wait time.Duration) (reply, bool) {
	var e *driver.Error
	if errors.As(err, &e) && e.Code() == sqliteBusy && took >= wait/3 {
		return reply{}, true
	}
	return reply{err: err}, false
}

func sqliteRows(rows *sql.Rows) (string, error) {
	defer rows.Close()
	var list []string
	for rows.Next() {
		var id, grp, val int
		if err := rows.Scan(&id, &grp, &val); err != nil {
			return "", err
		}
		list = append(list, fmt.Sprintf("%d:%d:%d", id, grp, val))
	}
	sort.Strings(list)
	return strings.Join(list, " "), rows.Err()
}

func sqliteError(err error) Errors {
	var e *driver.Error
	if !errors.As(err, &e) {
		return 0
	}
	switch {
	case e.Code() == sqliteBusy || e.Code() == sqliteBusySnapshot:
		return SerializationFailure
	case e.Code()&0xff == sqliteConstraint:
		return UniqueViolation
	}
	return 0
}

func (lab *sqliteLab) abort(t *testing.T, actor int) {
	if lab.open[actor] {
		lab.must(t, actor, "ROLLBACK")
		lab.open[actor] = false
	}
}

// observe runs an experiment and logs every wait and result.
func (lab *sqliteLab) observe(t *testing.T, x *experiment) []string {
	lab.reset(t)
	var log []string
	var next [2]int
	var waits, over [2]bool
	attempt := func(actor int) {
		patience := patience
		if waits[actor] {
			patience = 0
		}
		s := &x.programs[actor][next[actor]]
		r, blocked := lab.try(actor, s, patience)
		name := fmt.Sprintf("%c%d ", 'A'+actor, next[actor])
		switch {
		case blocked && waits[actor]:
			return
		case blocked:
			waits[actor] = true
			log = append(log, name+"waits")
			return
		case r.err != nil:
			e := sqliteError(r.err)
			if e == 0 {
				t.Fatalf("%s: %v", s.sql, r.err)
			}
			log = append(log, name+"error: "+e.String())
			over[actor] = true
			lab.abort(t, actor)
		default:
			log = append(log, name+r.text)
			next[actor]++
			over[actor] = next[actor] == len(x.programs[actor])
		}
		waits[actor] = false
		if over[actor] {
			lab.abort(t, actor)
		}
	}
	for _, id := range x.schedule {
		if over[id] || waits[id] {
			id = 1 - id
		}
		if over[id] || waits[id] {
			break
		}
		attempt(id)
		if b := 1 - id; waits[b] {
			attempt(b)
		}
	}
	for i := range over {
		lab.abort(t, i)
	}
	return log
}

// TestAgainstSQLite compares the machine with a real SQLite in its three modes.
func TestAgainstSQLite(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("NOT COMPARED WITH SQLITE: -short")
	}
	for _, mode := range []Engine{SQLiteDefault, SQLiteBegin, SQLiteImmediate} {
		t.Run(mode.String(), func(t *testing.T) {
			lab := newSQLiteLab(t, mode)
			compare := comparison{t: t, engine: mode}
			for seed := range experiments(t) {
				x := randomExperiment(rand.New(rand.NewPCG(uint64(seed), uint64(mode))), dialect{subqueries: true})
				real := lab.observe(t, x)
				if !slices.Equal(real, simulate(x, mode)) {
					real = lab.observe(t, x) // a wait is told by the clock, which a busy machine may upset once
				}
				compare.add(seed, x, real)
			}
			compare.conclude()
		})
	}
}
