package effects

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// Kind tells what a Value is.
type Kind uint8

// The kinds of values.
const (
	Unknown   Kind = iota
	Const          // a literal: Sym is its Python spelling
	ClassRef       // Ref: a class, of the project or outside
	FuncRef        // Ref: a function of the project; Self is the bound receiver, Env the closure
	ExtRef         // Ref.Qual: a function, class or module outside the project
	ModuleRef      // Ref.Module
	BoundExt       // a method Name of the value Self that belongs to a library
	Instance       // Obj: an object of a project class
	ExtObject      // Obj: an object of a library class; Obj.Qual names it
	Entity         // Obj: a row as an object
	Rows           // the result of a query, or a collection of what Elem describes
	Statement      // Query: a statement that is being built
	Column         // Col: a column in a statement (Order.status)
	Expr           // Col, Query.Conds: a condition or computed expression in a statement
	Sequence       // Items: a tuple, list or set display
	Mapping        // Pairs: a dict display
	Union          // Items: one of several
	Super          // super(): Obj, and Ref.Class whose bases are searched
)

// Value is what the analysis knows of a Python value. Values are immutable; objects they point to are not. There are millions of
// them: what few have stands in more.
type Value struct {
	// Src is one more than the operation that produced the value itself, 0 when none did; SrcCol is the column it is.
	Src  int32
	Kind Kind
	// Made tells that a function made the value of what Src produced: the same in another form, and not the same object.
	Made bool
	// Guess tells that the value was recognised by its shape and not by a resolved symbol.
	Guess  bool
	SrcCol string
	// Sym names the value: 'pending' for a constant, order_id for a request input, Order[order_id].status for an attribute of a row.
	Sym string
	// Deps are the operations of the trace whose results the value derives from or whose outcome selected it.
	Deps Deps
	// To is what Ref returns, nil when the value names nothing.
	To    *program.Ref
	Self  *Value // the receiver of a method; of a number, what was counted
	Name  string
	Obj   *Object
	Items []*Value
	Pairs []Pair
	Elem  *Value
	Query *Query
	Col   *ColumnRef
	Pred  *Pred

	more *more
}

// more is what few values have; it belongs to all copies of a value and is never changed.
type more struct {
	env    any
	typ    *program.Type
	filter *Pred
	keyOf  *Object
	step   string
	way    *Way
	orNone bool
	lent   *atomic.Bool // of what can be changed in place, as a copy or what lay in a text: whether it may have been; see Lend
}

// noRef and nothing are what values have that have none.
var (
	noRef   program.Ref
	nothing more
	absent  = more{orNone: true}
)

// Ref returns what the value names: a class, a function, a module, something outside the project; an unknown reference for others.
func (v *Value) Ref() *program.Ref {
	if v.To == nil {
		return &noRef
	}
	return v.To
}

func (v *Value) rare() *more {
	if v.more == nil {
		return &nothing
	}
	return v.more
}

// own returns what few values have as something that may be changed for this value alone.
func (v *Value) own() *more {
	m := *v.rare()
	v.more = &m
	return &m
}

// Env is what a function has closed over, nil for nothing.
func (v *Value) Env() any { return v.rare().env }

// SetEnv, and what else sets something of a value, is for a value that was just made.
func (v *Value) SetEnv(env any) { v.own().env = env }

// Type is what an annotation says of an otherwise unknown value.
func (v *Value) Type() *program.Type { return v.rare().typ }

// SetType gives the value a type.
func (v *Value) SetType(t *program.Type) { v.own().typ = t }

// OrNone tells of an object known by its declaration that it may as well be None, or empty.
func (v *Value) OrNone() bool { return v.rare().orNone }

// SetOrNone makes the value one that may be None.
func (v *Value) SetOrNone() {
	if v.more == nil {
		v.more = &absent // most have nothing else
		return
	}
	v.own().orNone = true
}

// Filter is the condition that what a comprehension kept had to meet, where it has one only.
func (v *Value) Filter() *Pred { return v.rare().filter }

// SetFilter gives the value a filter.
func (v *Value) SetFilter(p *Pred) { v.own().filter = p }

// KeyOf is set when the value is the primary key of a row.
func (v *Value) KeyOf() *Object { return v.rare().keyOf }

// SetKeyOf makes the value the key of a row.
func (v *Value) SetKeyOf(row *Object) { v.own().keyOf = row }

// Step is the column of which the value is one more or one less, "" for anything else.
func (v *Value) Step() string { return v.rare().step }

// SetStep makes the value one more or one less than a column.
func (v *Value) SetStep(column string) { v.own().step = column }

// Way is the one way through a function that gives something else than nothing, of what that function returned; nil for none.
func (v *Value) Way() *Way { return v.rare().way }

// SetWay gives the value the way on which it was returned.
func (v *Value) SetWay(w *Way) { v.own().way = w }

// Pair is one entry of a dict display; Key is nil for `**value`.
type Pair struct{ Key, Value *Value }

// Object is something with identity: it is the same object wherever it is passed.
type Object struct {
	ID    int
	Class *program.Class
	Qual  string
	Attrs map[string]*Value
	Args  []*Value // of the constructor of a library object
	Kw    map[string]*Value

	// Of a row.
	Table   *schema.Table
	Key     string
	Session int
	Fresh   bool // created by this request
	Adopted bool // given to a session once more
	Load    int  // the operation that loaded it first, -1 when none
	Columns map[string]bool
	Newest  string  // the column in which no other row that was asked for is higher
	Only    string  // the key by which a row was asked for that was taken alone out of a result
	Via     *Object // the row whose relationship led to it, and which holds it from then on

	// Cell is the name of the process-wide place that holds the object ("" for an object of one request).
	Cell string
	// Home is the place of the process where a request put an object that it made because there was none: from now on it is everybody's.
	Home string
	// Session number, of a session or connection object; InTx tells that it is inside a transaction block.
	Num   int
	InTx  int
	Level string
	Node  python.Node
	// Depth is the number of branch arms around the object's creation: an assignment in a deeper arm may not have happened.
	Depth int
	// Source is the row that a data object was copied from, nil for none.
	Source *Value
	// Named tells that a data object was given nothing but what its constructor names: no other field of it has been set.
	Named bool
	// Extra is the library model's own state.
	Extra any
}

// Query is a database statement under construction.
type Query struct {
	Verb      interleave.Kind // Read, Update, Insert, Delete
	Table     *schema.Table
	TableName string
	Joins     []*schema.Table
	Entity    bool        // selects the entity itself
	Columns   []*Value    // selected columns
	Where     []Condition // terms joined by AND
	Set       []Assigned
	Lock      interleave.LockMode
	LockOf    []string
	Aggregate interleave.Aggregate
	Flags     interleave.Flags
	Returning []*Value
	// Meets are the columns in which an insert may meet a row that is there, and Overwrites what it then puts there of its own values.
	Meets      []string
	Overwrites []Assigned
	// Conflict are the columns that ON CONFLICT names: the store has a unique key over them, or it would refuse the statement.
	Conflict  []string
	Single    bool   // at most one row is asked for
	Newest    string // the column by which the highest row comes first
	MaybeLock bool   // locked on some paths only
	Raw       *RawSQL
	Record    bool // over active records
	NotExists bool
	Deps      Deps
	Session   *Value // bound session, of a 1.x Query
	Of        *Value // the row whose collection it is, of a dynamic relationship
	Name      string
	// Keys is where the query gets a primary key directly (get).
	Opaque bool // something in it was not understood
	// counted are the columns that sub-queries in the select list compute, by their place.
	counted map[int]*Value
}

// RawSQL marks a statement that came as text.
type RawSQL struct {
	Text  string
	Bound *Value // a mapping of what bindparams gave the placeholders, nil without
}

// Condition is one term of a WHERE clause.
type Condition struct {
	Column   string
	Table    *schema.Table
	Op       string // as interleave.Cond.Op
	Value    *Value
	SubQuery bool
	Sub      *Query // what the sub-query reads, nil when unknown
	Or       bool   // part of a disjunction: it does not restrict by itself
}

// Assigned is one assignment of an UPDATE or INSERT.
type Assigned struct {
	Column   string
	Value    *Value
	Relative bool
}

// ColumnRef is a column inside a statement, or an expression over one.
type ColumnRef struct {
	Table    *schema.Table
	Column   string
	Relative bool        // an expression that contains the column (points + 5)
	Conds    []Condition // of a condition
	Agg      interleave.Aggregate
	IsAgg    bool
	Reckoned bool // the aggregate is only a part of what is reckoned: limit - count(*)
	Sub      *Query
	Not      bool // of exists(…): negated
	Desc     bool // ordered by, the highest first
}

// Pred is what a boolean value says about other values: the leaves of a condition with their sense.
type Pred struct {
	Uses []PredUse
	// Or tells that the leaves are alternatives: none of them is certain when the whole is true.
	Or bool
}

// PredUse is one leaf: Left Op Right.
type PredUse struct {
	Left  *Value
	Op    string // "=", "!=", "<", "<=", ">", ">=", "in", "not in", "exists", "not exists", "true", "false", "?"
	Right *Value
	// Within is the comparison of a leaf whose Op is "?" because it is one of several alternatives inside the condition.
	Within string
	// Of tells of how many that were gone through it holds, where it is not asked of one value.
	Of Quantifier
}

// Quantifier is any() or all() over what is compared.
type Quantifier uint8

// Of how many a comparison holds.
const (
	One Quantifier = iota
	Some
	Every
)

// Opposite is the quantifier of the comparison that holds when this one does not.
func (q Quantifier) Opposite() Quantifier {
	switch q {
	case Some:
		return Every
	case Every:
		return Some
	}
	return q
}

// Leaves returns the leaves for a condition that joins p with others by or, or by and. Of a part that is joined the other way
// no leaf is certain, whatever the whole is.
func (p *Pred) Leaves(or bool) []PredUse {
	if len(p.Uses) < 2 || p.Or == or {
		return p.Uses
	}
	out := make([]PredUse, len(p.Uses))
	for i, u := range p.Uses {
		out[i] = PredUse{Left: u.Left, Op: "?", Right: u.Right, Within: cmp.Or(u.Within, u.Op), Of: u.Of}
	}
	return out
}

// Certain tells whether every leaf holds (or fails, on the arm 0) on an arm of the decision.
func (p *Pred) Certain(arm int8) bool {
	return len(p.Uses) < 2 || p.Or == (arm == 0)
}

// Source returns the alternative of v that an operation produced, where only one did; otherwise v.
func (v *Value) Source() *Value {
	if v == nil || v.Src != 0 || v.Kind != Union {
		return v
	}
	var found *Value
	for _, it := range v.Items {
		if it == nil || it.Src == 0 {
			continue
		}
		if found != nil {
			return v
		}
		found = it
	}
	if found == nil {
		return v
	}
	return found
}

// Deps is a set of operations, sorted.
type Deps []int32

// With returns the union of d and others.
func (d Deps) With(others ...Deps) Deps {
	out := d
	for _, o := range others {
		switch {
		case len(o) == 0:
		case len(out) == 0:
			out = o
		default:
			out = union(out, o)
		}
	}
	return out
}

// union is the set of both: one of the two where that holds the other, as it mostly does.
func union(a, b Deps) Deps {
	if len(a) < len(b) {
		a, b = b, a
	}
	missing := len(b) - common(a, b)
	if missing == 0 {
		return a
	}
	out := make(Deps, 0, len(a)+missing)
	i := 0
	for _, op := range b {
		for i < len(a) && a[i] < op {
			out = append(out, a[i])
			i++
		}
		if i == len(a) || a[i] != op {
			out = append(out, op)
		}
	}
	return append(out, a[i:]...)
}

// common counts what two sets share, of which the second is the smaller one.
func common(a, b Deps) int {
	n := 0
	if len(b) == 1 {
		if a.Has(int(b[0])) {
			n++
		}
		return n
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}

// Without returns what d holds and the other does not.
func (d Deps) Without(other Deps) Deps {
	out := make(Deps, 0, len(d))
	for _, op := range d {
		if !other.Has(int(op)) {
			out = append(out, op)
		}
	}
	return out
}

// Has tells whether the set holds op.
func (d Deps) Has(op int) bool {
	_, ok := slices.BinarySearch(d, int32(op))
	return ok
}

// Ints returns the set as ints.
func (d Deps) Ints() []int {
	if len(d) == 0 {
		return nil
	}
	out := make([]int, len(d))
	for i, v := range d {
		out[i] = int(v)
	}
	return out
}

// None is Python's None.
var None = &Value{Kind: Const, Sym: "None"}

// Opaque returns an unknown value with a name and the operations that it derives from.
func Opaque(sym string, deps Deps) *Value { return &Value{Sym: clip(sym), Deps: deps} }

// Text returns a string constant.
func Text(s string) *Value { return &Value{Kind: Const, Sym: quote(s)} }

// Bool returns True or False.
func Bool(b bool) *Value {
	if b {
		return &Value{Kind: Const, Sym: "True"}
	}
	return &Value{Kind: Const, Sym: "False"}
}

// maxText bounds a string constant. Statements in SQL are constants, so it is generous.
const maxText = 16 << 10

func quote(s string) string { return "'" + s[:min(len(s), maxText)] + "'" }

// MaxName bounds the length of names that are built from names.
const MaxName = 160

func clip(s string) string { return s[:min(len(s), MaxName)] }

// Str returns the text of a string constant.
func (v *Value) Str() (string, bool) {
	if v == nil || v.Kind != Const || len(v.Sym) < 2 || v.Sym[0] != '\'' {
		return "", false
	}
	return v.Sym[1 : len(v.Sym)-1], true
}

// Truth returns the truth value when it is known: "" unknown, otherwise "True" or "False".
func (v *Value) Truth() string {
	if v == nil {
		return ""
	}
	switch v.Kind {
	case Unknown:
		if v.Name == "command tag" {
			return "True" // 'UPDATE 0' is a string like any other
		}
	case Const:
		switch v.Sym {
		case "None", "False", "0", "''", "0.0":
			return "False"
		}
		return "True"
	case ClassRef, FuncRef, ModuleRef, ExtRef, Instance, ExtObject, Column, Expr, Statement, BoundExt:
		if v.Kind == Instance || v.Kind == ExtObject {
			if v.OrNone() || v.Obj != nil && (v.Obj.Extra == Maybe || mayBeEmpty(v.Obj)) {
				return ""
			}
		}
		if v.Kind == BoundExt && v.Self != nil && v.Self.Kind == Unknown {
			return "" // an attribute as well as a method
		}
		return "True"
	case Sequence:
		if len(v.Items) > 0 && !hasStar(v) && v.Src == 0 { // a row that was read may be None
			return "True"
		}
	}
	return ""
}

// containerClasses are those whose objects are false when nothing is in them.
var containerClasses = []string{"builtins.dict", "builtins.list", "builtins.set", "collections.UserDict", "collections.UserList",
	"collections.OrderedDict", "collections.defaultdict", "collections.Counter", "collections.deque"}

// mayBeEmpty tells whether an object is a container that nothing need be in: one of the project's own class, or one that requests share and
// that began empty.
func mayBeEmpty(o *Object) bool {
	if o.Class != nil {
		return o.Class.IsSubclass(containerClasses...)
	}
	began, _ := o.Extra.(*Value)
	return o.Cell != "" && slices.Contains(containerClasses, o.Qual) && (began == nil || len(began.Pairs)+len(began.Items) == 0)
}

// IsContainer tells whether objects of a library class are false when nothing is in them.
func IsContainer(qual string) bool { return slices.Contains(containerClasses, qual) }

// Maybe marks an object that may as well be None.
var Maybe = new(int)

func hasStar(v *Value) bool { return v.Elem != nil }

// IsNone tells whether v is certainly None.
func (v *Value) IsNone() bool { return v != nil && v.Kind == Const && v.Sym == "None" }

// IsBlank tells whether v is a display or a text with nothing in it.
func (v *Value) IsBlank() bool {
	switch {
	case v == nil:
		return false
	case v.Kind == Sequence || v.Kind == Mapping:
		return len(v.Items)+len(v.Pairs) == 0 && v.Elem == nil
	}
	text, ok := v.Str()
	return ok && text == ""
}

// Depending returns v with more operations that it derives from.
func (v *Value) Depending(deps Deps) *Value {
	if v == nil {
		return Opaque("", deps)
	}
	if len(deps) == 0 {
		return v
	}
	all := v.Deps.With(deps)
	if len(all) == len(v.Deps) {
		return v
	}
	c := *v
	c.Deps = all
	return &c
}

// Remade returns what a function makes of v that only gives it another form.
func (v *Value) Remade() *Value {
	if v == nil || v.Src == 0 && v.Kind != Union {
		return v
	}
	c := *v
	c.Made = true
	if v.Kind == Union {
		c.Items = make([]*Value, len(v.Items))
		for i, it := range v.Items {
			c.Items[i] = it.Remade()
		}
	}
	return &c
}

// Unpacked is Remade where what is made can be changed in place.
func (v *Value) Unpacked() *Value {
	made := v.Remade()
	if made == nil || !made.Made {
		return made
	}
	c := *made
	for i, it := range c.Items {
		if made.Kind == Union {
			c.Items[i] = it.Unpacked()
		}
	}
	if c.rare().lent == nil {
		c.own().lent = new(atomic.Bool)
	}
	return &c
}

// Lend notes that somebody else has got hold of v, or of a part of it, and may change it from now on, if it can be changed in place at all.
func (v *Value) Lend() {
	switch {
	case v == nil:
	case v.Kind == Union:
		for _, it := range v.Items {
			it.Lend()
		}
	case v.more != nil && v.more.lent != nil:
		v.more.lent.Store(true)
	}
}

// Changed tells whether v may hold something else by now than what it was made of.
func (v *Value) Changed() bool {
	lent := v.rare().lent
	return lent != nil && lent.Load()
}

// looseAs is v where it may as well be another value that is called the same.
func (v *Value) looseAs(b *Value) *Value {
	if v.rare().lent != nil || b.rare().lent == nil {
		return v
	}
	c := *v
	c.own().lent = b.rare().lent
	return &c
}

// AllDeps returns everything that v and its visible parts derive from.
func (v *Value) AllDeps() Deps {
	return v.allDeps(0)
}

func (v *Value) allDeps(depth int) Deps {
	if v == nil || depth > 4 {
		return nil
	}
	d := v.Deps
	for _, it := range v.Items {
		d = d.With(it.allDeps(depth + 1))
	}
	for _, p := range v.Pairs {
		d = d.With(p.Value.allDeps(depth + 1))
	}
	if v.Elem != nil {
		d = d.With(v.Elem.allDeps(depth + 1))
	}
	if v.Query != nil {
		d = d.With(v.Query.Deps)
	}
	return d
}

// DerivesFrom tells whether an operation is among AllDeps.
func (v *Value) DerivesFrom(op int) bool { return v.derivesFrom(op, 0) }

func (v *Value) derivesFrom(op, depth int) bool {
	if v == nil || depth > 4 {
		return false
	}
	return v.Deps.Has(op) || v.Query != nil && v.Query.Deps.Has(op) ||
		slices.ContainsFunc(v.Items, func(it *Value) bool { return it.derivesFrom(op, depth+1) }) ||
		slices.ContainsFunc(v.Pairs, func(p Pair) bool { return p.Value.derivesFrom(op, depth+1) }) ||
		v.Elem.derivesFrom(op, depth+1)
}

// PresenceDeps returns what it derives from that v is something and not None, or with truth that it is true. A dictionary or an object
// that is surely there does not rest on what lies in it: only on the way by which it came.
func (v *Value) PresenceDeps(truth bool) Deps {
	if v == nil || v.Kind != Union {
		return v.AllDeps()
	}
	d := v.Deps
	for _, it := range v.Items {
		if it.surelyThere(truth) {
			d = d.With(it.Deps)
		} else {
			d = d.With(it.AllDeps())
		}
	}
	return d
}

// NoneOrThere tells that v is None or something that is surely there: to ask which of the two asks by which way it came, and nothing of
// what lies in it.
func (v *Value) NoneOrThere(truth bool) bool {
	return v != nil && v.Kind == Union && v.Src == 0 && !slices.ContainsFunc(v.Items, func(it *Value) bool {
		return !it.surelyThere(truth) && (it.Kind != Const || it.Sym != "None")
	})
}

func (v *Value) surelyThere(truth bool) bool {
	switch v.Kind {
	case Mapping:
		return v.Src == 0 && (!truth || len(v.Pairs) > 0)
	case Sequence:
		return v.Src == 0 && (!truth || len(v.Items) > 0)
	case Instance:
		return v.Src == 0 && v.Obj != nil && v.Obj.Extra != Maybe
	}
	return false
}

// Join returns a value that is one of the two.
func Join(a, b *Value) *Value {
	switch {
	case a == b || b == nil:
		return a
	case a == nil:
		return b
	case same(a, b):
		return a.Depending(b.Deps).looseAs(b)
	}
	items := make([]*Value, 0, 4)
	deps := a.Deps.With(b.Deps)
	add := func(v *Value) {
		for i, it := range items {
			if same(it, v) {
				items[i] = it.looseAs(v)
				return
			}
		}
		if len(items) < 4 {
			items = append(items, v)
		}
	}
	for _, v := range []*Value{a, b} {
		if v.Kind == Union {
			for _, it := range v.Items {
				add(it)
			}
		} else {
			add(v)
		}
	}
	if len(items) == 1 {
		return items[0].Depending(deps)
	}
	return &Value{Kind: Union, Items: items, Deps: deps, Sym: symOf(items)}
}

// Both returns a value that two values are, nil when they are not the same object.
func Both(a, b *Value) *Value {
	if a.Kind != Entity && a.Kind != Instance || a.Obj == nil || !same(a, b) {
		return nil
	}
	return a.Depending(b.Deps)
}

// symOf spells alternatives by the first that has a spelling. A constant stands for constants only: something or None is not None.
func symOf(items []*Value) string {
	var constant string
	others := false
	for _, it := range items {
		switch {
		case it.Kind != Const && it.Sym != "":
			return it.Sym
		case it.Kind != Const:
			others = true
		case constant == "":
			constant = it.Sym
		}
	}
	if others {
		return ""
	}
	return constant
}

func same(a, b *Value) bool {
	if a.Kind != b.Kind || a.Sym != b.Sym || a.Obj != b.Obj || a.Query != b.Query || a.Name != b.Name || a.Col != b.Col || a.Pred != b.Pred {
		return false
	}
	switch a.Kind {
	case Const, Entity, Instance, ExtObject, Unknown:
		return a.KeyOf() == b.KeyOf()
	case ClassRef, FuncRef, ExtRef, ModuleRef:
		return a.Ref().Kind == b.Ref().Kind && a.Ref().Qual == b.Ref().Qual && a.Ref().Function == b.Ref().Function && a.Self == b.Self
	}
	return false
}

// Alternatives returns the values that v can be; v itself unless it is a union.
func (v *Value) Alternatives() []*Value {
	if v != nil && v.Kind == Union {
		return v.Items
	}
	return []*Value{v}
}

// Pick returns the first alternative of one of the kinds, or nil.
func (v *Value) Pick(kinds ...Kind) *Value {
	for _, it := range v.Alternatives() {
		if it != nil && slices.Contains(kinds, it.Kind) {
			if len(v.Deps) > 0 {
				return it.Depending(v.Deps)
			}
			return it
		}
	}
	return nil
}

// Last returns the last part of a dotted name.
func Last(qual string) string { return qual[strings.LastIndexByte(qual, '.')+1:] }

// Root returns the first part of a dotted name.
func Root(qual string) string {
	if i := strings.IndexByte(qual, '.'); i >= 0 {
		return qual[:i]
	}
	return qual
}
