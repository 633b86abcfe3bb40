package sql

// insert reads INSERT and REPLACE from the verb on.
func (p *parser) insert(s *Statement, lo, hi int) {
	s.Verb = Insert
	if p.is(lo, "replace") {
		s.OnConflict.Action = Replace
	}
	i := lo + 1
	for i < hi && p.isOneOf(i, "or", "ignore", "replace", "abort", "fail", "rollback", "low_priority", "high_priority", "delayed", "into", "overwrite") {
		switch {
		case p.is(i, "ignore"):
			s.OnConflict.Action = Nothing
		case p.is(i, "replace"):
			s.OnConflict.Action = Replace
		}
		i++
	}
	schema, name, next := p.nameAt(i, hi)
	i = next
	table := Table{Schema: schema, Name: name, Role: Target}
	if p.is(i, "as") {
		i, table.Alias = p.alias(i, hi)
	}
	s.Tables = append(s.Tables, table)
	var columns []string
	if in, end, ok := p.group(i, hi); ok && !p.isOneOf(in, "select", "with") {
		columns = p.names(in, end)
		i = end + 1
	}
	p.insertRows(s, columns, i, p.insertTail(s, i, hi))
}

// insertTail reads the conflict clause and RETURNING behind the rows, which start at i, and returns where the rows end.
func (p *parser) insertTail(s *Statement, i, hi int) int {
	end := p.find(i, hi, "returning")
	if end < hi {
		p.returning(s, end+1, hi)
	}
	for j := i; j < end; j = p.skip(j) {
		switch {
		case p.is(j, "on", "conflict"):
			p.onConflict(s, j+2, end)
			return j
		case p.is(j, "on", "duplicate", "key", "update"):
			s.OnConflict.Action = DoUpdate
			s.OnConflict.Set = p.assignments(s, j+4, end)
			return j
		}
	}
	return end
}

func (p *parser) returning(s *Statement, lo, hi int) {
	s.Returning = true
	if !p.isOp(lo, "*") {
		s.ReturningColumns = p.columnsIn(lo, hi)
	}
}

// insertRows reads VALUES, SET, SELECT or DEFAULT VALUES.
func (p *parser) insertRows(s *Statement, columns []string, lo, end int) {
	if p.is(lo, "overriding") {
		lo += 3
	}
	switch {
	case p.isOneOf(lo, "values", "value"):
		rows := p.split(lo+1, end)
		s.Rows = len(rows)
		var values [][2]int
		if len(rows) > 0 {
			if in, stop, ok := p.group(rows[0][0], end); ok {
				values = p.split(in, stop)
			}
		}
		s.Set = p.insertSet(s, columns, values)
	case p.is(lo, "set"):
		s.Rows = 1
		s.Set = p.assignments(s, lo+1, end)
	case p.is(lo, "default", "values"):
		s.Rows = 1
	case lo < end:
		p.insertSelect(s, columns, lo, end)
	}
}

func (p *parser) insertSet(s *Statement, columns []string, values [][2]int) []Assignment {
	var set []Assignment
	for k, c := range columns {
		a := Assignment{Column: c}
		if k < len(values) {
			a.Value = p.valueIn(s, values[k][0], values[k][1])
		}
		set = append(set, a)
	}
	return set
}

func (p *parser) insertSelect(s *Statement, columns []string, lo, hi int) {
	src := p.statement(lo, hi)
	if src.Verb != Select && src.Verb != Call {
		s.Set = p.insertSet(s, columns, nil)
		return
	}
	s.FromSelect, s.Source = true, src
	s.Subs = append(s.Subs, src)
	s.NotExists = refusesExisting(src.Where)
	in, end, ok := p.group(lo, hi)
	if !ok {
		in, end = lo, hi
	}
	if in = p.after(in, "select"); in > lo {
		list := p.clauses(in, end, clauseWords)[""]
		s.Set = p.insertSet(s, columns, p.split(list[0], list[1]))
		return
	}
	s.Set = p.insertSet(s, columns, nil)
}

// refusesExisting finds NOT EXISTS (…), or the anti-join spelling x NOT IN (SELECT …), in a predicate.
func refusesExisting(where []Cond) bool {
	for _, c := range where {
		if c.Sub != nil && (c.Op == "not exists" || c.Op == "not in") {
			return true
		}
	}
	return false
}

func (p *parser) onConflict(s *Statement, lo, hi int) {
	if in, end, ok := p.group(lo, hi); ok {
		s.OnConflict.Columns = p.names(in, end)
		lo = end + 1
	}
	if p.is(lo, "on", "constraint") {
		_, s.OnConflict.Constraint, lo = p.nameAt(lo+2, hi)
	}
	do := p.find(lo, hi, "do")
	if !p.is(do, "do", "update") {
		s.OnConflict.Action = Nothing
		return
	}
	s.OnConflict.Action = DoUpdate
	where := p.find(do, hi, "where")
	if set := p.find(do, where, "set"); set < where {
		s.OnConflict.Set = p.assignments(s, set+1, where)
	}
	if where < hi {
		s.OnConflict.Where = p.conds(s, where+1, hi)
	}
}

// assignments reads `a = x, b = y` and `(a, b) = (x, y)`.
func (p *parser) assignments(s *Statement, lo, hi int) []Assignment {
	var set []Assignment
	for _, part := range p.split(lo, hi) {
		eq := part[0]
		for eq < part[1] && !p.isOp(eq, "=") && !p.isOp(eq, ":=") {
			eq = p.skip(eq)
		}
		if eq >= part[1] {
			continue
		}
		if in, end, ok := p.group(part[0], eq); ok {
			set = append(set, p.rowAssignment(s, p.names(in, end), eq+1, part[1])...)
			continue
		}
		column := p.columnText(part[0], eq)
		set = append(set, p.assignment(s, column, eq+1, part[1]))
	}
	return set
}

func (p *parser) assignment(s *Statement, column string, lo, hi int) Assignment {
	a := Assignment{Column: column, Value: p.valueIn(s, lo, hi)}
	a.Relative = contains(a.Value.Columns, column) || a.Value.Kind == Column || a.Value.Kind == Expression && len(a.Value.Columns) > 0
	return a
}

func (p *parser) rowAssignment(s *Statement, columns []string, lo, hi int) []Assignment {
	in, end, ok := p.group(p.after(lo, "row"), hi)
	if !ok || p.isOneOf(in, "select", "with") {
		v := p.valueIn(s, lo, hi)
		var set []Assignment
		for _, c := range columns {
			set = append(set, Assignment{Column: c, Value: v})
		}
		return set
	}
	values := p.split(in, end)
	var set []Assignment
	for k, c := range columns {
		if k < len(values) {
			set = append(set, p.assignment(s, c, values[k][0], values[k][1]))
		}
	}
	return set
}

var updateWords = []string{"set", "from", "where", "returning", "order", "limit"}

// update reads an UPDATE behind its keyword.
func (p *parser) update(s *Statement, lo, hi int) {
	s.Verb = Update
	if p.is(lo, "or") {
		lo += 2
	}
	lo = p.after(p.after(lo, "low_priority"), "ignore")
	c := p.clauses(lo, hi, updateWords)
	p.tables(s, c[""][0], c[""][1], Target)
	if r, ok := c["set"]; ok {
		s.Set = p.assignments(s, r[0], r[1])
	}
	if r, ok := c["from"]; ok {
		p.tables(s, r[0], r[1], From)
	}
	p.tail(s, c)
}

// delete reads a DELETE behind its keyword.
func (p *parser) delete(s *Statement, lo, hi int) {
	s.Verb = Delete
	c := p.clauses(lo, hi, []string{"from", "using", "where", "returning", "order", "limit"})
	p.tables(s, c[""][0], c[""][1], Target) // DELETE t FROM t JOIN …
	role := Target
	if len(s.Tables) > 0 {
		role = From
	}
	if r, ok := c["from"]; ok {
		p.tables(s, r[0], r[1], role)
	}
	if r, ok := c["using"]; ok {
		p.tables(s, r[0], r[1], From)
	}
	p.tail(s, c)
}

// tail reads the clauses that UPDATE and DELETE share.
func (p *parser) tail(s *Statement, c map[string][2]int) {
	if r, ok := c["where"]; ok {
		s.Where = append(s.Where, p.conds(s, r[0], r[1])...)
	}
	if r, ok := c["returning"]; ok {
		p.returning(s, r[0], r[1])
	}
	if r, ok := c["order"]; ok {
		s.OrderBy = p.text(p.after(r[0], "by"), r[1])
	}
	if r, ok := c["limit"]; ok {
		s.Limit = p.text(r[0], r[1])
	}
}

// merge reads MERGE as what it is to a rival: an insert that first looks whether the row is there.
func (p *parser) merge(s *Statement, lo, hi int) {
	s.Verb, s.FromSelect, s.NotExists = Insert, true, true
	using := p.find(lo, hi, "using")
	p.tables(s, p.after(lo+1, "into"), using, Target)
	when := p.find(using, hi, "when")
	if using < when {
		p.tables(s, using+1, when, From)
	}
}
