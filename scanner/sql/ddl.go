package sql

import "strings"

// define reads CREATE, ALTER, DROP and RENAME of tables and indexes; other objects stay Other.
func (p *parser) define(s *Statement, lo, hi int) {
	d := &Definition{}
	ok := false
	switch {
	case p.is(lo, "create"):
		ok = p.create(d, lo+1, hi)
	case p.is(lo, "alter", "table"):
		ok = p.alterTable(d, lo+2, hi)
	case p.is(lo, "drop", "table"):
		d.Drop = true
		_, d.Table, _ = p.nameAt(p.after(lo+2, "if", "exists"), hi)
		ok = true
	case p.is(lo, "drop", "index"):
		ok = p.dropIndex(d, lo+2, hi)
	case p.is(lo, "rename", "table"):
		var next int
		_, d.Table, next = p.nameAt(lo+2, hi)
		_, d.RenameTo, _ = p.nameAt(p.after(next, "to"), hi)
		ok = true
	}
	if !ok {
		return
	}
	s.Verb, s.Definition = Define, d
	if d.Table != "" {
		s.Tables = append(s.Tables, Table{Name: d.Table, Role: Target})
	}
}

func (p *parser) create(d *Definition, i, hi int) bool {
	unique := false
	for p.isOneOf(i, "or", "replace", "temp", "temporary", "unlogged", "global", "local", "unique", "virtual", "fulltext", "spatial") {
		unique = unique || p.is(i, "unique")
		i++
	}
	switch {
	case p.is(i, "table"):
		return p.createTable(d, p.after(i+1, "if", "not", "exists"), hi)
	case p.is(i, "index"):
		return p.createIndex(d, i+1, hi, unique)
	}
	return false
}

func (p *parser) createTable(d *Definition, i, hi int) bool {
	_, name, next := p.nameAt(i, hi)
	in, end, ok := p.group(next, hi)
	if name == "" || !ok {
		return false // CREATE TABLE … AS SELECT, LIKE: no keys to learn
	}
	d.Table, d.Create = name, true
	for _, part := range p.split(in, end) {
		p.tableItem(d, part[0], part[1])
	}
	return true
}

// tableItem reads a column definition or a table constraint.
func (p *parser) tableItem(d *Definition, lo, hi int) {
	if c, ok := p.constraint(lo, hi); ok {
		d.Constraints = append(d.Constraints, c)
		return
	}
	if p.is(lo, "like") {
		return
	}
	col, checks := p.column(lo, hi)
	if col.Name != "" {
		d.Columns = append(d.Columns, col)
		d.Constraints = append(d.Constraints, checks...)
	}
}

// constraint reads a table constraint; ok is false for anything else, such as a column that is called "key".
func (p *parser) constraint(lo, hi int) (Constraint, bool) {
	c := Constraint{}
	i := lo
	if p.is(i, "constraint") {
		_, c.Name, i = p.nameAt(i+1, hi)
	}
	switch {
	case p.is(i, "unique"):
		i = p.after(p.after(i+1, "key"), "index")
		if p.is(i, "nulls", "not", "distinct") {
			c.NullsNotDistinct = true
			i += 3
		}
		i = p.after(i, "nulls", "distinct")
		if !p.isOp(i, "(") && p.isName(i) && !p.is(i, "using") { // MySQL: UNIQUE KEY name (…)
			_, c.Name, i = p.nameAt(i, hi)
		}
	case p.is(i, "primary", "key"):
		c.Kind = PrimaryKey
		i += 2
	case p.is(i, "check"):
		if in, end, ok := p.group(i+1, hi); ok {
			c.Kind, c.Text = Check, p.text(in, end)
			return c, true
		}
		return c, false
	case p.is(i, "foreign", "key"):
		return p.foreignKey(c, i+2, hi)
	case p.is(i, "exclude"):
		c.Kind, c.Text = Exclude, p.text(i+1, hi)
		return c, true
	case p.isOneOf(i, "key", "index", "fulltext"):
		if in, _, ok := p.group(i+2, hi); ok && p.toks[in].kind != num { // not a column: key varchar(10)
			_, c.Name, _ = p.nameAt(i+1, hi)
			c.Kind = PlainIndex
			return c, true
		}
		return c, false
	default:
		return c, false
	}
	for p.isOneOf(i, "using", "btree", "hash", "clustered", "nonclustered") {
		i++
	}
	if p.is(i, "index") && c.Name != "" { // … USING INDEX name: the constraint takes an existing index
		_, c.Name, _ = p.nameAt(i+1, hi)
		return c, true
	}
	in, end, ok := p.group(i, hi)
	if !ok {
		return c, false
	}
	p.keyParts(&c, in, end)
	return c, true
}

func (p *parser) foreignKey(c Constraint, i, hi int) (Constraint, bool) {
	c.Kind = ForeignKey
	in, end, ok := p.group(i, hi)
	if !ok {
		return c, false
	}
	c.Columns = p.names(in, end)
	if p.is(end+1, "references") {
		_, table, next := p.nameAt(end+2, hi)
		c.RefTable = table
		if in, end, ok := p.group(next, hi); ok {
			c.RefColumns = p.names(in, end)
		}
	}
	return c, true
}

// keyParts reads the parts of a key: columns with order, length and operator class, or expressions.
func (p *parser) keyParts(c *Constraint, lo, hi int) {
	for _, part := range p.split(lo, hi) {
		_, name, next := p.nameAt(part[0], part[1])
		if name != "" && !p.isOp(next, "(") && next > part[0] && !p.isOp(next, "::") {
			if p.is(next, "collate") && p.isCaseFolding(next+1, part[1]) {
				c.Expressions = append(c.Expressions, "lower("+name+")")
				continue
			}
			c.Columns = append(c.Columns, name)
			continue
		}
		if in, end, ok := p.group(next, part[1]); ok && name != "" && end-in == 1 && p.toks[in].kind == num {
			c.Columns = append(c.Columns, name) // MySQL's prefix length
			continue
		}
		lo, hi := part[0], part[1]
		for p.isOneOf(hi-1, "asc", "desc", "first", "last", "nulls") {
			hi--
		}
		if in, end, ok := p.group(lo, hi); ok && end+1 == hi { // ((expression))
			lo, hi = in, end
		}
		if name := p.columnText(lo, hi); p.isBare(lo, hi) {
			c.Columns = append(c.Columns, name)
		} else {
			c.Expressions = append(c.Expressions, name)
		}
	}
}

func (p *parser) isCaseFolding(i, hi int) bool {
	return i < hi && (p.toks[i].text == "nocase" || strings.HasSuffix(p.toks[i].text, "_ci"))
}

func (p *parser) createIndex(d *Definition, i, hi int, unique bool) bool {
	i = p.after(i, "concurrently")
	i = p.after(i, "if", "not", "exists")
	c := Constraint{Kind: PlainIndex, Index: true}
	if unique {
		c.Kind = UniqueKey
	}
	if !p.is(i, "on") {
		_, c.Name, i = p.nameAt(i, hi)
	}
	if !p.is(i, "on") {
		return false
	}
	_, d.Table, i = p.nameAt(p.after(i+1, "only"), hi)
	if p.is(i, "using") {
		i += 2
	}
	in, end, ok := p.group(i, hi)
	if d.Table == "" || !ok {
		return false
	}
	p.keyParts(&c, in, end)
	c.NullsNotDistinct = p.findWords(end, hi, "nulls", "not", "distinct") < hi
	if where := p.find(end+1, hi, "where"); where < hi {
		lo, stop := p.unwrap(where+1, hi)
		c.Where = p.text(lo, stop)
	}
	d.Constraints = append(d.Constraints, c)
	return true
}

// unwrap drops parentheses around a whole range.
func (p *parser) unwrap(lo, hi int) (int, int) {
	for {
		in, end, ok := p.group(lo, hi)
		if !ok || end+1 != hi {
			return lo, hi
		}
		lo, hi = in, end
	}
}

func (p *parser) findWords(lo, hi int, words ...string) int {
	for i := lo; i < hi; i++ {
		if p.is(i, words...) {
			return i
		}
	}
	return hi
}

func (p *parser) dropIndex(d *Definition, i, hi int) bool {
	i = p.after(p.after(i, "concurrently"), "if", "exists")
	for i < hi {
		_, name, next := p.nameAt(i, hi)
		if name == "" {
			break
		}
		d.DropIndexes = append(d.DropIndexes, name)
		i = next
		if p.is(i, "on") { // MySQL
			_, d.Table, _ = p.nameAt(i+1, hi)
			break
		}
		if !p.isOp(i, ",") {
			break
		}
		i++
	}
	return len(d.DropIndexes) > 0
}
