package interleave

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// postgresWheel is the package of server binaries that the test falls back on.
const postgresWheel = "pgserver==0.1.4"

// startPostgres starts a server of its own for the test and gives its address. Where there is none it skips, loudly.
func startPostgres(t *testing.T) string {
	t.Helper()
	bin, err := postgresBinaries()
	if err != nil {
		t.Skipf("NOT COMPARED WITH POSTGRESQL: no server binaries: %v (set MIDDLEBRICK_POSTGRES_BIN to the directory of initdb and postgres)", err)
	}
	dir, err := os.MkdirTemp("", "middlebrick-pg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	who, err := asNobody(dir)
	if err != nil {
		t.Fatal(err)
	}
	command := func(name string, args ...string) *exec.Cmd {
		c := exec.Command(filepath.Join(bin, name), args...)
		c.Dir = dir
		c.Env = append(os.Environ(), "HOME="+dir, "LC_ALL=C", "TZ=UTC")
		c.SysProcAttr = who
		return c
	}
	data := filepath.Join(dir, "data")
	if out, err := command("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	server := command("postgres", "-D", data, "-p", strconv.Itoa(port), "-k", dir, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off",
		"-c", "deadlock_timeout=5ms", "-c", "enable_seqscan=off", "-c", "autovacuum=off", "-c", "shared_buffers=16MB")
	server.Stderr = io.Discard
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Signal(syscall.SIGQUIT)
		server.Wait()
	})
	address := fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable&default_query_exec_mode=simple_protocol", port)
	for range 200 {
		c, err := pgx.Connect(context.Background(), address)
		if err == nil {
			c.Close(context.Background())
			return address
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the PostgreSQL server did not answer within ten seconds")
	return ""
}

// asNobody makes the server run as another user where the test runs as root, which PostgreSQL refuses.
func asNobody(dir string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// postgresBinaries finds the directory of initdb and postgres: named by the environment, installed, in the cache, or
// fetched into the cache.
func postgresBinaries() (string, error) {
	places := []string{os.Getenv("MIDDLEBRICK_POSTGRES_BIN")}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	sort.Sort(sort.Reverse(sort.StringSlice(found)))
	places = append(places, found...)
	cache, err := cacheFolder()
	if err != nil {
		return "", err
	}
	unpacked := filepath.Join(cache, strings.ReplaceAll(postgresWheel, "==", "-"))
	places = append(places, filepath.Join(unpacked, "pgserver", "pginstall", "bin"))
	for _, p := range places {
		if _, err := os.Stat(filepath.Join(p, "initdb")); p != "" && err == nil {
			return p, nil
		}
	}
	if err := unpackWheel(postgresWheel, unpacked); err != nil {
		return "", err
	}
	return places[len(places)-1], nil
}

// cacheFolder is where downloads stay; root's own cache cannot be read by the user that the server runs as.
func cacheFolder() (string, error) {
	if os.Getuid() == 0 {
		return "/var/cache/middlebrick", nil
	}
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "middlebrick"), err
}

// unpackWheel fetches a package with pip and unpacks it.
func unpackWheel(requirement, into string) error {
	temp, err := os.MkdirTemp("", "middlebrick-wheel")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	if out, err := exec.Command("python3", "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", temp, requirement).CombinedOutput(); err != nil {
		return fmt.Errorf("pip download %s: %w: %s", requirement, err, out)
	}
	wheels, _ := filepath.Glob(filepath.Join(temp, "*.whl"))
	if len(wheels) != 1 {
		return fmt.Errorf("pip download %s: %d wheels", requirement, len(wheels))
	}
	z, err := zip.OpenReader(wheels[0])
	if err != nil {
		return err
	}
	defer z.Close()
	partial := into + ".partial" + strconv.Itoa(os.Getpid())
	defer os.RemoveAll(partial)
	for _, f := range z.File {
		if err := unpackFile(f, partial); err != nil {
			return err
		}
	}
	if err := os.Rename(partial, into); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}

func unpackFile(f *zip.File, into string) error {
	path := filepath.Join(into, filepath.FromSlash(f.Name))
	if !strings.HasPrefix(path, into) || strings.HasSuffix(f.Name, "/") {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	from, err := f.Open()
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(to, from); err != nil {
		to.Close()
		return err
	}
	return to.Close()
}

// postgresLab runs experiments on a server: two sessions and a third that watches who waits.
type postgresLab struct {
	sessions [2]*pgx.Conn
	monitor  *pgx.Conn
}

func newPostgresLab(t *testing.T, address, level string) *postgresLab {
	lab := &postgresLab{}
	connect := func() *pgx.Conn {
		c, err := pgx.Connect(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close(context.Background()) })
		return c
	}
	lab.monitor = connect()
	for i := range lab.sessions {
		lab.sessions[i] = connect()
		if _, err := lab.sessions[i].Exec(t.Context(), "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL "+level); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := lab.monitor.Exec(t.Context(), "DROP TABLE IF EXISTS t; CREATE TABLE t (id int PRIMARY KEY, grp int, val int, uq int UNIQUE); CREATE INDEX ON t (grp)"); err != nil {
		t.Fatal(err)
	}
	return lab
}

// reset puts the table into its first state.
func (lab *postgresLab) reset() error {
	sql := "TRUNCATE t; INSERT INTO t VALUES "
	for i, r := range firstRows {
		if i > 0 {
			sql += ", "
		}
		sql += fmt.Sprintf("(%d, %d, %d, %d)", r[0], r[1], r[2], r[3])
	}
	_, err := lab.monitor.Exec(context.Background(), sql)
	return err
}

// send runs one statement, in a transaction that it opens if there is none.
func (lab *postgresLab) send(actor int, s *sentence) reply {
	c := lab.sessions[actor]
	ctx := context.Background()
	if c.PgConn().TxStatus() == 'I' {
		if s.op.Kind == Commit || s.op.Kind == Rollback {
			return reply{text: "done"}
		}
		if _, err := c.Exec(ctx, "BEGIN"); err != nil {
			return reply{err: err}
		}
	}
	if s.reads {
		rows, err := c.Query(ctx, s.sql)
		if err != nil {
			return reply{err: err}
		}
		text, err := rowsText(rows)
		return reply{text: strings.TrimSpace("done " + text), err: err}
	}
	tag, err := c.Exec(ctx, s.sql)
	if s.op.Kind == Commit || s.op.Kind == Rollback || s.op.Kind == Acquire {
		return reply{text: "done", err: err}
	}
	return reply{text: fmt.Sprintf("done %d rows", tag.RowsAffected()), err: err}
}

func rowsText(rows pgx.Rows) (string, error) {
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

// abort gives up what a session has open.
func (lab *postgresLab) abort(actor int) error {
	_, err := lab.sessions[actor].Exec(context.Background(), "ROLLBACK")
	return err
}

// waits tells whether a session's statement waits for the other. The statement's own deadlock timer has then run out.
func (lab *postgresLab) waits(actor int, answered func() bool) bool {
	pid := lab.sessions[actor].PgConn().PID()
	for {
		if answered() {
			return false
		}
		var n int
		if err := lab.monitor.QueryRow(context.Background(), "SELECT cardinality(pg_blocking_pids($1))", pid).Scan(&n); err != nil {
			panic(err)
		}
		if n == 0 {
			time.Sleep(200 * time.Microsecond)
			continue
		}
		time.Sleep(8 * time.Millisecond)
		return !answered()
	}
}

func (lab *postgresLab) name(err error) Errors {
	var pe *pgconn.PgError
	if !errors.As(err, &pe) {
		return 0
	}
	switch pe.Code {
	case "23505":
		return UniqueViolation
	case "40001":
		return SerializationFailure
	case "40P01":
		return Deadlock
	case "55P03":
		return LockNotAvailable
	case "23514":
		return CheckViolation
	}
	return 0
}
