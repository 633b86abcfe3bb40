package effects

import "github.com/middlebrick/middlebrick/scanner/interleave"

// fastapi_sqlalchemy and fastapi_async_sqlalchemy: a middleware opens a session for each request, and code anywhere finds it as db.session.
// `with db():` opens another one, which db.session is meanwhile.

var requestSessions = Library{
	Classes: []Class{{"fastapi_sqlalchemy.db", sessionBlock}, {"fastapi_async_sqlalchemy.db", sessionBlock}},
	Enter:   []Enter{{sessionBlock, enterSessionBlock}},
	Exit:    []Exit{{sessionBlock, exitSessionBlock}},
}

const sessionBlock = "session block"

// sessionsOfRequest are the names under which the session of a request is found, each with its class.
var sessionsOfRequest = map[string]string{
	"fastapi_sqlalchemy.db.session":       "sqlalchemy.orm.Session",
	"fastapi_async_sqlalchemy.db.session": "sqlalchemy.ext.asyncio.AsyncSession",
}

// OfRequest returns what a library keeps for the request that runs under a name, nil for a name that is none of these.
func OfRequest(w *World, qual string) *Value {
	class := sessionsOfRequest[qual]
	if class == "" {
		return nil
	}
	if w.requestSession == 0 {
		w.requestSession = w.NewSession()
	}
	o := w.NewObject()
	o.Qual, o.Num = class, w.requestSession
	return &Value{Kind: ExtObject, Obj: o, Sym: qual}
}

// enterSessionBlock opens a session for the block; the object keeps the number of the one around it.
func enterSessionBlock(w *World, recv *Value) *Value {
	recv.Obj.Num, w.requestSession = w.requestSession, w.NewSession()
	return recv
}

func exitSessionBlock(w *World, recv *Value, raised bool) {
	if !raised && recv.Obj.Kw["commit_on_exit"].Truth() == "True" {
		op := Op{}
		op.Kind, op.Session = interleave.Commit, w.requestSession
		w.Emit(op)
	}
	closeSession(w, w.requestSession)
	w.requestSession = recv.Obj.Num
}
