package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// Mender proposes changes of the source.
type Mender struct {
	Program *program.Program
	Schema  *schema.Schema
	Traces  []*flow.Trace

	places  map[python.Node]place     // where rows are loaded
	inserts map[python.Node]inserting // where rows are inserted
	passing map[*program.Function][]*flow.Trace
	changed map[string]bool                              // by table and column: whether rows that are there are given other values
	direct  map[*program.Module][]*program.Module        // by module: what it imports itself
	brought map[*program.Module]map[*program.Module]bool // by module: what it imports, directly or not
	heard   *bool                                        // whether the project listens to what is written; nil before anybody asked
	others  *bool                                        // whether the project may run on another engine; nil before anybody asked
}

// Repairs returns changes of the source that may end a race, the best first. None is verified: that takes another scan. Safe says
// that a change of this kind leaves everything as it is for a request that meets no rival.
func (m *Mender) Repairs(r *race.Race, rule string) []finding.Fix {
	if r.Relation == race.Recounted {
		return nil // the lock would have to be taken before the number is reckoned, and where that is no edit of one place says
	}
	var out []finding.Fix
	add := func(title string, safe bool, changes []change) {
		if len(changes) > 0 {
			out = append(out, finding.Fix{Title: title, Safe: safe, Edits: edits(changes)})
		}
	}
	read := r.Op(r.Read)
	switch {
	case rule == "MB501" && read.Res.Store == interleave.Table:
		add(computedHere, true, m.countsHanded(r))
		add("give the task the key and let it load the row again, with its lock", true, m.reload(r))
	case strings.HasPrefix(rule, "MB3") && rule != "MB305" || strings.HasPrefix(rule, "MB5") || strings.HasPrefix(rule, "MB6"):
		// What was decided is asked again where it counts, or the act moves: no mechanical change does that.
	case read.Res.Store == interleave.Table && rule == "MB104":
		if _, name, known := violation(r); known {
			add("handle the "+name+" of the second request as the check does", true, m.handleConflict(r))
		}
	case read.Res.Store == interleave.Table && alchemy(r) && (rule == "MB105" || rule == "MB116" || rule == "MB103" || rule == "MB113" || rule == "MB115"):
		// Whoever only looks at the set in the same function would wait for the lock, too.
		parent, alone := m.lockParent(r), !m.passedByReaders(r, read.Site.Function, r.Resource())
		if alone {
			add("lock the row that all these requests share before looking", true, parent)
		}
		refreshes := m.refreshes(r)
		if r.MovesIn() {
			refreshes = nil // each request has a row of its own that it moves
		}
		for _, shared := range []bool{false, true} {
			if shared && !alone {
				add("lock the row that all these requests share before looking", false, parent)
			}
			for _, c := range refreshes {
				if c.shared == shared {
					add("lock the object that all these requests share before looking", !shared, c.changes)
				}
			}
		}
		if rule == "MB103" || rule == "MB115" {
			if changes, created := m.makeUnique(r); len(changes) > 0 {
				out = append(out, finding.Fix{
					Title: "let a unique constraint decide, and handle its error as the check does (rows that exist twice already must go first)",
					Edits: append(edits(changes), created...),
					Wide:  true,
				})
			}
		}
		if c := m.lockValue(r); len(c) > 0 {
			out = append(out, finding.Fix{Title: "let PostgreSQL lock what is looked for until the transaction ends", Edits: edits(c), Last: true})
		}
	case read.Res.Store == interleave.Table && sqlTextAt(r, r.Act) != nil:
		c, safe := guardedText(r, false)
		add("make check and write one statement", safe, c)
		add("lock the row with the first load", !m.readElsewhere(r), firstLoad(r))
		c, safe = guardedText(r, true)
		add("write only where nothing has changed since it was read", safe, c)
	case read.Res.Store == interleave.Table && r.Table != nil && (r.Table.ORM == schema.Tortoise || r.Table.ORM == schema.Peewee || r.Table.ORM == schema.Django):
		add("make check and write one statement", !m.listens(), m.savedGuarded(r))
		if begun(r) { // without a transaction the lock is gone with the statement
			add("lock the row with the first load", !m.readElsewhere(r), lockRecord(r))
		}
		add("lock the row with the first load, in a transaction that ends behind the write", !m.readElsewhere(r), lockInTransaction(r))
	case read.Res.Store == interleave.Table && !alchemy(r):
		// The text says what the library offers.
	case read.Res.Store == interleave.Table:
		add("let the locking read replace what was loaded before", true, populate(r))
		title, sum, late := m.counts(r)
		if !late {
			add(title, title == computedHere || !m.listens(), sum)
		}
		add(computedHere, true, m.countsHanded(r))
		here := firstLoad(r)
		if m.generic(r) {
			here = nil
		}
		shared := m.readElsewhere(r) || wide(r)
		if !shared {
			add("lock the row with the first load", true, here)
		}
		later := m.refreshes(r)
		if rule == "MB118" {
			later = nil // who takes the row away in between leaves nothing to load again
		}
		for _, c := range later {
			if !c.shared {
				add("load the row again with its lock before it is looked at", true, c.changes)
			}
		}
		if shared || m.generic(r) {
			add("lock the row with the first load, for the caller that asks for it", true, m.lockAsked(r))
		}
		unheard := !m.listens()
		if late {
			add(title, title == computedHere || unheard, sum)
		}
		add("make check and write one statement", unheard, m.guarded(r, false))
		add("write only where the version is the one that was read, and count it", unheard, m.claimed(r, true, true))
		add("write only where nothing has changed since it was read", unheard, m.guarded(r, true))
		if shared {
			add("lock the row with the first load", false, here)
		}
		for _, c := range later {
			if c.shared {
				add("load the row again with its lock before it is looked at", false, c.changes)
			}
		}
	case read.Res.Store == interleave.KeyValue && rule == "MB104":
		add("handle the DuplicateKeyError of the second request as the check does", true, m.handleConflict(r))
	case read.Res.Store == interleave.KeyValue:
		add("let Redis decide which request is first", true, setIfAbsent(r))
		add("let Redis decide which request is first", true, testedCommand(r))
		add("let the counter decide which request comes too late", true, countedCommand(r))
		// A document that was stored before a field was there has its default in memory and nothing for a filter.
		add("make check and write one command", false, guardedBeanie(r, false))
		add("make check and write one command", true, guardedDocument(r, false))
		add("write only where nothing has changed since it was read", false, guardedBeanie(r, true))
		add("write only where nothing has changed since it was read", true, guardedDocument(r, true))
		if c := revised(r); len(c) > 0 {
			out = append(out, finding.Fix{Title: "let the revisions of the document be counted, and refuse who saves an old one", Edits: edits(c), Wide: true})
		}
	case read.Res.Store == interleave.Memory && (rule == "MB401" || rule == "MB402" || rule == "MB403" || rule == "MB404"):
		// A lock over all keys lets requests wait for each other that have nothing to do with each other.
		add("hold one lock from the first look to the change", (read.Res.Key == "" || read.Res.Key == "*") && !strings.Contains(r.Resource(), "["), m.holdLock(r))
	case read.Res.Store == interleave.Remote && rule == "MB703":
		add("send back the version that was read", false, ifMatch(r))
	case read.Res.Store == interleave.File:
		add("let the file system decide which request is first", true, openExclusive(r))
		add("let the file system decide which request is first", true, refuseByFile(r))
		add("make the directory whether it is there or not", true, mayExist(r))
		// A file more, and a system that has flock.
		add("hold a lock of the file from reading to writing", false, lockFile(r))
	}
	if c := m.immediate(r); len(c) > 0 && read.Res.Store == interleave.Table {
		out = append(out, finding.Fix{Title: "let each transaction of SQLite begin as a writer, so that the next one looks when it has ended", Edits: edits(c), Wide: true})
	}
	return out
}

// alchemy tells whether the rows are loaded in the words of SQLAlchemy.
func alchemy(r *race.Race) bool {
	return r.Table == nil || r.Table.ORM == schema.SQLAlchemy || r.Table.ORM == schema.SQLModel || r.Table.ORM == schema.NoORM
}

// firstLoad adds the row lock to the load on which the check rests, however it is written.
func firstLoad(r *race.Race) []change {
	if !locks(r, r.Read) {
		return nil
	}
	if c := lockText(r); c != nil || driver(r, r.Op(r.Read)) != "" {
		return c
	}
	return lockLoad(r)
}

// locks tells whether a row lock that is taken at an operation is one, and lasts until the act. A project on a server may have files of SQLite
// beside it, which knows no such clause.
func locks(r *race.Race, at int) bool {
	by := driver(r, r.Op(at))
	return !r.Engine.SQLite() && by != "sqlite3" && by != "aiosqlite" && lasts(r, at)
}

// listens tells whether the project listens to what is done to objects or sessions: of a statement that is executed nobody is told who listens
// to the saving of objects.
func (m *Mender) listens() bool {
	if m.heard == nil {
		heard := m.Program != nil && slices.ContainsFunc(m.Program.Modules, func(mod *program.Module) bool {
			return slices.ContainsFunc([]string{"event", "listens_for", "signals", "pre_save", "post_save", "receiver"}, func(name string) bool {
				b := mod.Names[name]
				if b == nil || b.Import == nil {
					return false
				}
				root := family(b.Import.Module)
				return root == "sqlalchemy" || root == "tortoise" || root == "django" || root == "playhouse"
			})
		})
		m.heard = &heard
	}
	return *m.heard
}

// model is the class of a table, "" when there is none.
func (m *Mender) model(table string) string {
	if t := m.Schema.Table(table); t != nil && t.Class != nil {
		return t.Class.Name
	}
	return ""
}
