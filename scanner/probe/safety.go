package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path"
	"slices"
	"sort"
	"strings"
	"time"
)

// place resolves the target once, so that the name cannot come to mean another machine during the run, and says no
// to what must not be probed.
func place(ctx context.Context, o *Options) (u *url.URL, addr string, err error) {
	u, err = url.Parse(o.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, "", fmt.Errorf("%q is not an http or https address", o.URL)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, "", fmt.Errorf("%q: give the base address alone, without user, query or fragment", u.Redacted())
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	ips, err := net.DefaultResolver.LookupIP(ctx, "ip", u.Hostname())
	if err != nil || len(ips) == 0 {
		return nil, "", &Unreachable{fmt.Sprintf("%s: the name does not resolve", u.Hostname())}
	}
	// IPv4 first: that is where a development server listens.
	sort.SliceStable(ips, func(i, j int) bool { return len(ips[j].To4()) < len(ips[i].To4()) })
	loopback := !slices.ContainsFunc(ips, func(ip net.IP) bool { return !ip.IsLoopback() })
	hostport := net.JoinHostPort(u.Hostname(), port)
	private := !slices.ContainsFunc(ips, func(ip net.IP) bool { return !ip.IsLoopback() && !ip.IsPrivate() })
	if !loopback && !(private && o.AllowPrivate) && !slices.Contains(o.AllowHosts, hostport) {
		return nil, "", refuse("%s is not a loopback address; if it is yours to attack, name it: --allow-host %s", hostport, hostport)
	}
	if !loopback && productive(u.Hostname()) {
		return nil, "", refuse("%s looks like production; probe a copy", hostport)
	}
	return u, net.JoinHostPort(ips[0].String(), port), nil
}

// productive reports whether a name or title says that real users are behind it.
func productive(text string) bool {
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' }) {
		if word == "prod" || word == "production" || word == "live" {
			return true
		}
	}
	return false
}

// untouchable are operations that a race test has no business with: they stop the target, reach people outside
// it, end the identity that the run uses, or set something going that goes on by itself.
var untouchable = []string{"*/admin/*", "*/shutdown*", "*/webhook*", "*/automation*", "*/sms*", "*/email*", "*/mail*", "DELETE */users/me", "DELETE */me"}

// excluded reports whether a pattern keeps an operation from being called.
func (o *Options) excluded(method, route string) (string, bool) {
	hit := ""
	for _, p := range append(slices.Clone(untouchable), o.Exclude...) {
		pattern, not := strings.CutPrefix(p, "!")
		if matchRoute(pattern, method, route) {
			hit = pattern
			if not {
				hit = ""
			}
		}
	}
	return hit, hit != ""
}

// matchRoute matches "[METHOD ]pattern"; '*' stands for any text, slashes included.
func matchRoute(pattern, method, route string) bool {
	if m, rest, ok := strings.Cut(pattern, " "); ok {
		if !strings.EqualFold(m, method) {
			return false
		}
		pattern = rest
	}
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return path.Clean(pattern) == path.Clean(route)
	}
	if !strings.HasPrefix(route, parts[0]) {
		return false
	}
	rest := route[len(parts[0]):]
	for i, p := range parts[1:] {
		if i == len(parts)-2 {
			return strings.HasSuffix(rest, p)
		}
		at := strings.Index(rest, p)
		if at < 0 {
			return false
		}
		rest = rest[at+len(p):]
	}
	return true
}

// errBudget ends the run in good order: what was found so far is reported.
var errBudget = errors.New("the budget is spent")
