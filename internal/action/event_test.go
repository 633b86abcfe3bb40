package action

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzEvent reads event files: whatever stands in one, what later goes into an address is a hash or a number.
func FuzzEvent(f *testing.F) {
	f.Add("pull_request", []byte(pullEvent))
	f.Add("merge_group", []byte(`{"merge_group":{"head_sha":"`+headSHA+`","base_sha":"`+baseSHA+`"}}`))
	f.Add("push", []byte(`{}`))
	f.Add("pull_request_target", []byte(`{"pull_request":{"number":-1}}`))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		file := filepath.Join(t.TempDir(), "event.json")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		vars := map[string]string{"GITHUB_EVENT_NAME": name, "GITHUB_REPOSITORY": "octo/shop", "GITHUB_EVENT_PATH": file}
		ev, err := ReadEvent(func(k string) string { return vars[k] })
		if err != nil {
			return
		}
		if p := ev.Pull; p != nil && (p.Number <= 0 || !isSHA(p.HeadSHA) || !isSHA(p.BaseSHA)) {
			t.Errorf("%+v", *p)
		}
		if g := ev.Group; g != nil && (!isSHA(g.HeadSHA) || !isSHA(g.BaseSHA)) {
			t.Errorf("%+v", *g)
		}
	})
}

// FuzzTreeEntry takes the entries off a tree object of the checkout: each is a plain name, and something is left less each time.
func FuzzTreeEntry(f *testing.F) {
	f.Add([]byte("100644 a.py\x00" + "01234567890123456789"))
	f.Add([]byte("40000 app\x00" + "01234567890123456789" + "100644 ../x\x00" + "01234567890123456789"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for len(data) > 0 {
			_, name, id, rest, err := treeEntry(data)
			if err != nil {
				return
			}
			if !isSHA(id) || filepath.Base(name) != name || name == ".." || len(rest) >= len(data) {
				t.Fatalf("entry %q %q", name, id)
			}
			data = rest
		}
	})
}
