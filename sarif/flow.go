package sarif

import (
	"fmt"
	"strings"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/middlebrick/middlebrick/internal/sink"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// verbs say what a request does at a step.
var verbs = map[finding.Role]string{
	finding.Read: "reads", finding.Check: "checks", finding.Suspend: "waits", finding.Act: "acts",
	finding.Lock: "locks", finding.Commit: "commits", finding.Effect: "causes an outside effect",
}

// flows gives the interleaving twice: as one thread flow, which every viewer shows, and as the two simultaneous thread
// flows that it is, ordered by executionOrder.
func (b *builder) flows(f *finding.Finding) []*gosarif.CodeFlow {
	if len(f.Steps) == 0 {
		return nil
	}
	steps := f.Steps
	if len(steps) > maxSteps {
		b.note("%s at %s:%d: %d of %d steps are shown", f.Rule, f.Location.Path, f.Location.Line, maxSteps, len(steps))
		steps = steps[:maxSteps]
	}
	all := gosarif.NewThreadFlow().WithID("interleaving")
	threads := map[string]*gosarif.ThreadFlow{}
	both := gosarif.NewCodeFlow().WithTextMessage("The two requests as simultaneous threads.")
	for i := range steps {
		step := &steps[i]
		all.AddLocation(b.moment(f, step, i+1))
		thread := threads[step.Actor]
		if thread == nil {
			thread = gosarif.NewThreadFlow().WithID("request " + step.Actor)
			thread.WithTextMessage(actor(f, step.Actor))
			threads[step.Actor] = thread
			both.AddThreadFlow(thread)
		}
		thread.AddLocation(b.moment(f, step, i+1))
	}
	one := gosarif.NewCodeFlow().WithTextMessage("The interleaving of the two requests, in the order of time.")
	one.AddThreadFlow(all)
	return []*gosarif.CodeFlow{one, both}
}

// moment is one step. A step that has no place of its own stands where the finding stands: code scanning refuses a log
// with a step that is nowhere.
func (b *builder) moment(f *finding.Finding, step *finding.Step, order int) *gosarif.ThreadFlowLocation {
	path, line := step.Path, step.Line
	if path == "" || line <= 0 {
		path, line = f.Location.Path, max(f.Location.Line, 1)
	}
	verb := or(verbs[step.Role], "runs")
	code := strings.TrimSuffix(step.Statement(b.line), ":")
	what := fmt.Sprintf("Request %s %s: %s", step.Actor, verb, code)
	if step.Note != "" {
		what += " (" + strings.TrimRight(strings.Join(strings.Fields(step.Note), " "), ".") + ")"
	}
	location := gosarif.NewLocationWithPhysicalLocation(b.statement(path, line, step.EndLine))
	location.Message = gosarif.NewTextMessage(sentence(sink.SARIFText(cut(what, maxDescription-1))))
	m := gosarif.NewThreadFlowLocation().WithLocation(location).WithExecutionOrder(order)
	m.Importance = "important"
	if step.Role == finding.Check || step.Role == finding.Act {
		m.Importance = "essential"
	}
	m.Kinds = []string{string(step.Role)}
	return m
}

func actor(f *finding.Finding, name string) string {
	method, endpoint := f.Method, f.Endpoint
	if name == "B" && f.Rival != nil {
		method, endpoint = f.Rival.Method, f.Rival.Endpoint
	}
	return sentence(sink.SARIFText(strings.TrimSpace("Request " + name + " " + strings.TrimSpace(method+" "+endpoint))))
}
