package interleave

import (
	"math/rand/v2"
	"testing"
)

// randomProgram makes a program of any operations, sensible or not.
func randomProgram(r *rand.Rand) Program {
	p := Program{Thread: r.IntN(2) == 0}
	values := []string{"", ":a", ":b", "'x'", "'y'", "1", "2", "(1, 2)", "null"}
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	cond := func() Cond {
		return Cond{Column: pick("a", "b"), Op: pick("=", "!=", "<", ">=", "in", "is null", "?"), Value: pick(values...)}
	}
	for range 1 + r.IntN(9) {
		n := len(p.Ops)
		o := Op{Kind: Kind(r.IntN(int(Effect) + 1)), Session: r.IntN(3), Obj: r.IntN(3), Flags: Flags(r.IntN(1 << 11)), Act: r.IntN(3) == 0,
			Res:  Resource{Store: Store(r.IntN(5)), Name: pick("t", "u"), Key: pick("", "1", "2"), Aggregate: Aggregate(r.IntN(5))},
			Lock: LockMode{Strength: LockStrength(r.IntN(3)), SkipLocked: r.IntN(8) == 0, NoWait: r.IntN(8) == 0},
			Name: pick("l", "m"), Scope: LockScope(r.IntN(5)), Catches: Errors(r.IntN(64)), Retries: r.IntN(4) == 0}
		if r.IntN(3) > 0 {
			o.Res.Store = Table
		}
		if r.IntN(3) == 0 {
			c := cond()
			if r.IntN(4) == 0 {
				c.SubQuery, c.Of = true, &Resource{Name: "u", Where: []Cond{cond()}, Aggregate: Count}
			}
			o.Res.Where = append(o.Res.Where, c)
		}
		for range r.IntN(3) {
			o.Set = append(o.Set, Assignment{Column: pick("a", "b", "c"), Value: pick(values...), Relative: r.IntN(4) == 0})
		}
		if r.IntN(3) == 0 {
			o.Unique = [][]string{{pick("a", "b")}}
		}
		if r.IntN(8) == 0 {
			o.Version = "ver"
		}
		for range r.IntN(3) {
			o.From = append(o.From, r.IntN(n+2)-1)
			if o.Kind == Check {
				o.Uses = append(o.Uses, Use{From: r.IntN(n+2) - 1, Column: pick("", "a", "b"), Op: pick("=", "!=", ">=", "exists", "not exists", "?"),
					Value: pick(values...), Negated: r.IntN(4) == 0})
			}
		}
		p.Ops = append(p.Ops, o)
	}
	return p
}

func randomPair(seed uint64) Pair {
	r := rand.New(rand.NewPCG(seed, 7))
	p := Pair{A: randomProgram(r), B: randomProgram(r), Engine: Engine(r.IntN(len(engines))), Placement: Placement(r.IntN(2))}
	if r.IntN(4) == 0 {
		p.B = randomProgram(rand.New(rand.NewPCG(seed, 7))) // the same code twice
	}
	return p
}

// TestExchange: which of two requests is called A changes nothing in the outcome.
func TestExchange(t *testing.T) {
	for seed := range uint64(8000) {
		p := randomPair(seed)
		v := Judge(p)
		p.A, p.B = p.B, p.A
		if w := Judge(p); v.Outcome != w.Outcome {
			t.Fatalf("seed %d: %s\nexchanged %s", seed, v, w)
		}
	}
}

// TestSerialIsNoRace: a request that starts when the other has ended never races with it, but for a claim of its own whose
// failure it ignores, which is wrong in any order.
func TestSerialIsNoRace(t *testing.T) {
	for seed := range uint64(8000) {
		p := randomPair(seed)
		m := newMachine(prepare(p, world{0, 1}))
		m.reset()
		for id := range m.actors {
			m.run(id, len(m.actors[id].ops)+1)
		}
		if e, race := m.race(); race && !e.void {
			t.Fatalf("seed %d: a serial run is a race: %+v\n%s", seed, e, Verdict{Story: m.story})
		}
	}
}

// TestOwned: what is pending belongs to a transaction, whatever the programs do and however often they begin again.
func TestOwned(t *testing.T) {
	seeds := []uint64{1310756} // a row that was committed before the retry, and that the rival deletes
	for seed := range uint64(4000) {
		seeds = append(seeds, seed)
	}
	for _, seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 8))
		m := newMachine(prepare(randomPair(seed), world{0, 1}))
		m.reset()
		for range 60 {
			m.step(r.IntN(2))
			for i := range m.rows {
				if m.rows[i].dirty && m.rows[i].owner == nobody {
					t.Fatalf("seed %d: row %d is pending and nobody's\n%s", seed, i, Verdict{Story: m.story})
				}
			}
		}
		Judge(randomPair(seed))
	}
}

func FuzzJudge(f *testing.F) {
	f.Add(uint64(1))
	f.Add(uint64(1310756))
	f.Fuzz(func(t *testing.T, seed uint64) {
		v := Judge(randomPair(seed))
		_ = v.String()
	})
}
