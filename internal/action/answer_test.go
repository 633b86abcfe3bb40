package action

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// answering gives every request the same answer, and notes who was asked.
type answering struct {
	status int
	header http.Header
	body   []byte
	asked  []string // hosts
}

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	a.asked = append(a.asked, r.URL.Host)
	return &http.Response{StatusCode: a.status, Status: http.StatusText(a.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: a.header.Clone(), Body: io.NopCloser(bytes.NewReader(a.body)), Request: r}, nil
}

// FuzzAnswer reads what the platform, or whoever stands in between, answers: nobody else is asked, the number of requests is bounded, and
// what goes into a further address is a hash.
func FuzzAnswer(f *testing.F) {
	for _, s := range []struct {
		status   int
		location string
		link     string
		body     string
	}{
		{200, "", "", `{"sha":"` + headSHA + `","parents":[{"sha":"` + baseSHA + `"},{"sha":"../x"},null],"merge_base_commit":{"sha":"` + baseSHA + `"}}`},
		{200, "", `<https://api.github.com/repos/octo/shop/pulls/1/comments?page=2>; rel="next"`, `[{"id":7,"body":"<!-- middlebrick:0123456789abcdef0123456789abcdef -->","user":{"type":"Bot"},"filename":"a.py","patch":"@@ -1,2 +3,4 @@\n a\n+b"},null]`},
		{202, "", "", `{"id":"47177e22-5596-11eb-80a1-c1e54ef945c6","processing_status":"failed","errors":["unknown ref"]}`},
		{302, "https://codeload.github.com/octo/shop/legacy.tar.gz/x", "", ""},
		{302, "https://example.com/x", "", ""},
		{403, "", "", `{"message":"You have exceeded a secondary rate limit","documentation_url":"x"}`},
		{500, "", "", "<html>"},
	} {
		f.Add(s.status, s.location, s.link, []byte(s.body))
	}
	f.Fuzz(func(t *testing.T, status int, location, link string, body []byte) {
		header := http.Header{"Content-Type": {"application/json"}}
		for name, v := range map[string]string{"Location": location, "Link": link} {
			if v != "" && !strings.ContainsAny(v, "\r\n\x00") {
				header.Set(name, v)
			}
		}
		const calls = 6
		for call := range calls {
			a := &answering{status: 100 + (status%500+500)%500, header: header, body: body}
			ev := &Event{Owner: "octo", Repo: "shop", Server: "https://github.com", API: "https://api.github.com"}
			h, err := NewHub(ev, "secret-token", "test", a, func(context.Context, time.Duration) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			ctx := t.Context()
			switch call {
			case 0:
				parents, _ := h.Parents(ctx, headSHA)
				for _, p := range parents {
					if !isSHA(p) {
						t.Errorf("parent %q", p)
					}
				}
			case 1:
				if sha, err := h.MergeBase(ctx, baseSHA, headSHA); err == nil && !isSHA(sha) {
					t.Errorf("merge base %q", sha)
				}
			case 2:
				_, err = h.Tree(ctx, headSHA)
			case 3:
				_, err = h.ownComments(ctx, 1)
			case 4:
				_, err = h.diffLines(ctx, 1)
			case 5:
				if u := h.Upload(ctx, []byte("{}"), "refs/heads/main", headSHA, time.Unix(0, 0), true); u.ID != "" && !plainID(u.ID) {
					t.Errorf("id %q", u.ID)
				}
			}
			if err != nil && strings.Contains(err.Error(), "secret-token") {
				t.Errorf("the token is told: %v", err)
			}
			if len(a.asked) > 20 {
				t.Errorf("%d requests", len(a.asked))
			}
			for _, host := range a.asked {
				if host != "api.github.com" && host != "github.com" && host != "codeload.github.com" {
					t.Errorf("%s was asked", host)
				}
			}
		}
	})
}

// FuzzHead reads which commit is checked out from what stands in the folder of git: it is a hash or an error, and no path leads out.
func FuzzHead(f *testing.F) {
	f.Add([]byte(headSHA+"\n"), []byte(""), []byte(""))
	f.Add([]byte("ref: refs/heads/main\n"), []byte(headSHA), []byte(""))
	f.Add([]byte("ref: refs/heads/gone\n"), []byte(""), []byte("# pack-refs with: peeled fully-peeled sorted \n"+headSHA+" refs/heads/gone\n^"+baseSHA+"\n"))
	f.Add([]byte("ref: refs/heads/main"), []byte("ref: refs/heads/main"), []byte(""))
	f.Add([]byte("ref: refs/../../secret"), []byte(""), []byte(headSHA+" refs/../../secret\n"))
	dir := f.TempDir()
	git := filepath.Join(dir, ".git")
	if err := os.MkdirAll(filepath.Join(git, "refs", "heads"), 0o755); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, head, ref, packed []byte) {
		for name, data := range map[string][]byte{"HEAD": head, "refs/heads/main": ref, "packed-refs": packed} {
			if err := os.WriteFile(filepath.Join(git, name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		c, err := openCheckout(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if sha, err := c.Head(); err == nil && !isSHA(sha) {
			t.Errorf("%q", sha)
		}
	})
}
