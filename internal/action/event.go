package action

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

// maxEvent bounds the event file; the platform's own limit for a payload is 25 MB.
const maxEvent = 25 << 20

// Event is what happened, as far as the action must know it.
type Event struct {
	Name   string
	Owner  string
	Repo   string
	SHA    string // GITHUB_SHA: on a pull request the commit that merges it
	Ref    string // GITHUB_REF
	Actor  string
	Pull   *Pull
	Group  *Group
	Server string // for example https://github.com
	API    string // for example https://api.github.com
}

// Pull is the pull request of a pull_request event.
type Pull struct {
	Number  int
	HeadSHA string
	BaseSHA string
	Fork    bool // head and base lie in different repositories
	Author  string
}

// Group is the merge group of a merge_group event.
type Group struct {
	HeadSHA string
	BaseSHA string
}

// payload is the part of the event file that is read.
type payload struct {
	PullRequest *struct {
		Number int `json:"number"`
		User   struct {
			Login string `json:"login"`
		} `json:"user"`
		Head side `json:"head"`
		Base side `json:"base"`
	} `json:"pull_request"`
	MergeGroup *struct {
		HeadSHA string `json:"head_sha"`
		BaseSHA string `json:"base_sha"`
	} `json:"merge_group"`
}

type side struct {
	SHA  string `json:"sha"`
	Repo *struct {
		FullName string `json:"full_name"`
	} `json:"repo"` // null when the fork was deleted
}

var repoName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$`)

// ReadEvent reads the event from the variables and the file that the runner provides.
func ReadEvent(getenv func(string) string) (*Event, error) {
	ev := &Event{
		Name: getenv("GITHUB_EVENT_NAME"), SHA: strings.ToLower(getenv("GITHUB_SHA")), Ref: getenv("GITHUB_REF"), Actor: getenv("GITHUB_ACTOR"),
		Server: orElse(getenv("GITHUB_SERVER_URL"), "https://github.com"), API: orElse(getenv("GITHUB_API_URL"), "https://api.github.com"),
	}
	if ev.Name == "" {
		return nil, errors.New("GITHUB_EVENT_NAME is not set: this command runs as a step of a GitHub workflow; elsewhere use \"middlebrick scan\"")
	}
	full := getenv("GITHUB_REPOSITORY")
	if !repoName.MatchString(full) || strings.HasSuffix(full, "/.") || strings.HasSuffix(full, "/..") {
		return nil, fmt.Errorf("GITHUB_REPOSITORY is %q, not the form owner/name", full)
	}
	ev.Owner, ev.Repo, _ = strings.Cut(full, "/")
	if ev.SHA != "" && !isSHA(ev.SHA) {
		return nil, fmt.Errorf("GITHUB_SHA is %q, not a full commit hash", ev.SHA)
	}
	p, err := readPayload(getenv("GITHUB_EVENT_PATH"))
	if err != nil {
		return nil, err
	}
	return ev, ev.take(p)
}

func readPayload(name string) (*payload, error) {
	if name == "" {
		return nil, errors.New("GITHUB_EVENT_PATH is not set: the runner did not say where the event is")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("event file: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxEvent+1))
	if err != nil {
		return nil, fmt.Errorf("event file: %w", err)
	}
	if len(data) > maxEvent {
		return nil, fmt.Errorf("event file %s: over %d MB", name, maxEvent>>20)
	}
	p := new(payload)
	if err := json.Unmarshal(data, p); err != nil {
		return nil, fmt.Errorf("event file %s is not the JSON of an event: %w", name, err)
	}
	return p, nil
}

// take copies the payload into the event and checks what later goes into an address or decides a gate.
func (ev *Event) take(p *payload) error {
	switch ev.Name {
	case "pull_request", "pull_request_target":
		if p.PullRequest == nil {
			return fmt.Errorf("the event is %s but its file has no pull_request", ev.Name)
		}
		pr := p.PullRequest
		ev.Pull = &Pull{Number: pr.Number, HeadSHA: strings.ToLower(pr.Head.SHA), BaseSHA: strings.ToLower(pr.Base.SHA), Author: pr.User.Login}
		// A head without a repository is a deleted fork.
		ev.Pull.Fork = pr.Head.Repo == nil || pr.Base.Repo == nil || !strings.EqualFold(pr.Head.Repo.FullName, pr.Base.Repo.FullName)
		if pr.Number <= 0 || !isSHA(ev.Pull.HeadSHA) || !isSHA(ev.Pull.BaseSHA) {
			return fmt.Errorf("the event is %s but its file names no number, head commit or base commit", ev.Name)
		}
	case "merge_group":
		if p.MergeGroup == nil || !isSHA(strings.ToLower(p.MergeGroup.HeadSHA)) || !isSHA(strings.ToLower(p.MergeGroup.BaseSHA)) {
			return errors.New("the event is merge_group but its file names no head and base commit")
		}
		ev.Group = &Group{HeadSHA: strings.ToLower(p.MergeGroup.HeadSHA), BaseSHA: strings.ToLower(p.MergeGroup.BaseSHA)}
	}
	return nil
}

// Dependabot tells whether the token of this run is read-only because Dependabot started it.
func (ev *Event) Dependabot() bool {
	const bot = "dependabot[bot]"
	return ev.Actor == bot || ev.Actor == "" && ev.Pull != nil && ev.Pull.Author == bot
}

// FullName is the repository as owner/name.
func (ev *Event) FullName() string { return ev.Owner + "/" + ev.Repo }

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
