package race

import (
	"maps"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Copies: an entry of a cache that a request fills, when it does not find it, with what it read of a table. To fill it twice harms
// nobody; to decide on it is to decide on the row as it was when it was filled. So a read of a copy is taken for a read of the
// original, made early and without a lock.

// copied is one place that holds copies.
type copied struct {
	of      effects.Op        // the read of the original
	key     string            // of the entry
	stamped bool              // another version of the row has another entry
	kept    float64           // how many seconds an entry is kept, 0 when nothing says so
	fields  map[string]string // field of the entry → column of the original
}

// originals exchanges reads of copies for reads of what they are copies of.
func originals(traces []*flow.Trace) {
	found := map[string][]copied{}
	own := owned(traces)
	for _, t := range traces {
		for i := range t.Ops {
			if c, ok := filling(t, i); ok && !own[t.Ops[i].Res.Name] {
				name := storeName(&t.Ops[i])
				t.Change(i).Fills = true
				if c.of.Res.Name != "" && !slices.ContainsFunc(found[name], func(o copied) bool { return o.key == c.key && o.of.Res.Name == c.of.Res.Name }) {
					found[name] = append(found[name], c)
				}
			}
		}
	}
	for _, t := range traces {
		for i := range t.Ops {
			if t.Ops[i].Res.Name == effects.Issued {
				found[string(rune('0'+interleave.KeyValue))+effects.Claims] = append(found[string(rune('0'+interleave.KeyValue))+effects.Claims], issued(t, i)...)
			}
		}
	}
	if len(found) == 0 {
		return
	}
	for _, t := range traces {
		for i := range t.Ops {
			op := &t.Ops[i]
			if op.Kind != interleave.Read {
				continue
			}
			name, key := op.Res.Name, op.Res.Key
			if in, entry := inEntry(op); in != "" && !own[in+"["] {
				name, key = in, entry
			} else if op.Res.Aggregate != interleave.Rows || !cacheable(op) {
				continue
			}
			for _, c := range found[storeNamed(op.Res.Store, name)] {
				if effects.SameKeys(c.key, key) {
					c.show(t.Change(i), key)
					break
				}
			}
		}
	}
}

// cacheable tells whether a place can hold copies: a key of a store, or an entry of a container of the process.
func cacheable(op *effects.Op) bool {
	switch op.Res.Store {
	case interleave.KeyValue:
		return true
	case interleave.Memory:
		return op.Res.Key != "*"
	}
	return false
}

// inEntry returns the container and the entry in which another container of the process lies that an operation looks into, "" for none:
// permissions[user_id], a set.
func inEntry(op *effects.Op) (container, key string) {
	name, ok := strings.CutSuffix(op.Res.Name, "]")
	if !ok || op.Res.Store != interleave.Memory {
		return "", ""
	}
	container, key, _ = strings.Cut(name, "[")
	return container, key
}

// calledCache tells whether a container of the process is called what it is for.
func calledCache(name string) bool { return matches(name, []string{"cache", "memo"}) }

// owned finds the containers of the process in which something lies that is nowhere else: somebody writes there what is no copy
// of a row. Whoever only takes an entry out makes room for the next copy.
func owned(traces []*flow.Trace) map[string]bool {
	own := map[string]bool{}
	for _, t := range traces {
		for i := range t.Ops {
			op := &t.Ops[i]
			if op.Res.Store != interleave.Memory || op.Kind != interleave.Update && op.Kind != interleave.Insert {
				continue
			}
			if in, _ := inEntry(op); in != "" {
				own[in+"["] = true // more is put into what lies there
			}
			if calledCache(op.Res.Name) || drops(op) {
				continue
			}
			if c, ok := filling(t, i); !ok || c.of.Res.Name == "" && !c.stamped {
				own[op.Res.Name] = true
			}
		}
	}
	return own
}

// drops tells whether an operation only takes entries out of a place of copies.
func drops(op *effects.Op) bool {
	switch {
	case op.Kind == interleave.Delete:
		return true
	case op.Kind != interleave.Update || op.Res.Store != interleave.Memory:
		return false
	case op.Flags&interleave.Atomic != 0:
		return op.Drops
	}
	return op.Value.IsNone() || op.Drops
}

// filling tells whether a write fills an entry that was looked for and not found, with what was read of a table or worked out
// since. Whoever does something else on the way does not fill a cache: he notes that it was done.
func filling(t *flow.Trace, i int) (copied, bool) {
	op := &t.Ops[i]
	if op.Kind != interleave.Update && op.Kind != interleave.Insert || op.Flags&interleave.Atomic != 0 || !cacheable(op) {
		return copied{}, false
	}
	looked, answers, mark, alone := -1, false, false, false
	for c := op.Ctx; c != nil; c = c.Up {
		if c.Check < 0 {
			if c.Arm >= 2 && looked < 0 {
				looked = lastLook(t, i) // except KeyError: the look itself said that nothing was there
			}
			continue
		}
		for _, f := range t.Ops[c.Check].From {
			if sameEntry(&t.Ops[f], op) && misses(&t.Ops[c.Check], c.Arm) {
				looked, answers, mark = f, answersWith(t, c), c.Leaves == effects.Raises
				alone = c.Leaves == effects.Stays && op.Res.Store == interleave.KeyValue && aloneUnder(t, i, c)
			}
		}
	}
	if looked < 0 {
		return copied{}, false
	}
	for j := looked + 1; j < i; j++ {
		o := &t.Ops[j]
		if !isAct(t, j) || effects.Apart(o.Ctx, op.Ctx) {
			continue
		}
		answers = answers && o.Res.Store == interleave.Memory && o.Kind != interleave.Effect
		if o.Kind != interleave.Effect && o.Res.Store != interleave.Table {
			continue
		}
		if o.Kind != interleave.Effect || !asks(o, op) {
			return copied{}, false
		}
	}
	if stampedEntry(t, looked, i) {
		return copied{stamped: true}, true
	}
	c := copied{key: op.Res.Key, kept: op.Rare().Seconds}
	for _, f := range op.From {
		base := baseRead(t, f)
		if base <= looked || t.Ops[base].Res.Store != interleave.Table {
			continue
		}
		if c.of.Res.Name == "" {
			c.of = t.Ops[base]
			c.of.Res.Columns = slices.Clone(c.of.Res.Columns)
		}
		if t.Ops[base].Res.Name != c.of.Res.Name {
			continue
		}
		for _, col := range t.Ops[f].Res.Columns {
			if !slices.Contains(c.of.Res.Columns, col) {
				c.of.Res.Columns = append(c.of.Res.Columns, col)
			}
		}
	}
	c.fields = fieldsOf(op.Value)
	if answers && op.Res.Store == interleave.KeyValue {
		return c, true // whoever finds it answers with it, whatever it was made of
	}
	fills := c.of.Res.Name != "" || alone && !matches(op.Res.Key, claimWords) && madeUp(t, op.Value, new(effects.Seen), 0) || workedOut(op, looked) && (op.Res.Store != interleave.Memory || calledCache(op.Res.Name))
	if mark {
		c.of = effects.Op{} // who finds the entry is refused: it says that something was done, and stands for no row
	}
	return c, fills
}

// aloneUnder tells whether nothing is done because of a decision but one write: whichever way it falls, a request goes on alike.
func aloneUnder(t *flow.Trace, write int, c *effects.Ctx) bool {
	for i := range t.Ops {
		if op := &t.Ops[i]; i != write && isAct(t, i) && op.Res.Store != interleave.Memory && under(op.Ctx, c.Check) {
			return false
		}
	}
	return true
}

// madeUp tells whether a value was put together here: it is more than constants, the time, what is another one each time, and what the
// client sent.
func madeUp(t *flow.Trace, v *effects.Value, seen *effects.Seen, depth int) bool {
	if v == nil || v.Kind == effects.Const || depth > 3 || seen.Again(v, depth) {
		return false
	}
	made := func(it *effects.Value) bool { return madeUp(t, it, seen, depth+1) }
	switch v.Kind {
	case effects.Mapping:
		return len(v.Pairs) == 0 || slices.ContainsFunc(v.Pairs, func(p effects.Pair) bool { return made(p.Value) })
	case effects.Instance:
		return slices.ContainsFunc(slices.Collect(maps.Values(v.Obj.Attrs)), made)
	}
	if len(v.Items) > 0 {
		return slices.ContainsFunc(v.Items, made)
	}
	return v.Sym != "now" && v.Name != "fstring" && !strings.Contains(v.Sym, "#") && (computed(v) || !t.Mentions(v.Sym))
}

// lastLook returns the last read of the entry before it is written, -1 when there is none.
func lastLook(t *flow.Trace, write int) int {
	for i := write - 1; i >= 0; i-- {
		if sameEntry(&t.Ops[i], &t.Ops[write]) {
			return i
		}
	}
	return -1
}

// sameEntry tells whether an operation reads the entry that another one writes.
func sameEntry(read, write *effects.Op) bool {
	return read.Kind == interleave.Read && read.Res.Store == write.Res.Store && read.Res.Name == write.Res.Name && read.Res.Key == write.Res.Key
}

// stampedEntry tells whether the key of an entry was made of a version that was read just now.
func stampedEntry(t *flow.Trace, look, fill int) bool {
	return slices.ContainsFunc(slices.Concat(t.Ops[look].From, t.Ops[fill].From), func(f int) bool {
		base := baseRead(t, f)
		return base >= 0 && f < look && t.Ops[base].Res.Store == interleave.Table && t.Ops[base].Rare().Cached == "" && slices.ContainsFunc(t.Ops[f].Res.Columns, effects.NamesVersion)
	})
}

// workedOut tells whether an entry holds the result of a call, and not what the client sent, a mark, or something made anew.
func workedOut(op *effects.Op, looked int) bool {
	if matches(op.Res.Key, claimWords) {
		return false
	}
	since := slices.ContainsFunc(op.Value.AllDeps(), func(d int32) bool { return int(d) > looked })
	return since || computed(op.Value)
}

func computed(v *effects.Value) bool {
	if v == nil || v.Name == "fstring" || strings.Contains(v.Sym, "#") {
		return false
	}
	if v.Kind == effects.Mapping {
		return slices.ContainsFunc(v.Pairs, func(p effects.Pair) bool { return computed(p.Value) })
	}
	return v.Kind == effects.Unknown && (strings.Contains(v.Sym, "(") || strings.HasPrefix(v.Sym, "fetched"))
}

// asks tells whether an effect only asked somebody else for what a cache then keeps: its answer is what is stored.
func asks(effect, fill *effects.Op) bool {
	return effect.External == "message" || effect.External == "http" && matches(fill.Res.Key, cacheWords) && !matches(fill.Res.Key, claimWords)
}

// KeepsAnswer tells whether a key is set to what somebody else has just answered, and to nothing that says it was done: it may be asked
// for twice, or something may be ordered twice.
func (r *Race) KeepsAnswer() bool {
	act := r.Op(r.Act)
	return act.Value != nil && !matches(act.Res.Key, claimWords) && slices.ContainsFunc(r.Path.Ops, func(i int) bool {
		op := r.Op(i)
		return i > r.Read && i < r.Act && op.Kind == interleave.Effect && op.External == "http" && act.Value.DerivesFrom(i)
	})
}

// AnswersWithFound tells whether whoever finds the entry answers with what it holds, and nothing is paid for besides: what is put there was made
// to be found, and is made twice.
func (r *Race) AnswersWithFound() bool {
	if matches(r.Op(r.Act).Res.Key, claimWords) || r.pays() {
		return false
	}
	for c := r.Op(r.Act).Ctx; c != nil; c = c.Up {
		if c.Check >= 0 && asksAbout(r.Trace, c.Check, r.Read) && answersWith(r.Trace, c) {
			return true
		}
	}
	return false
}

// pays tells whether an amount leaves the application on the way.
func (r *Race) pays() bool {
	return slices.ContainsFunc(r.Path.Ops, func(i int) bool { return r.Op(i).Kind == interleave.Effect && r.Op(i).External == "payment" })
}

// cacheWords are parts of the names of keys under which answers are kept; one that is a digest of the question holds its answer.
var cacheWords = []string{"cache", "hash(", "md5(", "sha1(", "sha256(", "blake2b(", "response", "metrics", "summary", "embedding", "stats", "lookup", "translation", "rates", "weather"}

// claimWords are parts of the names of keys that say who has something, or that something was done.
var claimWords = []string{"idem", "dedup", "lock", "seen", "processed", "claim", "owner", "slot", "reserv", "nonce", "once", "attempt", "quota", "limit"}

// misses tells whether a decision asks only whether something is there, and an arm is the one on which nothing is.
func misses(check *effects.Op, arm int8) bool {
	if check.Pred == nil {
		return false
	}
	for _, u := range check.Pred.Uses {
		switch presence[u.Op] {
		case "exists":
			if arm != 0 {
				return false
			}
		case "not exists":
			if arm == 0 {
				return false
			}
		default:
			if asksSentinel(u) && (u.Op == "=") == (arm != 0) || asksAge(u) {
				continue
			}
			return false
		}
	}
	return true
}

// asksAge tells whether a comparison is with the time that it is: an entry that is too old is none. One that is kept for each day has
// the time in its key.
func asksAge(u effects.PredUse) bool {
	for _, v := range [2]*effects.Value{u.Left, u.Right} {
		if v != nil && mentionsName(OutsideBrackets(v.Sym), "now") {
			return true
		}
	}
	return false
}

// fieldsOf tells which column each field of a stored mapping comes from.
func fieldsOf(v *effects.Value) map[string]string {
	if v = v.Pick(effects.Mapping); v == nil {
		return nil
	}
	fields := map[string]string{}
	for _, p := range v.Pairs {
		if name, ok := p.Key.Str(); ok && p.Value.SrcCol != "" {
			fields[name] = p.Value.SrcCol
		}
	}
	return fields
}

// show makes the read of an entry the read of its original, with what this request fills into the key.
func (c *copied) show(op *effects.Op, key string) {
	theirs, ours := holes(c.key), holes(key)
	if len(theirs) != len(ours) {
		return
	}
	put := func(s string) string {
		for i, h := range theirs {
			if h != "" && h != ours[i] {
				s = strings.ReplaceAll(s, h, ours[i])
			}
		}
		return s
	}
	cached := op.Res.Name
	if in, _ := inEntry(op); in != "" {
		cached = in
	}
	op.Table, op.Res = c.of.Table, c.of.Res
	op.Res.Key = put(op.Res.Key)
	op.Res.Where = slices.Clone(op.Res.Where)
	for i := range op.Res.Where {
		op.Res.Where[i].Value = put(op.Res.Where[i].Value)
	}
	rare := op.Own()
	rare.Cached, rare.Fields, rare.Seconds, rare.Entry = cached, c.fields, c.kept, c.key
	switch {
	case len(op.Res.Columns) == 1:
		rare.Fields = map[string]string{effects.ValueColumn: op.Res.Columns[0]}
	case rare.Fields == nil:
		rare.Fields = map[string]string{}
	}
}

// namedFields returns the columns of a copy that a decision calls by name, where every part of it that rests on the copy either does so or
// asks only whether something is there: `user and user["active"]`.
func namedFields(t *flow.Trace, check, base int) []string {
	read := &t.Ops[base]
	if check < 0 || read.Rare().Cached == "" || len(read.Res.Columns) < 2 || t.Ops[check].Pred == nil {
		return nil
	}
	var named []string
	for _, u := range t.Ops[check].Pred.Uses {
		for _, v := range [...]*effects.Value{u.Left, u.Right} {
			if v == nil || !v.DerivesFrom(base) {
				continue
			}
			before := len(named)
			for _, c := range read.Res.Columns {
				if mentionsName(v.Sym, c) {
					named = append(named, c)
				}
			}
			if len(named) == before && !isThere(u, v, base) {
				return nil
			}
		}
	}
	return named
}

// isThere tells whether a part of a decision asks only whether there is something: the copy itself, or an object that was made of it.
func isThere(u effects.PredUse, v *effects.Value, base int) bool {
	if presence[u.Op] == "" {
		return false
	}
	for _, it := range v.Alternatives() {
		switch {
		case it == nil || it.IsNone():
		case int(it.Src)-1 == base && (it.SrcCol == "" || it.SrcCol == effects.ValueColumn):
		case it.Kind != effects.Entity && it.Kind != effects.Instance && it.Kind != effects.Mapping:
			return false
		}
	}
	return true
}

// holes lists what is filled into a key's template; a key that is no template is all filled in.
func holes(key string) []string {
	if strings.HasPrefix(key, "'") {
		return nil
	}
	if !strings.HasPrefix(key, "f'") {
		return []string{key}
	}
	var out []string
	depth, from := 0, 0
	for i := range len(key) {
		switch key[i] {
		case '{':
			if depth++; depth == 1 {
				from = i + 1
			}
		case '}':
			if depth--; depth == 0 {
				out = append(out, key[from:i])
			}
		}
	}
	return out
}

// guardedAnyway tells whether an act repeats in its own condition what a copy was asked about, so that the copy only spared it work.
func guardedAnyway(t *flow.Trace, read, act int) bool {
	r, a := &t.Ops[read], &t.Ops[act]
	if r.Rare().Cached == "" || a.Kind != interleave.Update && a.Kind != interleave.Delete {
		return false
	}
	return slices.ContainsFunc(a.Res.Where, func(c interleave.Cond) bool {
		return slices.Contains(r.Res.Columns, c.Column) || c.Op == "?"
	})
}

// withoutSources drops the candidates that read the original only to fill the copy on which the same decision rests.
func withoutSources(rs []*Race) []*Race {
	fromCopy := func(r *Race) bool { return r.Op(r.Read).Rare().Cached != "" }
	if !slices.ContainsFunc(rs, fromCopy) {
		return rs // compared in pairs, many would cost much
	}
	return slices.DeleteFunc(rs, func(r *Race) bool {
		return !fromCopy(r) && slices.ContainsFunc(rs, func(o *Race) bool {
			return o.Act == r.Act && o.Read < r.Read && fromCopy(o) && o.Resource() == r.Resource() && len(o.Checks) > 0 && slices.Equal(o.Checks, r.Checks)
		})
	})
}

// invalidates tells whether a request takes the copy out of the place that a read found it in, or puts a new one there.
func invalidates(t *flow.Trace, read *effects.Op) bool {
	return read.Rare().Entry != "" && t.Any(func(op *effects.Op) bool {
		if op.Res.Name != read.Rare().Cached || op.Fills || op.Res.Store != interleave.KeyValue && op.Res.Store != interleave.Memory {
			return false
		}
		switch op.Kind {
		case interleave.Delete, interleave.Update, interleave.Insert:
			return op.Res.Key == "*" || op.Res.Store == interleave.Memory || effects.SameKeys(read.Rare().Entry, op.Res.Key)
		}
		return false
	})
}

// givesOtherEntry tells whether the key of the entry that a read found was made of something that was read just now, and that the request
// which changes the original writes, too: whoever comes after it looks for an entry that nobody has filled yet.
func (r *Race) givesOtherEntry(w writer) bool {
	if r.Op(r.Read).Rare().Cached == "" {
		return false
	}
	return slices.ContainsFunc(r.Op(r.Read).From, func(f int) bool {
		base := baseRead(r.Trace, f)
		if f >= r.Read || base < 0 || r.Op(base).Rare().Cached != "" {
			return false
		}
		read, columns := r.Op(base), r.Op(f).Res.Columns
		return slices.ContainsFunc(w.trace.Rewrites[read.Res.Name], func(i int32) bool {
			op := &w.trace.Ops[i]
			return renumbers(op, read, columns) && within(w.trace.Ops[w.op].Ctx, op.Ctx)
		})
	})
}

// renumbers tells whether a write of the same name gives what was read another value: columns of a row, or a key of a store.
func renumbers(op, read *effects.Op, columns []string) bool {
	if op.Res.Store != read.Res.Store {
		return false
	}
	if read.Res.Store == interleave.KeyValue {
		return effects.SameKeys(read.Res.Key, op.Res.Key)
	}
	return read.Res.Store == interleave.Table && writesAny(op.Set, columns)
}

// issued lists the claims of a token that say what somebody may do, as copies of the columns they were made from.
func issued(t *flow.Trace, i int) []copied {
	claims := t.Ops[i].Value.Pick(effects.Mapping)
	if claims == nil {
		return nil
	}
	var out []copied
	for _, p := range claims.Pairs {
		name, ok := p.Key.Str()
		if !ok || p.Value == nil || p.Value.SrcCol == "" || p.Value.Src <= 0 {
			continue
		}
		if base := baseRead(t, int(p.Value.Src-1)); base >= 0 && t.Ops[base].Res.Store == interleave.Table && saysWhoMay(t.Ops[base].Res.Name, p.Value.SrcCol) {
			c := copied{key: "'" + name + "'", of: t.Ops[base]}
			c.of.Res.Columns = []string{p.Value.SrcCol}
			out = append(out, c)
		}
	}
	return out
}
