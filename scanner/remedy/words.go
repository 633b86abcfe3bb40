package remedy

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// unknown stands in code for what the reader has to fill in.
const unknown = "…"

// vocabulary is how the project spells things.
type vocabulary struct {
	model, await, session string
	// orm is the library by which the row is written; schema.NoORM for SQL as text.
	orm schema.ORM
	// query tells that the project selects with session.query.
	query bool
}

func words(r *race.Race) vocabulary {
	v := vocabulary{model: effects.Last(r.Resource()), session: sessionName(r)}
	act := r.Op(r.Act)
	if t := r.Table; t != nil && t.Class != nil && act.Rare().Driver == "" {
		v.model, v.orm = t.Class.Name, t.ORM
	}
	if f := act.Site.Function; f != nil && f.Async && waitedFor(r, v.orm) {
		v.await = "await "
	}
	if v.orm == schema.NoORM && r.Op(r.Read).Res.Store == interleave.KeyValue {
		v.orm = schema.Mongo // documents: of keys of Redis nothing is said in these words
	}
	read := r.Op(r.Read).Site
	v.query = v.await == "" && strings.Contains(read.Module.File.Text(read.Node), ".query(")
	return v
}

// documents tells whether what is stored are documents of MongoDB.
func (w vocabulary) documents() bool {
	return w.orm == schema.Mongo || w.orm == schema.Beanie || w.orm == schema.MongoEngine || w.orm == schema.ODMantic
}

// waitedFor tells whether a coroutine waits for the store: it may also use a session that blocks, which nobody can wait for.
func waitedFor(r *race.Race, orm schema.ORM) bool {
	if read := r.Op(r.Read); orm == schema.SQLAlchemy || orm == schema.SQLModel {
		qual := strings.ToLower(r.Trace.Sessions[read.Session].Qual)
		blocks := strings.HasPrefix(qual, "sqlalchemy.") || strings.HasPrefix(qual, "sqlmodel.")
		_, queries := receiver(read.Site.Module.File, read.Site.Node)
		return strings.Contains(qual, "async") || !blocks && !queries
	}
	return true
}

// sessionName finds how the function that acts spells its session.
func sessionName(r *race.Race) string {
	f := r.Op(r.Act).Site.Function
	if f != nil {
		for _, p := range f.Params {
			if namesSession(p.Name) {
				return p.Name
			}
		}
		if f.Class != nil {
			if init := f.Class.Method("__init__"); init != nil {
				for _, p := range init.Params {
					if namesSession(p.Name) {
						return "self." + p.Name
					}
				}
			}
		}
	}
	return "session"
}

// namesSession tells whether a parameter is called as sessions are: session_id is the key of something else.
func namesSession(name string) bool {
	name = strings.ToLower(name)
	return name == "conn" || strings.HasSuffix(name, "db") || strings.HasSuffix(name, "session")
}

// written shortens a value to what a reader would write, unknown when it has no short name.
func written(symbol string) string {
	if symbol == "" || len(symbol) > 40 || strings.ContainsAny(symbol, " #[]{}()") {
		return unknown
	}
	return symbol
}

// shortName is the last name of a place in memory, without what it is looked up by.
func shortName(place string) string {
	depth, from, to := 0, 0, len(place)
	for i, c := range place {
		switch c {
		case '[', '{', '(':
			if depth++; depth == 1 {
				to = i
			}
		case ']', '}', ')':
			depth--
		case '.':
			if depth == 0 {
				from, to = i+1, len(place)
			}
		}
	}
	return place[from:to]
}
