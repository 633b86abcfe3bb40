package action

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/go-github/v60/github"
)

// maxAnswer bounds the body of an answer of the API; the largest that is read, a page of review comments, is far below.
const maxAnswer = 32 << 20

// Hub is the API of the platform, for one repository. It contacts the host of the API and, for an archive, the one
// host that the API sends it to.
type Hub struct {
	ev       *Event
	client   *github.Client
	archives *http.Client
	apiHost  string
	sleep    func(context.Context, time.Duration) error
	requests atomic.Int64
}

// NewHub returns the API as the event names it. An empty token means requests without one.
func NewHub(ev *Event, token, version string, transport http.RoundTripper, sleep func(context.Context, time.Duration) error) (*Hub, error) {
	u, err := url.Parse(ev.API)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("GITHUB_API_URL is %q, not an address", ev.API)
	}
	h := &Hub{ev: ev, apiHost: u.Host, sleep: sleep}
	if transport == nil {
		transport = http.DefaultTransport
	}
	noRedirect := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	api := &http.Client{Transport: &gatekeeper{h, transport, h.apiHost}, Timeout: time.Minute, CheckRedirect: noRedirect}
	h.archives = &http.Client{Transport: &gatekeeper{h, transport, ""}, Timeout: 5 * time.Minute, CheckRedirect: noRedirect}
	h.client = github.NewClient(api)
	if token != "" {
		h.client = h.client.WithAuthToken(token)
	}
	// The public API stays as it is; for the address of a GHES host the path of its API is added when it is missing.
	if h.client, err = h.client.WithEnterpriseURLs(ev.API, ev.API); err != nil {
		return nil, err
	}
	h.client.UserAgent = "middlebrick/" + version
	return h, nil
}

// gatekeeper counts requests, refuses every host but one, and bounds what is read of an answer.
type gatekeeper struct {
	hub  *Hub
	next http.RoundTripper
	host string // empty: the caller has checked
}

func (g *gatekeeper) RoundTrip(r *http.Request) (*http.Response, error) {
	if g.host != "" && r.URL.Host != g.host {
		return nil, fmt.Errorf("request to %s refused: only %s is contacted", r.URL.Host, g.host)
	}
	g.hub.requests.Add(1)
	resp, err := g.next.RoundTrip(r)
	if err == nil && g.host != "" {
		resp.Body = limitedBody{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	}
	return resp, err
}

type limitedBody struct {
	io.Reader
	io.Closer
}

// Parents returns the parents of a commit, which a shallow checkout does not have.
func (h *Hub) Parents(ctx context.Context, sha string) ([]string, error) {
	commit, _, err := h.client.Git.GetCommit(ctx, h.ev.Owner, h.ev.Repo, sha)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, p := range commit.Parents {
		if isSHA(p.GetSHA()) {
			out = append(out, p.GetSHA())
		}
	}
	return out, nil
}

// MergeBase returns the commit where two histories part. The second page of a comparison leaves out the files.
func (h *Hub) MergeBase(ctx context.Context, base, head string) (string, error) {
	c, _, err := h.client.Repositories.CompareCommits(ctx, h.ev.Owner, h.ev.Repo, base, head, &github.ListOptions{Page: 2, PerPage: 1})
	if err != nil {
		return "", err
	}
	if sha := c.GetMergeBaseCommit().GetSHA(); isSHA(sha) {
		return sha, nil
	}
	return "", errors.New("the answer names no merge base")
}

// Tree returns the tree of a commit.
func (h *Hub) Tree(ctx context.Context, sha string) (*memTree, error) {
	req, err := h.client.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s/tarball/%s", h.ev.Owner, h.ev.Repo, sha), nil)
	if err != nil {
		return nil, err
	}
	resp, err := h.client.BareDo(ctx, req)
	// A redirect is what is expected, and an error for the library.
	if resp == nil || resp.StatusCode/100 != 3 {
		if err == nil {
			defer resp.Body.Close()
			return readTarball(resp.Body, defaultTarLimits)
		}
		return nil, err
	}
	resp.Body.Close()
	return h.archive(ctx, resp.Header.Get("Location"))
}

func (h *Hub) archive(ctx context.Context, location string) (*memTree, error) {
	u, err := url.Parse(location)
	if err != nil || !h.archiveHost(u) {
		return nil, errors.New("the API sends the archive to a host that is not its own: refused")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := h.archives.Do(req) // without the token: the address has its own
	if err != nil {
		return nil, errors.New("archive: " + withoutAddress(err))
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("archive: the answer is %s", resp.Status)
	}
	return readTarball(resp.Body, defaultTarLimits)
}

// archiveHost tells whether an address is where the platform keeps its archives: its own host, or "codeload." before it.
func (h *Hub) archiveHost(u *url.URL) bool {
	api, err := url.Parse(h.ev.API)
	if err != nil || u.Scheme != api.Scheme {
		return false
	}
	if u.Host == h.apiHost {
		return true
	}
	server, err := url.Parse(h.ev.Server)
	if err != nil || server.Host == "" {
		return false
	}
	return u.Host == server.Host || u.Host == "codeload."+server.Host
}

// withoutAddress returns the cause of a failed request. Its address can hold a token.
func withoutAddress(err error) string {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}

// retry calls f until it succeeds or fails for good: an overloaded or unreachable platform is asked three times, one
// that says how long to wait is obeyed once if that is at most a minute.
func (h *Hub) retry(ctx context.Context, f func() error) error {
	waits := []time.Duration{2 * time.Second, 5 * time.Second}
	for i := 0; ; i++ {
		err := f()
		if err == nil || ctx.Err() != nil || i == len(waits) {
			return err
		}
		wait, again := waits[i], false
		var abuse *github.AbuseRateLimitError
		var answer *github.ErrorResponse
		var sent *url.Error
		switch {
		case errors.As(err, &abuse):
			again = i == 0 && abuse.RetryAfter != nil && *abuse.RetryAfter <= time.Minute
			if again {
				wait = *abuse.RetryAfter + 100*time.Millisecond // the library refuses what comes too early
			}
		case errors.As(err, &answer):
			again = answer.Response.StatusCode >= 500
		case errors.As(err, &sent):
			again = !strings.Contains(sent.Error(), "refused: only")
		}
		if !again {
			return err
		}
		if serr := h.sleep(ctx, wait); serr != nil {
			return err
		}
	}
}

// Sleep waits, or returns early with the error of the context.
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
