// Package action is middlebrick as a step of a GitHub workflow.
//
// The order is fixed: read the event, decide what is scanned and what it is compared with, scan the workspace and the
// base, subtract, decide the gate, and only then report: files, upload, annotations, summary, comments. Nothing after
// the decision can change it; a report that fails is named in one line and falls one rung of the ladder.
//
// Everything that leaves the package for a log, a file of the runner, a comment or a diagram goes through an encoder
// of package sink, and through one adapter (Workflow) that never prints the token.
package action
