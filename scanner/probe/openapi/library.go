//go:build !lean

package openapi

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/pb33f/libopenapi"
	"github.com/pb33f/libopenapi/datamodel"
	"github.com/pb33f/libopenapi/datamodel/high/base"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
)

func read(data []byte) (*Document, error) {
	conf := &datamodel.DocumentConfiguration{ // no file and no remote reference is followed
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	parsed, err := libopenapi.NewDocumentWithConfiguration(data, conf)
	if err != nil {
		return nil, fmt.Errorf("no OpenAPI document: %w", err)
	}
	if !strings.HasPrefix(parsed.GetVersion(), "3.") {
		return nil, fmt.Errorf("OpenAPI %q: versions 3.0 and 3.1 are read", parsed.GetVersion())
	}
	model, err := parsed.BuildV3Model()
	if model == nil {
		return nil, errors.Join(errors.New("the OpenAPI document cannot be read"), err)
	}
	r := reader{doc: &Document{Version: parsed.GetVersion()}}
	r.all(&model.Model)
	if len(r.doc.Ops) == 0 {
		return nil, errors.New("the OpenAPI document has no operation")
	}
	return r.doc, nil
}

type reader struct {
	doc    *Document
	schema schemas
}

func (r *reader) all(m *v3.Document) {
	if m.Info != nil {
		r.doc.Title = m.Info.Title
	}
	for _, s := range m.Servers {
		if s != nil {
			r.doc.Servers = append(r.doc.Servers, s.URL)
		}
	}
	r.login(m)
	if m.Paths == nil || m.Paths.PathItems == nil {
		return
	}
	for path, item := range m.Paths.PathItems.FromOldest() {
		if item == nil || !strings.HasPrefix(path, "/") {
			continue
		}
		for _, verb := range []struct {
			method string
			op     *v3.Operation
		}{{"GET", item.Get}, {"POST", item.Post}, {"PUT", item.Put}, {"PATCH", item.Patch}, {"DELETE", item.Delete}} {
			if verb.op != nil && len(r.doc.Ops) < maxOps {
				r.doc.Ops = append(r.doc.Ops, r.op(m, item, verb.method, path, verb.op))
			}
		}
	}
}

// login finds the token address of the password flow: FastAPI's OAuth2PasswordBearer writes it, often relative.
func (r *reader) login(m *v3.Document) {
	if m.Components == nil || m.Components.SecuritySchemes == nil {
		return
	}
	for _, s := range m.Components.SecuritySchemes.FromOldest() {
		r.doc.Declares = true
		if s != nil && s.Flows != nil && s.Flows.Password != nil && s.Flows.Password.TokenUrl != "" && r.doc.TokenPath == "" {
			r.doc.TokenPath = s.Flows.Password.TokenUrl
		}
		r.doc.Basic = r.doc.Basic || s != nil && s.Type == "http" && strings.EqualFold(s.Scheme, "basic")
	}
}

func (r *reader) op(m *v3.Document, item *v3.PathItem, method, path string, o *v3.Operation) *Op {
	op := &Op{ID: o.OperationId, Method: method, Path: path, Tags: o.Tags, Summary: o.Summary}
	seen := map[string]bool{}
	for _, list := range [][]*v3.Parameter{o.Parameters, item.Parameters} {
		for _, p := range list {
			if p == nil || seen[p.In+p.Name] {
				continue
			}
			seen[p.In+p.Name] = true
			op.Params = append(op.Params, Param{Name: p.Name, In: p.In,
				Required: p.In == "path" || p.Required != nil && *p.Required, Schema: r.schema.proxy(p.Schema, 0)})
		}
	}
	op.Body = r.body(o.RequestBody)
	op.Secured = secured(o.Security) || o.Security == nil && secured(m.Security)
	r.success(op, o.Responses)
	return op
}

func secured(list []*base.SecurityRequirement) bool { return len(list) > 0 }

func (r *reader) body(b *v3.RequestBody) *Body {
	if b == nil || b.Content == nil {
		return nil
	}
	for _, want := range bodyTypes {
		for name, media := range b.Content.FromOldest() {
			if media != nil && strings.HasPrefix(strings.ToLower(name), want) {
				return &Body{Type: want, Required: b.Required != nil && *b.Required, Schema: r.schema.proxy(media.Schema, 0)}
			}
		}
	}
	for name := range b.Content.FromOldest() {
		return &Body{Type: name, Required: b.Required != nil && *b.Required}
	}
	return nil
}

func (r *reader) success(op *Op, list *v3.Responses) {
	if list == nil || list.Codes == nil {
		return
	}
	for code, resp := range list.Codes.FromOldest() {
		if resp == nil || !strings.HasPrefix(code, "2") {
			continue
		}
		if resp.Content != nil && op.Success == nil {
			for name, media := range resp.Content.FromOldest() {
				if media != nil && strings.Contains(name, "json") {
					op.Success = r.schema.proxy(media.Schema, 0)
					break
				}
			}
		}
		if resp.Links == nil {
			continue
		}
		for _, l := range resp.Links.FromOldest() {
			if l == nil || l.OperationId == "" || l.Parameters == nil {
				continue
			}
			link := Link{OperationID: l.OperationId, Params: map[string]string{}}
			for k, v := range l.Parameters.FromOldest() {
				link.Params[k] = v
			}
			op.Links = append(op.Links, link)
		}
	}
}
