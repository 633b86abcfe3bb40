package sarif

import (
	"encoding/json"
	"fmt"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/middlebrick/middlebrick/internal/sink"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// document stands in for the place of a race that was seen in an application whose source is not at hand: code scanning
// refuses a log with a URL, or nothing, as a location.
const document = "openapi.json"

// maxBody bounds a request or an answer in the log.
const maxBody = 4 << 10

// proof returns the first test that confirmed the finding, or nil.
func (b *builder) proof(f *finding.Finding) *finding.Test {
	for _, id := range f.Evidence {
		if t := b.tests[id]; t != nil {
			return t
		}
	}
	return nil
}

// seen is the sentence of a message that says how the race was seen.
func (b *builder) seen(f *finding.Finding) string {
	t := b.proof(f)
	if t == nil {
		return ""
	}
	how := ""
	if e := t.Evidence; e != nil && e.Deterministic {
		how = " with one request held between check and act"
	} else if e != nil && e.Trials > 0 {
		how = fmt.Sprintf(" in %d of %d trials", e.Hits, e.Trials)
	}
	return sentence(sink.SARIFText(fmt.Sprintf("Confirmed by running it%s (%s): %s", how, t.ID, sink.Clip(t.Vulnerability, 600))))
}

// web writes the first racing request of the proof and its answer onto a result.
func (b *builder) web(r *gosarif.Result, f *finding.Finding) {
	t := b.proof(f)
	if t == nil {
		return
	}
	r.Properties["verdict"], r.Properties["test"] = t.Verdict, t.ID
	e := t.Evidence
	if e == nil {
		return
	}
	r.Properties["hits"], r.Properties["trials"] = e.Hits, e.Trials
	for i := range e.Requests {
		q := &e.Requests[i]
		if q.Role != "racer" {
			continue
		}
		request := gosarif.NewWebRequest().WithProtocol("HTTP").WithVersion("1.1").WithMethod(sink.SARIFText(q.Method)).WithTarget(sink.SARIFText(q.Path))
		if len(q.Headers) > 0 {
			request.Headers = q.Headers
		}
		request.Body = content(q.Body)
		response := gosarif.NewWebResponse().WithProtocol("HTTP").WithVersion("1.1")
		if q.Status > 0 {
			response.WithStatusCode(q.Status)
		} else {
			response.WithNoResponseReceived(true)
		}
		response.Body = content(q.Answer)
		r.WebRequest, r.WebResponse = request, response
		return
	}
}

func content(v any) *gosarif.ArtifactContent {
	if v == nil {
		return nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return gosarif.NewArtifactContent().WithText(sink.ClipBytes(string(data), maxBody))
}
