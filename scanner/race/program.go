package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// What of two paths is brought before the judge.

// programs are what the judge gets to see of the two requests.
func (f *finder) programs(r *Race, w writer, a, b *Path, about subject) (interleave.Program, interleave.Program) {
	pa := r.made.program(a, r.Act, r.with(w, a), about, ofA)
	pb := pa
	if w.trace != r.Trace || b != a {
		pb = r.made.program(b, w.op, nil, about, ofB)
	} else {
		pb = r.made.copy(pa, ofB)
	}
	r.follow(&pa)
	r.follow(&pb)
	r.pick(&pa)
	r.pick(&pb)
	r.asLook(&pa, r.Trace, f.engine(r, w))
	r.asLook(&pb, w.trace, f.engine(r, w))
	r.asSet(&pa, r.Trace)
	r.asSet(&pb, w.trace)
	r.asEntry(&pa, r.Trace)
	r.asEntry(&pb, w.trace)
	r.asMembers(&pa, r.Trace)
	r.asMembers(&pb, w.trace)
	r.asWrite(&pa, r.Trace)
	r.asWrite(&pb, w.trace)
	r.asGroup(&pa, r.Trace)
	r.asGroup(&pb, w.trace)
	r.fold(&pa)
	r.fold(&pb)
	r.lookedFor(&pa)
	r.lookedFor(&pb)
	r.asMissing(w, &pa)
	r.asMissing(w, &pb)
	r.tie(w, &pa, &pb)
	unify(r, w, &pb)
	return pa, pb
}

// with are operations of the path that bear on the candidate beside its read and act: the write by which the request itself
// is the rival of an effect, and the claim whose result is not looked at.
func (r *Race) with(w writer, p *Path) []int {
	switch {
	case r.Relation == ClaimDropped:
		return []int{r.Read}
	case r.Relation == RowEffect && w.trace == r.Trace && p.has(w.op):
		return []int{w.op}
	}
	return nil
}

// follow makes the act hang on the claim that was to decide it.
func (r *Race) follow(p *interleave.Program) {
	if r.Relation != ClaimDropped {
		return
	}
	claim := slices.IndexFunc(p.Ops, func(op interleave.Op) bool { return op.Tag == r.Read })
	for i := range p.Ops {
		if op := &p.Ops[i]; op.Act && claim >= 0 && claim < i {
			op.From = append(slices.Clone(op.From), claim)
		}
	}
}

// asSet makes reads of the contested table by predicate into reads of a set, where the candidate is about its membership:
// what counts is which rows there are. Another row that the request goes on to write stays the row that it read.
func (r *Race) asSet(p *interleave.Program, t *flow.Trace) {
	read := &r.Trace.Ops[r.Read]
	if r.Relation != SetInsert && !r.MovesIn() || len(read.Res.Where) == 0 {
		return
	}
	for i := range p.Ops {
		op := &p.Ops[i]
		if op.Kind == interleave.Read && op.Res.Store == read.Res.Store && op.Res.Name == read.Res.Name && len(op.Res.Where) > 0 && op.Res.Key != "" && (op.Tag == r.Read && t == r.Trace || !writesObject(p, op.Obj)) {
			op.Res.Key, op.Obj = "", 0
			if op.Res.Aggregate == interleave.Rows {
				op.Res.Aggregate = interleave.Exists
			}
		}
	}
}

// asGroup makes of rows that are counted apart those that are counted together with the one that the request inserts.
func (r *Race) asGroup(p *interleave.Program, t *flow.Trace) {
	insert := slices.IndexFunc(p.Ops, func(op interleave.Op) bool { return op.Act })
	if r.Relation != SetInsert || insert < 0 {
		return
	}
	for i := range p.Ops {
		op := &p.Ops[i]
		if op.Kind != interleave.Read || op.Res.Name != r.Resource() {
			continue
		}
		for _, column := range t.Ops[op.Tag].Rare().Groups {
			if v, ok := assigned(p.Ops[insert].Set, column); ok && v != "" {
				op.Res.Where = append(slices.Clip(op.Res.Where), interleave.Cond{Column: column, Op: "=", Value: v})
			}
		}
	}
}

// writesObject tells whether a request writes a row that it has loaded.
func writesObject(p *interleave.Program, obj int) bool {
	for i := range p.Ops {
		if op := &p.Ops[i]; obj != 0 && op.Obj == obj && (op.Kind == interleave.Assign || op.Kind == interleave.Remove) {
			return true
		}
	}
	return false
}

// asMembers makes what is put into a container into new members of it, where the candidate is about how many there are: each request
// brings its own key.
func (r *Race) asMembers(p *interleave.Program, t *flow.Trace) {
	read := r.Op(r.Read)
	if r.Relation != SetInsert || read.Res.Store != interleave.Memory || read.Res.Key != "" {
		return
	}
	for i := range p.Ops {
		op := &p.Ops[i]
		if src := &t.Ops[op.Tag]; op.Kind == interleave.Update && op.Res.Name == read.Res.Name && puts(src) {
			op.Kind, op.Res.Key = interleave.Insert, op.Res.Key+"#"
		}
	}
}

// asEntry makes a new mapping that is put in the place of another one, where the candidate is about one entry, a write of that entry: who
// looks there next finds what the new mapping has.
func (r *Race) asEntry(p *interleave.Program, t *flow.Trace) {
	read := r.Op(r.Read)
	if read.Res.Store != interleave.Memory || read.Res.Key == "" || read.Res.Key == "*" {
		return
	}
	for i := range p.Ops {
		op := &p.Ops[i]
		if op.Kind != interleave.Update || op.Res.Key != "*" || op.Res.Store != read.Res.Store || op.Res.Name != read.Res.Name || t.Ops[op.Tag].Value == nil || len(op.Set) != 1 {
			continue
		}
		for _, pair := range t.Ops[op.Tag].Value.Pairs {
			if pair.Key != nil && pair.Value != nil && pair.Key.Sym == read.Res.Key {
				op.Res.Key = read.Res.Key
				op.Set = []interleave.Assignment{{Column: op.Set[0].Column, Value: pair.Value.Sym}}
			}
		}
	}
}

// lookedFor makes the row that a request inserts the one that it had looked for and not found, where the candidate is about what it did
// in between.
func (r *Race) lookedFor(p *interleave.Program) {
	read := r.Op(r.Read)
	if r.Relation != RowEffect {
		return
	}
	for i := range p.Ops {
		if op := &p.Ops[i]; (op.Kind == interleave.Insert || op.Kind == interleave.Add) && r.bringsRow(r.Op(op.Tag)) {
			op.Res.Key, op.Flags = read.Res.Key, op.Flags&^interleave.FreshObject // others look for it too
		}
	}
}

// asMissing makes of what is asked of a column whether the row is there at all, where the request goes on to insert the row: one that is
// there, and holds nothing in that column, would have refused it.
func (r *Race) asMissing(w writer, p *interleave.Program) {
	own := &w.trace.Ops[w.op]
	if r.Relation != RowEffect || w.trace != r.Trace || own.Kind != interleave.Insert && own.Kind != interleave.Add || !r.bringsRow(own) {
		return
	}
	for i := range p.Ops {
		for k, u := range p.Ops[i].Uses {
			if p.Ops[u.From].Tag != r.Read || u.Column == "" {
				continue
			}
			switch {
			case u.Op == "is not null", u.Op == "=" && u.Value == "True":
				u.Op = "exists"
			case u.Op == "is null", u.Op == "!=" && u.Value == "True":
				u.Op = "not exists"
			default:
				continue
			}
			u.Column, u.Value = "", ""
			p.Ops[i].Uses = slices.Clone(p.Ops[i].Uses)
			p.Ops[i].Uses[k] = u
		}
	}
}

// bringsRow tells whether an operation inserts the row that was looked for.
func (r *Race) bringsRow(op *effects.Op) bool {
	read := r.Op(r.Read)
	if op.Res.Store != read.Res.Store || op.Res.Name != read.Res.Name {
		return false
	}
	return insertsKey(op, read.Res.Key) || hasEquality(read.Res.Where) && satisfies(op.Set, read.Res.Where)
}

// fold tells what a look-up without regard to case sees of the new rows.
func (r *Race) fold(p *interleave.Program) {
	read := &r.Trace.Ops[r.Read]
	for _, c := range read.Res.Where {
		inner := effects.FoldedColumn(c.Column)
		if inner == "" {
			continue
		}
		for i := range p.Ops {
			op := &p.Ops[i]
			if op.Res.Name != read.Res.Name || op.Kind != interleave.Add && op.Kind != interleave.Insert && op.Kind != interleave.InsertWhereNotExists {
				continue
			}
			if _, ok := given(op.Set, c.Column); ok {
				continue
			}
			if v, ok := given(op.Set, inner); ok {
				op.Set = append(slices.Clone(op.Set), interleave.Assignment{Column: c.Column, Value: effects.Fold(v)})
			}
		}
	}
}

// given returns what a column is set to.
func given(set []interleave.Assignment, column string) (string, bool) {
	for _, a := range set {
		if a.Column == column {
			return a.Value, true
		}
	}
	return "", false
}

// unify gives the rival's program the names that make both requests be about the same thing, and different names to what
// each request makes anew.
func unify(r *Race, w writer, b *interleave.Program) {
	ours, theirs := r.contested().Res.Key, w.trace.Ops[w.op].Res.Key
	rename := func(s string) string {
		if s == "" {
			return s
		}
		s = strings.ReplaceAll(s, "#", "#B")
		if w.trace != r.Trace && theirs != "" && ours != "" && theirs != ours && strings.Contains(s, theirs) {
			s = strings.ReplaceAll(s, theirs, ours)
		}
		return s
	}
	for i := range b.Ops {
		op := &b.Ops[i]
		op.Res.Key, op.Name = rename(op.Res.Key), rename(op.Name)
		if len(op.Res.Where) > 0 {
			op.Res.Where = slices.Clone(op.Res.Where)
			for j := range op.Res.Where {
				op.Res.Where[j].Value = rename(op.Res.Where[j].Value)
			}
		}
		if len(op.Set) > 0 {
			op.Set = slices.Clone(op.Set)
			for j := range op.Set {
				op.Set[j].Value = rename(op.Set[j].Value)
			}
		}
	}
}
