package action

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-github/v60/github"
)

// explanation is what a known refusal means and what to do about it.
type explanation struct {
	says   string // part of the message, in lower case
	status UploadStatus
	means  string
}

// explanations are tried in order; the first that fits is taken.
var explanations = []explanation{
	{"resource not accessible by integration", NotPermitted,
		"the token may not write code-scanning results: add \"security-events: write\" to the permissions of the job"},
	{"resource not accessible by personal access token", NotPermitted,
		"the token given as input may not write code-scanning results: leave the input out to use the token of the workflow"},
	{"advanced security must be enabled", NotEnabled,
		"code scanning is not enabled: on a private repository the owner must turn on Code Security (Settings, Advanced Security)"},
	{"code security must be enabled", NotEnabled,
		"code scanning is not enabled: on a private repository the owner must turn on Code Security (Settings, Advanced Security)"},
	{"code scanning is not enabled", NotEnabled,
		"code scanning is not enabled: turn it on under Settings, Advanced Security"},
	{"archived", NotEnabled, "the repository is archived, so it takes no results"},
	{"not found in this repository", UploadFailed,
		"the ref of this run is gone, as after a merged or deleted branch: the next run on the branch uploads"},
	{"commit not found", UploadFailed,
		"the commit is not in the repository: the checkout may hold a commit that was never pushed"},
	{"rate limit", RateLimited, "the rate limit of the API is used up: the next run uploads"},
	{"more runs than allowed", UploadFailed, "the file has too many runs: this is a fault of middlebrick, please report it"},
	{"multiple runs with the same category", UploadFailed, "the file has two runs of one category: this is a fault of middlebrick, please report it"},
	{"too many logical alerts", UploadFailed, "the repository has too many open alerts: close or dismiss some, or raise min-severity of other tools"},
	{"rejecting sarif", UploadFailed, "the file is over a limit of code scanning: exclude generated code from the scan, and please report it"},
	{"invalid uri", UploadFailed, "code scanning does not accept the path of a finding: please report it with the path"},
	{"did not match the checkout uri scheme", UploadFailed, "code scanning does not accept the path of a finding: please report it with the path"},
	{"is disabled", NotEnabled, "code scanning is disabled on this host or repository: ask its administrator"},
}

// Explain turns an error of the API into a status and one sentence that says what happened and what to do.
func Explain(err error) (UploadStatus, string) {
	var limited *github.RateLimitError
	var abuse *github.AbuseRateLimitError
	var answer *github.ErrorResponse
	var sent *url.Error
	switch {
	case errors.As(err, &limited):
		return RateLimited, "the rate limit of the API is used up until " + limited.Rate.Reset.UTC().Format("15:04 UTC") + ": the next run uploads"
	case errors.As(err, &abuse):
		return RateLimited, "the API asks to slow down (secondary rate limit): the next run uploads"
	case errors.As(err, &answer):
		return explainAnswer(answer)
	case errors.As(err, &sent):
		return UploadFailed, fmt.Sprintf("the API could not be reached: %v", sent.Err)
	}
	return UploadFailed, err.Error()
}

// explainBase says why the base could not be read: the same refusals as of an upload, but another permission mends them.
func explainBase(err error) string {
	var answer *github.ErrorResponse
	status, why := Explain(err)
	switch {
	case status == RateLimited:
		return strings.ReplaceAll(why, "the next run uploads", "the next run can compare again")
	case errors.As(err, &answer) && (answer.Response.StatusCode == http.StatusForbidden || answer.Response.StatusCode == http.StatusNotFound):
		return fmt.Sprintf("the API does not give it (%d): the job lacks \"contents: read\", or the commit is gone", answer.Response.StatusCode)
	}
	return why
}

func explainAnswer(e *github.ErrorResponse) (UploadStatus, string) {
	if status, means, ok := ExplainMessage(e.Message); ok {
		return status, means
	}
	said := ""
	if e.Message != "" {
		said = fmt.Sprintf(" (%s)", e.Message)
	}
	switch code := e.Response.StatusCode; {
	case code == http.StatusUnauthorized:
		return NotPermitted, "the token is not valid" + said
	case code == http.StatusForbidden:
		return NotPermitted, "the token may not do this" + said + ": the job needs \"security-events: write\""
	case code == http.StatusNotFound:
		return NotPermitted, "the API answers \"not found\"" + said + ", which often means that the token may not see it: the job needs \"contents: read\" and \"security-events: write\""
	case code == http.StatusRequestEntityTooLarge:
		return UploadFailed, "the file is too large for code scanning"
	case code == http.StatusTooManyRequests:
		return RateLimited, "the rate limit of the API is used up: the next run uploads"
	case code >= 500:
		return UploadFailed, fmt.Sprintf("the API is out of order (it answers %d)", code)
	case code/100 == 3:
		return UploadFailed, fmt.Sprintf("the API redirects (%d), which is not followed: check GITHUB_API_URL", code)
	default:
		return UploadFailed, fmt.Sprintf("the API answers %d%s", code, said)
	}
}

// ExplainMessage looks a message of the platform up, as it stands in an answer or in the errors of an upload.
func ExplainMessage(message string) (UploadStatus, string, bool) {
	lower := strings.ToLower(message)
	for _, e := range explanations {
		if strings.Contains(lower, e.says) {
			return e.status, e.means + fmt.Sprintf(" (%s)", message), true
		}
	}
	return UploadFailed, "", false
}
