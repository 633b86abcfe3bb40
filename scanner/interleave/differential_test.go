package interleave

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

// reply is what an engine answered.
type reply struct {
	text string
	err  error
}

// experiments tells how many pairs to run: a few hundred by default, more by MIDDLEBRICK_EXPERIMENTS.
func experiments(t *testing.T) int {
	if s := os.Getenv("MIDDLEBRICK_EXPERIMENTS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("MIDDLEBRICK_EXPERIMENTS: %v", err)
		}
		return n
	}
	return 300
}

// observe runs an experiment on PostgreSQL and logs every wait and result.
func (lab *postgresLab) observe(x *experiment) ([]string, error) {
	if err := lab.reset(); err != nil {
		return nil, err
	}
	var log []string
	var next [2]int
	var pending [2]chan reply
	var over [2]bool
	answer := [2]*reply{}
	tell := func(actor int, text string) { log = append(log, fmt.Sprintf("%c%d %s", 'A'+actor, next[actor], text)) }
	settle := func(actor int) error {
		r := answer[actor]
		answer[actor], pending[actor] = nil, nil
		if r.err != nil {
			e := postgresError(r.err)
			if e == 0 {
				return r.err
			}
			tell(actor, "error: "+e.String())
			over[actor] = true
			return lab.abort(actor)
		}
		tell(actor, r.text)
		next[actor]++
		over[actor] = next[actor] == len(x.programs[actor])
		if over[actor] && lab.sessions[actor].PgConn().TxStatus() != 'I' {
			return lab.abort(actor)
		}
		return nil
	}
	answered := func(actor int) func() bool {
		return func() bool {
			select {
			case r := <-pending[actor]:
				answer[actor] = &r
			default:
			}
			return answer[actor] != nil
		}
	}
	for _, id := range x.schedule {
		if over[id] || pending[id] != nil {
			id = 1 - id
		}
		if over[id] || pending[id] != nil {
			break
		}
		pending[id] = make(chan reply, 1)
		go func(c chan reply, s *sentence) { c <- lab.send(id, s) }(pending[id], &x.programs[id][next[id]])
		if lab.waits(id, answered(id)) {
			tell(id, "waits")
		} else if err := settle(id); err != nil {
			return log, err
		}
		// The other may have been let go; two that wait for each other end with one's death.
		for b, turns := 1-id, 0; pending[b] != nil && turns < 100; b, turns = 1-b, turns+1 {
			if !lab.waits(b, answered(b)) {
				if err := settle(b); err != nil {
					return log, err
				}
			} else if pending[1-b] == nil {
				break
			}
			if pending[1-b] == nil {
				break
			}
		}
	}
	for i := range over {
		if pending[i] != nil {
			return log, fmt.Errorf("%c is left waiting", 'A'+i)
		}
	}
	for i := range over {
		if !over[i] {
			if err := lab.abort(i); err != nil {
				return log, err
			}
		}
	}
	return log, nil
}

// TestAgainstPostgres compares the machine with a real server on random pairs and schedules.
func TestAgainstPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT COMPARED WITH POSTGRESQL: -short")
	}
	address := startPostgres(t)
	for _, c := range []struct {
		engine Engine
		level  string
	}{{PostgresReadCommitted, "READ COMMITTED"}, {PostgresRepeatableRead, "REPEATABLE READ"}, {PostgresSerializable, "SERIALIZABLE"}} {
		t.Run(c.level, func(t *testing.T) {
			lab := newPostgresLab(t, address, c.level)
			compare := comparison{t: t, engine: c.engine}
			for seed := range experiments(t) {
				x := randomExperiment(rand.New(rand.NewPCG(uint64(seed), uint64(c.engine))), dialect{locks: true, advisory: true, skip: true})
				real, err := lab.observe(x)
				if err != nil {
					t.Fatalf("seed %d: %v\n%s\n%s", seed, err, x, strings.Join(real, "\n"))
				}
				compare.add(seed, x, real)
			}
			compare.conclude()
		})
	}
}

// comparison counts how often the machine and an engine agreed.
type comparison struct {
	t               *testing.T
	engine          Engine
	same, explained int
	strange         int
	reasons         map[string]int
}

func (c *comparison) add(seed int, x *experiment, real []string) {
	c.t.Helper()
	model := simulate(x, c.engine)
	at := 0
	for at < len(real) && at < len(model) && real[at] == model[at] {
		at++
	}
	if at == len(real) && at == len(model) {
		c.same++
		return
	}
	if why := explain(c.engine, model[at:], real[at:]); why != "" {
		c.explained++
		if c.reasons == nil {
			c.reasons = map[string]int{}
		}
		c.reasons[why]++
		return
	}
	if c.strange++; c.strange <= 5 {
		c.t.Errorf("seed %d differs\n%s\nmodel %s\nreal  %s", seed, x, strings.Join(model, "\n      "), strings.Join(real, "\n      "))
	}
}

// conclude fails the test unless nearly all agreed and every difference is explained.
func (c *comparison) conclude() {
	total := c.same + c.explained + c.strange
	c.t.Logf("%s: %d of %d agree in every value, row count, wait and error; explained: %v; unexplained: %d", c.engine, c.same, total, c.reasons, c.strange)
	if c.strange > 0 {
		c.t.Errorf("%d unexplained differences", c.strange)
	}
	if c.same*100 < total*98 {
		c.t.Errorf("only %d of %d agree, want 98 %%", c.same, total)
	}
}

// explain names the known reason for a difference, "" if it is not one: which of two deadlocked transactions dies, and
// that PostgreSQL's SERIALIZABLE may refuse earlier, or on a coarser view of what was read.
func explain(e Engine, model, real []string) string {
	first := func(log []string) string {
		if len(log) == 0 {
			return ""
		}
		return log[0]
	}
	m, r := first(model), first(real)
	const deadlock = "error: deadlock"
	if strings.HasSuffix(m, deadlock) && strings.HasSuffix(r, deadlock) && m[0] != r[0] {
		return "which of the deadlocked dies"
	}
	const refused = "error: serialization failure"
	if e == PostgresSerializable && strings.HasSuffix(r, refused) {
		return "refused at another statement, or by a coarser lock"
	}
	return ""
}
