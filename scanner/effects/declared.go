package effects

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Declared says what one function or method of a library does that only the project knows: as data, for a project cannot
// hand code to a scanner. For example, of a client of an in-house stock service:
//
//	{Name: "acme.stock.Client.left", Does: "read", Resource: "stock", Key: "sku"}
//	{Name: "acme.stock.Client.take", Does: "step", Resource: "stock", Key: "sku"}
//	{Name: "acme.stock.hold", Does: "hold", Resource: "stock", Key: "0"}
//	{Name: "acme.stock.connect", Does: "make", Resource: "acme.stock.Client"}
type Declared struct {
	// Name is the qualified name of a function ("acme.locks.hold") or of a class and its method ("acme.stock.Client.left"). The last
	// part before the dot counts as a class when it begins with a capital.
	Name string
	// Does is what a call does, one of:
	//
	//	read    tells what is there
	//	write   stores, whatever is there
	//	claim   stores unless something is there, and tells which
	//	step    changes what is there in one step, and returns what it gave
	//	remove  takes away, and tells whether something was there
	//	lock    waits for a lock and takes it; unlock gives it back
	//	hold    is a context manager that holds a lock
	//	send    makes something happen elsewhere that cannot be taken back; Resource says what: payment, mail, http, job, message
	//	make    makes an object of the class that Resource names
	//	nothing touches nothing that could race
	Does string
	// Resource names what is touched: calls race only if they name the same one.
	Resource string
	// Key is the argument that says which one of them, by name or, from 0, by position. "" stands for all of it.
	Key string
}

// Deeds are the values of Declared.Does.
var Deeds = []string{"read", "write", "claim", "step", "remove", "lock", "unlock", "hold", "send", "make", "nothing"}

// sendable are the values of Declared.Resource for "send".
var sendable = []string{"payment", "mail", "http", "job", "message"}

// Check tells what is wrong with a declaration.
func (d *Declared) Check() error {
	switch {
	case !dotted(d.Name):
		return fmt.Errorf("model %q: a qualified name is wanted, such as acme.stock.Client.left", d.Name)
	case !slices.Contains(Deeds, d.Does):
		return fmt.Errorf("model %s: does %q; one of %s is wanted", d.Name, d.Does, strings.Join(Deeds, ", "))
	case d.Does == "send" && !slices.Contains(sendable, d.Resource):
		return fmt.Errorf("model %s: sends %q; one of %s is wanted as its resource", d.Name, d.Resource, strings.Join(sendable, ", "))
	case d.Does == "make" && !dotted(d.Resource):
		return fmt.Errorf("model %s: makes %q; the qualified name of a class is wanted as its resource", d.Name, d.Resource)
	case d.Does != "nothing" && d.Resource == "":
		return fmt.Errorf("model %s: no resource", d.Name)
	}
	return nil
}

func dotted(name string) bool {
	parts := strings.Split(name, ".")
	return len(parts) > 1 && !slices.Contains(parts, "")
}

// LibraryOf makes a library of declarations. The first that is wrong is the error.
func LibraryOf(declared []Declared) (*Library, error) {
	lib := &Library{}
	for i := range declared {
		d := &declared[i]
		if err := d.Check(); err != nil {
			return nil, err
		}
		owner, name := d.Name[:strings.LastIndexByte(d.Name, '.')], Last(d.Name)
		if c := Last(owner); c[0] < 'A' || c[0] > 'Z' {
			lib.Funcs = append(lib.Funcs, Named{d.Name, d.model()})
			continue
		}
		lib.class(owner, Named{name, d.model()})
	}
	for i := range declared {
		if declared[i].Does == "make" {
			lib.class(declared[i].Resource)
		}
	}
	lib.joined = tablesOf(lib)
	return lib, nil
}

// class adds methods to a declared class. Its objects are worth the same inside a `with`.
func (l *Library) class(qual string, methods ...Named) {
	family := "declared " + qual
	l.Classes = append(l.Classes, Class{qual, family})
	l.Methods = append(l.Methods, Family{family, methods})
	l.Enter = append(l.Enter, Enter{family, enterSession})
	l.Exit = append(l.Exit, Exit{family, func(*World, *Value, bool) {}})
}

func (d *Declared) model() Model {
	switch d.Does {
	case "lock", "unlock", "hold":
		return d.locks()
	case "send":
		return sends(d.Resource)
	case "make":
		return func(c *Call) *Value {
			o := c.NewObject()
			o.Qual = d.Resource
			return &Value{Kind: ExtObject, Obj: o, Sym: Last(d.Resource)}
		}
	case "nothing":
		return func(c *Call) *Value { return Opaque(Last(c.Name), c.Deps()) }
	}
	return d.touches()
}

func (d *Declared) touches() Model {
	kind, flags := interleave.Update, interleave.Flags(0)
	switch d.Does {
	case "read":
		kind = interleave.Read
	case "claim":
		kind, flags = interleave.Insert, interleave.OnConflictIgnore
	case "step":
		flags = interleave.Atomic
	case "remove":
		kind = interleave.Delete
	}
	return func(c *Call) *Value {
		v := result(d.Resource, keyOp(c, d.Resource, d.key(c), kind, flags))
		if kind == interleave.Read {
			v.SrcCol = ValueColumn
		}
		return v
	}
}

func (d *Declared) locks() Model {
	return func(c *Call) *Value {
		o := c.NewObject()
		o.Qual, o.Args = "filelock.FileLock", []*Value{Text(d.Resource + ":" + d.key(c))}
		lock := &Value{Kind: ExtObject, Obj: o, Sym: d.Resource}
		switch d.Does {
		case "lock":
			lockOp(c.World, lock, interleave.Acquire)
		case "unlock":
			lockOp(c.World, lock, interleave.Release)
		}
		return lock
	}
}

// key names which one a call is about.
func (d *Declared) key(c *Call) string {
	at, err := strconv.Atoi(d.Key)
	if err != nil {
		at = -1
	}
	v := c.Arg(at, d.Key)
	if v == nil && err != nil && d.Key != "" && len(c.Args) > 0 {
		v = c.Args[0] // the names of its parameters are not known: the key mostly comes first
	}
	if v == nil {
		return "*"
	}
	if s, ok := v.Str(); ok {
		return s
	}
	return v.Sym
}
