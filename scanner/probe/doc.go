// Package probe proves races on a running FastAPI application.
//
// It reads the application's own OpenAPI document, infers which requests meet on one resource, runs them in every
// order, races them, and reports only what no order explains. The parts, in the order in which a run passes them:
//
//   - target.go, safety.go, identity.go: what may be talked to, as whom, and how much
//   - model.go, value.go, pairs.go: resources, bodies and pairs of operations inferred from the document
//   - trial.go, observe.go: one run of a scenario on fresh resources, ending in a judge.Outcome
//   - baseline.go, search.go, attack.go: the sequential orders, the offset search, the verdict
//   - held.go and package hold: the same proof without luck, on instances that middlebrick started itself
//   - evidence.go, journal.go, replay.go, reproduce.go: what is kept of it and how it is shown again
//
// Package fire sends the requests, package judge decides, package openapi reads the document. None of them knows
// anything of the static half: findings and routes come in as plain data.
package probe
