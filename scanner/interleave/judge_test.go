package interleave

import (
	"sync"
	"testing"
	"time"
)

// BenchmarkJudge judges the pair of every row of the matrix on PostgreSQL.
func BenchmarkJudge(b *testing.B) {
	for _, s := range matrix[:8] {
		var a builder
		s.build(&a)
		p := Pair{A: a.Program, B: a.Program, Engine: pg, Placement: TwoProcesses}
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Judge(p)
			}
		})
	}
	b.Run("remembered", func(b *testing.B) {
		var a builder
		matrix[0].build(&a)
		p := Pair{A: a.Program, B: a.Program, Engine: pg, Placement: TwoProcesses}
		var m Memo
		b.ReportAllocs()
		for b.Loop() {
			m.Judge(p)
		}
	})
}

func TestMemoKnowsShapes(t *testing.T) {
	program := func(table, key, symbol string, tag int) Program {
		var b builder
		b.load(keyed(table, key), forUpdate)
		c := b.check(b.attr("bal"), "bal", ">=", symbol)
		b.assign("bal", "", c)
		b.commit()
		for i := range b.Ops {
			b.Ops[i].Tag = tag
		}
		return b.Program
	}
	var m Memo
	var wait sync.WaitGroup
	for i, p := range []Program{program("acct", "1", ":x", 1), program("order", "{id}", ":y", 2), program("acct", "1", ":x", 3)} {
		wait.Go(func() {
			v := m.Judge(Pair{A: p, B: p, Placement: TwoProcesses})
			if v.Outcome != Sound {
				t.Errorf("program %d: %s", i, v)
			}
		})
	}
	wait.Wait()
	if asked, shapes := m.Size(); asked != 3 || shapes != 1 {
		t.Errorf("asked %d times for %d shapes, want 3 and 1", asked, shapes)
	}
	// Another row in B is another shape, and so is another constant.
	p := program("acct", "1", ":x", 0)
	m.Judge(Pair{A: p, B: program("acct", "2", ":x", 0), Placement: TwoProcesses})
	m.Judge(Pair{A: p, B: program("acct", "1", "80", 0), Placement: TwoProcesses})
	if _, shapes := m.Size(); shapes != 3 {
		t.Errorf("%d shapes, want 3", shapes)
	}
}

// TestLongProgramsAreBounded: programs far longer than any request are judged in bounded time.
func TestLongProgramsAreBounded(t *testing.T) {
	var long builder
	for range 5000 {
		c := long.check(long.columns(members("t", Count, eq("a", ":a")), forUpdate), "", "<", ":n")
		long.insert("t", []int{c}, nil, to("a", ":a"))
		long.update(members("t", Rows, eq("b", ":b")), []int{c}, to("a", ""))
		long.commit()
	}
	started := time.Now()
	for e := range engines {
		Judge(Pair{A: long.Program, B: long.Program, Engine: Engine(e), Placement: TwoProcesses})
	}
	if took := time.Since(started); took > time.Minute {
		t.Errorf("took %s", took)
	}
}

// TestContested: a race that comes from what one read missed is none of a candidate that is about another read.
func TestContested(t *testing.T) {
	row := keyed("ferries", "id")
	const neither, early, late = -1, 0, 3
	for about, want := range map[int]Outcome{neither: Race, early: Race, late: Sound} {
		var a, b builder
		a.columns(row, LockMode{})
		a.check(early, "stopped", "=", "0")
		a.commit()
		a.columns(row, forUpdate)
		a.update(row, []int{1, a.check(late, "state", "=", "done")}, to("state", "asked"))
		a.commit()
		b.update(row, nil, to("stopped", "1"), to("state", "done"))
		b.commit()
		if about != neither {
			a.Ops[about].Flags |= Contested
		}
		if v := Judge(Pair{A: a.Program, B: b.Program, Engine: pg, Placement: TwoProcesses}); v.Outcome != want {
			t.Errorf("about operation %d: %s", about, v)
		}
	}
}
