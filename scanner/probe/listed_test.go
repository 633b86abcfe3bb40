//go:build !lean

package probe

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// club gives perks by the way: who joins a programme has one, a list shows it, and an order may use it up.
const club = `{"openapi":"3.1.0","info":{"title":"Club"},"paths":{
 "/programmes/join":{"post":{"operationId":"join_programme","responses":{"200":{"description":""}}}},
 "/programmes/leave":{"post":{"operationId":"leave_programme","responses":{"200":{"description":""}}}},
 "/perks":{"get":{"operationId":"list_perks","responses":{"200":{"description":"","content":{"application/json":{"schema":{"type":"array","items":{"type":"object","properties":{"id":{"type":"integer"}}}}}}}}}},
 "/meals":{"post":{"operationId":"order_meal","requestBody":{"content":{"application/json":{"schema":{"type":"object","required":["dish"],"properties":{"dish":{"type":"string"},"perk_id":{"anyOf":[{"type":"integer"},{"type":"null"}]}}}}}},
   "responses":{"201":{"description":"","content":{"application/json":{"schema":{"type":"object","properties":{"id":{"type":"integer"}}}}}}}},
   "get":{"operationId":"list_meals","responses":{"200":{"description":""}}}}}}`

// What is only shown by a list is made by trying what adds to it, and what needs it optionally is raced with it.
func TestListed(t *testing.T) {
	var mu sync.Mutex
	used, meals, bare := []bool{}, []int{}, 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		switch r.Method + " " + r.URL.Path {
		case "GET /openapi.json":
			io.WriteString(w, club)
		case "POST /programmes/join":
			used = append(used, false)
			io.WriteString(w, "{}")
		case "POST /programmes/leave":
			io.WriteString(w, "{}")
		case "GET /perks":
			var list []string
			for i, u := range used {
				list = append(list, fmt.Sprintf(`{"id":%d,"used":%v}`, i, u))
			}
			fmt.Fprintf(w, "[%s]", strings.Join(list, ","))
		case "GET /meals":
			fmt.Fprintf(w, `{"count":%d}`, len(meals))
		case "POST /meals":
			var in struct {
				Perk *int `json:"perk_id"`
			}
			json.Unmarshal(body, &in)
			switch {
			case in.Perk == nil:
				bare++
			case *in.Perk >= len(used):
				w.WriteHeader(404)
				return
			case used[*in.Perk]:
				w.WriteHeader(400)
				return
			default:
				mu.Unlock()
				time.Sleep(3 * time.Millisecond)
				mu.Lock()
				used[*in.Perk] = true
			}
			meals = append(meals, 1)
			w.WriteHeader(201)
			fmt.Fprintf(w, `{"id":%d}`, len(meals))
		default:
			w.WriteHeader(404)
		}
	}))
	defer server.Close()
	o := quick(server.URL)
	o.Only = "post.meals.twice"
	r, err := Run(t.Context(), o)
	if err != nil || len(r.Tests) != 1 || r.Tests[0].Verdict != confirmedState || bare > 0 {
		t.Errorf("%v %+v, %d meals without a perk", err, r, bare)
	}
}
