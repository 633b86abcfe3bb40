package flow

import (
	"cmp"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
)

// Code that serves several databases asks which one it talks to. It talks to the one that the project is judged for: what is done for
// another one is not done, and the lock that it takes for this one is taken.

// dialects are the names by which SQLAlchemy calls the databases that it knows itself.
var dialects = []string{"postgresql", "mysql", "mariadb", "sqlite", "oracle", "mssql"}

// dialect answers a comparison of the name of the database with others, nil when it is no such comparison.
func (in *interp) dialect(left *value, op string, right *value) *value {
	if !namesDialect(left.Sym) {
		if left, right = right, left; !namesDialect(left.Sym) || op != "=" && op != "!=" {
			return nil
		}
	}
	names := []*value{right}
	if right.Kind == effects.Sequence && right.Elem == nil {
		names = right.Items
	}
	own := "postgresql" // what is judged where no engine is known
	if in.Schema != nil {
		own = cmp.Or(in.Schema.Engine.Name, own)
	}
	if len(names) == 0 || !slices.Contains(dialects, own) {
		return nil
	}
	is := false
	for _, n := range names {
		name, ok := strings.CutPrefix(n.Sym, "'")
		if name = strings.TrimSuffix(name, "'"); n.Kind != effects.Const || !ok || !slices.Contains(dialects, name) {
			return nil
		}
		is = is || name == own
	}
	switch op {
	case "=", "in":
		return effects.Bool(is)
	case "!=", "not in":
		return effects.Bool(!is)
	}
	return nil
}

// namesDialect tells whether a value is the name of the database's dialect: of an engine or connection, or kept under that name.
func namesDialect(sym string) bool {
	return strings.HasSuffix(sym, "dialect.name") || strings.HasSuffix(sym, "dialect_name")
}
