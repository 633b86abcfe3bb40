package openapi

const (
	maxDepth   = 6      // of nested objects that a generated body can have
	maxSchemas = 60_000 // of one document, so that a document that refers to itself in many ways ends
)

// openStep is how far a value stays away from a bound that is excluded: integers by one, others by a hair.
func openStep(integer bool) float64 {
	if integer {
		return 1
	}
	return 0.01
}

// choose takes the first branch that is not null; FastAPI writes Optional[X] as anyOf [X, null].
func (out *Schema) choose(branches []*Schema) {
	taken := false
	for _, s := range branches {
		switch {
		case s == nil:
		case s.Type == "" && len(s.Props) == 0 && s.Nullable:
			out.Nullable = true
		case !taken:
			out.merge(s)
			taken = true
		}
	}
}

// merge adds what s says and out does not.
func (out *Schema) merge(s *Schema) {
	if s == nil {
		return
	}
	if out.Name == "" {
		out.Name = s.Name
	}
	if out.Type == "" {
		out.Type, out.Format = s.Type, s.Format
	}
	if len(out.Enum) == 0 {
		out.Enum = s.Enum
	}
	if out.Default == nil {
		out.Default = s.Default
	}
	if out.Example == nil {
		out.Example = s.Example
	}
	if out.Min == nil {
		out.Min = s.Min
	}
	if out.Max == nil {
		out.Max = s.Max
	}
	if out.MinLen == 0 {
		out.MinLen = s.MinLen
	}
	if out.MaxLen == 0 {
		out.MaxLen = s.MaxLen
	}
	if out.Pattern == "" {
		out.Pattern = s.Pattern
	}
	if out.Items == nil {
		out.Items = s.Items
	}
	for _, p := range s.Props {
		if out.Prop(p.Name) == nil {
			out.Props = append(out.Props, p)
		}
	}
}
