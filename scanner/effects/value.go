package effects

import (
	"slices"
	"strings"
	"sync/atomic"
	"unicode"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
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
	filter *Filter
	keyOf  *Object
	step   string
	stands *Value
	way    *Way
	orNone bool
	onward bool
	among  []*Value
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

// Filter is a condition that what a comprehension kept had to meet, what it rests on, and where it stands.
type Filter struct {
	*Pred
	Deps Deps
	Site *Site
}

// Filter is the condition that what a comprehension kept had to meet, where it has one only.
func (v *Value) Filter() *Filter { return v.rare().filter }

// SetFilter gives the value a filter.
func (v *Value) SetFilter(f *Filter) { v.own().filter = f }

// KeyOf is set when the value is the primary key of a row.
func (v *Value) KeyOf() *Object { return v.rare().keyOf }

// SetKeyOf makes the value the key of a row.
func (v *Value) SetKeyOf(row *Object) { v.own().keyOf = row }

// Step is the column of which the value is one more or one less, "" for anything else.
func (v *Value) Step() string { return v.rare().step }

// SetStep makes the value one more or one less than a column.
func (v *Value) SetStep(column string) { v.own().step = column }

// Onward tells whether the value is a number that goes on from the highest one of the rows that were asked for, or from how many they
// are, whichever way it was made. A constant beside it is the number of the first row.
func (v *Value) Onward() bool {
	if v == nil || v.Kind != Union {
		return v != nil && v.rare().onward
	}
	found := false
	for _, it := range v.Items {
		if it == nil || it.Kind != Const && !it.Onward() || it.IsNone() {
			return false
		}
		found = found || it.Kind != Const
	}
	return found
}

// SetOnward makes the value such a number.
func (v *Value) SetOnward() { v.own().onward = true }

// InsteadOf is the value for which a constant stands where that is nothing, as in `count or 1`; nil for others.
func (v *Value) InsteadOf() *Value { return v.rare().stands }

// SetInsteadOf tells for which value a constant stands.
func (v *Value) SetInsteadOf(other *Value) { v.own().stands = other }

// Among are the constants of which the value is one, as a decision has found: `if field in ("name", "phone")`; nil where none has.
func (v *Value) Among() []*Value { return v.rare().among }

// SetAmong tells of which constants the value is one.
func (v *Value) SetAmong(constants []*Value) { v.own().among = constants }

// Way is the one way through a function that gives something else than nothing, of what that function returned; nil for none.
func (v *Value) Way() *Way { return v.rare().way }

// SetWay gives the value the way on which it was returned.
func (v *Value) SetWay(w *Way) { v.own().way = w }

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

// Literal returns the value of a constant of the source.
func Literal(c *python.Constant) *Value {
	switch c.Kind {
	case python.ConstStr:
		if s, ok := c.Str(); ok {
			return Text(s)
		}
	case python.ConstNone:
		return None
	case python.ConstTrue:
		return Bool(true)
	case python.ConstFalse:
		return Bool(false)
	case python.ConstInt, python.ConstFloat:
		return &Value{Kind: Const, Sym: strings.ReplaceAll(c.Raw, "_", "")}
	}
	return Opaque("", nil)
}

// Names are the names that a symbol or a piece of source is made of.
func Names(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c) })
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

// Decoded tells whether v was made by reading a text, or by writing what was read so, and is still what it was made of.
func (v *Value) Decoded() bool { return v.rare().lent != nil && !v.Changed() }

// looseAs is v where it may as well be another value that is called the same.
func (v *Value) looseAs(b *Value) *Value {
	if v.rare().lent != nil || b.rare().lent == nil {
		return v
	}
	c := *v
	c.own().lent = b.rare().lent
	return &c
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
