package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Key-value stores: every command is one atomic step on the latest value. What lies under a key is a row of the key space, and
// the fields of a hash are its columns; the members of a set or list are rows of a space of their own, so that they can be counted.

// keyOp emits an operation on one key of a key space.
func keyOp(c *Call, space, key string, k interleave.Kind, flags interleave.Flags, set ...interleave.Assignment) int {
	op := Op{Guess: c.Recv != nil && c.Recv.Guess}
	op.Kind, op.Flags = k, flags
	op.Res = interleave.Resource{Store: interleave.KeyValue, Name: space, Key: key}
	op.From = c.Deps().Ints()
	if len(set) == 0 && (k == interleave.Update || k == interleave.Insert) {
		set = []interleave.Assignment{{Column: ValueColumn, Relative: flags&interleave.Atomic != 0}}
	}
	op.Set = set
	if k == interleave.Insert {
		op.Unique = [][]string{{"key"}}
		op.Set = append(op.Set, interleave.Assignment{Column: "key", Value: key})
	}
	return c.Emit(op)
}

// keyText names the key that a value stands for: a constant, or a template that keeps its literal text (f'wallet:{user}').
func keyText(v *Value) string {
	switch {
	case v == nil:
		return ""
	case v.Kind == Const || strings.HasPrefix(v.Sym, "f'"):
		return v.Sym
	}
	return "f'{" + v.Sym + "}'"
}

// KeyName is a key as people read it.
func KeyName(key string) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(key, "f"), "'"), "'")
}

// SameKeys tells whether two keys of a key space can be the same one: the literal text of their templates agrees, and what is
// filled in may be anything. A key of which nothing is known is not taken for one of which something is.
func SameKeys(a, b string) bool {
	x, y := template(a, false), template(b, false)
	if len(x) > 1 && len(y) > 1 {
		x, y = template(a, true), template(b, true)
	}
	switch {
	case a == b, x == nil, y == nil:
		return true
	case blank(x) || blank(y):
		return blank(x) && blank(y)
	case len(x) == 1:
		return fits(x[0], y)
	case len(y) == 1:
		return fits(y[0], x)
	}
	return slices.Equal(x, y)
}

// blank tells whether a template has no literal text at all.
func blank(parts []string) bool {
	return len(parts) > 1 && !slices.ContainsFunc(parts, func(s string) bool { return s != "" })
}

// fits tells whether a constant key can be an instance of a template.
func fits(key string, parts []string) bool {
	if len(parts) == 1 {
		return key == parts[0]
	}
	last := len(parts) - 1
	rest, ok := strings.CutPrefix(key, parts[0])
	if !ok || !strings.HasSuffix(rest, parts[last]) {
		return false
	}
	rest = strings.TrimSuffix(rest, parts[last])
	for _, p := range parts[1:last] {
		i := strings.Index(rest, p)
		if i < 0 {
			return false
		}
		rest = rest[i+len(p):]
	}
	return true
}

// template splits a key into the literal texts between what is filled in: a constant is one text. Nil is a key that is no text. What is
// filled in and goes by the name of a constant can be read as a text of its own: settings.USER_PREFIX is never settings.TOKEN_PREFIX.
func template(key string, named bool) []string {
	if strings.HasPrefix(key, "'") {
		return []string{KeyName(key)}
	}
	if !strings.HasPrefix(key, "f'") {
		return nil
	}
	body := KeyName(key)
	var parts []string
	depth, from, hole := 0, 0, 0
	text := ""
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '{':
			if depth == 0 {
				text += body[from:i]
				hole = i + 1
			}
			depth++
		case '}':
			if depth--; depth != 0 {
				continue
			}
			from = i + 1
			if name := Last(body[hole:i]); named && isConstantName(name) {
				text += "{" + name + "}"
				continue
			}
			parts = append(parts, text)
			text = ""
		}
	}
	if depth == 0 {
		parts = append(parts, text+body[from:])
	}
	return parts
}

// isConstantName tells whether a name is written as those of constants are.
func isConstantName(name string) bool {
	letters := strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" && len(name) > 2
	return letters && name[0] >= 'A' && name[0] <= 'Z'
}

// NamesVersion tells whether a column is called like one that changes with every change of its row.
func NamesVersion(column string) bool {
	return strings.Contains(column, "version") || strings.Contains(column, "stamp") || strings.Contains(column, "updated") || strings.Contains(column, "revision")
}
