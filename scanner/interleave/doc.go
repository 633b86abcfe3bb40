// Package interleave is the judge: it runs the operations of two requests against each other on a small model of
// database engine, session, lock and process, in every schedule that matters, and says whether some schedule has a
// result that no serial order explains. It knows no Python and no framework, and needs only the standard library.
//
// A pair is made ready (plan.go) with a first state in which each program alone would reach its acts (world.go). The
// machine (machine.go) then runs it step by step: what an operation means in statements is the session's business
// (session.go), what a statement does is the engine's (statement.go, access.go, insert.go, lock.go, serializable.go, with
// the table of engines in engine.go). Each read leaves a sight (sight.go): which version of each row it saw. When both
// have ended, sights and versions tell who must have come first (cycle.go), and both first is a race. Judge (judge.go)
// chooses the schedules; the tests choose others and compare every step with real engines.
//
// The values that decide are texts: constants are compared, equal symbols are equal, and what that leaves open is taken
// as the programs want it in the first state, and against the reader after a rival's write.
//
// Not modelled: foreign keys (a child's insert share-locks its parent), tables without indexes in InnoDB, more than two
// requests, and time: a lease is honoured as a lock.
package interleave
