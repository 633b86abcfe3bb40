package interleave

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

// mariadbLab runs experiments on a MariaDB server.
type mariadbLab struct {
	sessions [2]*sql.Conn
	ids      [2]int
	open     [2]bool
	monitor  *sql.Conn
}

// startMariaDB starts a server of its own for the test. It is asked for by MIDDLEBRICK_MARIADB=1 and needs mariadbd and
// mariadb-install-db on the PATH.
func startMariaDB(t *testing.T) *sql.DB {
	t.Helper()
	if os.Getenv("MIDDLEBRICK_MARIADB") == "" {
		t.Skip("NOT COMPARED WITH MARIADB: set MIDDLEBRICK_MARIADB=1 where mariadbd and mariadb-install-db are installed")
	}
	dir, err := os.MkdirTemp("", "middlebrick-maria")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	who, err := asNobody(dir)
	if err != nil {
		t.Fatal(err)
	}
	data, socket := filepath.Join(dir, "data"), filepath.Join(dir, "s.sock")
	command := func(name string, args ...string) *exec.Cmd {
		c := exec.Command(name, args...)
		c.Dir, c.SysProcAttr = dir, who
		return c
	}
	if out, err := command("mariadb-install-db", "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db").CombinedOutput(); err != nil {
		t.Fatalf("mariadb-install-db: %v\n%s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	server := command("mariadbd", "--no-defaults", "--datadir="+data, "--socket="+socket, "--bind-address=127.0.0.1", "--port="+strconv.Itoa(port),
		"--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M", "--skip-log-bin", "--innodb-snapshot-isolation=OFF", "--innodb-lock-wait-timeout=5")
	server.Stdout, server.Stderr = io.Discard, io.Discard
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Signal(syscall.SIGKILL)
		server.Wait()
	})
	db, err := sql.Open("mysql", "root@unix("+socket+")/mysql?clientFoundRows=true&interpolateParams=true")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for range 200 {
		if db.Ping() == nil {
			return db
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the MariaDB server did not answer within ten seconds")
	return nil
}

func newMariaDBLab(t *testing.T, db *sql.DB, level string) *mariadbLab {
	lab := &mariadbLab{}
	connect := func() *sql.Conn {
		c, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	must := func(c *sql.Conn, s string) {
		t.Helper()
		if _, err := c.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	lab.monitor = connect()
	must(lab.monitor, "CREATE OR REPLACE TABLE mysql.t (id INT PRIMARY KEY, grp INT, val INT, uq INT UNIQUE, KEY g (grp)) ENGINE = InnoDB STATS_AUTO_RECALC = 0")
	// Rows far away make the optimizer use the indexes.
	filler := "INSERT INTO t VALUES (1000, 1000, 0, 5000)"
	for i := 1; i < 400; i++ {
		filler += fmt.Sprintf(", (%d, %d, 0, %d)", 1000+i, 1000+i, 5000+i)
	}
	must(lab.monitor, filler)
	must(lab.monitor, "ANALYZE TABLE t")
	for i := range lab.sessions {
		lab.sessions[i] = connect()
		must(lab.sessions[i], "SET SESSION TRANSACTION ISOLATION LEVEL "+level)
		if err := lab.sessions[i].QueryRowContext(t.Context(), "SELECT CONNECTION_ID()").Scan(&lab.ids[i]); err != nil {
			t.Fatal(err)
		}
	}
	return lab
}

// reset also waits until deleted rows are gone from the indexes, where they would still be locked.
func (lab *mariadbLab) reset() error {
	sql := "INSERT INTO t VALUES "
	for i, r := range firstRows {
		if i > 0 {
			sql += ", "
		}
		sql += fmt.Sprintf("(%d, %d, %d, %d)", r[0], r[1], r[2], r[3])
	}
	for _, s := range []string{"DELETE FROM t WHERE id < 1000", "SET GLOBAL innodb_max_purge_lag_wait = 0", sql} {
		if _, err := lab.monitor.ExecContext(context.Background(), s); err != nil {
			return err
		}
	}
	return nil
}

func (lab *mariadbLab) send(actor int, s *sentence) reply {
	c, ctx := lab.sessions[actor], context.Background()
	ends := s.op.Kind == Commit || s.op.Kind == Rollback
	if !lab.open[actor] && !ends {
		if _, err := c.ExecContext(ctx, "BEGIN"); err != nil {
			return reply{err: err}
		}
		lab.open[actor] = true
	}
	if s.reads {
		rows, err := c.QueryContext(ctx, s.sql)
		if err != nil {
			return reply{err: err}
		}
		text, err := sqliteRows(rows)
		return reply{text: strings.TrimSpace("done " + text), err: err}
	}
	result, err := c.ExecContext(ctx, s.sql)
	if err != nil {
		return reply{err: err}
	}
	if ends {
		lab.open[actor] = false
		return reply{text: "done"}
	}
	n, err := result.RowsAffected()
	return reply{text: fmt.Sprintf("done %d rows", n), err: err}
}

func (lab *mariadbLab) abort(actor int) error {
	lab.open[actor] = false
	_, err := lab.sessions[actor].ExecContext(context.Background(), "ROLLBACK")
	return err
}

// waits asks the engine, whose table of transactions is renewed only when nobody has read it for a tenth of a second.
func (lab *mariadbLab) waits(actor int, answered func() bool) bool {
	for {
		for range 55 {
			if answered() {
				return false
			}
			time.Sleep(2 * time.Millisecond)
		}
		var n int
		if err := lab.monitor.QueryRowContext(context.Background(),
			"SELECT COUNT(*) FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT' AND trx_mysql_thread_id = ?", lab.ids[actor]).Scan(&n); err != nil {
			panic(err)
		}
		if n > 0 {
			return !answered()
		}
	}
}

func (lab *mariadbLab) name(err error) Errors {
	var e *mysql.MySQLError
	if !errors.As(err, &e) {
		return 0
	}
	switch e.Number {
	case 1062:
		return UniqueViolation
	case 1213:
		return Deadlock
	case 1020:
		return SerializationFailure
	case 1205:
		return LockNotAvailable
	}
	return 0
}

// TestAgainstMariaDB compares the machine with a real InnoDB.
func TestAgainstMariaDB(t *testing.T) {
	db := startMariaDB(t)
	for _, c := range []struct {
		engine Engine
		level  string
	}{{MySQLRepeatableRead, "REPEATABLE READ"}, {MySQLReadCommitted, "READ COMMITTED"}, {MySQLSerializable, "SERIALIZABLE"}} {
		t.Run(c.level, func(t *testing.T) {
			lab := newMariaDBLab(t, db, c.level)
			compare := comparison{t: t, engine: c.engine, tolerated: 5}
			for seed := range experiments(t) {
				x := randomExperiment(rand.New(rand.NewPCG(uint64(seed), uint64(c.engine))), dialect{locks: true, skip: true, mysql: true})
				real, err := observe(lab, x)
				if err != nil {
					t.Fatalf("seed %d: %v\n%s\n%s", seed, err, x, strings.Join(real, "\n"))
				}
				compare.add(seed, x, real)
			}
			compare.conclude()
		})
	}
}
