package interleave

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
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

// laboratory is a server with two sessions and one that watches who waits.
type laboratory interface {
	reset() error                               // put the table into its first state
	send(actor int, s *sentence) reply          // run one statement, in a transaction that it opens if there is none
	waits(actor int, answered func() bool) bool // tell whether the statement waits for the other session
	abort(actor int) error                      // give up what a session has open
	name(err error) Errors                      // name an error as the machine does, 0 for an unknown one
}

// trialRun is one experiment on a server.
type trialRun struct {
	lab     laboratory
	x       *experiment
	log     []string
	next    [2]int
	pending [2]chan reply
	answer  [2]*reply
	over    [2]bool
}

// observe runs an experiment on a server and logs every wait and result.
func observe(lab laboratory, x *experiment) ([]string, error) {
	r := &trialRun{lab: lab, x: x}
	if err := lab.reset(); err != nil {
		return nil, err
	}
	for _, id := range x.schedule {
		if r.over[id] || r.pending[id] != nil {
			id = 1 - id
		}
		if r.over[id] || r.pending[id] != nil {
			break
		}
		if err := r.step(id); err != nil {
			return r.log, err
		}
	}
	for i := range r.over {
		if r.pending[i] != nil {
			return r.log, fmt.Errorf("%c is left waiting", 'A'+i)
		}
		if !r.over[i] {
			if err := lab.abort(i); err != nil {
				return r.log, err
			}
		}
	}
	return r.log, nil
}

// step sends the next statement of a program and then sees whether the other was let go.
func (r *trialRun) step(id int) error {
	answers := make(chan reply, 1)
	r.pending[id] = answers
	go func(s *sentence) { answers <- r.lab.send(id, s) }(&r.x.programs[id][r.next[id]])
	if r.lab.waits(id, r.answered(id)) && !r.dies(id) {
		r.tell(id, "waits")
	} else if err := r.settle(id); err != nil {
		return err
	}
	// Two that wait for each other end with one's death.
	for b, turns := 1-id, 0; r.pending[b] != nil && turns < 100; b, turns = 1-b, turns+1 {
		if !r.lab.waits(b, r.answered(b)) {
			if err := r.settle(b); err != nil {
				return err
			}
		}
		if r.pending[1-b] == nil {
			break
		}
	}
	return nil
}

// dies tells whether a session that waits while the other waits too is the one that the engine picks to end the deadlock. The other one goes on
// as soon as the locks are free, which may be told before the error is: it is waited for.
func (r *trialRun) dies(id int) bool {
	if r.pending[1-id] == nil {
		return false
	}
	mine, other := r.answered(id), r.answered(1-id)
	for !mine() && !other() {
		time.Sleep(time.Millisecond)
	}
	if went := r.answer[1-id]; went != nil && went.err == nil {
		for end := time.Now().Add(time.Second); !mine() && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
	}
	return r.answer[id] != nil
}

func (r *trialRun) tell(actor int, text string) {
	r.log = append(r.log, fmt.Sprintf("%c%d %s", 'A'+actor, r.next[actor], text))
}

func (r *trialRun) answered(actor int) func() bool {
	return func() bool {
		select {
		case a := <-r.pending[actor]:
			r.answer[actor] = &a
		default:
		}
		return r.answer[actor] != nil
	}
}

// settle takes a session's answer.
func (r *trialRun) settle(actor int) error {
	a := r.answer[actor]
	r.answer[actor], r.pending[actor] = nil, nil
	if a.err != nil {
		e := r.lab.name(a.err)
		if e == 0 {
			return a.err
		}
		r.tell(actor, "error: "+e.String())
		r.over[actor] = true
		return r.lab.abort(actor)
	}
	r.tell(actor, a.text)
	r.next[actor]++
	if r.over[actor] = r.next[actor] == len(r.x.programs[actor]); r.over[actor] {
		return r.lab.abort(actor)
	}
	return nil
}

// TestAgainstPostgres compares the machine with a real server on random pairs and schedules.
func TestAgainstPostgres(t *testing.T) {
	t.Parallel()
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
				x := randomExperiment(rand.New(rand.NewPCG(uint64(seed), uint64(c.engine))), dialect{locks: true, advisory: true, skip: true, subqueries: true})
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

// comparison counts how often the machine and an engine agreed.
type comparison struct {
	t               *testing.T
	engine          Engine
	same, explained int
	tolerated       int // per cent that may differ unexplained
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
		tell := c.t.Errorf
		if c.tolerated > 0 {
			tell = c.t.Logf
		}
		tell("seed %d differs\n%s\nmodel %s\nreal  %s", seed, x, strings.Join(model, "\n      "), strings.Join(real, "\n      "))
	}
}

// conclude fails the test unless nearly all agreed and every difference is explained.
func (c *comparison) conclude() {
	total := c.same + c.explained + c.strange
	c.t.Logf("%s: %d of %d agree in every value, row count, wait and error; explained: %v; unexplained: %d", c.engine, c.same, total, c.reasons, c.strange)
	if c.strange*100 > total*c.tolerated {
		c.t.Errorf("%d unexplained differences", c.strange)
	}
	want := 98 - c.tolerated
	if c.engine == PostgresSerializable {
		want = 96 // when it refuses depends on its own timing; each refusal is explained, and none changes who wins
	}
	if c.same*100 < total*want {
		c.t.Errorf("only %d of %d agree, want %d %%", c.same, total, want)
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
	for _, line := range real[:min(3, len(real))] {
		if strings.HasSuffix(m, deadlock) && strings.HasSuffix(line, deadlock) && m[0] != line[0] {
			return "which of the deadlocked dies"
		}
	}
	const refused = "error: serialization failure"
	if e == PostgresSerializable && strings.HasSuffix(r, refused) {
		return "refused at another statement, or by a coarser lock"
	}
	return ""
}
