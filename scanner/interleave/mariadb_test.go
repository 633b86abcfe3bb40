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

// reset also waits until deleted rows are gone from the indexes, where they would still be locked. The server's own wait for that,
// innodb_max_purge_lag_wait, looks every tenth of a second only.
func (lab *mariadbLab) reset() error {
	sql := "INSERT INTO t VALUES "
	for i, r := range firstRows {
		if i > 0 {
			sql += ", "
		}
		sql += fmt.Sprintf("(%d, %d, %d, %d)", r[0], r[1], r[2], r[3])
	}
	if _, err := lab.monitor.ExecContext(context.Background(), "DELETE FROM t WHERE id < 1000"); err != nil {
		return err
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(500 * time.Microsecond) {
		status, err := lab.status()
		if err != nil {
			return err
		}
		if strings.Contains(status, "\nHistory list length 0\n") {
			break
		}
		if time.Now().After(deadline) {
			return errors.New("deleted rows stay in the indexes")
		}
	}
	_, err := lab.monitor.ExecContext(context.Background(), sql)
	return err
}

// status is what the engine's monitor says.
func (lab *mariadbLab) status() (string, error) {
	var kind, name, status string
	err := lab.monitor.QueryRowContext(context.Background(), "SHOW ENGINE INNODB STATUS").Scan(&kind, &name, &status)
	return status, err
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

// waits asks the engine's monitor. The table INNODB_TRX would say the same, a tenth of a second later: it is renewed only when nobody has
// read it for so long.
func (lab *mariadbLab) waits(actor int, answered func() bool) bool {
	for {
		if answered() {
			return false
		}
		status, err := lab.status()
		if err != nil {
			panic(err)
		}
		if waitsForLock(status, lab.ids[actor]) {
			return !answered()
		}
		time.Sleep(200 * time.Microsecond)
	}
}

// waitsForLock tells whether the transaction of a connection waits for a lock, by what the engine's monitor says of all.
func waitsForLock(status string, connection int) bool {
	_, list, _ := strings.Cut(status, "LIST OF TRANSACTIONS FOR EACH SESSION:")
	for _, transaction := range strings.Split(list, "---TRANSACTION ")[1:] {
		if strings.Contains(transaction, fmt.Sprintf("thread id %d,", connection)) {
			return strings.Contains(transaction, "\nLOCK WAIT ")
		}
	}
	return false
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
	t.Parallel()
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
