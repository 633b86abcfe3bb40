package action

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/middlebrick/middlebrick/internal/sink"
)

// The bounds of a review: more comments are not read, and more pages are not asked for.
const (
	maxComments = 20
	maxPages    = 10
	maxBody     = 60_000
)

// review writes one comment for each new finding whose line lies in the diff, updates the comments of earlier runs, and
// marks those of races that are gone. It never deletes, and never writes a second comment for one race.
func (r *run) review(ctx context.Context) error {
	if r.in.Review == "none" || r.ev.Pull == nil {
		return nil
	}
	if r.ev.Name == "pull_request" && (r.ev.Pull.Fork || r.ev.Dependabot()) {
		r.note("no review comments: the token of this run is read-only")
		return nil
	}
	if r.hub == nil || r.in.Token == "" {
		return errors.New("review: there is no token to comment with")
	}
	lines, err := r.hub.diffLines(ctx, r.ev.Pull.Number)
	if err != nil {
		return refusedReport("review", "pull-requests: write", err)
	}
	old, err := r.hub.ownComments(ctx, r.ev.Pull.Number)
	if err != nil {
		return refusedReport("review", "pull-requests: write", err)
	}
	return r.syncComments(ctx, lines, old)
}

func (r *run) syncComments(ctx context.Context, lines map[string]map[int]bool, old map[string]*github.PullRequestComment) error {
	var fresh []*github.DraftReviewComment
	outside := 0
	current := map[string]bool{}
	instances := map[string]int{}
	for _, e := range r.cmp.Of(New) {
		instances[e.Fingerprint.Race]++
		key := mark(e, instances[e.Fingerprint.Race])
		current[key] = true
		at, ok := r.anchor(e, lines)
		if !ok {
			outside++
			continue
		}
		body := r.commentBody(e, at, key, lines)
		if c := old[key]; c != nil {
			if c.GetBody() != body {
				if err := r.edit(ctx, c, body); err != nil {
					return err
				}
			}
			continue
		}
		if len(fresh) < maxComments {
			fresh = append(fresh, draft(r, e, at, body, lines))
		}
	}
	for key, c := range old {
		if !current[key] && !strings.Contains(c.GetBody(), goneNote) {
			if err := r.edit(ctx, c, c.GetBody()+"\n\n"+goneNote); err != nil {
				return err
			}
		}
	}
	if outside > 0 {
		r.note("review: %s without a line in the diff, so without a comment; the summary has all", count(outside, "new finding"))
	}
	if len(fresh) == 0 {
		return nil
	}
	_, _, err := r.hub.client.PullRequests.CreateReview(ctx, r.ev.Owner, r.ev.Repo, r.ev.Pull.Number, &github.PullRequestReviewRequest{
		CommitID: &r.ev.Pull.HeadSHA, Event: github.String("COMMENT"), Comments: fresh})
	if err != nil {
		return refusedReport("review", "pull-requests: write", err)
	}
	return nil
}

const goneNote = "_This race is no longer found._"

func (r *run) edit(ctx context.Context, c *github.PullRequestComment, body string) error {
	_, _, err := r.hub.client.PullRequests.EditComment(ctx, r.ev.Owner, r.ev.Repo, c.GetID(), &github.PullRequestComment{Body: &body})
	if err != nil {
		return refusedReport("review", "pull-requests: write", err)
	}
	return nil
}

// spot is where a comment stands.
type spot struct {
	path string
	line int
}

// anchor returns the first line of the finding that the diff shows: the finding's own, else a step of request A.
func (r *run) anchor(e Entry, lines map[string]map[int]bool) (spot, bool) {
	at := spot{r.inRepo(e.Location.Path), e.Location.Line}
	if lines[at.path][at.line] {
		return at, true
	}
	for _, s := range e.Steps {
		if at := (spot{r.inRepo(s.Path), s.Line}); actorOf(s) == "A" && lines[at.path][at.line] {
			return at, true
		}
	}
	return spot{}, false
}

func (r *run) commentBody(e Entry, at spot, key string, lines map[string]map[int]bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** %s\n\n%s\n\n", sink.Code(e.Rule+" "+string(e.Severity)), sink.Text(sink.Clip(e.Name, 100)), sink.Prose(sink.Clip(e.Description, 2000)))
	if len(e.Steps) > 0 {
		b.WriteString(sink.Fence("text", r.timeline(e.Finding)) + "\n")
	}
	if e.Remediation != "" {
		b.WriteString("**To repair:** " + sink.Prose(sink.Clip(e.Remediation, 2000)) + "\n\n")
	}
	if s, _, ok := r.suggestion(e, lines); ok {
		b.WriteString(s + "\n")
	}
	return sink.ClipBytes(b.String(), maxBody) + "\n" + markStart + key + markEnd
}

// suggestion returns the block that a reviewer can commit: only for one safe edit that replaces lines of the diff.
func (r *run) suggestion(e Entry, lines map[string]map[int]bool) (block string, from [2]int, ok bool) {
	if r.in.Review != "suggest" || e.Fix == nil || !e.Fix.Safe || len(e.Fix.Edits) != 1 {
		return "", from, false
	}
	edit := e.Fix.Edits[0]
	if edit.EndLine < edit.StartLine || edit.EndLine-edit.StartLine > 100 {
		return "", from, false
	}
	for n := edit.StartLine; n <= edit.EndLine; n++ {
		if !lines[r.inRepo(edit.Path)][n] {
			return "", from, false
		}
	}
	block, ok = sink.Suggestion(edit.Text)
	return block, [2]int{edit.StartLine, edit.EndLine}, ok
}

// draft places a comment; one with a suggestion stands on exactly the lines that it replaces.
func draft(r *run, e Entry, at spot, body string, lines map[string]map[int]bool) *github.DraftReviewComment {
	d := &github.DraftReviewComment{Path: &at.path, Body: &body, Side: github.String("RIGHT"), Line: &at.line}
	if _, span, ok := r.suggestion(e, lines); ok {
		path := r.inRepo(e.Fix.Edits[0].Path)
		d.Path, d.Line = &path, &span[1]
		if span[0] < span[1] {
			d.StartLine, d.StartSide = &span[0], github.String("RIGHT")
		}
	}
	return d
}

// A comment is recognised by the mark at its end: a hash, so that no text of a project can imitate or close it.
const (
	markStart = "<!-- middlebrick/1 "
	markEnd   = " -->"
)

var marked = regexp.MustCompile(`<!-- middlebrick/1 ([0-9a-f]{32}) -->\s*(?:` + goneNote + `\s*)?$`)

// mark names a race in a comment: by what it is and, where several have one fingerprint, by which of them it is. The rule is no
// part of it, so that a race which is told under another one after an edit keeps its comment.
func mark(e Entry, instance int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", e.Fingerprint.Race, instance))
	return hex.EncodeToString(sum[:16])
}

// ownComments returns the comments of earlier runs by their mark. Only an account that is an app can be us.
func (h *Hub) ownComments(ctx context.Context, pull int) (map[string]*github.PullRequestComment, error) {
	out := map[string]*github.PullRequestComment{}
	opts := &github.PullRequestListCommentsOptions{ListOptions: github.ListOptions{PerPage: 100}}
	for range maxPages {
		page, resp, err := h.client.PullRequests.ListComments(ctx, h.ev.Owner, h.ev.Repo, pull, opts)
		if err != nil {
			return nil, err
		}
		for _, c := range page {
			if m := marked.FindStringSubmatch(c.GetBody()); m != nil && c.GetUser().GetType() == "Bot" && out[m[1]] == nil {
				out[m[1]] = c
			}
		}
		if resp.NextPage == 0 {
			break
		}
		opts.Page = resp.NextPage
	}
	return out, nil
}

// diffLines returns the lines of the new side that the diff of a pull request shows: only they can be commented.
func (h *Hub) diffLines(ctx context.Context, pull int) (map[string]map[int]bool, error) {
	out := map[string]map[int]bool{}
	opts := &github.ListOptions{PerPage: 100}
	for range maxPages {
		page, resp, err := h.client.PullRequests.ListFiles(ctx, h.ev.Owner, h.ev.Repo, pull, opts)
		if err != nil {
			return nil, err
		}
		for _, f := range page {
			out[f.GetFilename()] = shownLines(f.GetPatch())
		}
		if resp == nil || resp.NextPage == 0 {
			break
		}
		opts.Page = resp.NextPage
	}
	return out, nil
}

var hunk = regexp.MustCompile(`^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@`)

func shownLines(patch string) map[int]bool {
	out := map[int]bool{}
	line := 0
	for text := range strings.Lines(patch) {
		if m := hunk.FindStringSubmatch(text); m != nil {
			line, _ = strconv.Atoi(m[1])
			continue
		}
		if line == 0 || text == "" {
			continue
		}
		if text[0] == '+' || text[0] == ' ' {
			out[line] = true
			line++
		}
	}
	return out
}
