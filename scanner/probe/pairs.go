package probe

import (
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

// The test types.
const (
	stateChange     = "state_change_attack"
	conflicting     = "conflicting_transition"
	limitOverrun    = "limit_overrun"
	duplicateCreate = "duplicate_create"
	lostUpdate      = "lost_update"
	deleteVsUse     = "delete_vs_use"
	tokenReuse      = "token_reuse"
	keyReuse        = "idempotency_key_reuse"
	partialBuild    = "partial_construction"
	roleChange      = "role_change_vs_use"
	revocation      = "permission_revocation_in_flight"
	getSideEffect   = "get_side_effect"
)

// call is an operation with what is chosen for its request; all else is inferred.
type call struct {
	op   *openapi.Op
	set  map[string]any    // parameters and fields of the body
	body any               // laid over the invented body
	as   *session          // nil: the identity of the trial, or the one that the operation was seen to accept
	self bool              // the identity of the trial and nobody else
	save map[string]string // names for parts of the answer, by expressions such as $response.body#/id
}

// racer is one request of the race. Racers with the same name are identical and interchangeable.
type racer struct {
	call
	name    string
	variant int // distinct bodies for racers of one operation
}

// observer is a GET that shows the state. A shared one is not about a resource of the trial: what counts there is
// the difference that the trial made.
type observer struct {
	call
	shared bool
}

// scenario is a race to run.
type scenario struct {
	id        string
	testType  string
	setup     []step
	racers    []racer
	observers []observer
	freshUser bool // each trial signs its own user up
	score     int
	fresh     bool             // about freshness alone
	several   bool             // two identities; no test where the second may not touch what the first made
	early     *resource        // what the first racer makes is used by the second under the name that the client chose
	cleanup   []call           // what the user wants done after each trial
	pinned    bool             // written by the user: run as it is
	atMost    int              // how many racers may be accepted, where the user says so
	trials    int              // where the user gives a number
	settle    time.Duration    // likewise
	finding   *finding.Finding // the static finding that speaks of this pair
}

func (s *scenario) identical() bool {
	return !slices.ContainsFunc(s.racers, func(r racer) bool { return r.name != s.racers[0].name })
}

func (s *scenario) title() string {
	a, b := s.racers[0].op.Key(), s.racers[1].op.Key()
	if s.several {
		return a + " by two users"
	}
	if a == b {
		return a + " twice"
	}
	return a + " against " + b
}

// unresolved is an operation that could not be planned, with the reason.
type unresolved struct {
	op     *openapi.Op
	reason string
	blanks []string // the parameters that nothing could be found for
}

// plan infers the scenarios, the most promising first.
func (p *prober) plan() ([]*scenario, []unresolved) {
	var (
		out    []*scenario
		skip   []unresolved
		usable []*openapi.Op
	)
	for _, op := range p.target.doc.Ops {
		if !op.Mutates() && !(p.opts.RaceGets && op.Method == "GET") || p.isLogin(op) {
			continue
		}
		if pattern, no := p.opts.excluded(op.Method, op.Path); no {
			skip = append(skip, unresolved{op: op, reason: "excluded by " + pattern})
			continue
		}
		if queries(op) {
			skip = append(skip, unresolved{op: op, reason: "asks and changes nothing, by its name"})
			continue
		}
		if _, err := p.setupFor(op); err != nil {
			skip = append(skip, unresolved{op, err.Error(), p.blanks(op)})
			continue
		}
		usable = append(usable, op)
		out = append(out, p.selfPairs(op)...)
	}
	for i, a := range usable {
		for _, b := range usable[i+1:] {
			if s := p.crossPair(a, b); s != nil {
				out = append(out, s)
			}
		}
	}
	for _, s := range out {
		p.hint(s)
	}
	out = append(out, p.partial(usable)...)
	out = append(out, p.revocations(usable)...)
	out = slices.DeleteFunc(out, func(s *scenario) bool { // what the user wrote stands instead of what was inferred
		return slices.ContainsFunc(p.file, func(f *scenario) bool { return f.id == s.id })
	})
	out = append(out, p.file...)
	sort.SliceStable(out, func(i, j int) bool { return out[j].score < out[i].score })
	return out, skip
}

// blanks lists the parameters of an operation that nothing in the document makes.
func (p *prober) blanks(op *openapi.Op) []string {
	var out []string
	for _, n := range p.model.needs(op) {
		if n.literal == nil && (n.resource.producer == nil || n.resource.producer == op) {
			out = append(out, n.name)
		}
	}
	return out
}

// secured reports whether an operation asks who is there, as far as the document tells. One that declares no security
// at all, and offers sign-up and login, has its own: cookies, most often.
func (p *prober) secured(op *openapi.Op) bool {
	return op.Secured || !p.target.doc.Declares && p.model.signup != nil && op != p.model.signup && p.loginOp() != nil
}

func (p *prober) isLogin(op *openapi.Op) bool {
	if op == p.loginOp() {
		return true
	}
	token := p.target.doc.TokenPath
	return token != "" && strings.HasSuffix("/"+op.Path, "/"+strings.TrimPrefix(token, "/"))
}

// selfPairs returns the scenarios of an operation against itself.
func (p *prober) selfPairs(op *openapi.Op) []*scenario {
	kind, score := p.classify(op)
	variants := []bool{false}
	switch {
	case kind == lostUpdate:
		variants = []bool{true}
	case kind == stateChange && freeText(op) && op.Method == "POST":
		variants = []bool{false, true}
	}
	var out []*scenario
	for _, distinct := range variants {
		s := &scenario{id: slug(op) + ".twice", testType: kind, score: score}
		a := racer{call: call{op: op}, name: "A"}
		b := a
		if distinct {
			b.name, b.variant = "B", 1
			s.id, s.testType = slug(op)+".two-values", lostUpdate
			if kind != lostUpdate {
				s.score -= 3
			}
			p.chooseStates(&a, &b)
		}
		s.racers = []racer{a, b}
		if !distinct {
			for len(s.racers) < p.opts.Racers {
				s.racers = append(s.racers, a)
			}
		}
		if p.complete(s) {
			out = append(out, s)
			if t := p.twoUsers(s); t != nil {
				out = append(out, t)
			}
		}
	}
	return out
}

// twoUsers is the race of two identical requests by two identities: what is locked for one user is free for two.
func (p *prober) twoUsers(s *scenario) *scenario {
	if len(p.others) < 2 || !s.identical() || s.freshUser || !p.secured(s.racers[0].op) {
		return nil
	}
	t := *s
	t.id, t.score, t.several = slug(s.racers[0].op)+".by-two", s.score-1, true
	t.racers = slices.Clone(s.racers[:2])
	for i := range t.racers {
		t.racers[i].name, t.racers[i].as = string(rune('A'+i)), p.others[i]
	}
	return &t
}

// chooseStates gives two updates of one state field different targets.
func (p *prober) chooseStates(a, b *racer) {
	for _, prop := range bodyProps(a.op) {
		if prop.Schema != nil && len(prop.Schema.Enum) > 1 {
			n := len(prop.Schema.Enum)
			a.set = map[string]any{prop.Name: prop.Schema.Enum[n-1]}
			b.set = map[string]any{prop.Name: prop.Schema.Enum[n-2]}
			return
		}
	}
}

// freeText reports whether the body has a text that is not meant to be unique: two different ones may both be kept,
// or one may be lost.
func freeText(op *openapi.Op) bool {
	for _, p := range bodyProps(op) {
		if p.Schema != nil && p.Schema.Type == "string" && len(p.Schema.Enum) == 0 && !hasWord(p.Name, secretWords) && !strings.HasSuffix(snake(p.Name), "_id") {
			return true
		}
	}
	return false
}

// classify names the test type of an operation against itself and how promising it is.
func (p *prober) classify(op *openapi.Op) (string, int) {
	score := 10
	text := snake(op.ID) + "_" + snake(strings.ReplaceAll(op.Path, "/", "_"))
	if hasWord(text, verbs) {
		score += 6
	}
	producer := slices.ContainsFunc(p.model.list, func(r *resource) bool { return r.producer == op })
	needs := p.model.needs(op)
	for _, prm := range op.Params {
		if prm.In == "header" && strings.Contains(snake(prm.Name), "idempotency") {
			return keyReuse, score + 8
		}
	}
	secret, unique, quantity := false, false, false
	for _, n := range needs {
		secret = secret || n.where != "path" && secretWords[n.field] || n.where == "path" && secretWords[snake(n.name)]
	}
	for _, b := range bodyProps(op) {
		unique = unique || b.Schema != nil && b.Schema.Type == "string" && hasWord(b.Name, uniqueWords) && len(b.Schema.Enum) == 0
		quantity = quantity || hasWord(b.Name, countWords) || hasWord(b.Name, moneyWords)
	}
	switch {
	case op.Method == "GET":
		return getSideEffect, score - 2
	case op.Method == "PUT" || op.Method == "PATCH":
		return lostUpdate, score
	case op.Method == "DELETE":
		return stateChange, score - 1
	case secret:
		return tokenReuse, score + 6
	case quantity && len(needs) > 0 || hasWord(text, set("withdraw", "transfer", "reserve", "book", "buy", "spend", "purchase", "checkout", "enroll", "join", "claim")) && limited(needs):
		return limitOverrun, score + 5
	case unique && (producer || len(needs) == 0):
		return duplicateCreate, score + 2
	case producer && len(needs) == 0:
		return duplicateCreate, score - 6
	case producer:
		return limitOverrun, score
	}
	return stateChange, score
}

// limited reports whether something that an operation works on is made with a quantity.
func limited(needs []need) bool {
	return slices.ContainsFunc(needs, func(n need) bool {
		return n.resource.producer != nil && slices.ContainsFunc(bodyProps(n.resource.producer), func(p openapi.Prop) bool {
			return hasWord(p.Name, countWords) || hasWord(p.Name, moneyWords)
		})
	})
}

// crossPair returns the race of two operations that meet on one resource, or nil.
func (p *prober) crossPair(a, b *openapi.Op) *scenario {
	if a.Method == "GET" || b.Method == "GET" {
		return nil
	}
	shared := p.meet(a, b)
	if shared == nil {
		return nil
	}
	s := &scenario{id: slug(a) + ".against." + slug(b), testType: conflicting, score: 4,
		racers: []racer{{call: call{op: a}, name: "A"}, {call: call{op: b}, name: "B", variant: 1}}}
	textA, textB := snake(a.ID)+a.Path, snake(b.ID)+b.Path
	switch {
	case a.Method == "DELETE" || b.Method == "DELETE":
		s.testType = deleteVsUse
		s.score += 2
	case hasWord(textA, set("role", "permission", "grant")) || hasWord(textB, set("role", "permission", "grant")):
		s.testType = roleChange
		s.score++
	case (a.Method == "PUT" || a.Method == "PATCH") && (b.Method == "PUT" || b.Method == "PATCH"):
		s.testType = lostUpdate
	case hasWord(textA, verbs) && hasWord(textB, verbs):
		s.score += 3
	}
	if !p.complete(s) {
		return nil
	}
	return s
}

// meet returns the innermost resource that both operations work on.
func (p *prober) meet(a, b *openapi.Op) *resource {
	for _, x := range slices.Backward(p.model.needs(a)) {
		for _, y := range slices.Backward(p.model.needs(b)) {
			if x.resource == y.resource && x.resource.producer != a && x.resource.producer != b {
				return x.resource
			}
		}
	}
	return nil
}

// complete plans the set-up and the observers of a scenario, and reports whether that was possible.
func (p *prober) complete(s *scenario) bool {
	var ops []*openapi.Op
	for _, r := range s.racers {
		ops = append(ops, r.op)
	}
	steps, err := p.setupFor(ops...)
	if err != nil {
		return false
	}
	s.setup = steps
	s.freshUser = p.needsUser(steps) && p.model.signup != nil && p.secured(s.racers[0].op)
	s.observers = p.observers(s)
	return true
}

// needsUser reports whether each trial wants a user of its own: where nothing else is made that the race is about, and where
// something is found in a list, which grows from trial to trial.
func (p *prober) needsUser(steps []step) bool {
	return len(steps) == 0 || slices.ContainsFunc(steps, func(s step) bool {
		r := p.model.byKey(s.key)
		return r != nil && r.listed
	})
}

// hint raises a scenario that a static finding speaks of.
func (p *prober) hint(s *scenario) {
	for i := range p.opts.Findings {
		f := &p.opts.Findings[i]
		if f.Method == "" || f.Suppressed != nil {
			continue
		}
		if p.speaksOf(s, f) {
			s.score += 20 + 2*f.Severity.Rank()
			if s.finding == nil {
				s.finding = f
			}
		}
	}
}

// speaksOf reports whether a finding is about the pair of a scenario.
func (p *prober) speaksOf(s *scenario, f *finding.Finding) bool {
	a, b := s.racers[0].op, s.racers[1].op
	return f.SpeaksOf(a.Method, a.Path, &finding.Route{Method: b.Method, Endpoint: b.Path})
}

// slug names an operation in the id of a scenario: "post.orders.id.cancel".
func slug(op *openapi.Op) string {
	parts := op.Segments()
	for i, s := range parts {
		if name := placeholder(s); name != "" {
			parts[i] = name
		}
	}
	return strings.ToLower(op.Method) + "." + strings.Join(parts, ".")
}

func (m *model) byKey(key string) *resource {
	base, _, _ := strings.Cut(key, "#")
	return m.byContainer[base]
}

// setupFor returns the steps that make everything the operations need, producers of producers first. Operations
// that need the same kind of resource share one instance: that is where they meet.
func (p *prober) setupFor(ops ...*openapi.Op) ([]step, error) {
	w := &works{p: p, have: map[string]bool{}, under: map[*openapi.Op]bool{}}
	for _, op := range ops {
		if err := w.visit(op); err != nil {
			return nil, err
		}
	}
	return w.steps, nil
}

// works plans what must be made.
type works struct {
	p     *prober
	steps []step
	have  map[string]bool
	under map[*openapi.Op]bool // the producers whose own needs are being planned
}

const maxDepth = 6

func (w *works) visit(op *openapi.Op) error {
	nth := map[*resource]int{}
	for _, n := range w.p.model.needs(op) {
		if n.literal != nil {
			continue
		}
		key := instanceKey(n.resource, w.p.model.nth(n, nth))
		if w.have[key] {
			continue
		}
		before := len(w.steps)
		err := w.make(op, n, key)
		if err == nil {
			continue
		}
		if !n.optional {
			return err
		}
		for _, st := range w.steps[before:] { // what may be left out is, and what was planned for it
			delete(w.have, st.key)
		}
		w.steps = w.steps[:before]
	}
	return nil
}

func (w *works) make(op *openapi.Op, n need, key string) error {
	producer := n.resource.producer
	switch {
	case producer == nil || producer == op:
		return &noProducer{n}
	case w.p.broken[producer] != nil:
		return w.p.broken[producer]
	case w.under[producer] || len(w.under) > maxDepth:
		return errDeep
	}
	if pattern, no := w.p.opts.excluded(producer.Method, producer.Path); no {
		return &excludedProducer{producer, pattern}
	}
	w.under[producer] = true
	err := w.visit(producer)
	delete(w.under, producer)
	if err != nil {
		return err
	}
	w.have[key] = true
	w.steps = append(w.steps, step{call: call{op: producer}, key: key})
	return nil
}
