package judge

// Class says what a reply means to the client, learned from sequential runs rather than read off the status.
type Class string

// The classes of a reply.
const (
	Accepted Class = "accepted" // like the first sequential call
	Rejected Class = "rejected" // like the repeated call, or any 4xx
	Aborted  Class = "aborted"  // conflict or busy: the request may have had no effect
	Failed   Class = "failed"   // 5xx or no answer: it may have had its effect or none
	Unknown  Class = "unknown"  // a reply that no sequential run has shown: it is never held against the application
)

// Reply is the answer to one racer. Identical requests share the racer's name.
type Reply struct {
	Racer  string `json:"racer"`
	Status int    `json:"status"`
	Class  Class  `json:"class"`
	Body   string `json:"body,omitempty"` // canonical, symbols in place of what varies
	// Start and End bound the request in nanoseconds of one clock; both zero when the time does not matter.
	Start int64 `json:"-"`
	End   int64 `json:"-"`
}

// Outcome is what one run showed. In a sequential outcome the replies stand in the order in which they ran.
type Outcome struct {
	Replies []Reply `json:"replies"`
	State   string  `json:"state"` // canonical
}

// Limited reports whether a reply says that a rate limiter, not the operation, answered.
func (o Outcome) Limited() bool {
	for _, r := range o.Replies {
		if r.Status == 429 {
			return true
		}
	}
	return false
}

// abortable reports whether the request may be treated as having had no effect.
func (r Reply) abortable() bool {
	return r.Class == Aborted || r.Class == Failed || abortStatus(r.Status)
}

// abortStatus lists the answers with which sound code gives up a request that lost: SERIALIZABLE and optimistic
// locking say 409 to a sequential loser and 503 or 500 to a concurrent one.
func abortStatus(status int) bool {
	switch status {
	case 0, 409, 412, 423, 425, 429, 503:
		return true
	}
	return status >= 500
}

// like reports whether a parallel reply can be the sequential reply s.
func (r Reply) like(s Reply) bool {
	if r.Racer != s.Racer {
		return false
	}
	if r.Class == s.Class || r.Class == Unknown || s.Class == Unknown || r.Class == Failed {
		return true
	}
	// A loser that aborts and a loser that is rejected are told apart by the application's taste only.
	return loser(r.Class) && loser(s.Class)
}

func loser(c Class) bool { return c == Rejected || c == Aborted || c == Failed }
