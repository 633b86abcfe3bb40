package effects

import "github.com/middlebrick/middlebrick/scanner/interleave"

// Signed tokens: what a claim says was true when the token was issued. A claim that is read is a read of a copy.

// Claims names the copies that lie in tokens, Issued where they are put there.
const (
	Claims = "token"
	Issued = "token issued"
)

var tokens = Library{
	Funcs: []Named{
		{"jwt.decode", readToken}, {"jose.jwt.decode", readToken}, {"jwt.encode", issueToken}, {"jose.jwt.encode", issueToken},
	},
	Classes: []Class{
		{"jwt.claims", "claims"}, {"fastapi_users.authentication.JWTStrategy", "strategy"},
		{"fastapi_users.authentication.strategy.JWTStrategy", "strategy"}, {"fastapi_users.authentication.strategy.jwt.JWTStrategy", "strategy"},
	},
	Methods: []Family{{"claims", []Named{{"get", readClaim}, {"__getitem__", readClaim}}}, {"strategy", []Named{{"write_token", issueOwn}}}},
}

func readToken(c *Call) *Value {
	o := c.NewObject()
	o.Qual = "jwt.claims"
	return &Value{Kind: ExtObject, Obj: o, Sym: "claims", Deps: c.Deps()}
}

// IsClaims tells whether a value is what a token says, with one copy under each name.
func IsClaims(v *Value) bool {
	return v != nil && v.Kind == ExtObject && v.Obj != nil && v.Obj.Qual == "jwt.claims"
}

// issueToken notes what is put into a token: it is a look at nothing and changes nothing.
func issueToken(c *Call) *Value {
	op := Op{Value: c.Arg(0, "payload")}
	if op.Value == nil {
		op.Value = c.Keyword("claims")
	}
	op.Kind, op.From = interleave.Read, c.Deps().Ints()
	op.Res = interleave.Resource{Store: interleave.KeyValue, Name: Issued, Key: "'*'"}
	c.Emit(op)
	return Opaque("token", c.Deps())
}

// issueOwn is a token that a library makes for somebody: it says who he is, and nothing else.
func issueOwn(c *Call) *Value {
	op := Op{}
	op.Kind, op.From = interleave.Read, c.Deps().Ints()
	op.Res = interleave.Resource{Store: interleave.KeyValue, Name: Issued, Key: "'*'"}
	c.Emit(op)
	return Opaque("token", c.Deps())
}

func readClaim(c *Call) *Value {
	name := ""
	if len(c.Args) > 0 {
		name, _ = c.Args[0].Str()
	}
	d := c.Recv.AllDeps()
	if name == "" {
		return Opaque("claim", d)
	}
	op := Op{Raises: c.Name == "__getitem__"}
	op.Kind = interleave.Read
	op.Res = interleave.Resource{Store: interleave.KeyValue, Name: Claims, Key: "'" + name + "'"}
	i := c.Emit(op)
	v := Opaque("claims["+name+"]", d.With(Dep(i)))
	v.Src, v.SrcCol = int32(i+1), ValueColumn
	return v
}
