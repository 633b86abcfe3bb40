package judge

import (
	"encoding/json"
	"slices"
	"strings"
)

// Signature is what tells one kind of reply from another: the status and, since some applications answer 200 to
// everything, the shape of the body with the values of its discriminators.
type Signature struct {
	Status int
	Shape  string
	Marks  string
}

// Sign reads a signature off a reply. body is decoded JSON, or nil.
func Sign(status int, body any) Signature {
	sig := Signature{Status: status}
	object, ok := body.(map[string]any)
	if !ok {
		switch body.(type) {
		case nil:
		case []any:
			sig.Shape = "[]"
		default:
			sig.Shape = "scalar"
		}
		return sig
	}
	var keys, marks []string
	for k, v := range object {
		keys = append(keys, k+":"+kind(v))
		if mark := discriminator(k, v); mark != "" {
			marks = append(marks, mark)
		}
	}
	slices.Sort(keys)
	slices.Sort(marks)
	sig.Shape, sig.Marks = strings.Join(keys, ","), strings.Join(marks, ",")
	return sig
}

// discriminators are the envelope fields that say "done" or "refused" under one status.
var discriminators = []string{"ok", "success", "successful", "accepted", "error", "errors", "error_code", "code", "result", "detail", "message", "msg", "reason", "status"}

func discriminator(key string, v any) string {
	if !slices.Contains(discriminators, strings.ToLower(key)) {
		return ""
	}
	switch v := v.(type) {
	case bool:
		if v {
			return key + "=true"
		}
		return key + "=false"
	case string:
		if len(v) <= 80 {
			return key + "=" + v
		}
	case json.Number:
		return key + "=" + v.String()
	case nil:
		return key + "=null"
	}
	return ""
}

func kind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "bool"
	case string:
		return "string"
	case []any:
		return "list"
	case map[string]any:
		return "object"
	}
	return "number"
}

// Classes are the success classes of one operation, learned by calling it alone and then once more on the same
// resource.
type Classes struct {
	accepted []Signature
	rejected []Signature
}

// Learn records the reply of a call that had its effect, and of the repeated call when it was refused under a
// success status (an envelope). A repeated call with the same signature teaches nothing: the operation looks
// idempotent and only the state can accuse it.
func (c *Classes) Learn(first, again Signature) {
	if first.Status >= 400 { // refused alone: what it says after another racer is what it says when it is let in
		c.Accept(again)
		return
	}
	c.Accept(first)
	if again.Shape == first.Shape && again.Shape != "" && again.Marks == first.Marks {
		c.Accept(again) // "created", then "there already", and the same thing shown: a get-or-create refuses nobody
		return
	}
	if again != first && again.Status > 0 && again.Status < 400 && !slices.Contains(c.accepted, again) &&
		!slices.Contains(c.rejected, again) {
		c.rejected = append(c.rejected, again)
	}
}

// Accept records the signature of a call that had its effect.
func (c *Classes) Accept(s Signature) {
	if s.Status > 0 && s.Status < 400 && !slices.Contains(c.accepted, s) && !slices.Contains(c.rejected, s) {
		c.accepted = append(c.accepted, s)
	}
}

// Of classifies a reply.
func (c *Classes) Of(s Signature) Class {
	switch {
	case slices.Contains(c.rejected, s):
		return Rejected
	case s.Status == 0 || s.Status >= 500 && s.Status != 503:
		return Failed
	case abortStatus(s.Status):
		return Aborted
	case s.Status >= 400:
		return Rejected
	case slices.Contains(c.accepted, s):
		return Accepted
	}
	for _, a := range c.accepted {
		// The same status and shape with another mark, and no known refusal to take it for.
		if a.Status == s.Status && a.Shape == s.Shape && len(c.rejected) == 0 {
			return Accepted
		}
	}
	return Unknown
}
