package action

import (
	"errors"
	"fmt"
	"strings"
)

// Plan is what follows from the event and the inputs before anything is scanned.
type Plan struct {
	// Compare says whether the findings are compared with those of a base.
	Compare bool
	// Base is the commit to compare with when nothing better is found in the checkout or through the API.
	Base string
	// MergeOf is set when the checkout is the merge commit of a pull request: its first parent is the exact base.
	MergeOf string
	// Between is set when the checkout is the head of a pull request: the merge base with Base is the exact base.
	Between string
	// NewOnly says whether the gate looks only at what the base does not have.
	NewOnly bool
	// TrustHead says whether settings and suppressions are read from the scanned tree and not from the base.
	TrustHead bool
	// Ref and Commit are where an upload belongs.
	Ref, Commit string
	// Upload is the status of an upload that is not tried; empty means that it is tried.
	Upload UploadStatus
	// Notes are lines for the log: each says what was decided and why.
	Notes []string
}

// ErrRefused marks an event that is refused for safety.
var ErrRefused = errors.New("refused")

// MakePlan decides what is scanned, what it is compared with and which channels are open. head is the commit that is
// checked out, or empty when that cannot be told.
func MakePlan(ev *Event, in Inputs, head string) (Plan, error) {
	if ev.Name == "pull_request_target" && in.TargetEvent != "data-only" {
		return Plan{}, fmt.Errorf("%w: pull_request_target runs with the rights of the base repository on a tree that a stranger wrote. "+
			"Use the event pull_request, which needs no secret here; or, if no step of the job runs anything from the tree, "+
			"set pull-request-target: data-only", ErrRefused)
	}
	p := Plan{Ref: ev.Ref, Commit: orElse(head, ev.SHA), TrustHead: in.ConfigFrom == "head"}
	switch {
	case ev.Pull != nil:
		p.planPull(ev, head)
	case ev.Group != nil:
		p.Base, p.Compare = ev.Group.BaseSHA, true
		p.Upload = SkippedMergeQueue
	case !knownEvent(ev.Name):
		p.note("event %s is not one this action was made for: the whole tree is scanned and the gate looks at all findings", ev.Name)
	}
	p.applyInputs(in, ev)
	if p.Upload == "" && !uploadable(p.Ref) {
		p.Upload = SkippedRef
	}
	return p, nil
}

func (p *Plan) planPull(ev *Event, head string) {
	pr := ev.Pull
	p.Base, p.Compare = pr.BaseSHA, true
	switch {
	case ev.Name == "pull_request_target":
		// GITHUB_SHA and GITHUB_REF speak of the base branch here.
		if head == pr.HeadSHA {
			p.Ref, p.Between = fmt.Sprintf("refs/pull/%d/head", pr.Number), pr.HeadSHA
		} else if head == ev.SHA {
			p.Compare = false
			p.note("the checkout is the base branch, not the pull request: nothing is compared")
		}
	case head == "" || head == ev.SHA:
		p.MergeOf = ev.SHA
	case head == pr.HeadSHA:
		p.Ref, p.Between = fmt.Sprintf("refs/pull/%d/head", pr.Number), pr.HeadSHA
	default:
		p.note("the checkout (%s) is neither the merge commit nor the head of the pull request: compared with the base commit of the event", short(head))
	}
	if pr.Fork && ev.Name == "pull_request" {
		p.Upload = SkippedFork
	}
}

// applyInputs lets the inputs override what the event suggests.
func (p *Plan) applyInputs(in Inputs, ev *Event) {
	switch in.Base {
	case "auto":
	case "off":
		p.Compare, p.Base, p.MergeOf, p.Between = false, "", "", ""
	default:
		p.Compare, p.Base, p.MergeOf, p.Between = true, in.Base, "", ""
	}
	p.NewOnly = p.Compare && in.FailScope != "all"
	if !p.Compare && in.FailScope == "new" {
		p.note("fail-scope is new but nothing is compared on %s: the gate looks at all findings", ev.Name)
	}
	if !p.Compare && in.ConfigFrom == "auto" {
		p.TrustHead = true
	}
	if p.Upload == "" && ev.Dependabot() {
		p.Upload = SkippedDependabot
	}
	if in.Upload == "always" && p.Upload != SkippedMergeQueue {
		p.Upload = ""
	}
	if in.Upload == "never" {
		p.Upload = UploadOff
	} else if p.Upload == "" && in.Token == "" {
		p.Upload = SkippedNoToken
	}
}

func (p *Plan) note(format string, args ...any) {
	p.Notes = append(p.Notes, fmt.Sprintf(format, args...))
}

func knownEvent(name string) bool {
	switch name {
	case "push", "pull_request", "pull_request_target", "merge_group", "schedule", "workflow_dispatch":
		return true
	}
	return false
}

// uploadable tells whether code scanning takes results for a ref.
func uploadable(ref string) bool {
	for _, prefix := range []string{"refs/heads/", "refs/tags/", "refs/pull/"} {
		if rest, ok := strings.CutPrefix(ref, prefix); ok && rest != "" {
			return true
		}
	}
	return false
}

func short(sha string) string { return sha[:min(len(sha), 10)] }
