package probe

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/middlebrick/middlebrick/scanner/probe/openapi"
)

// makeValue invents a value for a field: one that the schema accepts, that is unique to the trial where the name asks
// for uniqueness, and that leaves room for exactly one taker where the name speaks of a quantity.
func makeValue(name string, s *openapi.Schema, unique string, depth int) any {
	if s == nil {
		return unique
	}
	switch s.Type {
	case "object":
		return makeObject(s, unique, depth)
	case "array":
		if s.Items == nil || depth > 4 {
			return []any{}
		}
		return []any{makeValue(singular(name), s.Items, unique, depth+1)}
	case "integer", "number":
		return makeNumber(name, s)
	case "boolean":
		if b, ok := s.Default.(bool); ok {
			return b
		}
		return true
	case "string", "":
		return makeString(name, s, unique)
	}
	return nil
}

func makeObject(s *openapi.Schema, unique string, depth int) map[string]any {
	out := map[string]any{}
	if depth > 4 {
		return out
	}
	for _, p := range s.Props {
		if !p.Required && !worthSending(p) {
			continue
		}
		out[p.Name] = makeValue(p.Name, p.Schema, unique, depth+1)
	}
	if len(out) == 0 && depth == 0 {
		if p := telling(s); p != nil {
			out[p.Name] = makeValue(p.Name, p.Schema, unique, depth+1)
		}
	}
	return out
}

// telling picks the field to send where every one may be left out: an update of nothing shows nothing. One that says
// who somebody is comes last.
func telling(s *openapi.Schema) *openapi.Prop {
	var best *openapi.Prop
	for i := range s.Props {
		p := &s.Props[i]
		if p.Schema == nil || p.Schema.Type == "object" || p.Schema.Type == "array" {
			continue
		}
		name := snake(p.Name)
		identity := strings.Contains(name, "password") || userName(name) || name == "email" || strings.HasSuffix(name, "_id")
		if !identity {
			return p
		}
		if best == nil && !strings.Contains(name, "password") {
			best = p
		}
	}
	return best
}

// worthSending picks the optional fields that decide whether a race can show: quantities and balances.
func worthSending(p openapi.Prop) bool {
	if p.Schema == nil || p.Schema.Type != "integer" && p.Schema.Type != "number" {
		return false
	}
	return hasWord(p.Name, countWords) || hasWord(p.Name, moneyWords)
}

func makeNumber(name string, s *openapi.Schema) any {
	v := 1.0
	switch {
	case len(s.Enum) > 0:
		if f, ok := number(s.Enum[0]); ok {
			v = f
		}
	case hasWord(name, moneyWords) && !hasWord(name, countWords):
		v = 100
	case hasWord(name, countWords):
		v = 1
	default:
		for _, given := range []any{s.Example, s.Default} {
			if f, ok := number(given); ok && f != 0 {
				v = f
				break
			}
		}
	}
	if s.Max != nil {
		v = math.Min(v, *s.Max)
	}
	if s.Min != nil {
		v = math.Max(v, *s.Min)
	}
	if s.Type == "integer" {
		return int64(math.Ceil(v))
	}
	return v
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case uint64:
		return float64(v), true
	case float64:
		return v, true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	}
	return 0, false
}

func makeString(name string, s *openapi.Schema, unique string) any {
	if len(s.Enum) > 0 {
		return s.Enum[0]
	}
	n := snake(name)
	switch {
	case s.Format == "email" || strings.Contains(n, "email"):
		return unique + "@example.com"
	case s.Format == "date":
		return "2030-01-01"
	case s.Format == "date-time" || strings.HasSuffix(n, "_at"):
		return "2030-01-01T00:00:00Z"
	case s.Format == "time":
		return "10:00:00"
	case s.Format == "uuid":
		return uuidFrom(unique)
	case s.Format == "uri" || strings.HasSuffix(n, "url"):
		return "http://127.0.0.1/" + unique
	case s.Format == "ipv4":
		return "127.0.0.1"
	case strings.Contains(n, "password"):
		return "Mb-" + unique + "-9xQ!"
	case strings.Contains(n, "phone"):
		return "+1555" + digits(unique, 7)
	case strings.Contains(n, "currency"):
		return "EUR"
	case strings.Contains(n, "country"):
		return "DE"
	case s.Pattern != "" && decimal(s.Pattern):
		return "100"
	}
	if !hasWord(name, uniqueWords) {
		for _, given := range []any{s.Example, s.Default} {
			if text, ok := given.(string); ok && text != "" {
				return text
			}
		}
	}
	return fit(unique, s)
}

// decimal recognises the pattern that Pydantic writes for Decimal.
func decimal(pattern string) bool {
	return strings.Contains(pattern, `\d`) && strings.Contains(pattern, `\.`)
}

// fit brings a text to the length that the schema asks for, keeping its end, which is what makes it unique.
func fit(text string, s *openapi.Schema) string {
	if s.MaxLen > 0 && len(text) > s.MaxLen {
		text = text[len(text)-s.MaxLen:]
	}
	for len(text) < s.MinLen && len(text) < 10000 {
		text += "x"
	}
	return text
}

func digits(unique string, n int) string {
	h := uint64(14695981039346656037)
	for _, c := range []byte(unique) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return fmt.Sprintf("%0*d", n, h%uint64(math.Pow10(n)))
}

func uuidFrom(unique string) string {
	d := digits(unique, 12)
	return "00000000-0000-4000-8000-" + d
}

// complaints finds the list of what is wrong: under "detail" as FastAPI writes it, or under another name where the
// application has a handler of its own.
func complaints(answer any) []any {
	object, _ := answer.(map[string]any)
	if list, ok := object["detail"].([]any); ok {
		return list
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if list, ok := object[key].([]any); ok && len(list) > 0 {
			if entry, ok := list[0].(map[string]any); ok && entry["loc"] != nil {
				return list
			}
		}
	}
	return nil
}

// aboutAll reports whether a complaint is about a body as a whole: most often one of its optional fields has to be there.
func aboutAll(answer any) bool {
	return slices.ContainsFunc(complaints(answer), func(e any) bool {
		entry, _ := e.(map[string]any)
		loc, _ := entry["loc"].([]any)
		return len(loc) == 1 && loc[0] == "body"
	})
}

// further invents an optional field; one that refers to something else, or switches something, is left out.
func further(p openapi.Prop, unique string) (any, bool) {
	if p.Required || p.Schema == nil || strings.HasSuffix(snake(p.Name), "_id") || p.Schema.Format == "uuid" {
		return nil, false
	}
	switch p.Schema.Type {
	case "string", "integer", "number":
		return makeValue(p.Name, p.Schema, unique, 1), true
	}
	return nil, false
}

// repair changes a body by what a 422 says of it, and reports whether it could. FastAPI names the place, the kind of
// complaint and its limits.
func repair(body map[string]any, answer any, unique string) bool {
	list := complaints(answer)
	changed := false
	for _, e := range list {
		entry, _ := e.(map[string]any)
		loc, _ := entry["loc"].([]any)
		if len(loc) < 2 || loc[0] != "body" {
			continue
		}
		kind, _ := entry["type"].(string)
		ctx, _ := entry["ctx"].(map[string]any)
		if at(body, loc[1:], func(m map[string]any, key string) {
			v := repaired(key, m[key], kind, ctx, unique)
			m[key] = v
		}) {
			changed = true
		}
	}
	return changed
}

// at calls set with the object that holds the place.
func at(body map[string]any, loc []any, set func(map[string]any, string)) bool {
	var here any = body
	for i, step := range loc {
		switch h := here.(type) {
		case map[string]any:
			key, ok := step.(string)
			if !ok {
				return false
			}
			if i == len(loc)-1 {
				set(h, key)
				return true
			}
			if h[key] == nil {
				h[key] = map[string]any{}
			}
			here = h[key]
		case []any:
			n, ok := number(step)
			if !ok || int(n) < 0 || int(n) >= len(h) {
				return false
			}
			here = h[int(n)]
		default:
			return false
		}
	}
	return false
}

func repaired(key string, old any, kind string, ctx map[string]any, unique string) any {
	limit := func(name string) float64 { f, _ := number(ctx[name]); return f }
	switch {
	case strings.HasPrefix(kind, "greater_than_equal"):
		return limit("ge")
	case strings.HasPrefix(kind, "greater_than"):
		return limit("gt") + 1
	case strings.HasPrefix(kind, "less_than_equal"):
		return limit("le")
	case strings.HasPrefix(kind, "less_than"):
		return limit("lt") - 1
	case kind == "string_too_short":
		return fit(fmt.Sprint(old), &openapi.Schema{MinLen: int(limit("min_length"))})
	case kind == "string_too_long":
		return fit(fmt.Sprint(old), &openapi.Schema{MaxLen: int(limit("max_length"))})
	case strings.HasPrefix(kind, "int_"), kind == "float_parsing", strings.HasPrefix(kind, "decimal_"):
		return int64(1)
	case strings.HasPrefix(kind, "bool_"):
		return true
	case strings.HasPrefix(kind, "date_from"), kind == "date_parsing":
		return "2030-01-01"
	case strings.HasPrefix(kind, "datetime_"), strings.HasPrefix(kind, "timezone_"):
		return time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339)
	case strings.HasPrefix(kind, "uuid_"):
		return uuidFrom(unique)
	case kind == "list_type":
		return []any{}
	case kind == "dict_type" || kind == "model_type":
		return map[string]any{}
	case kind == "enum" || kind == "literal_error":
		return firstExpected(ctx)
	case kind == "missing":
		return makeValue(key, &openapi.Schema{Type: "string"}, unique, 0)
	}
	return unique
}

// firstExpected reads "'a', 'b' or 'c'".
func firstExpected(ctx map[string]any) any {
	text, _ := ctx["expected"].(string)
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '\'' })
	if i := slices.IndexFunc(parts, func(p string) bool { return strings.Trim(p, " ,") != "" }); i >= 0 {
		return parts[i]
	}
	return text
}
