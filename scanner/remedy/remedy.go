// Package remedy says what to write instead, in the project's own names, its own ORM and its own style.
//
// Every remedy belongs to one of four families: make check and act one statement, lock before the first look, let a constraint
// decide, or look again where the act happens.
package remedy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// For returns what to change, in words and one or two lines of code.
func (m *Mender) For(r *race.Race, rule string) string {
	w := words(r)
	switch r.Relation {
	case race.Recounted:
		return w.reckonedLater(r)
	case race.Skewed:
		return w.lockedByBoth(r)
	}
	if r.Op(r.Read).Rare().Driver == effects.PostgREST && (rule == "MB105" || rule == "MB113" || rule == "MB116") {
		return restFunction(r)
	}
	switch rule {
	case "MB103", "MB115", "MB504", "MB108":
		switch k, ok := keyOf(r); {
		case ok && !w.documents() && makesSeveral(r, k):
			return "Several rows are made where none is found, which a unique constraint on what is looked for would forbid. " + m.lockedSet(r, w, false)
		case !compares(r) || w.documents():
			return w.constraint(r)
		}
		return "What is looked for is compared and not only matched, which no unique constraint says. " + m.lockedSet(r, w, false) + exclusion(r)
	case "MB104":
		return w.handleConflict(r)
	case "MB105", "MB113":
		if rule == "MB113" && w.documents() {
			return w.numberDocuments()
		}
		return m.lockedSet(r, w, true)
	case "MB116":
		return w.lockSet(r)
	case "MB109":
		return w.freshLock(r)
	case "MB110", "MB117":
		return "Keep the lock, the check and the write in one transaction of one session, and commit once after the write. " + w.guarded(r)
	case "MB111":
		return w.otherGuard(r)
	case "MB112":
		if w.documents() && !ofRedis(r) {
			return "Test what the command answers (`modified_count`, `deleted_count`, or the document that `find_one_and_update` gives) before anything else follows, and refuse the request when it changed nothing."
		}
		return "Test the row count of the conditional write (or use RETURNING) before anything else follows, and refuse the request when it is 0. " + w.guarded(r)
	case "MB601":
		return "Let the validator check the shape only, and repeat the test where the write happens: " + lowerFirst(w.constraint(r))
	case "MB501":
		return w.loadAgain(r)
	case "MB301":
		return "Ask the source of the permission at the time of the act, bound the cache's lifetime to what a withdrawal may take, and drop the entry when the permission changes."
	case "MB304":
		return fmt.Sprintf("Ask again for each message: read %s inside the loop right before the act, or put the permission into the write's own WHERE; or close the connections of the user in the route that withdraws it.", w.model)
	case "MB303":
		return "Check the permission again right before the act, in the same transaction: put it into the write's own WHERE, or load the user with a lock."
	case "MB201":
		return "Do not ask first: open the file so that the operating system decides (`open(path, \"xb\")`, or `os.open` with O_CREAT|O_EXCL), and handle FileExistsError."
	case "MB202":
		return fmt.Sprintf("Let the library make the name and create the file in one step: `tempfile.NamedTemporaryFile()`, `TemporaryDirectory()` or `mkstemp()` instead of `%s`; or put `uuid4().hex` into the name and open it with mode \"x\".", r.Subject())
	case "MB203":
		return fmt.Sprintf("Open first and ask afterwards where the descriptor leads, or open `%s` with `os.O_NOFOLLOW` and `dir_fd`, so that no link is followed. Do not let clients make links: `extractall(…, filter=\"data\")`.", r.Subject())
	case "MB205":
		return fmt.Sprintf("Read `%s` once, examine what was read, and use the same bytes or the same open file; or copy it to a name of your own (`uuid4().hex`) before it is examined.", r.Subject())
	case "MB701":
		return fmt.Sprintf("Connect to the address that was tested, and keep the name for the `Host` header and TLS (`copy_with(host=address)` with `extensions={\"sni_hostname\": …}` in httpx); or test `%s` in a transport or resolver of your own at the time of connecting, or send such requests through an egress proxy.", r.Subject())
	case "MB702":
		return fmt.Sprintf("Do not follow redirects (`follow_redirects=False` in httpx, `allow_redirects=False` in requests and aiohttp), or test each hop as `%s` is tested before you ask for it.", r.Subject())
	case "MB703":
		return fmt.Sprintf("Send back the version that you read: `If-Match` with the ETag of `%s` (`IfMatch` or `IfNoneMatch=\"*\"` in an object store), and start again on 412. `If-Match: *` only asks that the document exists.", r.Subject())
	case "MB602":
		return fmt.Sprintf("Use the validated object and nothing else: do not read `%s` a second time.", r.Subject())
	case "MB204":
		return "Hold one file lock over reading and writing (fcntl.flock, or the filelock package): replacing the file atomically is not enough."
	case "MB401", "MB402":
		return fmt.Sprintf("Change `%s` before the first await and undo it when the rest fails, or hold one asyncio.Lock over check and change. With more than one worker, keep it in the database or in Redis.", shortName(r.Resource()))
	case "MB408":
		return fmt.Sprintf("Share one lock object: make it once, at module level or in the lifespan, and hold the same one over check and change of `%s` at every place that changes it.", shortName(r.Resource()))
	case "MB405":
		return fmt.Sprintf("Let something decide that all processes ask: a unique constraint or a guarded UPDATE in the database, or one atomic step of Redis (`SET … NX`, `INCR` with its result tested), instead of `%s`.", shortName(r.Resource()))
	case "MB503":
		return fmt.Sprintf("Commit %s first and tell afterwards; or write the message into an outbox table in the same transaction, or send it from an `after_commit` hook.", r.Resource())
	case "MB407":
		return fmt.Sprintf("Pass it as an argument, make the object for each request, or keep it in a `ContextVar`: `%s` is one place for all requests.", shortName(r.Resource()))
	case "MB406":
		return fmt.Sprintf("Await the tasks one after the other, or let each open a session of its own instead of sharing `%s`: `async with Session() as session:` inside the task.", r.Resource())
	case "MB502":
		return fmt.Sprintf("Give the task the key instead of `%s` and the objects loaded with it, and let it open a session of its own.", r.Resource())
	case "MB403":
		return fmt.Sprintf("Make `%s` in the lifespan, or hold an asyncio.Lock and test it again under the lock.", shortName(r.Resource()))
	case "MB404":
		return fmt.Sprintf("Hold one threading.Lock over check and change of `%s`. With more than one worker, keep it in the database or in Redis.", shortName(r.Resource()))
	case "MB801", "MB802", "MB804", "MB305":
		switch {
		case ofRedis(r):
			return command(r, rule)
		case r.Relation == race.SetInsert:
			return m.lockedSet(r, w, true)
		case r.Op(r.Read).Res.Store == interleave.KeyValue:
			return w.document(r)
		}
	case "MB805":
		return w.document(r)
	}
	return w.guarded(r)
}

func (w vocabulary) handleConflict(r *race.Race) string {
	what, does, caught, after := "statement", "inserts", "in a `try` that catches the driver's unique violation", ""
	if r.Relation != race.SetInsert {
		does = "writes"
	}
	if module, name, _ := violation(r); name != "" {
		caught = "in `try … except " + name + "`"
		if sessions(module) {
			what, after = "flush or commit", ", roll back"
		}
	} else if w.orm != schema.NoORM {
		caught = "in `try … except " + w.violation() + "`"
	}
	return fmt.Sprintf("Keep the check for the friendly answer, and handle the other case too: wrap the %s that %s %s %s%s, and give the same answer as the check.", what, does, w.model, caught, after)
}

// numberDocuments says who counts documents on.
func (w vocabulary) numberDocuments() string {
	return fmt.Sprintf("Keep the last number of %s in a document of its own, and let the database raise it: `find_one_and_update({\"_id\": …}, {\"$inc\": {\"number\": 1}}, upsert=True, return_document=ReturnDocument.AFTER)` gives each request another one. A unique index on the number refuses what comes by any other way.", w.model)
}

// reckonedLater says how a number that is kept beside the rows it is reckoned from stays right.
func (w vocabulary) reckonedLater(r *race.Race) string {
	if r.Op(r.Act).Res.Store != interleave.Table {
		return "Let every request add what it changed itself, in one atomic step (`$inc`); or reckon the number where it is asked for."
	}
	return "Hold the lock of the row in which the number is kept before it is reckoned: " + w.locked(r, w.row(r)) + ". Or reckon it where it is asked for."
}

// lockedByBoth says how a row is kept open while another one is added to it.
func (w vocabulary) lockedByBoth(r *race.Race) string {
	if r.Op(r.Read).Res.Store != interleave.Table {
		return fmt.Sprintf("Keep what belongs to a document of %s in it, and add to it by one update whose filter repeats what was checked (%s); where both stay apart, let both requests write that document in their transactions before they look.", w.model, strings.Join(r.Columns, ", "))
	}
	if r.Engine.SQLite() {
		return "Begin both transactions with `BEGIN IMMEDIATE`, so that each looks and writes before the other looks."
	}
	return fmt.Sprintf("Hold the lock of the row of %s in both requests, here before its %s is looked at, in the rival before it looks at what belongs to the row: %s.", w.model, strings.Join(r.Columns, ", "), w.locked(r, w.row(r)))
}

func (w vocabulary) freshLock(r *race.Race) string {
	return fmt.Sprintf("Take the lock and the new values together: `%s%s.refresh(obj, with_for_update=True)`, or add `.execution_options(populate_existing=True)` to the locking select of %s.", w.await, w.session, w.model)
}

// loadAgain says what the work after the response is given, what it loads itself, and what it asks again.
func (w vocabulary) loadAgain(r *race.Race) string {
	task := "the task"
	if _, site := taskOf(r); site != nil && site.Function.Def != nil {
		task = "`" + site.Function.Name + "`"
	}
	read := r.Op(r.Read)
	if read.Res.Store != interleave.Table {
		return fmt.Sprintf("Give %s the key instead of what was read, and let it ask again before it acts.", task)
	}
	again := ""
	if terms := w.terms(r); len(terms) > 0 {
		if slices.ContainsFunc(terms, func(t term) bool { return !t.known() }) {
			again = ", test again what the request tested"
		} else {
			again = fmt.Sprintf(", stop unless `%s` still holds", w.join(terms, " and ", func(t term) string { return t.column + " " + t.op + " " + t.value }))
		}
	}
	row := w.row(r)
	if r.Engine.SQLite() {
		return fmt.Sprintf("Give %s the key of the row instead of what was read of %s, and let it load the row again in a session of its own, in a transaction that begins with `BEGIN IMMEDIATE`%s, before it acts.", task, w.model, again)
	}
	return fmt.Sprintf("Give %s the key of the row instead of what was read of %s, and let it load the row again in a session of its own, with its lock: `%s`%s, before it acts.", task, w.model, w.lockedLoad(row), again)
}

func (w vocabulary) otherGuard(r *race.Race) string {
	return fmt.Sprintf("On %s this lock does nothing. %s", r.Engine, w.guarded(r))
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
