package sql

// Parse reads the statements of a query, split at semicolons. Statements that change data inside a WITH come before the
// statement that holds them. What is not understood gives a statement of verb Other, never an error.
func Parse(query string) []Statement {
	p := &parser{toks: lex(query)}
	p.pair()
	start := 0
	for i := 0; i <= len(p.toks); i++ {
		if i < len(p.toks) && p.mate[i] > i {
			i = p.mate[i]
			continue
		}
		if i == len(p.toks) || p.isOp(i, ";") {
			p.statements(start, i)
			start = i + 1
		}
	}
	return p.out
}

// parser works on ranges of tokens [lo, hi); parentheses are paired beforehand, so that a range can be split at its
// top level without recursion.
type parser struct {
	toks  []token
	mate  []int // of an opening or closing parenthesis the other one; otherwise -1
	depth int
	count int // statements and sub-queries read so far
	// common holds the names of the CTEs of the current statement, as they become known.
	common map[string]bool
	out    []Statement
}

func (p *parser) pair() {
	p.mate = make([]int, len(p.toks))
	var open []int
	for i, t := range p.toks {
		p.mate[i] = -1
		if t.kind != op {
			continue
		}
		switch t.text {
		case "(", "[":
			open = append(open, i)
		case ")", "]":
			if n := len(open); n > 0 {
				p.mate[i], p.mate[open[n-1]] = open[n-1], i
				open = open[:n-1]
			}
		}
	}
}

func (p *parser) isOp(i int, text string) bool {
	return i >= 0 && i < len(p.toks) && p.toks[i].kind == op && p.toks[i].text == text
}

// is tells whether the words stand at i.
func (p *parser) is(i int, words ...string) bool {
	for k, w := range words {
		if i+k < 0 || i+k >= len(p.toks) || p.toks[i+k].kind != word || p.toks[i+k].text != w {
			return false
		}
	}
	return true
}

func (p *parser) isOneOf(i int, words ...string) bool {
	for _, w := range words {
		if p.is(i, w) {
			return true
		}
	}
	return false
}

// after skips the words at i, if they stand there.
func (p *parser) after(i int, words ...string) int {
	if p.is(i, words...) {
		return i + len(words)
	}
	return i
}

// skip returns the index of the token after the one at i, or after its closing parenthesis.
func (p *parser) skip(i int) int {
	if p.mate[i] > i {
		return p.mate[i] + 1
	}
	return i + 1
}

// group tells whether a parenthesised group starts at i, and gives the range inside.
func (p *parser) group(i, hi int) (lo, end int, ok bool) {
	if i < hi && p.isOp(i, "(") && p.mate[i] > i && p.mate[i] < hi {
		return i + 1, p.mate[i], true
	}
	return 0, 0, false
}

// find returns the index of the first of the words at the top level of the range, or hi.
func (p *parser) find(lo, hi int, words ...string) int {
	for i := lo; i < hi; i = p.skip(i) {
		if p.isOneOf(i, words...) && !p.isOp(i-1, ".") {
			return i
		}
	}
	return hi
}

// split cuts a range at its top-level commas.
func (p *parser) split(lo, hi int) [][2]int {
	var parts [][2]int
	start := lo
	for i := lo; i < hi; i = p.skip(i) {
		if p.isOp(i, ",") {
			parts = append(parts, [2]int{start, i})
			start = i + 1
		}
	}
	if start < hi {
		parts = append(parts, [2]int{start, hi})
	}
	return parts
}

// nameAt reads a possibly qualified name and returns the index behind it.
func (p *parser) nameAt(i, hi int) (schema, name string, next int) {
	for i < hi && p.isName(i) {
		schema, name = name, p.toks[i].text
		i++
		if !p.isOp(i, ".") {
			break
		}
		i++
	}
	return schema, name, i
}

// isName tells whether the token can be a name; a hole of an f-string can.
func (p *parser) isName(i int) bool {
	if i < 0 || i >= len(p.toks) {
		return false
	}
	t := p.toks[i]
	return t.kind == word || t.kind == quoted || t.kind == param && t.text[0] == '{'
}

// names reads a list of column names; expressions are given in canonical form.
func (p *parser) names(lo, hi int) []string {
	var names []string
	for _, part := range p.split(lo, hi) {
		names = append(names, p.columnText(part[0], part[1]))
	}
	return names
}

// columnText is the name of a column without its qualifier, or the canonical text of an expression.
func (p *parser) columnText(lo, hi int) string {
	if _, name, next := p.nameAt(lo, hi); next == hi && name != "" {
		return name
	}
	return p.text(lo, hi)
}

// statements reads one statement, with the data-modifying CTEs before it.
func (p *parser) statements(lo, hi int) {
	if lo >= hi {
		return
	}
	p.common = map[string]bool{}
	s := p.statement(lo, hi)
	p.out = append(p.out, *s)
}

// statement reads the statement in a range.
func (p *parser) statement(lo, hi int) *Statement {
	s := &Statement{}
	if p.depth >= maxDepth || p.count >= maxStatements {
		return s
	}
	p.count++
	p.depth++
	defer func() { p.depth-- }()
	lo = p.prefix(lo, hi)
	if in, end, ok := p.group(lo, hi); ok {
		inner := p.statement(in, end)
		if end+1 < hi { // (SELECT …) UNION (SELECT …)
			rest := p.statement(end+1, hi)
			inner.Subs = append(inner.Subs, rest)
			p.lift(inner, rest)
		}
		return inner
	}
	if p.is(lo, "with") {
		lo = p.with(s, lo+1, hi)
	}
	if lo >= hi {
		return s
	}
	p.verb(s, lo, hi)
	p.gather(s)
	return s
}

// prefix skips what may stand before a statement without changing it.
func (p *parser) prefix(lo, hi int) int {
	if p.is(lo, "explain") {
		return p.find(lo, hi, "select", "insert", "update", "delete", "with", "replace")
	}
	if p.isOneOf(lo, "union", "intersect", "except") {
		lo++
		return p.after(p.after(lo, "all"), "distinct")
	}
	return lo
}

func (p *parser) verb(s *Statement, lo, hi int) {
	t := p.toks[lo]
	if t.kind != word {
		return
	}
	switch t.text {
	case "select", "perform", "values", "table":
		p.selectFrom(s, lo+1, hi)
	case "insert", "replace":
		p.insert(s, lo, hi)
	case "merge":
		p.merge(s, lo, hi)
	case "update":
		p.update(s, lo+1, hi)
	case "delete":
		p.delete(s, lo+1, hi)
	case "truncate":
		s.Verb = Delete
		p.tables(s, p.after(lo+1, "table"), hi, Target)
	case "create", "alter", "drop", "rename":
		p.define(s, lo, hi)
	default:
		p.control(s, lo, hi)
	}
}

// with reads the CTEs and returns where the statement proper starts.
func (p *parser) with(s *Statement, i, hi int) int {
	recursive := p.is(i, "recursive")
	i = p.after(i, "recursive")
	for i < hi {
		_, name, next := p.nameAt(i, hi)
		if name == "" {
			return next
		}
		if _, end, ok := p.group(next, hi); ok { // column names
			next = end + 1
		}
		next = p.after(next, "as")
		next = p.after(p.after(next, "not"), "materialized")
		in, end, ok := p.group(next, hi)
		if !ok {
			return next
		}
		if recursive {
			p.common[name] = true
		}
		sub := p.statement(in, end)
		sub.Name = name
		p.common[name] = true
		if sub.Verb == Select || sub.Verb == Call || sub.Verb == Other {
			s.Subs = append(s.Subs, sub)
		} else {
			p.out = append(p.out, *sub)
		}
		i = end + 1
		if !p.isOp(i, ",") {
			return i
		}
		i++
	}
	return i
}

// gather gives the statement the tables of its sub-queries, and tells the names of CTEs from those of tables.
func (p *parser) gather(s *Statement) {
	for i, t := range s.Tables {
		if t.Schema == "" && p.common[t.Name] {
			s.Tables[i].Role = CommonSub
		}
	}
	for _, sub := range s.Subs {
		p.lift(s, sub)
	}
}

// lift adds the tables of a sub-query to those of the statement.
func (p *parser) lift(s, sub *Statement) {
	for _, t := range sub.Tables {
		if t.Role != CommonSub && len(s.Tables) < maxColumns {
			t.Role = SubQuery
			s.Tables = append(s.Tables, t)
		}
	}
}
