package finding

// Evidence is what a test keeps. It holds no secret: proofs of identity are replaced by the start of their hash.
type Evidence struct {
	Scenario      string       `json:"scenario"`
	Setup         []string     `json:"setup"`
	Racers        []string     `json:"racers"`
	Observers     []string     `json:"observers"`
	Sequential    []Sequential `json:"sequential,omitempty"`
	Parallel      *Parallel    `json:"parallel,omitempty"`
	Hits          int          `json:"hits"`
	Trials        int          `json:"trials"`
	Controls      Controls     `json:"controls"`
	HitRate       [2]float64   `json:"hit_rate_95"`
	ResponseOnly  int          `json:"response_only,omitempty"` // replies that fit no order while the state did
	Failures      int          `json:"failures,omitempty"`      // requests that failed only in parallel
	Gate          string       `json:"gate"`
	Deterministic bool         `json:"deterministic,omitempty"`
	Spread        *SpreadUS    `json:"release_spread_us,omitempty"`
	Server        string       `json:"server,omitempty"`
	Reason        string       `json:"reason,omitempty"`
	Hold          *HoldPoint   `json:"hold,omitempty"`
	Requests      []Request    `json:"requests,omitempty"` // of the run that shows it, in their order
	Replay        string       `json:"replay,omitempty"`
	Unique        string       `json:"unique,omitempty"` // the text that made the names of that run unique
	Names         []string     `json:"names,omitempty"`  // of the racers; equal names are identical requests
	FreshUser     bool         `json:"fresh_user,omitempty"`
	User          []Request    `json:"user,omitempty"` // how the user of a trial came about, {{names}} in place of what was invented
}

// Sequential is what one order showed.
type Sequential struct {
	Order    string `json:"order"`
	Statuses []int  `json:"statuses"`
	State    any    `json:"state"`
	Runs     int    `json:"runs"`
}

// Parallel is what the violating volley showed.
type Parallel struct {
	Statuses []int `json:"statuses"`
	State    any   `json:"state"`
	OffsetUS int64 `json:"offset_us"`
	SpreadUS int64 `json:"release_spread_us"`
}

// Controls counts the volleys whose requests were kept apart.
type Controls struct {
	Runs      int `json:"runs"`
	Anomalies int `json:"anomalies"`
}

// SpreadUS is the measured distance between releases in microseconds.
type SpreadUS struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
}

// HoldPoint is the line at which a request was held.
type HoldPoint struct {
	Path  string `json:"path"`
	Line  int    `json:"line"`
	Rival string `json:"rival"` // "passed" or "waited"
}

// Request is one exchange of the evidence.
type Request struct {
	Role    string            `json:"role"`         // "setup", "racer", "copy" of a held one, or "observer"
	As      string            `json:"as,omitempty"` // the identity; "$user" is the user of the trial
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    any               `json:"body,omitempty"`
	Status  int               `json:"status"`
	Answer  any               `json:"answer,omitempty"`
}
