//go:build !lean

package cli

import (
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/middlebrick/middlebrick/scanner/probe"
	"github.com/middlebrick/middlebrick/scanner/probe/fire"
)

// probeFlags are the flags that speak of a running application.
type probeFlags struct {
	consent            bool
	start, source      string
	workers            int
	username, password string
	headers            []string
	allow, avoid       []string
	raceGets, heldOnly bool
	prove              bool // of fix
	requests, trials   int
	created            int
	racers             int
	budget, settle     time.Duration
	state, only        string
	others             []string // NAME=USER:PASSWORD
	auth, scenarios    []string // files
}

// bindScan declares the flags of scan that speak of a running application.
func (f *probeFlags) bindScan(flags *pflag.FlagSet) {
	flags.StringVar(&f.start, "start", "", "start the application with this `COMMAND`, {port} in it replaced, and race it")
	flags.StringVar(&f.source, "source", "", "with a URL: the `PATH` of the application's source")
	flags.IntVar(&f.workers, "workers", 0, "judge by `N` processes that serve the application, and give a started one as many (without it two, since some races need two)")
	flags.BoolVar(&f.heldOnly, "held-only", false, "with --start: replay the findings by held schedules and search for no others")
	f.bind(flags)
}

// bind declares the flags. Those of a run are of no use to a plan.
func (f *probeFlags) bind(flags *pflag.FlagSet) {
	flags.BoolVar(&f.consent, "i-own-this-target", false, "say that the running application may be raced, which changes its data")
	flags.StringVar(&f.username, "username", "", "log in as `NAME`; the password comes from --password or MIDDLEBRICK_PASSWORD")
	flags.StringVar(&f.password, "password", "", "the `PASSWORD` of --username")
	flags.StringArrayVar(&f.others, "as", nil, "log a further identity in, `NAME=USER:PASSWORD`; with NAME alone MIDDLEBRICK_TOKEN_NAME is its token, with NAME=USER MIDDLEBRICK_PASSWORD_NAME its password")
	flags.StringSliceVar(&f.auth, "auth", nil, "read identities from an authentication document of Web Fuzzing Commons, `FILE`")
	flags.StringSliceVar(&f.scenarios, "scenarios", nil, "race the scenarios of `FILE`, as plan --write writes it, or the workflows of an Arazzo document")
	flags.StringVar(&f.only, "only", "", "race only the scenario or test with this `ID`")
	flags.StringArrayVar(&f.headers, "header", nil, "send '`Name: value`' with every request of the probe; may be repeated")
	flags.StringSliceVar(&f.allow, "allow-host", nil, "probe this `HOST:PORT` although it is not loopback")
	flags.StringSliceVar(&f.avoid, "avoid", nil, "never call operations that match '`[METHOD ]/path*`'; a leading ! takes a built-in one away")
	flags.BoolVar(&f.raceGets, "race-gets", false, "also race GETs that change state")
	flags.IntVar(&f.requests, "max-requests", 2000, "send at most `N` requests")
	flags.IntVar(&f.created, "max-created", 500, "make at most `N` resources")
	flags.IntVar(&f.trials, "trials", 30, "race each pair at most `N` times")
	flags.IntVar(&f.racers, "racers", 2, "`N` identical requests in one volley, at most 20")
	flags.DurationVar(&f.budget, "max-time", 5*time.Minute, "stop probing after this `TIME`")
	flags.DurationVar(&f.settle, "settle", 2*time.Second, "wait at most this `TIME` for the state to settle")
	flags.StringVar(&f.state, "state-dir", ".middlebrick", "keep journal and evidence in `DIR`")
}

// options makes the prober's options of the flags.
func (f *probeFlags) options(url string) (probe.Options, error) {
	o := probe.Options{URL: url, Consent: f.consent, AllowHosts: f.allow, Exclude: f.avoid, RaceGets: f.raceGets, Requests: f.requests,
		Trials: f.trials, Racers: f.racers, Created: f.created, Duration: f.budget, Settle: f.settle, StateDir: f.state, Version: Version,
		Start: f.start, HeldOnly: f.heldOnly, Held: f.start != "", Only: f.only}
	for _, h := range f.headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok || strings.TrimSpace(name) == "" {
			return o, usage("write --header 'Name: value'", "--header %q has no name", h)
		}
		o.Headers = append(o.Headers, fire.Header{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
	}
	if f.username != "" {
		password := f.password
		if password == "" {
			password = os.Getenv("MIDDLEBRICK_PASSWORD")
		}
		if password == "" {
			return o, usage("give --password or set MIDDLEBRICK_PASSWORD", "--username %s has no password", f.username)
		}
		o.Identities = append(o.Identities, probe.Identity{Name: f.username, Username: f.username, Password: password})
	} else if token := os.Getenv("MIDDLEBRICK_TOKEN"); token != "" {
		o.Identities = append(o.Identities, probe.Identity{Name: "token", Token: token})
	}
	for _, text := range f.others {
		id, err := identity(text)
		if err != nil {
			return o, err
		}
		o.Identities = append(o.Identities, id)
	}
	return o, f.files(&o)
}

// identity reads NAME=USER:PASSWORD. Secrets may come from the environment, where other users of a machine do not see them.
func identity(text string) (probe.Identity, error) {
	name, login, given := strings.Cut(text, "=")
	user, password, open := strings.Cut(login, ":")
	id := probe.Identity{Name: name, Username: user, Password: password}
	variable := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, name)
	if name == "" || given && user == "" {
		return id, usage("write --as NAME=USER:PASSWORD", "--as %q names nobody", text)
	}
	if !given {
		if id.Token = os.Getenv("MIDDLEBRICK_TOKEN_" + variable); id.Token == "" {
			return id, usage("set MIDDLEBRICK_TOKEN_"+variable+", or write --as NAME=USER:PASSWORD", "--as %s has no token", name)
		}
		return id, nil
	}
	if !open {
		if id.Password = os.Getenv("MIDDLEBRICK_PASSWORD_" + variable); id.Password == "" {
			return id, usage("set MIDDLEBRICK_PASSWORD_"+variable+", or write --as NAME=USER:PASSWORD", "--as %s has no password", name)
		}
	}
	return id, nil
}

// files reads what the user wrote down.
func (f *probeFlags) files(o *probe.Options) error {
	for _, name := range f.auth {
		data, err := os.ReadFile(name)
		if err != nil {
			return usage("", "--auth: %w", err)
		}
		list, err := probe.ReadWFC(data)
		if err != nil {
			return usage("", "%s: %w", name, err)
		}
		o.Identities = append(o.Identities, list...)
	}
	for _, name := range f.scenarios {
		data, err := os.ReadFile(name)
		if err != nil {
			return usage("", "--scenarios: %w", err)
		}
		file, err := probe.ReadFile(data)
		if err != nil {
			return usage("", "%s: %w", name, err)
		}
		o.Files = append(o.Files, file)
	}
	return nil
}
