package effects

import (
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// DynamoDB, by boto3 and aioboto3, as a table or through the client that is told the table's name. Each write of one item is one atomic
// step on its latest value, and one with a condition is refused when the condition does not hold.

var dynamo = Library{
	Classes: []Class{{dynamoTable, dynamoTable}, {dynamoAnswer, dynamoAnswer}},
	Methods: []Family{
		{dynamoTable, []Named{{"get_item", dynamoCall}, {"put_item", dynamoCall}, {"update_item", dynamoCall}, {"delete_item", dynamoCall}}},
		{dynamoAnswer, []Named{{"__contains__", answered}, {"__getitem__", answered}, {"get", answered}}},
	},
	Shape: dynamoShape,
}

const (
	dynamoTable  = "dynamo table"
	dynamoAnswer = "dynamo answer"
)

// dynamoShape recognises what is called like nothing else: resource.Table(name), and the commands of a client by the names of their
// arguments.
func dynamoShape(c *Call) *Value {
	switch c.Name {
	case "Table":
		if name := c.Arg(0, "name"); name != nil && len(c.Args) == 1 && len(c.Kw) == 0 && c.Recv != nil && c.Recv.Kind != ClassRef && c.Recv.Kind != ModuleRef {
			return dynamoNamed(c, name)
		}
	case "get_item", "put_item", "update_item", "delete_item":
		if c.Keyword("Key") != nil || c.Keyword("Item") != nil {
			return dynamoCall(c)
		}
	}
	return nil
}

func dynamoNamed(c *Call, name *Value) *Value {
	o := c.NewObject()
	o.Qual = dynamoTable
	return &Value{Kind: ExtObject, Obj: o, Sym: Template(name)}
}

// dynamoOp begins an operation on the item that a call names; false where the table or the item is not told.
func dynamoOp(c *Call, k interleave.Kind) (Op, bool) {
	op := Op{Guess: c.Recv.Kind != ExtObject}
	op.Kind, op.From = k, c.Deps().Ints()
	op.Res.Store = interleave.KeyValue
	if name := c.Keyword("TableName"); name != nil {
		op.Res.Name = Template(name)
	} else {
		op.Res.Name = collectionName(c)
	}
	key := c.Keyword("Key").Pick(Mapping)
	if key != nil {
		op.Res.Key = attributes(key, nil)
	} else if item := c.Keyword("Item").Pick(Mapping); item != nil {
		op.Res.Key = attributes(item, keyNames(c, op.Res.Name))
	}
	return op, op.Res.Name != "" && op.Res.Key != ""
}

// attributes writes down the attributes of a key: all that a display holds, or those of some names.
func attributes(m *Value, names []string) string {
	var eq []string
	for _, p := range m.Pairs {
		if name, ok := p.Key.Str(); p.Key != nil && ok && (len(names) == 0 || slices.Contains(names, name)) {
			eq = append(eq, name+"="+valueSym(typed(p.Value)))
		}
	}
	sort.Strings(eq)
	return strings.Join(eq, ",")
}

// typed is the value of an attribute that is written with its type: {"S": handle}.
func typed(v *Value) *Value {
	if m := v.Pick(Mapping); m != nil && len(m.Pairs) == 1 {
		if t, ok := m.Pairs[0].Key.Str(); ok && slices.Contains([]string{"S", "N", "B", "BOOL"}, t) {
			return m.Pairs[0].Value
		}
	}
	return v
}

// keyNames are the attributes by which the request has looked for items of a table, or of which its condition says that they must not be
// there: an item to be stored holds its key among all else.
func keyNames(c *Call, table string) []string {
	for i := len(c.Ops) - 1; i >= 0; i-- {
		if op := &c.Ops[i]; op.Res.Store == interleave.KeyValue && op.Res.Name == table && op.Res.Key != "" {
			return keyColumns(op.Res.Key)
		}
	}
	return nil
}

func keyColumns(key string) []string {
	var out []string
	for part := range strings.SplitSeq(key, ",") {
		if name, _, ok := strings.Cut(part, "="); ok {
			out = append(out, name)
		}
	}
	return out
}

func dynamoCall(c *Call) *Value {
	kind := interleave.Update
	switch c.Name {
	case "get_item":
		kind = interleave.Read
	case "delete_item":
		kind = interleave.Delete
	}
	op, ok := dynamoOp(c, kind)
	if !ok {
		return nil
	}
	switch c.Name {
	case "get_item":
		i := c.Emit(op)
		o := c.NewObject()
		o.Qual = dynamoAnswer
		o.Extra = result(op.Res.Name+"["+op.Res.Key+"]", i)
		return &Value{Kind: ExtObject, Obj: o, Sym: "answer", Deps: Dep(i)}
	case "put_item":
		op.Set = []interleave.Assignment{{Column: "*"}}
		op.Flags |= interleave.OnConflictUpdate
	case "update_item":
		op.Set = updateExpression(c)
	}
	if conditional(c) {
		// It is decided on the item as it is by then: whoever looked before and was overtaken is refused.
		op.Version = interleave.StoreVersion
		from := Deps32(op.From)
		for i := range c.Ops {
			if r := &c.Ops[i]; r.Kind == interleave.Read && r.Res.Store == op.Res.Store && r.Res.Name == op.Res.Name && r.Res.Key == op.Res.Key {
				from = from.With(Dep(i))
			}
		}
		op.From = from.Ints()
	}
	return result(c.Name, c.Emit(op))
}

// answered is what the answer to get_item holds: the item, or nothing.
func answered(c *Call) *Value {
	item, ok := c.Recv.Obj.Extra.(*Value)
	if name, known := c.Arg(0, "key").Str(); !ok || known && name != "Item" {
		return nil
	}
	return item
}

// conditional tells whether a write has a condition that asks for more than that the item is there.
func conditional(c *Call) bool {
	cond := c.Keyword("ConditionExpression")
	if cond == nil {
		return c.Keyword("Expected") != nil
	}
	if text, ok := cond.Str(); ok {
		return !onlyThere.MatchString(text)
	}
	return !strings.HasSuffix(cond.Sym, ".exists()")
}

var (
	onlyThere = regexp.MustCompile(`(?i)^\s*attribute_exists\s*\([^()]*\)\s*$`)
	clauses   = regexp.MustCompile(`(?i)\b(SET|ADD|REMOVE|DELETE)\s`)
)

// updateExpression returns what `SET a = :x, b = b - :n ADD c :d REMOVE e` assigns.
func updateExpression(c *Call) []interleave.Assignment {
	text, ok := rawText(c.Keyword("UpdateExpression"))
	if !ok {
		return []interleave.Assignment{{Column: "*"}}
	}
	var out []interleave.Assignment
	at := clauses.FindAllStringSubmatchIndex(text, -1)
	for i, m := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		verb := strings.ToUpper(text[m[2]:m[3]])
		for _, part := range outsideParens(text[m[1]:end]) {
			out = append(out, updateAction(c, verb, strings.TrimSpace(part)))
		}
	}
	return out
}

func updateAction(c *Call, verb, part string) interleave.Assignment {
	if verb != "SET" {
		name, _, _ := strings.Cut(part, " ")
		return interleave.Assignment{Column: attributeName(c, name), Relative: verb != "REMOVE"}
	}
	name, value, _ := strings.Cut(part, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	a := interleave.Assignment{Column: attributeName(c, name), Value: value}
	if v := placed(c, "ExpressionAttributeValues", value); v != nil {
		a.Value = valueSym(typed(v))
	}
	a.Relative = strings.HasPrefix(strings.ReplaceAll(value, " ", ""), name+"+") || strings.HasPrefix(strings.ReplaceAll(value, " ", ""), name+"-") ||
		strings.Contains(value, "if_not_exists("+name) || strings.Contains(value, "list_append("+name)
	return a
}

// attributeName is the attribute that a name stands for: #s, with {"#s": "status"}.
func attributeName(c *Call, name string) string {
	if s, ok := placed(c, "ExpressionAttributeNames", name).Str(); ok {
		return s
	}
	return name
}

// placed is what a call gives for a placeholder, nil for nothing.
func placed(c *Call, keyword, name string) *Value {
	for _, p := range c.Keyword(keyword).Pick(Mapping).entries() {
		if s, ok := p.Key.Str(); ok && s == name {
			return p.Value
		}
	}
	return nil
}

func (v *Value) entries() []Pair {
	if v == nil {
		return nil
	}
	return v.Pairs
}

// outsideParens splits at the commas that stand in no brackets.
func outsideParens(s string) []string {
	var out []string
	depth, from := 0, 0
	for i, r := range s {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, s[from:i])
				from = i + 1
			}
		}
	}
	return append(out, s[from:])
}
