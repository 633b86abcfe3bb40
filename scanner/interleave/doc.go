// Package interleave is the judge: it runs the operations of two requests against each other on a small model of
// database engine, session, lock and process, in every schedule that matters, and says whether some schedule has a
// result that no serial order explains. It knows no Python and no framework, and needs only the standard library.
package interleave
