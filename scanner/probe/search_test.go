package probe

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/scanner/probe/fire"
)

// cell answers what a request saw before it wrote, after its work and with its window in between.
type cell struct {
	mu   sync.Mutex
	seen map[string]int
}

func (c *cell) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	work, _ := time.ParseDuration(r.FormValue("work"))
	window, _ := time.ParseDuration(r.FormValue("window"))
	id := r.FormValue("id")
	time.Sleep(work)
	c.mu.Lock()
	was := c.seen[id]
	c.mu.Unlock()
	for start := time.Now(); time.Since(start) < window; { // a sleep would last longer than these windows
	}
	c.mu.Lock()
	c.seen[id]++
	c.mu.Unlock()
	fmt.Fprint(w, was)
}

// TestSteeredSearch races handlers of unequal work before their check. At offset 0, which is where other tools
// look, they hardly ever meet; the search learns from who won.
func TestSteeredSearch(t *testing.T) {
	server := httptest.NewServer(&cell{seen: map[string]int{}})
	defer server.Close()
	addr := strings.TrimPrefix(server.URL, "http://")
	target := &fire.Target{Addr: addr, Host: addr, Timeout: 5 * time.Second}
	n := 0
	// tries returns the number of the first hit, or 0.
	tries := func(a, b, window time.Duration, s search, limit int) int {
		for i := 1; i <= limit; i++ {
			n++
			path := func(work time.Duration) string {
				return fmt.Sprintf("/?id=%d&work=%v&window=%v", n, work, window)
			}
			offset := s.next()
			shots := []fire.Shot{{Request: fire.Request{Method: "POST", Path: path(a)}, Offset: max(0, -offset)},
				{Request: fire.Request{Method: "POST", Path: path(b)}, Offset: max(0, offset)}}
			v := target.Fire(t.Context(), shots, nil)
			if v.Err != nil {
				t.Fatal(v.Err)
			}
			switch string(v.Hits[0].Body) + string(v.Hits[1].Body) {
			case "00":
				return i
			case "01":
				s.tell(offset, likeAB)
			case "10":
				s.tell(offset, likeBA)
			}
		}
		return 0
	}
	solo := func(work time.Duration) time.Duration {
		n++
		return target.Do(t.Context(), fire.Request{Method: "POST", Path: fmt.Sprintf("/?id=%d&work=%v", n, work)}).Latency
	}
	found, all := 0, []int{}
	for _, c := range []struct{ a, b, window time.Duration }{
		{8 * time.Millisecond, 0, 300 * time.Microsecond},
		{3 * time.Millisecond, time.Millisecond, 200 * time.Microsecond},
		{15 * time.Millisecond, 0, 100 * time.Microsecond},
	} {
		for run := range 10 {
			s := newSteered(solo(c.a), solo(c.b), rand.New(rand.NewPCG(uint64(run), 7)))
			if k := tries(c.a, c.b, c.window, s, 120); k > 0 {
				found++
				all = append(all, k)
			}
		}
		t.Logf("work %v and %v, window %v: offset 0 hit at trial %d of 60 (0: never)", c.a, c.b, c.window, tries(c.a, c.b, c.window, still{}, 60))
	}
	slices.Sort(all)
	if len(all) == 0 {
		t.Fatal("nothing was found")
	}
	t.Logf("steered: %d of 30 within 120 trials, median %d, 90 %% %d", found, all[len(all)/2], all[len(all)*9/10])
	if found < 29 || all[len(all)/2] > 20 {
		t.Errorf("found %d of 30, median %d", found, all[len(all)/2])
	}
}

// still is the search of other tools.
type still struct{}

func (still) next() time.Duration           { return 0 }
func (still) tell(time.Duration, direction) {}
func (still) void(time.Duration, direction) {}

func TestArmsStayWithWhatHits(t *testing.T) {
	a := newArms(5*time.Millisecond, true)
	if len(a.offsets) != 13 {
		t.Fatalf("%v", a.offsets)
	}
	seen := map[time.Duration]bool{}
	for range 13 {
		o := a.next()
		seen[o] = true
		a.tell(o, neither)
	}
	if len(seen) != 13 {
		t.Errorf("the arms are not played evenly: %v", seen)
	}
	a.tell(time.Millisecond, hit)
	stays := 0
	for range 20 {
		if o := a.next(); o == time.Millisecond {
			stays++
		}
	}
	if stays < 12 || stays == 20 {
		t.Errorf("plays the arm that hit %d times of 20", stays)
	}
	b := newArms(5*time.Millisecond, false)
	for range 40 {
		if o := b.next(); o > 0 {
			b.void(o, neither)
		}
	}
	if o := b.next(); o != 0 {
		t.Errorf("plays %v although everything above 0 is void", o)
	}
}

func TestInference(t *testing.T) {
	for in, want := range map[string]string{"orders": "order", "categories": "category", "addresses": "address", "boxes": "box", "people": "person",
		"status": "status", "order-items": "order_item", "classes": "class", "bus": "bus", "series": "series"} {
		if got := singular(in); got != want {
			t.Errorf("singular(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"order_id": "order id", "orderId": "order id", "from_account_id": "from_account id", "coupon_code": "coupon code", "code": " code"} {
		r, f := referent(in)
		if got := r + " " + f; got != want {
			t.Errorf("referent(%q) = %q, want %q", in, got, want)
		}
	}
}

// What a 422 says repairs the body.
func TestRepair(t *testing.T) {
	body := map[string]any{"n": 0.0, "name": "x", "kind": "y", "inner": map[string]any{"day": "soon"}}
	answer := map[string]any{"detail": []any{
		map[string]any{"loc": []any{"body", "n"}, "type": "greater_than", "ctx": map[string]any{"gt": 4.0}},
		map[string]any{"loc": []any{"body", "name"}, "type": "string_too_short", "ctx": map[string]any{"min_length": 5.0}},
		map[string]any{"loc": []any{"body", "kind"}, "type": "enum", "ctx": map[string]any{"expected": "'red', 'green' or 'blue'"}},
		map[string]any{"loc": []any{"body", "inner", "day"}, "type": "date_from_datetime_parsing"},
		map[string]any{"loc": []any{"body", "extra", "deep"}, "type": "missing"},
		map[string]any{"loc": []any{"query", "q"}, "type": "missing"},
		map[string]any{"loc": []any{"body", "list", 99.0}, "type": "missing"}, "nonsense",
	}}
	if !repair(body, answer, "mb1") {
		t.Fatal("nothing was repaired")
	}
	got := fmt.Sprintf("%v %v %v %v %v", body["n"], body["name"], body["kind"], body["inner"], body["extra"])
	if want := "5 xxxxx red map[day:2030-01-01] map[deep:mb1]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if repair(body, "text", "u") || repair(body, nil, "u") {
		t.Error("repaired by no complaint")
	}
}
