package schema

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Exclusion is an exclusion constraint: of rows that are equal in some columns, no two may meet in the rest, as bookings of one room
// in their time.
type Exclusion struct {
	Name  string
	Equal []string // the columns compared by equality
}

// Excludes tells whether rows that are equal in the checked columns and meet in something else are kept from existing twice.
func (t *Table) Excludes(cols []string) bool {
	for _, x := range t.Exclusions {
		covered := true
		for _, c := range x.Equal {
			covered = covered && t.among(c, cols)
		}
		if covered {
			return true
		}
	}
	return false
}

func (t *Table) among(column string, checked []string) bool {
	for _, c := range checked {
		if contains(t.columnsOf(c), column) {
			return true
		}
	}
	return false
}

// exclude reads ExcludeConstraint(("room_id", "="), ("during", "&&")). One that compares all its columns by equality is the unique key
// it says.
func (r *reader) exclude(t *Table, s program.Scope, call *python.Call, place Place) {
	k := UniqueKey{From: place, Name: r.nameOf(s, keyword(call, "name"))}
	unique := true
	for _, a := range call.Args {
		pair := elements(a)
		if len(pair) != 2 {
			return
		}
		if operator, _ := constText(pair[1]); operator != "=" {
			unique = false
			continue
		}
		r.keyParts(t, &k, s, pair[:1])
	}
	if unique {
		t.addKey(k)
		return
	}
	t.addExclusion(Exclusion{Name: k.Name, Equal: append(k.Columns, k.Expressions...)})
}

func (t *Table) addExclusion(x Exclusion) {
	for _, have := range t.Exclusions {
		if have.Name == x.Name && strings.Join(have.Equal, ",") == strings.Join(x.Equal, ",") {
			return
		}
	}
	t.Exclusions = append(t.Exclusions, x)
}

// dropExclusion takes away the exclusion constraints of a name.
func dropExclusion(list []Exclusion, name string) []Exclusion {
	var out []Exclusion
	for _, x := range list {
		if x.Name != name || name == "" {
			out = append(out, x)
		}
	}
	return out
}

// exclusionOf reads the text of EXCLUDE in SQL: "using gist (room with =, during with &&)".
func exclusionOf(name, text string) (Exclusion, bool) {
	x := Exclusion{Name: name}
	open := strings.IndexByte(text, '(')
	if open < 0 {
		return x, false
	}
	depth, start := 0, open+1
	part := func(end int) {
		column, operator, _ := strings.Cut(text[start:end], " with ")
		if strings.TrimSpace(operator) == "=" {
			x.Equal = append(x.Equal, strings.TrimSpace(column))
		}
		start = end + 1
	}
	for i := open; i < len(text); i++ {
		switch text[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				part(i)
				return x, true
			}
		case ',':
			if depth == 1 {
				part(i)
			}
		}
	}
	return x, false
}
