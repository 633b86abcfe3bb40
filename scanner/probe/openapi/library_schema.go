//go:build !lean

package openapi

import (
	"strings"

	yaml "github.com/pb33f/go-yaml"
	"github.com/pb33f/libopenapi/datamodel/high/base"
)

// schemas turns the library's schemas into ours and counts them.
type schemas struct{ count int }

func (c *schemas) proxy(p *base.SchemaProxy, depth int) *Schema {
	if p == nil || depth > maxDepth || c.count > maxSchemas {
		return nil
	}
	c.count++
	s := p.Schema()
	if s == nil {
		return nil
	}
	out := c.schema(s, depth)
	if p.IsReference() {
		ref := p.GetReference()
		out.Name = ref[strings.LastIndexByte(ref, '/')+1:]
	}
	return out
}

func (c *schemas) schema(s *base.Schema, depth int) *Schema {
	out := &Schema{Format: s.Format, Min: s.Minimum, Max: s.Maximum, Pattern: s.Pattern, Default: value(s.Default), Example: value(s.Example)}
	for _, t := range s.Type {
		if t == "null" {
			out.Nullable = true
		} else if out.Type == "" {
			out.Type = t
		}
	}
	out.Nullable = out.Nullable || s.Nullable != nil && *s.Nullable
	if s.MinLength != nil {
		out.MinLen = int(*s.MinLength)
	}
	if s.MaxLength != nil {
		out.MaxLen = int(*s.MaxLength)
	}
	exclusive(s, out)
	if s.Const != nil {
		out.Enum = []any{value(s.Const)}
	}
	for _, e := range s.Enum {
		out.Enum = append(out.Enum, value(e))
	}
	if len(s.Examples) > 0 && out.Example == nil {
		out.Example = value(s.Examples[0])
	}
	if s.Items != nil && s.Items.IsA() {
		out.Items = c.proxy(s.Items.A, depth+1)
	}
	required := map[string]bool{}
	for _, name := range s.Required {
		required[name] = true
	}
	if s.Properties != nil {
		for name, p := range s.Properties.FromOldest() {
			out.Props = append(out.Props, Prop{Name: name, Required: required[name], Schema: c.proxy(p, depth+1)})
		}
	}
	for _, p := range s.AllOf {
		out.merge(c.proxy(p, depth))
	}
	var branches []*Schema
	for _, p := range append(append([]*base.SchemaProxy{}, s.AnyOf...), s.OneOf...) {
		branches = append(branches, c.proxy(p, depth))
	}
	out.choose(branches)
	if out.Type == "" && len(out.Props) > 0 {
		out.Type = "object"
	}
	return out
}

// exclusive reads the numeric form of 3.1 and the flag of 3.0; integers move by one, others by a hair.
func exclusive(s *base.Schema, out *Schema) {
	step := openStep(len(s.Type) > 0 && s.Type[0] == "integer")
	if x := s.ExclusiveMinimum; x != nil {
		if x.IsB() {
			v := x.B + step
			out.Min = &v
		} else if x.A && s.Minimum != nil {
			v := *s.Minimum + step
			out.Min = &v
		}
	}
	if x := s.ExclusiveMaximum; x != nil {
		if x.IsB() {
			v := x.B - step
			out.Max = &v
		} else if x.A && s.Maximum != nil {
			v := *s.Maximum - step
			out.Max = &v
		}
	}
}

// value decodes a scalar or small tree written in the document.
func value(n *yaml.Node) any {
	if n == nil {
		return nil
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return nil
	}
	return v
}
