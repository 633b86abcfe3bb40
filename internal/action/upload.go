package action

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
)

// Upload is what became of an upload.
type Upload struct {
	Status UploadStatus
	ID     string
	Detail string // one line: why, and what to do
}

// ok tells whether code scanning has the result, as far as is known.
func (u Upload) ok() bool { return u.Status == Uploaded || u.Status == Pending }

// processing is the answer about an upload. The library's own type drops the errors, the only place that says why a
// file was refused.
type processing struct {
	Status      string   `json:"processing_status"`
	AnalysesURL string   `json:"analyses_url"`
	Errors      []string `json:"errors"`
}

// statusWaits are the pauses before the status is asked for: processing takes seconds, sometimes minutes.
var statusWaits = []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 40 * time.Second, 80 * time.Second}

// Upload sends a SARIF file to code scanning and, if asked to, waits until it was processed.
func (h *Hub) Upload(ctx context.Context, sarif []byte, ref, commit string, started time.Time, wait bool) Upload {
	packed, err := pack(sarif)
	if err != nil {
		return Upload{Status: UploadFailed, Detail: err.Error()}
	}
	var id string
	err = h.retry(ctx, func() error {
		answer, _, err := h.client.CodeScanning.UploadSarif(ctx, h.ev.Owner, h.ev.Repo, &github.SarifAnalysis{
			CommitSHA: &commit, Ref: &ref, Sarif: &packed, StartedAt: &github.Timestamp{Time: started.UTC().Truncate(time.Second)}, ToolName: github.String("middlebrick"),
		})
		id = answer.GetID()
		return err
	})
	if err != nil {
		status, why := Explain(err)
		return Upload{Status: status, Detail: why}
	}
	if !plainID(id) {
		return Upload{Status: UploadFailed, Detail: "the answer to the upload is not one of the API: check GITHUB_API_URL and the proxy"}
	}
	if !wait {
		return Upload{Status: Pending, ID: id, Detail: "uploaded; wait-for-processing is false, so its processing was not watched"}
	}
	return h.watch(ctx, id)
}

// watch asks for the status with growing pauses. That the platform is slow is no failure.
func (h *Hub) watch(ctx context.Context, id string) Upload {
	last := "it was still being processed when we stopped waiting"
	for _, pause := range statusWaits {
		if err := h.sleep(ctx, pause); err != nil {
			return Upload{Status: Pending, ID: id, Detail: "uploaded; the wait was cut short: " + err.Error()}
		}
		req, err := h.client.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s/code-scanning/sarifs/%s", h.ev.Owner, h.ev.Repo, id), nil)
		if err != nil {
			return Upload{Status: Pending, ID: id, Detail: err.Error()}
		}
		var p processing
		if _, err := h.client.Do(ctx, req, &p); err != nil {
			// A 404 at first is usual: the upload is not known everywhere yet.
			_, last = Explain(err)
			continue
		}
		switch p.Status {
		case "complete":
			return Upload{Status: Uploaded, ID: id}
		case "failed":
			return refused(id, p.Errors)
		}
	}
	return Upload{Status: Pending, ID: id, Detail: "uploaded, but not confirmed: " + last}
}

// refused explains the errors of a file that was taken and then rejected.
func refused(id string, errs []string) Upload {
	u := Upload{Status: UploadFailed, ID: id, Detail: "code scanning refused the file without a reason"}
	var all []string
	for i, e := range errs {
		if i == 5 {
			all = append(all, fmt.Sprintf("and %d more", len(errs)-i))
			break
		}
		status, means, known := ExplainMessage(e)
		if !known {
			means = e
		} else if i == 0 {
			u.Status = status
		}
		all = append(all, means)
	}
	if len(all) > 0 {
		u.Detail = "code scanning refused the file: " + strings.Join(all, "; ")
	}
	return u
}

// pack compresses and encodes a file as the API wants it.
func pack(sarif []byte) (string, error) {
	var buf bytes.Buffer
	zw, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := zw.Write(sarif); err != nil {
		return "", err
	}
	if err := zw.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(buf.Bytes()), nil
}

// plainID tells whether an id can stand in an address.
func plainID(id string) bool {
	return id != "" && len(id) <= 100 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}
