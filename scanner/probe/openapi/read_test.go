package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const doc31 = `{"openapi":"3.1.0","info":{"title":"Shop","version":"1"},"paths":{
 "/orders":{"post":{"operationId":"create_order_orders_post","security":[{"pw":[]}],
   "requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/OrderIn"}}}},
   "responses":{"201":{"description":"","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Order"}}},
     "links":{"get":{"operationId":"get_order","parameters":{"order_id":"$response.body#/id"}}}}}}},
 "/orders/{order_id}":{"get":{"operationId":"get_order","parameters":[{"name":"order_id","in":"path","required":true,"schema":{"type":"integer"}}],
   "responses":{"200":{"description":""}}}}},
 "components":{"securitySchemes":{"pw":{"type":"oauth2","flows":{"password":{"scopes":{},"tokenUrl":"auth/token"}}}},
  "schemas":{"Order":{"type":"object","properties":{"id":{"type":"integer"},"parent":{"$ref":"#/components/schemas/Order"}}},
   "OrderIn":{"type":"object","required":["quantity"],"properties":{
     "quantity":{"type":"integer","exclusiveMinimum":0},"note":{"anyOf":[{"type":"string","maxLength":9},{"type":"null"}]},
     "kind":{"enum":["a","b"]},"lines":{"type":"array","items":{"$ref":"#/components/schemas/Order"}}}}}}}`

func TestRead(t *testing.T) {
	d, err := Read([]byte(doc31))
	if err != nil {
		t.Fatal(err)
	}
	if d.TokenPath != "auth/token" || d.Title != "Shop" || len(d.Ops) != 2 {
		t.Fatalf("%+v", d)
	}
	op := d.Ops[0]
	if op.Key() != "POST /orders" || !op.Secured || !op.Mutates() || op.Success.Name != "Order" || !op.Body.Required {
		t.Errorf("%+v", op)
	}
	b := op.Body.Schema
	if b.Name != "OrderIn" || *b.Prop("quantity").Min != 1 || b.Prop("note").Type != "string" || !b.Prop("note").Nullable ||
		b.Prop("note").MaxLen != 9 || fmt.Sprint(b.Prop("kind").Enum) != "[a b]" || b.Prop("lines").Items.Name != "Order" {
		t.Errorf("%+v", b)
	}
	if op.Links[0].Params["order_id"] != "$response.body#/id" {
		t.Errorf("%+v", op.Links)
	}
	if p := d.Ops[1].Params[0]; p.In != "path" || !p.Required || p.Schema.Type != "integer" {
		t.Errorf("%+v", p)
	}
}

func TestReadOpenAPI30(t *testing.T) {
	d, err := Read([]byte(`{"openapi":"3.0.2","info":{"title":"x","version":"1"},"paths":{"/a":{"post":{"responses":{"200":{"description":""}},
		"requestBody":{"content":{"application/x-www-form-urlencoded":{"schema":{"type":"object","properties":{"n":{"type":"integer","minimum":0,"exclusiveMinimum":true,"nullable":true}}}}}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	n := d.Ops[0].Body.Schema.Prop("n")
	if d.Ops[0].Body.Type != "application/x-www-form-urlencoded" || *n.Min != 1 || !n.Nullable {
		t.Errorf("%+v", n)
	}
}

func TestDocumentsThatAreNone(t *testing.T) {
	for _, text := range []string{"", "null", "[]", "{}", "<html>", "\x00\xff", `{"openapi":"3.1.0"}`, `{"swagger":"2.0","paths":{}}`,
		`{"openapi":"3.1.0","paths":{"/a":null}}`, `{"openapi":"9.1.0","paths":{"/a":{"get":{}}}}`, `{"openapi":"3.1.0","paths":7}`,
		strings.Repeat("[", 100000)} {
		if d, err := Read([]byte(text)); err == nil {
			t.Errorf("%.40q was read: %+v", text, d)
		}
	}
}

// A schema that refers to itself in many ways must neither hang nor explode.
func TestSelfReference(t *testing.T) {
	var props []string
	for i := range 12 {
		props = append(props, fmt.Sprintf(`"p%d":{"$ref":"#/components/schemas/N"}`, i))
	}
	d, err := Read([]byte(`{"openapi":"3.1.0","info":{"title":"x","version":"1"},"paths":{"/a":{"post":{"responses":{},"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/N"}}}}}}},
		"components":{"schemas":{"N":{"type":"object","properties":{` + strings.Join(props, ",") + `}}}}}`))
	if err != nil || d.Ops[0].Body.Schema.Prop("p0") == nil {
		t.Fatal(err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(doc31))
	f.Fuzz(func(t *testing.T, data []byte) { Read(data) })
}

// readable are documents of both versions with what the readers must agree about.
var readable = []string{doc31,
	`{"openapi":"3.0.2","info":{"title":"Old"},"servers":[{"url":"/api"}],"security":[{"b":[]}],"paths":{
	  "/a/{id}":{"parameters":[{"$ref":"#/components/parameters/Id"}],
	    "patch":{"tags":["x","y"],"summary":"s","requestBody":{"$ref":"#/components/requestBodies/Change"},"responses":{"200":{"$ref":"#/components/responses/Done"}}},
	    "delete":{"security":[],"parameters":[{"name":"id","in":"path","schema":{"type":"string"}},{"name":"v","in":"query","required":true,"schema":{"type":"integer","minimum":2,"exclusiveMinimum":true,"maximum":9,"exclusiveMaximum":true}}],"responses":{"204":{"description":""}}}}},
	  "components":{"parameters":{"Id":{"name":"id","in":"path","schema":{"type":"integer"}}},
	    "securitySchemes":{"b":{"type":"http","scheme":"Basic"}},
	    "responses":{"Done":{"description":"","content":{"application/problem+json":{"schema":{"type":"array","items":{"$ref":"#/components/schemas/Thing"}}}}}},
	    "requestBodies":{"Change":{"required":true,"content":{"text/plain":{},"multipart/form-data":{"schema":{"allOf":[{"$ref":"#/components/schemas/Thing"},{"type":"object","required":["size"],"properties":{"size":{"type":"number","exclusiveMinimum":true,"minimum":1.5}}}]}}}}},
	    "schemas":{"Thing":{"type":"object","properties":{"z":{"type":"string","default":"q","minLength":2,"maxLength":5,"pattern":"^q"},"a":{"nullable":true,"type":"boolean","default":false},
	      "m":{"oneOf":[{"type":"null"},{"type":"integer","example":7},{"type":"string"}]},"c":{"const":4},"e":{"type":"number","enum":[1,2.5]},"d":{"type":["string","null"],"format":"date","examples":["2030-01-01"]}}}}}}`,
	`{"openapi":"3.1.0","info":{"title":"x"},"paths":{"/b":{"post":{"requestBody":{"content":{"application/xml":{}}},"responses":{"default":{"description":""}}}},"/c":{"get":{"responses":{"201":{"description":""}}}}}}`,
}

// Both readers give one document.
func TestReadersAgree(t *testing.T) {
	for i, text := range readable {
		x, errX := Read([]byte(text))
		y, errY := readJSON([]byte(text))
		if errX != nil || errY != nil {
			t.Fatal(i, errX, errY)
		}
		a, _ := json.MarshalIndent(x, "", " ")
		b, _ := json.MarshalIndent(y, "", " ")
		if !bytes.Equal(a, b) {
			t.Errorf("document %d:\n%s\n%s", i, a, b)
		}
	}
}

func TestJSONThatIsNone(t *testing.T) {
	for _, text := range []string{"", "null", "[]", "{}", "<html>", "\x00\xff", `{"openapi":"3.1.0"}`, `{"swagger":"2.0","paths":{}}`,
		`{"openapi":"3.1.0","paths":{"/a":null}}`, `{"openapi":"9.1.0","paths":{"/a":{"get":{}}}}`, `{"openapi":"3.1.0","paths":7}`,
		`{"openapi":"3.1.0","paths":{"/a":{"$ref":"#/paths/~1a"}}}`, strings.Repeat("[", 100000), strings.Repeat(`{"a":`, 100000)} {
		if d, err := readJSON([]byte(text)); err == nil {
			t.Errorf("%.40q was read: %+v", text, d)
		}
	}
	d, err := readJSON([]byte(`{"openapi":"3.1.0","paths":{"/a":{"post":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/N"}}}},
		"parameters":[{"$ref":"other.json#/x"},{"$ref":"#/loop"}]}}},"loop":{"$ref":"#/loop"},"components":{"schemas":{"N":{"allOf":[{"$ref":"#/components/schemas/N"},{"$ref":"#/components/schemas/N"}]}}}}`))
	if err != nil || len(d.Ops[0].Params) != 0 {
		t.Errorf("%v %+v", err, d)
	}
}

func FuzzReadJSON(f *testing.F) {
	for _, text := range readable {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) { readJSON(data) })
}
