package probe

import (
	"fmt"
	"time"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/probe/fire"
)

// Options say what to probe and how far to go. The zero value of every limit means its default.
type Options struct {
	// URL is the base of a running application. With Start it is found out.
	URL string
	// Start is a command that starts the application; {port} in it is replaced.
	Start string
	// Dir is where Start runs and where the paths of Findings and Routes lie.
	Dir string
	// Workers is how many processes a started application is asked for; two by default, since some races need two.
	Workers int

	// Consent says that the user may attack this target. Without it nothing but the document is requested.
	Consent bool
	// AllowHosts are "host:port" that may be probed although they are not loopback.
	AllowHosts []string
	// AllowPrivate lets addresses of private networks be probed, where service containers live.
	AllowPrivate bool
	// Exclude are path patterns that are never called, added to the built-in ones; a leading '!' takes one away.
	Exclude []string
	// RaceGets also races GETs that change state.
	RaceGets bool

	Identities []Identity
	Files      []*File       // scenario files
	Headers    []fire.Header // sent with every request

	// Findings and Routes are what the static half knows, when there is a source tree.
	Findings []finding.Finding
	Routes   []finding.Route
	// Held replays the findings on instances started by Start instead of searching for offsets.
	Held bool
	// HeldOnly leaves out the search that follows.
	HeldOnly bool
	skip     map[string]bool // scenarios that a held schedule has settled
	started  bool            // the application at URL was started by this run
	timeout  time.Duration   // of one request, 10 s by default

	Requests int           // budget, 2000 by default
	Duration time.Duration // budget, 5 minutes by default
	Trials   int           // per pair, 30 by default
	Racers   int           // identical requests of one volley, 2 by default, 20 at most
	Created  int           // budget of created resources, 500 by default
	Settle   time.Duration // cap on waiting for the state to settle, 2 s by default
	Only     string        // the id of one scenario or test; all by default

	// Shard of Shards is the part of the pairs that this run races; without Shards it races all.
	Shard, Shards int
	// Divided is told which shard races which pair. It may be nil.
	Divided func([]Pair)

	StateDir string // where journal and evidence go; nothing is written when empty
	Version  string
	// Progress is told what happens; nil keeps quiet.
	Progress func(Event)
}

// Identity is someone the requests are sent as.
type Identity struct {
	Name     string
	Username string
	Password string
	Token    string        // a bearer token, instead of a login
	Headers  []fire.Header // any other proof, a cookie among them
	Login    *Login        // how to log in, where the OpenAPI document does not say it
}

// Event is a step of the run, for a progress bar or a log.
type Event struct {
	Kind     string // "start", "pair", "trial", "hit", "verdict", "note"
	Pair     string
	Index    int // of the pair, from 1
	Pairs    int
	Trial    int
	Hits     int
	Requests int
	Budget   int
	Left     time.Duration
	Text     string
}

// Refused is the error of a run that a safety rule stopped before it began.
type Refused struct{ Reason string }

func (e *Refused) Error() string { return "refused: " + e.Reason }

// Unreachable is the error of a target that cannot be probed at all.
type Unreachable struct{ Reason string }

func (e *Unreachable) Error() string { return "target not reachable: " + e.Reason }

// LoginError is the error of a run whose identities the target did not let in. Nothing was probed.
type LoginError struct{ err error }

func (e *LoginError) Error() string { return e.err.Error() }
func (e *LoginError) Unwrap() error { return e.err }

// NeedsStart is the error of a replay of what was found on an application that the earlier run had started.
type NeedsStart struct{ ID string }

func (e *NeedsStart) Error() string {
	return e.ID + " was found on an application that middlebrick had started, and that is gone"
}

func refuse(format string, args ...any) error { return &Refused{fmt.Sprintf(format, args...)} }

func (o *Options) defaults() {
	set := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	set(&o.Workers, 2)
	set(&o.Requests, 2000)
	set(&o.Trials, 30)
	set(&o.Racers, 2)
	set(&o.Created, 500)
	o.Racers = min(o.Racers, 20)
	if o.Duration <= 0 {
		o.Duration = 5 * time.Minute
	}
	if o.Settle <= 0 {
		o.Settle = 2 * time.Second
	}
	if o.timeout <= 0 {
		o.timeout = 10 * time.Second
	}
	if o.Version == "" {
		o.Version = "dev"
	}
}
