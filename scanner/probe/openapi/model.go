package openapi

import "strings"

// Document is what an application says about itself.
type Document struct {
	Title   string
	Version string // of OpenAPI
	Servers []string
	Ops     []*Op // in the order of the document
	// TokenPath is the login of the OAuth2 password flow, relative to the application, or empty.
	TokenPath string
	// Declares says that the document declares security schemes at all.
	Declares bool
	// Basic says that the document offers HTTP Basic authentication.
	Basic bool
}

// Op is one path operation.
type Op struct {
	ID      string
	Method  string // upper case
	Path    string // with {placeholders}
	Tags    []string
	Summary string
	Params  []Param
	Body    *Body // nil when the route declares none
	Secured bool
	Success *Schema // of the first 2xx answer, nil when unknown
	Links   []Link
}

// Param is a parameter outside the body.
type Param struct {
	Name     string
	In       string // path, query, header, cookie
	Required bool
	Schema   *Schema
}

// Body is a declared request body.
type Body struct {
	Type     string // the media type
	Required bool
	Schema   *Schema
}

// Link says that a value of this operation's answer feeds a parameter of another operation.
type Link struct {
	OperationID string
	Params      map[string]string // parameter → runtime expression
}

// Schema is a schema with references resolved, allOf merged and the first branch of a choice taken.
type Schema struct {
	Name     string // of the reference it came from
	Type     string
	Format   string
	Enum     []any
	Default  any
	Example  any
	Min, Max *float64
	MinLen   int
	MaxLen   int
	Pattern  string
	Items    *Schema
	Props    []Prop
	Nullable bool
}

// Prop is one property of an object.
type Prop struct {
	Name     string
	Required bool
	Schema   *Schema
}

// Key names an operation as people do: "POST /orders".
func (o *Op) Key() string { return o.Method + " " + o.Path }

// Mutates reports whether the method is one that changes state by its meaning.
func (o *Op) Mutates() bool {
	switch o.Method {
	case "POST", "PUT", "PATCH", "DELETE":
		return true
	}
	return false
}

// Segments returns the path cut at its slashes, empty parts left out.
func (o *Op) Segments() []string { return Segments(o.Path) }

// Segments cuts a path at its slashes.
func Segments(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

// Prop returns the property of that name, or nil.
func (s *Schema) Prop(name string) *Schema {
	if s == nil {
		return nil
	}
	for _, p := range s.Props {
		if p.Name == name {
			return p.Schema
		}
	}
	return nil
}
