package sql

import "strings"

// spaced are the words that stand before a parenthesis without being a function.
var spaced = map[string]bool{
	"and": true, "or": true, "not": true, "in": true, "exists": true, "any": true, "all": true, "some": true, "as": true,
	"then": true, "else": true, "when": true, "case": true, "where": true, "on": true, "from": true, "select": true,
	"values": true, "over": true, "is": true, "between": true, "like": true, "ilike": true, "by": true, "filter": true,
}

// literal are the words in an expression that are no columns.
var literal = map[string]bool{
	"null": true, "true": true, "false": true, "and": true, "or": true, "not": true, "case": true, "when": true,
	"then": true, "else": true, "end": true, "is": true, "in": true, "like": true, "ilike": true, "between": true,
	"similar": true, "to": true, "any": true, "all": true, "some": true, "exists": true, "asc": true, "desc": true,
	"nulls": true, "first": true, "last": true, "interval": true, "distinct": true, "as": true, "collate": true,
	"escape": true, "isnull": true, "notnull": true, "unknown": true, "default": true, "current_timestamp": true,
	"current_date": true, "current_time": true, "localtimestamp": true, "current_user": true, "session_user": true,
	"at": true, "zone": true, "time": true, "regexp": true, "rlike": true, "binary": true, "array": true, "from": true,
	"filter": true, "where": true, "over": true, "partition": true, "by": true, "order": true, "select": true,
	"day": true, "hour": true, "minute": true, "second": true, "month": true, "year": true, "week": true, "using": true, "for": true,
}

// text gives a range of tokens in canonical form.
func (p *parser) text(lo, hi int) string {
	var b strings.Builder
	for i := lo; i < hi && b.Len() < 4096; i++ {
		if i > lo && p.spaceBefore(i) {
			b.WriteByte(' ')
		}
		t := p.toks[i]
		switch t.kind {
		case str:
			b.WriteString("'" + strings.ReplaceAll(t.text, "'", "''") + "'")
		default:
			b.WriteString(t.text)
		}
	}
	return b.String()
}

func (p *parser) spaceBefore(i int) bool {
	t, before := p.toks[i], p.toks[i-1]
	if t.kind == op {
		switch t.text {
		case "(":
			return before.kind == word && spaced[before.text] || before.kind == op && before.text != "(" && before.text != "::" && before.text != "["
		case ")", ",", ".", "::", "[", "]":
			return false
		}
	}
	if before.kind == op {
		switch before.text {
		case "(", ".", "::", "[":
			return false
		}
	}
	return true
}

// columnsIn lists the columns that an expression mentions, outside sub-queries, in order of appearance.
func (p *parser) columnsIn(lo, hi int) []string {
	var names []string
	for i := lo; i < hi && len(names) < maxColumns; i++ {
		if p.isOp(i, "(") && p.isOneOf(i+1, "select", "with") && p.mate[i] > i {
			i = p.mate[i]
			continue
		}
		if p.isOp(i, "::") { // a cast
			i++
			continue
		}
		name, next := p.columnAt(i, hi)
		if name != "" && !contains(names, name) {
			names = append(names, name)
		}
		i = max(i, next-1)
	}
	return names
}

// columnAt reads a column reference, without its qualifier; name is "" when the tokens are something else.
func (p *parser) columnAt(i, hi int) (name string, next int) {
	t := p.toks[i]
	if t.kind != quoted && (t.kind != word || literal[t.text] && !p.isOp(i+1, ".")) {
		return "", i + 1
	}
	_, name, next = p.nameAt(i, hi)
	if p.isOp(next, "(") && next < hi { // a function
		return "", next
	}
	if p.is(i-1, "as") { // an alias, or the type of a CAST
		return "", next
	}
	return name, next
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// value reads an expression as the right side of a comparison or assignment.
func (p *parser) value(lo, hi int) Value {
	for { // parentheses around a value mean nothing, around a query or a list something
		in, end, ok := p.group(lo, hi)
		if !ok || end+1 != hi {
			break
		}
		if p.isOneOf(in, "select", "with") {
			sub := p.statement(in, end)
			return Value{Kind: Query, Text: p.text(lo, hi), Sub: sub}
		}
		lo, hi = in, end
	}
	end := p.withoutCast(lo, hi)
	v := Value{Kind: Expression, Text: p.text(lo, hi)}
	if end-lo == 1 {
		p.single(&v, lo)
	} else if end-lo == 2 && (p.isOp(lo, "-") || p.isOp(lo, "+")) && p.toks[lo+1].kind == num {
		v.Kind, v.Text = Number, p.toks[lo].text+p.toks[lo+1].text
	} else if _, name, next := p.nameAt(lo, end); next == end && name != "" {
		v.Kind, v.Columns = Column, []string{name}
	}
	if v.Kind == Expression {
		v.Columns = p.columnsIn(lo, hi)
		v.Param = p.onlyParam(lo, hi)
	}
	return v
}

// withoutCast returns the end of the range before a trailing ::type.
func (p *parser) withoutCast(lo, hi int) int {
	for i := lo; i < hi; i = p.skip(i) {
		if p.isOp(i, "::") {
			return i
		}
	}
	return hi
}

func (p *parser) single(v *Value, i int) {
	t := p.toks[i]
	switch t.kind {
	case str:
		v.Kind, v.Text = String, t.text
	case num:
		v.Kind, v.Text = Number, t.text
	case param:
		v.Kind, v.Param = Placeholder, t.param
	case quoted:
		if t.double { // MySQL and SQLite take "pending" for a string; on the right side a column would be qualified
			v.Kind, v.Text = String, t.text
		} else {
			v.Kind, v.Columns = Column, []string{t.text}
		}
	case word:
		switch t.text {
		case "null":
			v.Kind = Null
		case "true", "false":
			v.Kind = Bool
		case "default":
			v.Kind = Default
		case "current_timestamp", "current_date", "current_time", "localtimestamp", "current_user":
		default:
			v.Kind, v.Columns = Column, []string{t.text}
		}
	}
}

func (p *parser) onlyParam(lo, hi int) Param {
	var found Param
	for i := lo; i < hi; i++ {
		if p.toks[i].kind != param {
			continue
		}
		if !found.IsZero() {
			return Param{}
		}
		found = p.toks[i].param
	}
	return found
}
