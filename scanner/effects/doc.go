// Package effects knows what a call does to the world: which rows, files, keys and cells it reads and writes, which
// locks and transactions it opens and ends, where it suspends, and what it sends out that cannot be taken back.
//
// The domain is in value.go (what a Python value is, as far as races care), world.go (the trace that a request leaves)
// and model.go (how a library is described); each library has one file of its own.
package effects
