package probe

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/probe/fire"
	"github.com/middlebrick/middlebrick/scanner/probe/judge"
)

const maxRequests = 60

// userOfTrial is the name of an identity that the run has signed up, most often one for each trial.
const userOfTrial = "$user"

// keepRequests puts the exchanges of a run into the evidence, and how its user came about.
func keepRequests(ev *Evidence, r *run) {
	ev.Unique, ev.Requests, ev.User = r.env.unique, nil, nil
	for _, ex := range r.env.log {
		if len(ev.Requests) == maxRequests {
			break
		}
		q := shown(ex)
		q.As = r.env.sender(ex.req.Headers)
		q.Answer = redactBody(ex.body)
		q.Body = redactBody(q.Body)
		ev.Requests = append(ev.Requests, q)
	}
	if r.env.who == nil || !r.env.who.ours {
		return
	}
	for _, ex := range r.env.who.steps {
		q := shown(ex)
		// The password of an invented user is no secret, but a name of the trial like the others.
		q.Body = invented(q.Body, r.env.who.name)
		q.Answer = redactBody(ex.body)
		ev.User = append(ev.User, q)
	}
}

// invented puts names in place of what was invented for a trial. A field that holds nothing of it is redacted like any.
func invented(body any, unique string) any {
	fields, ok := body.(map[string]any)
	if !ok {
		return redactBody(body)
	}
	names, out := inventions(unique), map[string]any{}
	for k, v := range fields {
		if out[k] = substitute(v, names, unique); judge.Encode(out[k]) == judge.Encode(v) {
			out[k] = redactBody(map[string]any{k: v}).(map[string]any)[k]
		}
	}
	return out
}

// shown is an exchange with what proves identities left out.
func shown(ex exchange) finding.Request {
	q := finding.Request{Role: ex.role, Method: ex.req.Method, Path: ex.req.Path, Status: ex.resp.Status, Headers: map[string]string{}}
	kind := ""
	for _, h := range redact(ex.req.Headers) {
		switch strings.ToLower(h.Name) {
		case "user-agent", "connection", "accept":
			continue
		case "content-type":
			kind = h.Value
		}
		q.Headers[h.Name] = h.Value
	}
	if v, err := judge.Decode(ex.req.Body); err == nil {
		q.Body = v
	} else if form, err := url.ParseQuery(string(ex.req.Body)); err == nil && len(ex.req.Body) > 0 && strings.HasPrefix(kind, formType) {
		fields := map[string]any{}
		for k := range form {
			fields[k] = form.Get(k)
		}
		q.Body = fields
	} else if len(ex.req.Body) > 0 {
		q.Body = fmt.Sprintf("[%d bytes]", len(ex.req.Body))
	}
	return q
}

const formType = "application/x-www-form-urlencoded"

// sender names the identity whose proof a request bears.
func (e *env) sender(headers []fire.Header) string {
	bears := func(s *session) bool {
		return s != nil && len(s.proof) > 0 && !slices.ContainsFunc(s.proof, func(h fire.Header) bool { return !slices.Contains(headers, h) })
	}
	if bears(e.who) && e.who.ours {
		return userOfTrial
	}
	for _, s := range e.p.others {
		if bears(s) {
			return s.name
		}
	}
	return ""
}

// inventions names the values of a trial that are made of its unique text and do not show it.
func inventions(unique string) map[string]string {
	out := map[string]string{}
	for _, suffix := range []string{"", "a", "b", "c"} {
		out["+1555"+digits(unique+suffix, 7)] = "phone" + suffix
		out[uuidFrom(unique+suffix)] = "uuid" + suffix
	}
	for n := shortest; n < len(unique); n++ { // cut to what a field can hold
		out[unique[len(unique)-n:]] = fmt.Sprint("tail", n)
	}
	return out
}

// shortest is the length of the shortest end of the unique text that is recognised.
const shortest = 5
