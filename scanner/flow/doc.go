// Package flow follows a request through the code: it runs every entry point on abstract values, over all calls that
// can be resolved, and leaves the trace of operations on the world, each with the decisions under which it happens.
//
// Nothing of the scanned project is executed; a value is what can be known of it from the source.
package flow
