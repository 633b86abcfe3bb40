package interleave

import (
	"strconv"
	"strings"
)

// value is what a column shows: a constant, a symbol or unknown (""), with its writer, since the same unknown means
// "as the checks of both programs want it" in the first state and "the tight case" after a rival's write.
type value struct {
	text string
	by   int8 // initially, or the actor that wrote it
	rel  int8 // the direction of a relative write whose result is unknown
	// given tells that the value is neither NULL nor false, whatever it is.
	given bool
}

const initially int8 = -1

// The directions of a relative write.
const (
	absolute int8 = iota
	raised
	lowered
	moved // relative, direction unknown
)

// truth is a three-valued answer.
type truth uint8

const (
	no truth = iota
	maybe
	yes
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// constant tells whether a text is a visible constant: quoted, numeric, or one of the words for true, false and null.
func constant(s string) bool {
	if s == "" {
		return false
	}
	if quoted(s) {
		return true
	}
	if _, ok := number(s); ok {
		return true
	}
	switch len(s) {
	case 4:
		return strings.EqualFold(s, "true") || null(s)
	case 5:
		return strings.EqualFold(s, "false")
	}
	return false
}

func number(s string) (float64, bool) {
	if s == "" || s[0] != '-' && s[0] != '+' && s[0] != '.' && (s[0] < '0' || s[0] > '9') {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

func null(s string) bool {
	return len(s) == 4 && (strings.EqualFold(s, "null") || strings.EqualFold(s, "none"))
}

// same tells whether two texts denote the same value: yes for equal ones, no for different constants, maybe otherwise.
func same(a, b string) truth {
	if a == b && a != "" {
		return yes
	}
	if !constant(a) || !constant(b) {
		if a != "" && b != "" && (fresh(a) || fresh(b)) {
			return no
		}
		return maybe
	}
	if x, ok := number(a); ok {
		if y, ok := number(b); ok {
			return truthOf(x == y)
		}
	}
	if null(a) || null(b) {
		return truthOf(null(a) && null(b))
	}
	if quoted(a) && quoted(b) {
		return truthOf(a[1:len(a)-1] == b[1:len(b)-1])
	}
	return truthOf(!quoted(a) && !quoted(b) && strings.EqualFold(a, b))
}

// fresh tells that a symbol stands for what one program made for itself, a random number or the key of a new row: nothing else equals it.
func fresh(s string) bool { return strings.Contains(s, "#") && !constant(s) }

func quoted(s string) bool {
	return len(s) > 1 && (s[0] == '\'' || s[0] == '"') && s[len(s)-1] == s[0]
}

// relation is a comparison operator.
type relation uint8

const (
	unknownRelation relation = iota
	equal
	notEqual
	less
	lessEqual
	greater
	greaterEqual
	within
	notWithin
	isNull
	isNotNull
	exists
	notExists
)

func relationOf(op string) relation {
	switch op {
	case "=", "==":
		return equal
	case "!=", "<>":
		return notEqual
	case "<":
		return less
	case "<=":
		return lessEqual
	case ">":
		return greater
	case ">=":
		return greaterEqual
	case "in":
		return within
	case "not in":
		return notWithin
	case "is null":
		return isNull
	case "is not null":
		return isNotNull
	case "exists":
		return exists
	case "not exists":
		return notExists
	}
	return unknownRelation
}

// negation of a relation; an unknown one stays unknown.
func (r relation) negation() relation {
	switch r {
	case equal:
		return notEqual
	case notEqual:
		return equal
	case less:
		return greaterEqual
	case lessEqual:
		return greater
	case greater:
		return lessEqual
	case greaterEqual:
		return less
	case within:
		return notWithin
	case notWithin:
		return within
	case isNull:
		return isNotNull
	case isNotNull:
		return isNull
	case exists:
		return notExists
	case notExists:
		return exists
	}
	return r
}

// compare evaluates "a r b" as far as the texts allow.
func compare(r relation, a, b string) truth {
	switch r {
	case equal:
		return same(a, b)
	case notEqual:
		return yes - same(a, b)
	case within:
		return member(a, b)
	case notWithin:
		return yes - member(a, b)
	case isNull, isNotNull:
		if !constant(a) {
			return maybe
		}
		return truthOf(null(a) == (r == isNull))
	case less, lessEqual, greater, greaterEqual:
		return ordered(r, a, b)
	}
	return maybe
}

func ordered(r relation, a, b string) truth {
	if a == b && a != "" {
		return truthOf(r == lessEqual || r == greaterEqual)
	}
	x, ok := number(a)
	y, okb := number(b)
	if !ok || !okb {
		return maybe
	}
	switch r {
	case less:
		return truthOf(x < y)
	case lessEqual:
		return truthOf(x <= y)
	case greater:
		return truthOf(x > y)
	}
	return truthOf(x >= y)
}

// member tells whether a is in a list such as ('a', 'b').
func member(a, list string) truth {
	if len(list) < 2 || !strings.ContainsRune("([{", rune(list[0])) {
		return maybe
	}
	answer := no
	for _, e := range strings.Split(list[1:len(list)-1], ",") {
		if e = strings.TrimSpace(e); e != "" {
			answer = max(answer, same(a, e))
		}
	}
	return answer
}

// meets evaluates "v r want" as far as is known of the value.
func (v value) meets(r relation, want string) truth {
	if v.given && !constant(v.text) {
		switch {
		case r == isNull, r == notEqual && strings.EqualFold(want, "true"), r == equal && (null(want) || strings.EqualFold(want, "false")):
			return no
		case r == isNotNull, r == equal && strings.EqualFold(want, "true"), r == notEqual && (null(want) || strings.EqualFold(want, "false")):
			return yes
		}
	}
	return compare(r, v.text, want)
}

// decide tells whether a comparison holds for the viewer. What the texts leave open holds in the first state and for
// the viewer's own writes; after a rival's write it is false, which is the tight case, unless the write goes the other way.
func decide(r relation, v value, want string, viewer int8) bool {
	if v.text == "" && !v.given && r != within && r != notWithin && (v.by == initially || v.by == viewer) {
		return true // nothing is known of it
	}
	switch v.meets(r, want) {
	case yes:
		return true
	case no:
		return false
	}
	if v.by == initially || v.by == viewer {
		return true
	}
	return v.rel == raised && (r == greater || r == greaterEqual) || v.rel == lowered && (r == less || r == lessEqual)
}

// combine gives the value that an assignment leaves behind.
func combine(old value, a Assignment, actor int8) value {
	if !a.Relative {
		return value{text: a.Value, by: actor, given: a.Given}
	}
	d, ok := number(a.Value)
	if o, known := number(old.text); known && ok {
		return value{text: strconv.FormatFloat(o+d, 'f', -1, 64), by: actor}
	}
	v := value{by: actor, rel: moved}
	switch {
	case strings.HasPrefix(a.Value, "-"):
		v.rel = lowered
	case strings.HasPrefix(a.Value, "+") || ok && d > 0:
		v.rel = raised
	}
	return v
}
