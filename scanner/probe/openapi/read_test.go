package openapi

import (
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
