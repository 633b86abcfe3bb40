package sql

import "strings"

var clauseWords = []string{
	"from", "where", "group", "having", "window", "order", "limit", "offset", "fetch", "for", "lock", "union", "intersect", "except", "into", "returning", "qualify",
}

// clauses cuts a range at its top-level clause words; the first piece has the key "".
func (p *parser) clauses(lo, hi int, words []string) map[string][2]int {
	found := map[string][2]int{}
	name, start, cases := "", lo, 0
	for i := lo; i < hi; i = p.skip(i) {
		switch {
		case p.is(i, "case"):
			cases++
			continue
		case p.is(i, "end") && cases > 0:
			cases--
			continue
		}
		if cases > 0 || !p.isOneOf(i, words...) || p.isOp(i-1, ".") || p.is(i, "from") && p.is(i-1, "distinct") && p.isOneOf(i-2, "is", "not") {
			continue
		}
		if _, seen := found[name]; !seen {
			found[name] = [2]int{start, i}
		}
		name, start = p.toks[i].text, i+1
		if name == "union" || name == "intersect" || name == "except" { // the rest is another SELECT
			found[name] = [2]int{i, hi}
			return found
		}
		if name == "for" && p.isFor(i) { // a lock may be repeated: FOR UPDATE OF a FOR SHARE OF b
			found["for"] = [2]int{start, hi}
			return found
		}
	}
	if _, seen := found[name]; !seen {
		found[name] = [2]int{start, hi}
	}
	return found
}

func (p *parser) isFor(i int) bool { return p.isOneOf(i+1, "update", "share", "no", "key") }

// selectFrom reads a SELECT behind its keyword.
func (p *parser) selectFrom(s *Statement, lo, hi int) {
	s.Verb = Select
	c := p.clauses(lo, hi, clauseWords)
	p.selectList(s, c[""][0], c[""][1])
	if r, ok := c["from"]; ok {
		p.tables(s, r[0], r[1], Target)
		if len(s.Tables) == 0 && len(s.Subs) == 1 && s.Subs[0].Verb == Select {
			s.Where = append(s.Where, s.Subs[0].Where...) // all rows come out of that one
		}
	}
	if r, ok := c["where"]; ok {
		s.Where = append(s.Where, p.conds(s, r[0], r[1])...)
	}
	if len(s.Tables) == 0 && s.Aggregate == Exists && len(s.Subs) == 1 && s.Subs[0].Verb == Select && len(s.Columns) == 0 {
		s.Where = append(s.Where, s.Subs[0].Where...) // SELECT EXISTS (…) is true of the rows of that one
	}
	if r, ok := c["having"]; ok {
		p.subqueries(s, r[0], r[1])
	}
	_, s.Grouped = c["group"]
	if r, ok := c["order"]; ok {
		s.OrderBy = p.text(p.after(r[0], "by"), r[1])
	}
	if r, ok := c["limit"]; ok {
		s.Limit = p.text(r[0], r[1])
	} else if r, ok := c["fetch"]; ok {
		s.Limit = p.text(r[0], r[1])
	}
	if r, ok := c["for"]; ok && p.isFor(r[0]-1) {
		s.Lock = p.rowLock(r[0], r[1])
	}
	if r, ok := c["lock"]; ok && p.is(r[0], "in", "share", "mode") {
		s.Lock.Strength = Share
	}
	for _, set := range []string{"union", "intersect", "except"} {
		if r, ok := c[set]; ok {
			s.Subs = append(s.Subs, p.statement(r[0], r[1]))
		}
	}
	if s.Advisory != nil && len(s.Tables) == 0 {
		s.Verb = Call
	}
}

// rowLock reads what follows FOR.
func (p *parser) rowLock(lo, hi int) RowLock {
	lock := RowLock{Strength: Exclusive}
	if p.is(lo, "share") || p.is(lo, "key", "share") {
		lock.Strength = Share
	}
	for i := lo; i < hi; i++ {
		switch {
		case p.is(i, "for") && p.isOneOf(i+1, "update", "no"):
			lock.Strength = Exclusive
		case p.is(i, "of"):
			for i++; i < hi; i++ {
				_, name, next := p.nameAt(i, hi)
				lock.Of = append(lock.Of, name)
				i = next
				if !p.isOp(i, ",") {
					i--
					break
				}
			}
		case p.is(i, "skip", "locked"):
			lock.SkipLocked = true
		case p.is(i, "nowait"):
			lock.NoWait = true
		}
	}
	return lock
}

var aggregates = map[string]Aggregate{
	"count": Count, "sum": Sum, "avg": Sum, "total": Sum, "max": Max, "min": Max, "bool_or": Exists, "exists": Exists,
}

// selectList reads what is selected.
func (p *parser) selectList(s *Statement, lo, hi int) {
	lo = p.after(p.after(lo, "all"), "distinct")
	if p.is(lo, "on") { // DISTINCT ON (…)
		if _, end, ok := p.group(lo+1, hi); ok {
			lo = end + 1
		}
	}
	var columns []string
	all := false
	parts := p.split(lo, hi)
	for _, part := range parts {
		from, to := part[0], p.beforeAlias(part[0], part[1])
		before := len(s.Subs)
		p.subqueries(s, from, to)
		p.counted(s, s.Subs[before:], from, to, part[1], len(parts) == 1)
		if p.isOp(to-1, "*") && (to-from == 1 || p.isOp(to-2, ".")) {
			all = true
			continue
		}
		aggregate := s.Aggregate
		p.findCalls(s, from, to)
		if s.Aggregate != aggregate && to < part[1] {
			s.AggregateName = p.toks[part[1]-1].text
		}
		s.Reckoned = s.Aggregate != NoAggregate && len(parts) == 1 && p.subtracts(from, to)
		for _, c := range p.columnsIn(from, to) {
			if len(columns) < maxColumns && !contains(columns, c) {
				columns = append(columns, c)
			}
		}
	}
	if !all {
		s.Columns = columns
	}
}

// counted notes a select item that is made of what a sub-query counts or adds up.
func (p *parser) counted(s *Statement, subs []*Statement, from, to, end int, only bool) {
	if len(subs) != 1 || subs[0].Verb != Select || subs[0].Aggregate != Count && subs[0].Aggregate != Sum {
		return
	}
	item := Item{Text: p.text(from, to), Sub: subs[0], Alone: p.isOp(from, "(") && p.mate[from] == to-1, Only: only}
	if to < end {
		item.Name = p.toks[end-1].text
	}
	s.Counted = append(s.Counted, item)
}

// subtracts tells whether an expression takes one thing from another.
func (p *parser) subtracts(lo, hi int) bool {
	for i := lo; i < hi; i = p.skip(i) {
		if p.isOp(i, "-") && i > lo {
			return true
		}
	}
	return false
}

// beforeAlias returns the end of a select item before its alias.
func (p *parser) beforeAlias(lo, hi int) int {
	if hi-2 > lo && p.is(hi-2, "as") {
		return hi - 2
	}
	if hi-2 >= lo && p.isName(hi-1) && !literal[p.toks[hi-1].text] && p.endsOperand(hi-2) {
		return hi - 1
	}
	return hi
}

// endsOperand tells that the token at i ends an expression, so that a name behind it is an alias.
func (p *parser) endsOperand(i int) bool {
	t := p.toks[i]
	switch t.kind {
	case op:
		return t.text == ")" || t.text == "]" || t.text == "*"
	case word:
		return !literal[t.text] || t.text == "end" || t.text == "null" || t.text == "true" || t.text == "false"
	}
	return true
}

// findCalls looks for aggregates and lock functions in a select item.
func (p *parser) findCalls(s *Statement, lo, hi int) {
	for i := lo; i+1 < hi; i++ {
		if in, end, ok := p.group(i, hi); ok && p.isOneOf(in, "select", "with") && !p.is(i-1, "exists") {
			i = end
			continue
		}
		in, end, ok := p.group(i+1, hi)
		if !ok || p.toks[i].kind != word {
			continue
		}
		name := p.toks[i].text
		if a := aggregates[name]; a != NoAggregate && s.Aggregate == NoAggregate && !p.is(end+1, "over") {
			s.Aggregate = a
			in = p.after(in, "distinct")
			if columns := p.columnsIn(in, end); a != Exists && len(columns) > 0 {
				s.AggregateColumn = columns[0]
			}
			if p.isOp(in+1, ".") {
				s.AggregateTable = p.toks[in].text
			}
		}
		if lock := p.advisory(name, in, end); lock != nil {
			s.Advisory = lock
		}
	}
}

// advisory reads the call of a lock function.
func (p *parser) advisory(name string, lo, hi int) *AdvisoryLock {
	pg := strings.HasPrefix(name, "pg_advisory_") || strings.HasPrefix(name, "pg_try_advisory_")
	mysql := name == "get_lock" || name == "release_lock" || name == "release_all_locks"
	if !pg && !mysql {
		return nil
	}
	lock := &AdvisoryLock{Function: name}
	args := p.split(lo, hi)
	if name == "get_lock" && len(args) > 1 { // the timeout is no part of the key
		lock.Try = true
		args = args[:1]
	}
	for _, a := range args {
		lock.Args = append(lock.Args, p.value(a[0], a[1]))
	}
	if len(args) > 0 {
		lock.Key = p.text(args[0][0], args[len(args)-1][1])
	}
	lock.Try = lock.Try || strings.HasPrefix(name, "pg_try_")
	lock.Transaction = strings.Contains(name, "_xact_")
	lock.Shared = strings.HasSuffix(name, "_shared")
	lock.Release = strings.Contains(name, "unlock") || strings.HasPrefix(name, "release_")
	return lock
}

// tables reads the tables of FROM, USING or UPDATE; the first gets the given role, the others From. Join conditions are
// added to the predicate.
func (p *parser) tables(s *Statement, lo, hi int, first Role) {
	role := first
	for i := lo; i < hi; {
		switch {
		case p.isOneOf(i, "lateral", "only", "natural", "inner", "left", "right", "full", "cross", "outer", "join", "straight_join", "tablesample"), p.isOp(i, ","):
			i++
		case p.is(i, "on"):
			end := p.find(i+1, hi, "join", "inner", "left", "right", "full", "cross", "natural")
			for j := i + 1; j < end; j = p.skip(j) {
				if p.isOp(j, ",") {
					end = j
				}
			}
			s.Where = append(s.Where, p.conds(s, i+1, end)...)
			i = end
		case p.isOneOf(i, "using", "use", "force", "ignore", "with", "partition"): // USING (columns), index hints
			i = p.pastGroup(i, hi)
		case p.isOp(i, "(") && p.mate[i] > i && p.mate[i] < hi:
			p.tableGroup(s, i+1, p.mate[i], role)
			i, _ = p.alias(p.mate[i]+1, hi)
			role = From
		case p.isName(i):
			i = p.table(s, i, hi, role)
			role = From
		default:
			i++
		}
	}
}

// pastGroup returns the index after the next parenthesised group, or the next token when none follows.
func (p *parser) pastGroup(i, hi int) int {
	for j := i + 1; j < hi && j < i+5; j++ {
		if _, end, ok := p.group(j, hi); ok {
			return end + 1
		}
	}
	return i + 1
}

// tableGroup reads a sub-query of FROM, or joins in parentheses.
func (p *parser) tableGroup(s *Statement, lo, hi int, role Role) {
	if p.isOneOf(lo, "select", "with", "values") || p.isOp(lo, "(") {
		p.subquery(s, lo, hi)
		return
	}
	if p.depth < maxDepth {
		p.depth++
		p.tables(s, lo, hi, role)
		p.depth--
	}
}

// table reads one table with its alias.
func (p *parser) table(s *Statement, i, hi int, role Role) int {
	schema, name, next := p.nameAt(i, hi)
	if _, end, ok := p.group(next, hi); ok { // a function that gives rows
		if lock := p.advisory(name, next+1, end); lock != nil {
			s.Advisory = lock
		}
		p.subqueries(s, next, end)
		next, _ = p.alias(end+1, hi)
		return next
	}
	next = max(next, i+1)
	if p.isOp(next, "*") {
		next++
	}
	next, alias := p.alias(next, hi)
	s.Tables = append(s.Tables, Table{Schema: schema, Name: name, Alias: alias, Role: role})
	return next
}

// alias reads [AS] name [(columns)].
func (p *parser) alias(i, hi int) (next int, name string) {
	i = p.after(i, "as")
	if i < hi && p.isName(i) && !p.isOneOf(i, "on", "using", "join", "inner", "left", "right", "full", "cross", "natural", "lateral",
		"set", "where", "use", "force", "ignore", "with", "tablesample", "straight_join", "partition", "values", "select", "default") {
		name = p.toks[i].text
		i++
		if _, end, ok := p.group(i, hi); ok {
			i = end + 1
		}
	}
	return i, name
}
