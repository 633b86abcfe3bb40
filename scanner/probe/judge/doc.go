// Package judge decides whether the outcome of a parallel run is one that some sequential order explains.
//
// It is pure: outcomes in, verdict out, no clock and no network. An outcome is the class of every reply, the
// normalised bodies and the normalised state that the observers read once it had settled. A parallel outcome is
// explained when a sequential run of the same requests, closed under three things, shows it too:
//
//   - symmetry: identical requests are interchangeable, so replies are matched, never compared by position;
//   - abort: a request that answered "conflict", "busy" or "failed" may be treated as having had no effect;
//   - real order: requests that did not overlap keep the order they really had.
//
// What remains unexplained is graded by what is unreachable: the state, the number of accepted requests, or only
// the text of a reply. Only the first two accuse.
package judge
