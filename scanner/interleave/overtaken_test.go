package interleave

import "testing"

// TestOvertaken: who looks at something else before the lock races with whoever holds it properly, and is the one to be told of it.
func TestOvertaken(t *testing.T) {
	seats := func(b *builder, column, value string) int {
		return b.add(Op{Kind: Read, Session: 1, Res: Resource{Name: "seats", Where: []Cond{{Column: column, Op: "=", Value: value}}, Aggregate: Count}})
	}
	take := func(b *builder, early ...int) {
		b.load(keyed("tours", "t"), forUpdate)
		counted := seats(b, "tour", "t")
		b.insert("seats", append(early, counted), nil, to("tour", "t"), to("guest", "g"))
		b.commit()
	}
	var careful, early builder
	take(&careful)
	take(&early, seats(&early, "guest", "g"))
	for _, c := range []struct {
		name      string
		a, b      *builder
		overtaken bool
		want      Outcome
	}{
		{"two that are careful", &careful, &careful, false, Sound},
		{"one of them looked too early", &careful, &early, false, Race},
		{"the careful one was not overtaken", &careful, &early, true, Sound},
		{"the other one was", &early, &careful, true, Race},
	} {
		if v := Judge(Pair{A: c.a.Program, B: c.b.Program, Engine: pg, Placement: TwoProcesses, Overtaken: c.overtaken}); v.Outcome != c.want {
			t.Errorf("%s: %s", c.name, v)
		}
	}
}
