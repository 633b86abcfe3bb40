package judge

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
)

// app is a random little application: each racer name has a rule that reads one cell and writes another.
type app struct {
	start [3]int
	rules map[string]rule
}

type rule struct{ reads, below, writes, adds int }

func randomApp(r *rand.Rand) (app, []string) {
	a := app{rules: map[string]rule{}}
	for i := range a.start {
		a.start[i] = r.IntN(3)
	}
	names := []string{"a", "b", "c"}[:1+r.IntN(3)]
	for _, n := range names {
		a.rules[n] = rule{r.IntN(3), 1 + r.IntN(3), r.IntN(3), 1 + r.IntN(2)}
	}
	var racers []string
	for range 1 + r.IntN(3) {
		racers = append(racers, names[r.IntN(len(names))])
	}
	return a, racers
}

func (a app) run(order []string) Outcome {
	cells := a.start
	var o Outcome
	for _, name := range order {
		r := a.rules[name]
		if cells[r.reads] >= r.below {
			o.Replies = append(o.Replies, Reply{Racer: name, Status: 400, Class: Rejected})
			continue
		}
		cells[r.writes] += r.adds
		o.Replies = append(o.Replies, Reply{Racer: name, Status: 200, Class: Accepted, Body: fmt.Sprint(cells[r.writes])})
	}
	o.State = fmt.Sprint(cells)
	return o
}

// all returns the run of every order of every subset.
func (a app) all(racers []string) []Outcome {
	var out []Outcome
	var walk func(done []string, left []string)
	walk = func(done, left []string) {
		out = append(out, a.run(done))
		for i := range left {
			rest := append(append([]string{}, left[:i]...), left[i+1:]...)
			walk(append(append([]string{}, done...), left[i]), rest)
		}
	}
	walk(nil, racers)
	return out
}

// A state whose clocks go on is at rest; a number that a task gives is not.
func TestStill(t *testing.T) {
	tree := func(text string) any {
		v, err := Decode([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	base := tree(`{"status":"queued","ref":"run-00001","waiting_time":1.25,"n":1}`)
	for text, want := range map[string]bool{
		`{"status":"queued","ref":"run-00001","waiting_time":1.75,"n":1}`: true,
		`{"status":"done","ref":"run-00001","waiting_time":1.25,"n":1}`:   false,
		`{"status":"queued","ref":"run-00002","waiting_time":1.25,"n":1}`: false,
		`{"status":"queued","ref":"run-00001","waiting_time":1.25,"n":2}`: false,
		`{"status":"queued","ref":"run-00001","n":1}`:                     false,
	} {
		if got := Still(base, tree(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestNoSequentialExecutionIsAViolation(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 3000 {
		a, racers := randomApp(r)
		seq := a.all(racers)
		order := shuffled(r, racers)
		par := a.run(order)
		par.Replies = shuffledReplies(r, par.Replies)
		if v := Judge(seq, par); v.Kind != Serial {
			t.Fatalf("run %d: %v as a parallel outcome is %q: %+v", i, order, v.Kind, par)
		}
	}
}

func TestPermutingRacersChangesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	kinds := map[Kind]int{}
	for range 5000 {
		a, racers := randomApp(r)
		seq, par := a.all(racers), wild(r, a, racers)
		want := Judge(seq, par).Kind
		kinds[want]++
		par.Replies = shuffledReplies(r, par.Replies)
		if got := Judge(seq, par).Kind; got != want {
			t.Fatalf("%q became %q after a permutation of %+v", want, got, par)
		}
	}
	for _, k := range []Kind{Serial, Response, Accepts, State} {
		if kinds[k] == 0 {
			t.Errorf("the generator never produced %q: %v", k, kinds)
		}
	}
}

// A racer that failed may have had its effect or none: more failures can only excuse more.
func TestFailuresOnlyExcuse(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 5000 {
		a, racers := randomApp(r)
		seq, par := a.all(racers), wild(r, a, racers)
		before := Judge(seq, par)
		i := r.IntN(len(par.Replies))
		par.Replies[i].Class, par.Replies[i].Status = Failed, 500
		after := Judge(seq, par)
		if !before.Kind.Accuses() && after.Kind.Accuses() {
			t.Fatalf("a failure turned %q into %q: %+v", before.Kind, after.Kind, par)
		}
	}
}

// An aborted racer without effect is what SERIALIZABLE and optimistic locking answer: it is always explained.
func TestAbortClosure(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 3000 {
		a, racers := randomApp(r)
		order := shuffled(r, racers)
		cut := r.IntN(len(order) + 1)
		par := a.run(order[:cut])
		for _, name := range order[cut:] {
			status := []int{409, 412, 423, 425, 429, 500, 503, 0}[r.IntN(8)]
			c := Classes{}
			par.Replies = append(par.Replies, Reply{Racer: name, Status: status, Class: c.Of(Signature{Status: status})})
		}
		if v := Judge(a.all(racers), par); v.Kind.Accuses() || v.Kind == Open {
			t.Fatalf("%d of %v ran and the rest aborted, judged %q", cut, order, v.Kind)
		}
	}
}

// Missing sequential runs never lead to an accusation that the full set would not make.
func TestMissingRunsNeverAccuse(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 5000 {
		a, racers := randomApp(r)
		seq, par := a.all(racers), wild(r, a, racers)
		full := Judge(seq, par).Kind
		var some []Outcome
		for _, s := range seq {
			if r.IntN(3) > 0 {
				some = append(some, s)
			}
		}
		if Judge(some, par).Kind.Accuses() && !full.Accuses() {
			t.Fatalf("accused with %d of %d runs, %q with all: %+v", len(some), len(seq), full, par)
		}
	}
}

func shuffled(r *rand.Rand, in []string) []string {
	out := append([]string{}, in...)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func shuffledReplies(r *rand.Rand, in []Reply) []Reply {
	out := append([]Reply{}, in...)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// wild returns an outcome that may or may not be serial: every racer decides on the start state with some chance.
func wild(r *rand.Rand, a app, racers []string) Outcome {
	o := a.run(shuffled(r, racers))
	switch r.IntN(4) {
	case 0:
		for i := range o.Replies {
			o.Replies[i].Class, o.Replies[i].Status = Accepted, 200
		}
	case 1:
		o.State = fmt.Sprint([3]int{r.IntN(4), r.IntN(4), r.IntN(4)})
	case 2:
		o.Replies[0].Body = "other"
	}
	return o
}

// The table of what a client can see when two cancels of one order race.
func TestCancelTwice(t *testing.T) {
	ok := Reply{Racer: "cancel", Status: 200, Class: Accepted}
	no := Reply{Racer: "cancel", Status: 409, Class: Aborted}
	busy := Reply{Racer: "cancel", Status: 503, Class: Aborted}
	broken := Reply{Racer: "cancel", Status: 500, Class: Failed}
	missing := Reply{Racer: "cancel", Status: 404, Class: Rejected}
	seq := []Outcome{
		{State: "refunds 0"},
		{Replies: []Reply{ok}, State: "refunds 1"},
		{Replies: []Reply{ok, no}, State: "refunds 1"},
	}
	for _, c := range []struct {
		name    string
		replies []Reply
		state   string
		want    Kind
	}{
		{"one refused", []Reply{no, ok}, "refunds 1", Serial},
		{"both accepted, state doubled", []Reply{ok, ok}, "refunds 2", State},
		{"both accepted, state hides it", []Reply{ok, ok}, "refunds 1", Accepts},
		{"the loser says busy", []Reply{ok, busy}, "refunds 1", Serial},
		{"the loser says not found", []Reply{missing, ok}, "refunds 1", Serial},
		{"the loser fails", []Reply{ok, broken}, "refunds 1", Reliability},
		{"both fail, nothing happened", []Reply{broken, broken}, "refunds 0", Reliability},
		{"both fail, one had its effect", []Reply{broken, broken}, "refunds 1", Reliability},
		{"refused, yet doubled", []Reply{ok, no}, "refunds 2", State},
		{"accepted, and lost", []Reply{ok, no}, "refunds 0", State},
	} {
		if got := Judge(seq, Outcome{Replies: c.replies, State: c.state}).Kind; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestRealOrder(t *testing.T) {
	a := Reply{Racer: "a", Class: Accepted, Status: 200, Start: 1, End: 2}
	b := Reply{Racer: "b", Class: Rejected, Status: 400, Start: 3, End: 4}
	notA, yesB := a, b
	notA.Class, yesB.Class = Rejected, Accepted
	seq := []Outcome{{State: "0"}, {Replies: []Reply{a}, State: "A"}, {Replies: []Reply{yesB}, State: "B"},
		{Replies: []Reply{a, b}, State: "A"}, {Replies: []Reply{yesB, notA}, State: "B"}}
	if k := Judge(seq, Outcome{Replies: []Reply{b, a}, State: "A"}).Kind; k != Serial {
		t.Errorf("a before b: %q", k)
	}
	// b ran wholly after a, so an outcome that only "b before a" shows is none.
	if k := Judge(seq, Outcome{Replies: []Reply{notA, yesB}, State: "B"}).Kind; k != Accepts {
		t.Errorf("b before a against the clock: %q", k)
	}
	notA.End, yesB.Start = 9, 1
	if k := Judge(seq, Outcome{Replies: []Reply{notA, yesB}, State: "B"}).Kind; k != Serial {
		t.Errorf("overlapping: %q", k)
	}
}

func TestCount(t *testing.T) {
	ok, no := Reply{Class: Accepted}, Reply{Class: Rejected}
	if Overrun(2, Outcome{Replies: []Reply{ok, no, ok}}, 2) {
		t.Error("two of three within a limit of two")
	}
	if !Overrun(2, Outcome{Replies: []Reply{ok, ok, ok}}, 2) || !Overrun(2, Outcome{Replies: []Reply{ok, ok, no}}, 3) {
		t.Error("an overrun was not seen")
	}
	low, high := Wilson(7, 24)
	if low < 0.148 || low > 0.150 || high < 0.491 || high > 0.493 {
		t.Errorf("Wilson(7, 24) = %.4f, %.4f", low, high)
	}
	if b := UpperBound(30); b < 0.094 || b > 0.096 {
		t.Errorf("UpperBound(30) = %.4f", b)
	}
}

func TestClasses(t *testing.T) {
	sign := func(status int, body string) Signature { return Sign(status, decode(t, body)) }
	var c Classes
	c.Learn(sign(200, `{"ok":true,"order":{"id":1}}`), sign(200, `{"ok":false,"error":"already cancelled"}`))
	for _, w := range []struct {
		s    Signature
		want Class
	}{
		{sign(200, `{"ok":true,"order":{"id":2}}`), Accepted},
		{sign(200, `{"ok":false,"error":"already cancelled"}`), Rejected},
		{sign(200, `{"ok":false,"error":"try again"}`), Unknown},
		{sign(404, `{"detail":"x"}`), Rejected},
		{sign(409, `{}`), Aborted}, {sign(503, `{}`), Aborted}, {sign(500, `{}`), Failed}, {Signature{}, Failed},
	} {
		if got := c.Of(w.s); got != w.want {
			t.Errorf("%+v is %q, want %q", w.s, got, w.want)
		}
	}
}

// A get-or-create answers 201, then 200, with the same thing; in parallel it may answer 201 twice. That is no violation
// as long as there is one thing. An envelope of the same shape whose mark differs is a refusal.
func TestGetOrCreateRefusesNobody(t *testing.T) {
	thing := map[string]any{"id": "$made.id", "name": "$unique"}
	c := &Classes{}
	c.Learn(Sign(201, thing), Sign(200, thing))
	if c.Of(Sign(200, thing)) != Accepted || c.Of(Sign(201, thing)) != Accepted {
		t.Error("the second call of a get-or-create counts as refused")
	}
	c = &Classes{}
	c.Learn(Sign(200, map[string]any{"ok": true}), Sign(200, map[string]any{"ok": false}))
	if c.Of(Sign(200, map[string]any{"ok": false})) != Rejected {
		t.Error("a refusal in an envelope counts as accepted")
	}
	c = &Classes{}
	c.Learn(Sign(200, nil), Sign(202, nil))
	if c.Of(Sign(202, nil)) != Rejected {
		t.Error("without a body the status is all there is")
	}
}

func TestNormal(t *testing.T) {
	n := Normal{Keys: map[string]string{"order_id=41": "$order.id"}, Symbols: map[string]string{"mb-1-7": "$name", "tok3nvalue": "$token"}, Now: 1_800_000_000,
		Volatile: map[string]bool{"/ref": true}}
	got := n.Text(decode(t, `{"id":41,"order_id":41,"total":41,"price":100.0,"name":"mb-1-7","note":"for mb-1-7","at":"2026-01-02T03:04:05Z",
		"paid_at":null,"seen":1800000100,"user_id":9,"items":[{"id":8,"n":2},{"id":7,"n":1}],"ref":"x9","status":"paid",
		"u":"0b8e4c1a-3f5e-4d8f-9a51-7e3f1f0d2c55","link":"/t/tok3nvalue"}`))
	want := `{"at":"$time","id":"$id","items":[{"id":"$id","n":1},{"id":"$id","n":2}],"link":"/t/$token",` +
		`"name":"$name","note":"for $name","order_id":"$order.id","paid_at":null,"price":100,"ref":"$volatile","seen":"$epoch","status":"paid",` +
		`"total":41,"u":"$uuid","user_id":"$id"}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTwins(t *testing.T) {
	n := Twins(decode(t, `{"ref":"AB12CD34","took_ms":3,"count":1,"status":"paid","tags":[1]}`),
		decode(t, `{"ref":"ZZ98XY11","took_ms":5,"count":2,"status":"open","tags":[1,2]}`))
	if got, want := fmt.Sprint(n.Mask, n.Unstable), "[/ref /took_ms] [/count /status /tags]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func decode(t *testing.T, text string) any {
	t.Helper()
	v, err := Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func FuzzNormal(f *testing.F) {
	f.Add([]byte(`{"id":1,"a":[{"b":"2026-01-01"},2,null]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := Decode(data)
		if err != nil {
			return
		}
		n := Normal{Symbols: map[string]string{"123456": "$x"}}
		text := n.Text(v)
		if !json.Valid([]byte(text)) && text != "$unencodable" {
			t.Fatalf("no JSON: %s", text)
		}
	})
}
