package sql

// conds reads a predicate as terms joined by AND. Sub-queries in it are added to the statement.
func (p *parser) conds(s *Statement, lo, hi int) []Cond {
	if p.depth >= maxDepth {
		return []Cond{{Op: "?"}}
	}
	p.depth++
	defer func() { p.depth-- }()
	for {
		in, end, ok := p.group(lo, hi)
		if !ok || end+1 != hi || p.isOneOf(in, "select", "with") {
			break
		}
		lo, hi = in, end
	}
	if lo >= hi {
		return nil
	}
	if parts := p.splitAt(lo, hi, "or"); len(parts) > 1 {
		c := Cond{Op: "or", Expr: p.text(lo, hi)}
		for _, part := range parts {
			c.Any = append(c.Any, p.conds(s, part[0], part[1]))
		}
		return []Cond{c}
	}
	parts := p.splitAt(lo, hi, "and")
	if len(parts) == 1 {
		return p.term(s, lo, hi)
	}
	var all []Cond
	for _, part := range parts {
		all = append(all, p.conds(s, part[0], part[1])...)
	}
	return all
}

// splitAt cuts a range at a top-level AND or OR, outside CASE … END and BETWEEN … AND.
func (p *parser) splitAt(lo, hi int, connective string) [][2]int {
	var parts [][2]int
	start, cases, between := lo, 0, false
	for i := lo; i < hi; i = p.skip(i) {
		switch {
		case p.is(i, "case"):
			cases++
		case p.is(i, "end") && cases > 0:
			cases--
		case cases > 0:
		case p.is(i, "between"):
			between = true
		case p.is(i, "and") && between:
			between = false
		case p.is(i, connective) && !p.isOp(i-1, "."):
			parts = append(parts, [2]int{start, i})
			start = i + 1
		}
	}
	return append(parts, [2]int{start, hi})
}

var comparisons = map[string]string{
	"=": "=", "==": "=", "<=>": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
}

var negated = map[string]string{
	"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "in": "not in", "not in": "in", "like": "not like",
	"not like": "like", "is null": "is not null", "is not null": "is null", "exists": "not exists", "not exists": "exists",
}

var mirrored = map[string]string{"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// term reads one term: a comparison, a test for null, membership or existence, or a boolean column.
func (p *parser) term(s *Statement, lo, hi int) []Cond {
	if p.is(lo, "not") {
		return p.negation(s, lo+1, hi)
	}
	if p.is(lo, "exists") {
		if in, end, ok := p.group(lo+1, hi); ok {
			return []Cond{{Op: "exists", Sub: p.subquery(s, in, end)}}
		}
	}
	cases := 0
	for i := lo; i < hi; i = p.skip(i) {
		t := p.toks[i]
		switch {
		case p.is(i, "case"):
			cases++
		case p.is(i, "end") && cases > 0:
			cases--
		case cases > 0:
		case t.kind == op && comparisons[t.text] != "":
			return p.comparison(s, lo, i, hi, comparisons[t.text])
		case t.kind == word && !p.isOp(i-1, "."):
			if conds := p.wordOperator(s, lo, i, hi); conds != nil {
				return conds
			}
		}
	}
	if hi-lo == 1 && p.toks[lo].text == "true" && p.toks[lo].kind == word {
		return nil
	}
	if hi-lo == 1 || p.isBare(lo, hi) { // a boolean column
		c := p.left(s, lo, hi)
		if p.toks[lo].kind == param { // WHERE {clause}: made by the program
			c = Cond{Expr: p.text(lo, hi), Op: "?"}
		} else if c.Column != "" && c.Expr == "" {
			c.Op, c.Value = "=", Value{Kind: Bool, Text: "true"}
			return []Cond{c}
		}
		if c.Op == "?" {
			return []Cond{c}
		}
	}
	c := p.left(s, lo, hi)
	c.Op = "?"
	return []Cond{c}
}

func (p *parser) isBare(lo, hi int) bool {
	_, name, next := p.nameAt(lo, hi)
	return name != "" && next == hi
}

func (p *parser) negation(s *Statement, lo, hi int) []Cond {
	inner := p.conds(s, lo, hi)
	if len(inner) != 1 {
		return []Cond{{Op: "?", Expr: "not " + p.text(lo, hi)}}
	}
	c := inner[0]
	switch {
	case c.Op == "=" && c.Value.Kind == Bool && c.Value.Text == "true":
		c.Value.Text = "false"
	case c.Op == "=" && c.Value.Kind == Bool && c.Value.Text == "false":
		c.Value.Text = "true"
	case negated[c.Op] != "":
		c.Op = negated[c.Op]
	default:
		c = Cond{Op: "?", Column: c.Column, Table: c.Table, Expr: "not " + p.text(lo, hi)}
	}
	return []Cond{c}
}

var wordOperators = []string{"is", "in", "isnull", "notnull", "like", "ilike", "similar", "regexp", "rlike", "glob", "match", "between"}

// wordOperator reads IS, IN, LIKE and BETWEEN at i; nil when the word there is none of them.
func (p *parser) wordOperator(s *Statement, lo, i, hi int) []Cond {
	if !p.isOneOf(i, wordOperators...) || i == lo {
		return nil
	}
	not := p.is(i-1, "not") && i-1 > lo
	end := i
	if not {
		end--
	}
	c := p.left(s, lo, end)
	switch p.toks[i].text {
	case "isnull":
		c.Op = "is null"
	case "notnull":
		c.Op = "is not null"
	case "is":
		p.isTest(s, &c, i+1, hi)
	case "in":
		c.Op = "in"
		p.members(s, &c, i+1, hi)
	case "like", "ilike", "similar", "regexp", "rlike", "glob", "match":
		c.Op, c.Value = "like", p.valueIn(s, p.after(i+1, "to"), hi)
	case "between":
		return p.between(s, c, i+1, hi, not)
	}
	if not {
		c.Op = negated[c.Op]
	}
	return []Cond{c}
}

// isTest reads what follows IS.
func (p *parser) isTest(s *Statement, c *Cond, i, hi int) {
	not := p.is(i, "not")
	i = p.after(i, "not")
	switch {
	case p.is(i, "null"), p.is(i, "unknown"):
		c.Op = "is null"
	case p.isOneOf(i, "true", "false"):
		c.Op, c.Value = "=", Value{Kind: Bool, Text: p.toks[i].text}
	case p.is(i, "distinct", "from"):
		c.Op, c.Value = "!=", p.valueIn(s, i+2, hi)
	default: // SQLite's IS compares
		c.Op, c.Value = "=", p.valueIn(s, i, hi)
	}
	if not {
		c.Op = negated[c.Op]
	}
}

func (p *parser) members(s *Statement, c *Cond, lo, hi int) {
	in, end, ok := p.group(lo, hi)
	if !ok { // IN %s: a tuple bound by the driver
		c.Value = p.valueIn(s, lo, hi)
		return
	}
	if p.isOneOf(in, "select", "with") {
		c.Sub = p.subquery(s, in, end)
		c.Value = Value{Kind: Query, Text: p.text(lo, hi), Sub: c.Sub}
		return
	}
	c.Value = Value{Kind: List, Text: p.text(lo, hi)}
	for _, part := range p.split(in, end) {
		c.Value.Items = append(c.Value.Items, p.value(part[0], part[1]))
	}
}

func (p *parser) between(s *Statement, c Cond, lo, hi int, not bool) []Cond {
	mid := p.find(lo, hi, "and")
	if mid == hi || not {
		c.Op = "?"
		return []Cond{c}
	}
	low, high := c, c
	low.Op, low.Value = ">=", p.valueIn(s, p.after(lo, "symmetric"), mid)
	high.Op, high.Value = "<=", p.valueIn(s, mid+1, hi)
	return []Cond{low, high}
}

// comparison reads `left operator right`, with the column on the left even where it was written on the right.
func (p *parser) comparison(s *Statement, lo, at, hi int, operator string) []Cond {
	if rows := p.rowComparison(s, lo, at, hi, operator); rows != nil {
		return rows
	}
	if operator == "=" && at == lo+1 && hi == at+2 && p.toks[lo].kind == num && p.toks[at+1].kind == num && p.toks[lo].text == p.toks[at+1].text {
		return []Cond{} // 1 = 1
	}
	right := p.after(p.after(at+1, "any"), "some")
	anyOf := right > at+1
	if p.is(at+1, "all") {
		c := p.left(s, lo, at)
		c.Op, c.Value = "?", p.valueIn(s, at+2, hi)
		return []Cond{c}
	}
	c := p.ordered(s, lo, at, operator)
	c.Op = operator
	if c.Column == "" && c.Sub == nil && !anyOf {
		if other := p.ordered(s, right, hi, operator); other.Column != "" {
			other.Op, other.Value = mirrored[operator], p.valueIn(s, lo, at)
			return []Cond{other}
		}
	}
	c.Value = p.valueIn(s, right, hi)
	if c.Sub == nil {
		c.Sub = c.Value.Sub
	}
	if anyOf {
		if operator == "=" {
			c.Op = "in"
		} else {
			c.Op = "?"
		}
	}
	return []Cond{c}
}

// rowComparison reads (a, b) = (x, y).
func (p *parser) rowComparison(s *Statement, lo, at, hi int, operator string) []Cond {
	in, end, ok := p.group(lo, at)
	in2, end2, ok2 := p.group(at+1, hi)
	if !ok || !ok2 || operator != "=" || end+1 != at || end2+1 != hi {
		return nil
	}
	lefts, rights := p.split(in, end), p.split(in2, end2)
	if len(lefts) < 2 || len(lefts) != len(rights) {
		return nil
	}
	var conds []Cond
	for k, l := range lefts {
		c := p.left(s, l[0], l[1])
		c.Op, c.Value = "=", p.valueIn(s, rights[k][0], rights[k][1])
		conds = append(conds, c)
	}
	return conds
}

// left reads the left side of a term.
func (p *parser) left(s *Statement, lo, hi int) Cond {
	for {
		in, end, ok := p.group(lo, hi)
		if !ok || end+1 != hi {
			break
		}
		if p.isOneOf(in, "select", "with") {
			return Cond{Sub: p.subquery(s, in, end), Expr: p.text(lo, hi)}
		}
		lo, hi = in, end
	}
	if lo >= hi {
		return Cond{}
	}
	end := p.withoutCast(lo, hi)
	if table, name, next := p.nameAt(lo, end); next == end && name != "" && !(end-lo == 1 && p.toks[lo].kind != quoted && literal[name]) {
		return Cond{Table: table, Column: name}
	}
	p.subqueries(s, lo, hi)
	c := Cond{Expr: p.text(lo, hi)}
	if columns := p.columnsIn(lo, hi); len(columns) == 1 {
		c.Column = columns[0]
	}
	return c
}

// ordered is left of a comparison; several columns that are compared by order are all asked for.
func (p *parser) ordered(s *Statement, lo, hi int, operator string) Cond {
	c := p.left(s, lo, hi)
	if columns := p.columnsIn(lo, hi); c.Column == "" && c.Sub == nil && len(columns) > 1 && operator != "=" && operator != "!=" {
		c.Column, c.Beside = columns[0], columns[1:]
	}
	return c
}

// valueIn reads a value whose sub-queries belong to the statement.
func (p *parser) valueIn(s *Statement, lo, hi int) Value {
	v := p.value(lo, hi)
	if v.Sub != nil {
		s.Subs = append(s.Subs, v.Sub)
	} else if v.Kind == Expression {
		p.subqueries(s, lo, hi)
	}
	return v
}

// subquery reads a sub-query and notes it.
func (p *parser) subquery(s *Statement, lo, hi int) *Statement {
	sub := p.statement(lo, hi)
	s.Subs = append(s.Subs, sub)
	return sub
}

// subqueries notes every sub-query in a range.
func (p *parser) subqueries(s *Statement, lo, hi int) {
	for i := lo; i < hi; i++ {
		if in, end, ok := p.group(i, hi); ok && p.isOneOf(in, "select", "with") {
			p.subquery(s, in, end)
			i = end
		}
	}
}
