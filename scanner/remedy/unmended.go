package remedy

import (
	"fmt"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// Unmended says why no change of the source is proposed for a race: what a person has to decide first, or where the source does not say enough.
func (m *Mender) Unmended(r *race.Race, rule string) string {
	if r.Relation == race.Recounted {
		return "the lock has to be taken before the number is reckoned, and no one place says where that is"
	}
	if why := unmendable[rule]; why != "" {
		return why
	}
	switch r.Op(r.Read).Res.Store {
	case interleave.Table:
		return m.unmendedRow(r, rule)
	case interleave.KeyValue:
		return unmendedKey(r)
	case interleave.Memory:
		return "no place beside what is shared is known for a lock, or none could be held from the look to the change in one function"
	case interleave.File:
		return "the look and the write do not stand in one function, or it does not say what becomes of the request that comes too late"
	}
	return "how the other side is asked for one atomic step does not follow from the source"
}

// unmendable are the rules of which no race is repaired by an edit of one place, and why.
var unmendable = map[string]string{
	"MB301": "what is cached was asked elsewhere: how old it may be is for the project to say",
	"MB303": "the permission is asked in one place and used in another: how the act refuses whoever has lost it meanwhile is for the project to say",
	"MB304": "what happens to a connection whose permission has gone, and who closes it, is for the project to say",
	"MB405": "each process has a memory of its own: where the state is kept instead is for the project to say",
	"MB406": "whether the tasks wait for each other or have a session each is for the project to say",
	"MB407": "one place serves all requests: how each gets one of its own is for the project to say",
	"MB408": "which of the locks is meant to be the one for all is for the project to say",
	"MB501": "the work after the response is not a plain function of the project that one call gives the row to",
	"MB502": "the work after the response is given a session that ends before: who opens the next one is for the project to say",
	"MB503": "the message is sent before its transaction ends: whether it may be lost or sent twice is for the project to say",
	"MB601": "what the validator has asked has to be asked again where the write happens, which is not its function",
	"MB602": "the body is read twice, and which of the two is meant is for the project to say",
	"MB701": "the client that connects decides to which address: it has to be told by the project",
	"MB702": "whether redirects are followed is for the project to say",
}

// unmendedRow is why no lock, condition or constraint is written for a row.
func (m *Mender) unmendedRow(r *race.Race, rule string) string {
	read, act := r.Op(r.Read), r.Op(r.Act)
	switch rule {
	case "MB103", "MB104", "MB108", "MB115", "MB504":
		if _, key := keyOf(r); !key && rule != "MB104" {
			return "what is looked for is more than a unique key can say, and no row is named that all these requests share"
		}
		if !refusesWhatIsThere(r) && rule != "MB104" {
			return "the request does not do without where it finds a row, so that a unique constraint would forbid what it is meant to do"
		}
		return "how the request answers when the row has come meanwhile does not follow from its check"
	case "MB105", "MB113", "MB116":
		return "no row is named that all these requests share, whose lock could stand for the set"
	case "MB111":
		return fmt.Sprintf("the lock does nothing on %s, and the write cannot be given what was checked", r.Engine)
	}
	switch {
	case act.Session != 0 && read.Session != 0 && act.Session != read.Session:
		return "the row is looked at in one session and written in another: which of them is given to the other is for the project to say"
	case endsBetween(r) != nil:
		end := endsBetween(r)
		return fmt.Sprintf("the transaction in which the row is looked at ends at %s:%d, before the write: what is meant to be one transaction is for the project to say", end.Path(), end.Line())
	case r.Engine.SQLite() || driver(r, act) == "sqlite3" || driver(r, act) == "aiosqlite":
		return "SQLite locks no rows, and the write cannot be given what was checked"
	case driver(r, act) != "" && sqlTextAt(r, r.Act) == nil:
		return "the SQL is not one text that stands in the function which sends it"
	case m.sessionIn(r.Trace, act.Site, act.Session) == "":
		return "the function that writes has no session at hand, and what loads the row loads it for others too, whom a lock would keep waiting"
	case len(r.Deciding()) > 0 && !refuses(r, act.Site.Function):
		return "no check of the function that writes refuses the request: what becomes of one that comes too late is for the project to say"
	}
	return "a lock or a condition at the places which load and write the row would also hold for requests that do something else"
}

// endsBetween is where the session that looks at the row commits before the write, nil where it does not.
func endsBetween(r *race.Race) *effects.Site {
	for i := r.Read + 1; i < r.Act; i++ {
		op := r.Op(i)
		if (op.Kind == interleave.Commit || op.Kind == interleave.Rollback || op.Kind == interleave.Close) && op.Session == r.Op(r.Read).Session && !effects.Apart(op.Ctx, r.Op(r.Act).Ctx) {
			return op.Site
		}
	}
	return nil
}

// unmendedKey is why no command is written for a key or a document.
func unmendedKey(r *race.Race) string {
	act := r.Op(r.Act)
	switch {
	case act.Pipelined:
		return "what the command answers comes when the pipeline is sent"
	case r.Derived:
		return "the new value is made of the old one in Python: a script or a transaction that watches the key would have to make it"
	case act.Site.Function != nil && !refuses(r, act.Site.Function):
		return "no check of the function that writes refuses the request: what becomes of one that comes too late is for the project to say"
	case strings.HasPrefix(r.Resource(), effects.RedisKeys):
		return "no one command does what is looked for and what is written"
	}
	return "what was checked cannot be said as a filter of the command that writes"
}
