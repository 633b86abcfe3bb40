//go:build !lean

package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// desk lends things: each can be lent once, and is lent to everybody who asks at the same time.
const desk = `{"openapi":"3.1.0","info":{"title":"Desk","version":"1"},"paths":{
 "/things":{"post":{"operationId":"add_thing","responses":{"201":{"description":"","content":{"application/json":{"schema":{"type":"object","properties":{"id":{"type":"integer"}}}}}}}}},
 "/things/{thing_id}":{"get":{"operationId":"read_thing","parameters":[{"name":"thing_id","in":"path","required":true,"schema":{"type":"integer"}}],"responses":{"200":{"description":""}}}},
 "/things/{thing_id}/lend":{"post":{"operationId":"lend_thing","parameters":[{"name":"thing_id","in":"path","required":true,"schema":{"type":"integer"}}],"responses":{"200":{"description":""}}}},
 "/things/{thing_id}/retire":{"post":{"operationId":"retire_thing","parameters":[{"name":"thing_id","in":"path","required":true,"schema":{"type":"integer"}}],"responses":{"200":{"description":""}}}}}}`

func newDesk(t *testing.T) string {
	type thing struct {
		State string `json:"state"`
		Lent  int    `json:"lent"`
	}
	var mu sync.Mutex
	var things []thing
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/openapi.json" {
			io.WriteString(w, desk)
			return
		}
		io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if r.URL.Path == "/things" {
			things = append(things, thing{State: "here"})
			w.WriteHeader(201)
			fmt.Fprintf(w, `{"id":%d}`, len(things))
			return
		}
		var id int
		var act string
		fmt.Sscanf(strings.ReplaceAll(r.URL.Path, "/", " "), " things %d %s", &id, &act)
		if id < 1 || id > len(things) {
			w.WriteHeader(404)
			return
		}
		if it := &things[id-1]; act != "" {
			if it.State != "here" {
				w.WriteHeader(409)
				return
			}
			mu.Unlock()
			time.Sleep(5 * time.Millisecond) // between check and act
			mu.Lock()
			it = &things[id-1]
			it.State = act
			it.Lent++
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(things[id-1])
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// The pairs of a prober divided among runners, each with an application of its own, and joined again are those of one runner; a runner
// that is missing fails the gate by its name.
func TestProbeShards(t *testing.T) {
	t.Chdir(t.TempDir())
	run := func(want int, args ...string) (string, string) {
		t.Helper()
		var out, err bytes.Buffer
		if code := Main(args, nil, &out, &err); code != want {
			t.Fatalf("%q: exit %d, want %d:\n%s%s", args, code, want, err.String(), out.String())
		}
		return out.String(), err.String()
	}
	var first []string
	for _, shards := range []int{1, 2, 5} {
		planned, _ := run(0, "plan", newDesk(t), "--shards", fmt.Sprint(shards))
		var plan struct {
			Pairs  []struct{ Test string }
			GitHub struct {
				Include []struct{ Shard, Name string }
			}
		}
		if err := json.Unmarshal([]byte(planned), &plan); err != nil || len(plan.Pairs) < 3 || len(plan.GitHub.Include) != shards {
			t.Fatalf("the plan for %d shards: %v\n%s", shards, err, planned)
		}
		var files []string
		for i := 1; i <= shards; i++ {
			file := fmt.Sprintf("of-%d-%d.json", shards, i)
			run(0, "scan", newDesk(t), "--i-own-this-target", "--settle", "100ms", "--shard", fmt.Sprintf("%d/%d", i, shards), "--output-file", file)
			files = append(files, file)
		}
		merged, _ := run(exitGate, append([]string{"merge", "--output", "json"}, files...)...)
		var report struct {
			Findings []struct{ Evidence []string }
			Tests    []struct{ ID, Verdict string } `json:"fastapi_toctou_tests"`
		}
		if err := json.Unmarshal([]byte(merged), &report); err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, test := range report.Tests {
			got = append(got, test.ID+" "+test.Verdict)
		}
		for _, p := range plan.Pairs {
			want = append(want, p.Test)
		}
		slices.Sort(want)
		if first == nil {
			first = got
		}
		if !slices.Equal(got, first) || len(got) != len(want) || len(report.Findings) == 0 {
			t.Errorf("%d shards: %q\nwant %q of %q, %d findings", shards, got, first, want, len(report.Findings))
		}
		if shards == 5 {
			_, said := run(exitIncomplete, append([]string{"merge"}, slices.Delete(files, 2, 3)...)...)
			if !strings.Contains(said, "shard "+plan.GitHub.Include[2].Name+" failed or is missing") {
				t.Errorf("without shard 3: %s", said)
			}
		}
	}
	run(exitIncomplete, "merge", "of-1-1.json", "of-2-1.json")
	run(exitUsage, "scan", newDesk(t), "--i-own-this-target", "--shard", "1/2", "--report", "sarif=x.sarif")
	run(exitUsage, "scan", newDesk(t), "--i-own-this-target", "--shard", "3/2")
}
