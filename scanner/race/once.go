package race

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// onceTables are parts of the names of tables whose rows work once: to have found one and taken it is what the caller is told.
var onceTables = []string{"token", "coupon", "nonce", "invite", "invitation", "voucher", "login_code", "logincode", "session_code", "magic_link", "magiclink", "verification"}

// onceWords are the same where other words hold them too: a preset is no reset.
var onceWords = []string{"otp", "reset", "gift", "challenge"}

// WorksOnce tells whether the rows of a table are codes, tokens or coupons.
func WorksOnce(table string) bool {
	if matches(table, onceTables) {
		return true
	}
	for _, word := range strings.FieldsFunc(strings.ToLower(table), func(c rune) bool { return c == '_' || c == '.' || c == '-' }) {
		for _, w := range onceWords {
			if strings.HasPrefix(word, w) {
				return true
			}
		}
	}
	return false
}

// presented tells whether a row was found by what the caller presents, a code or token, and not by the number under which its
// owner manages it: who deletes a token from a list has not used it.
func presented(key string) bool {
	if i := strings.LastIndexByte(key, '='); i >= 0 {
		return !namesNumber(columnBefore(key, i))
	}
	return !namesNumber(key)
}

func columnBefore(key string, eq int) string {
	key = key[:eq]
	return key[strings.LastIndexByte(key, ',')+1:]
}

func namesNumber(name string) bool {
	name = name[strings.LastIndexByte(name, '.')+1:]
	return name == "id" || name == "pk" || name == "uuid" || strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "Id")
}

// grants tells whether the request does something else before it answers: what the code was good for.
func (p *Path) grants(act int) bool {
	for _, i := range p.Ops {
		op := &p.Trace.Ops[i]
		if i == act || !isAct(p.Trace, i) || op.Phase >= effects.Teardown || op.Res.Store == interleave.Memory {
			continue
		}
		if op.Kind == interleave.Effect && op.External == "message" || op.Res.Name == p.Trace.Ops[act].Res.Name && op.Kind != interleave.Effect {
			continue
		}
		return true
	}
	return false
}
