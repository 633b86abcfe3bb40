package race

import (
	"slices"
	"strings"
	"unicode"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Two requests that meet on one row or set have that in common and nothing else: two people who sign up have two addresses,
// two owners who are removed are two rows, and a lock on something else is another lock.

// apart returns the two programs with values of their own wherever what is contested does not ask for the same one; ok is false
// when nothing differs that could matter.
func (r *Race) apart(a, b interleave.Program, rival *flow.Trace) (interleave.Program, interleave.Program, bool) {
	switch r.Relation {
	case SetInsert, SetLeave:
	case SameRow, RowEffect, ClaimDropped:
		if !slices.ContainsFunc(a.Ops, r.locksElse) {
			return a, b, false
		}
	default:
		return a, b, false
	}
	pinned := r.pinned()
	return r.others(r.made.copy(a, apartA), r.Trace, pinned, "a "), r.others(r.made.copy(b, apartB), rival, pinned, "b "), true
}

// locksElse tells whether an operation takes a lock on something else than the contested resource.
func (r *Race) locksElse(op interleave.Op) bool {
	switch op.Kind {
	case interleave.Acquire:
		// The row behind the key of a lock in the process may be reached from that key on ways that were not seen.
		return op.Scope != interleave.ProcessLock || lockKey(op.Name) != "" && r.Op(r.Read).Res.Store == interleave.Memory
	case interleave.Read, interleave.Refresh:
		return op.Lock.Strength != interleave.NoLock && op.Res.Name != r.Resource()
	}
	return false
}

// pinned are the names of values that both requests must have in common to meet.
func (r *Race) pinned() []string {
	read := r.Op(r.Read)
	var out []string
	add := func(s string) {
		if s != "" && !isConstant(s) {
			out = append(out, s)
		}
	}
	for _, c := range read.Res.Where {
		if r.Relation == SetLeave && c.Op == "!=" && r.namesRow(c.Column) {
			continue // the row that each request has in mind, beside the others: two requests have two
		}
		add(c.Value)
	}
	for _, column := range read.Rare().Groups { // of those that are counted together each request has the one that it inserts
		v, _ := assigned(r.Op(r.Act).Set, column)
		add(v)
	}
	add(read.Res.Key)
	if read.Res.Store == interleave.Memory {
		for _, key := range keysIn(read.Res.Name) { // guests[day] is another list on another day
			add(key)
		}
	}
	if r.Relation == SetInsert || r.Relation == SetLeave {
		return out
	}
	add(r.Op(r.Act).Res.Key)
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		if p == nil {
			continue
		}
		for _, u := range p.Uses { // order.user_id == user.id
			if u.Left != nil && u.Right != nil && (u.Op == "=" || u.Op == "!=") {
				add(u.Left.Sym)
				add(u.Right.Sym)
			}
		}
	}
	return out
}

// others gives a program values of its own, marked by who.
func (r *Race) others(out interleave.Program, t *flow.Trace, pinned []string, who string) interleave.Program {
	read := r.Op(r.Read)
	rename := func(s string) string {
		if s == "" || isConstant(s) || strings.Contains(s, "max("+read.Res.Name+")") || read.Res.Aggregate == interleave.Count && strings.Contains(s, "count("+read.Res.Name+")") {
			return s // what was read is the same for both
		}
		for _, k := range pinned {
			if s == k || !strings.HasPrefix(k, "lower(") && (holdsWord(s, k) || holdsWord(k, s) && !manyLeadTo(t, k, s)) {
				return s // what is folded can be the same for different values
			}
		}
		return "'" + who + s + "'"
	}
	asked := slices.Clip(read.Rare().Groups) // a row with another value here is not in the set that was looked at
	for _, c := range read.Res.Where {
		if c.Op == "=" {
			asked = append(asked, c.Column)
		}
	}
	rows := r.Relation != SetInsert && r.Relation != SetLeave
	for i := range out.Ops {
		op := &out.Ops[i]
		if op.Kind == interleave.Acquire || op.Kind == interleave.Release {
			if i := strings.IndexByte(op.Name, ':'); i > 0 && op.Scope != interleave.ProcessLock && !strings.HasPrefix(op.Name, effects.TableLock) && !r.followsFrom(t, op) {
				op.Name = op.Name[:i+1] + rename(op.Name[i+1:])
			} else if key := lockKey(op.Name); key != "" && op.Scope == interleave.ProcessLock && !r.followsFrom(t, op) {
				op.Name = strings.TrimSuffix(op.Name, key+"]") + rename(key) + "]"
			}
			continue
		}
		if rows && op.Res.Name == read.Res.Name || r.followsFrom(t, op) && op.Lock.Strength != interleave.NoLock {
			continue
		}
		switch {
		case op.Res.Name != read.Res.Name:
			op.Res.Key = rename(op.Res.Key)
		case r.Relation == SetLeave:
			op.Res.Key = renameKey(op.Res.Key, rename)
			op.Res.Where = renameWhere(op.Res.Where, rename)
		}
		if rows || r.Relation == SetLeave {
			continue
		}
		op.Set = slices.Clone(op.Set)
		for j := range op.Set {
			if op.Res.Name != read.Res.Name || !slices.Contains(asked, op.Set[j].Column) {
				op.Set[j].Value = rename(op.Set[j].Value)
			}
		}
	}
	return out
}

// keysIn are the keys under which something in memory is found, each part of one that has several: cabins[name].guests[(day, hour)].
func keysIn(place string) []string {
	var keys []string
	depth, start := 0, 0
	for i := range len(place) {
		switch place[i] {
		case '[':
			if depth++; depth == 1 {
				start = i + 1
			}
		case ']':
			if depth--; depth == 0 {
				key := place[start:i]
				if strings.HasPrefix(key, "(") && strings.HasSuffix(key, ")") {
					keys = append(keys, strings.Split(key[1:len(key)-1], ", ")...)
				} else {
					keys = append(keys, key)
				}
			}
		}
	}
	return slices.DeleteFunc(keys, func(k string) bool { return k == effects.Unnamed })
}

// lockKey is the key under which a lock is kept in a dictionary, "" for one that is not, or of whose key nothing is known.
func lockKey(name string) string {
	at := strings.LastIndexByte(name, '[')
	if at < 0 || !strings.HasSuffix(name, "]") || name[at+1:len(name)-1] == effects.Unnamed {
		return ""
	}
	return name[at+1 : len(name)-1]
}

// manyLeadTo tells whether a value is named through a column of the row that key is the key of, and other rows may have the same
// there: two lines of one invoice, two members of one team.
func manyLeadTo(t *flow.Trace, value, key string) bool {
	at := strings.Index(value, "["+key+"].")
	if at < 0 || holdsWord(value[:at]+value[at+len(key)+2:], key) {
		return false
	}
	table := value[strings.LastIndexAny(value[:at], " =,([")+1 : at]
	column := value[at+len(key)+3:]
	if end := strings.IndexFunc(column, func(c rune) bool { return c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c) }); end >= 0 {
		column = column[:end]
	}
	for i := range t.Ops {
		if o := t.Ops[i].Table; o != nil && o.Name == table && o.Column(column) != nil {
			_, single := o.UniqueOn([]string{column})
			return !single
		}
	}
	return false
}

// holdsWord tells whether a symbol is part of another one, as a whole: `disk_id` is not made of `id`.
func holdsWord(s, part string) bool {
	for at := 0; part != ""; {
		i := strings.Index(s[at:], part)
		if i < 0 {
			return false
		}
		i += at
		if !inWord(s, i-1) && !inWord(s, i+len(part)) {
			return true
		}
		at = i + 1
	}
	return false
}

func inWord(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	c := s[i]
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

// renameKey renames a key; of one over several columns each value by itself: the rows of one owner have that in common, not the rest.
func renameKey(key string, rename func(string) string) string {
	if !strings.Contains(key, "=") || !strings.Contains(key, ",") {
		return rename(key)
	}
	parts := strings.Split(key, ",")
	for i, p := range parts {
		col, v, ok := strings.Cut(p, "=")
		if !ok {
			return rename(key)
		}
		parts[i] = col + "=" + rename(v)
	}
	return strings.Join(parts, ",")
}

// renameWhere renames what is asked of the columns of a row, as its key is renamed.
func renameWhere(where []interleave.Cond, rename func(string) string) []interleave.Cond {
	out := slices.Clone(where)
	for i := range out {
		if !out[i].SubQuery {
			out[i].Value = rename(out[i].Value)
		}
	}
	return out
}

// followsFrom tells that what an operation names derives from what was read of the contested resource, or from a call of which
// nothing is known.
func (r *Race) followsFrom(t *flow.Trace, op *interleave.Op) bool {
	if strings.Contains(op.Name+op.Res.Key, "()") {
		return true
	}
	for _, f := range t.Ops[op.Tag].From {
		if t.Ops[f].Res.Name == r.Resource() {
			return true
		}
	}
	return false
}
