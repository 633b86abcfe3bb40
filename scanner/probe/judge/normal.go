package judge

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// Normal turns replies and observed state into a canonical text in which equal things are equal: values that the
// trial itself produced become symbols, times and random tokens become their type, lists become multisets.
type Normal struct {
	// Symbols maps a value of the trial (an id, a token, a unique name) to its provenance.
	Symbols map[string]string
	// Keys maps "order_id=41" to a symbol. Numbers are looked up with their key, since numbers of different tables
	// coincide, and a coincidence must not look like a difference.
	Keys map[string]string
	// Volatile holds the paths that differed between twin runs, see Twins.
	Volatile map[string]bool
	// Now is the time of the trial in seconds; numbers within a day of it are times.
	Now float64
}

const maxDepth = 40

// Text returns the canonical text of a decoded JSON value.
func (n *Normal) Text(v any) string {
	return Encode(n.Tree("", v, 0))
}

// Tree normalises a value; path is its place with [] for every list position.
func (n *Normal) Tree(path string, v any, depth int) any {
	if depth > maxDepth {
		return "$deep"
	}
	if n.Volatile[path] && path != "" {
		return "$volatile"
	}
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[n.replace(k)] = n.Tree(path+"/"+k, e, depth+1)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = n.Tree(path+"[]", e, depth+1)
		}
		sort.SliceStable(out, func(i, j int) bool { return Encode(out[i]) < Encode(out[j]) })
		return out
	case string:
		return n.text(path, v)
	case json.Number:
		return n.number(path, v)
	}
	return v
}

var (
	dateTime  = regexp.MustCompile(`^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$`)
	uuidLike  = regexp.MustCompile(`^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$`)
	jwtLike   = regexp.MustCompile(`^[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}$`)
	randomHex = regexp.MustCompile(`^[0-9a-fA-F]{16,}$`)
)

func (n *Normal) text(path, s string) any {
	if symbol, ok := n.Symbols[s]; ok {
		return symbol
	}
	switch {
	case dateTime.MatchString(s):
		return "$time"
	case uuidLike.MatchString(s):
		return "$uuid"
	case jwtLike.MatchString(s):
		return "$jwt"
	case randomHex.MatchString(s):
		return "$hex"
	case idKey(path) && s != "":
		return "$id"
	}
	return n.replace(s)
}

// replace puts symbols in place of trial values inside a longer text, the longest value first.
func (n *Normal) replace(s string) string {
	if symbol, ok := n.Symbols[s]; ok && len(s) >= 4 {
		return symbol
	}
	if len(s) < 6 || len(n.Symbols) == 0 {
		return s
	}
	for _, value := range n.longest() {
		if strings.Contains(s, value) {
			s = strings.ReplaceAll(s, value, n.Symbols[value])
		}
	}
	return s
}

func (n *Normal) longest() []string {
	values := make([]string, 0, len(n.Symbols))
	for v := range n.Symbols {
		if len(v) >= 5 {
			values = append(values, v)
		}
	}
	sort.SliceStable(values, func(i, j int) bool {
		a, b := values[i], values[j]
		return len(b) < len(a) || len(a) == len(b) && a < b
	})
	return values
}

// number keeps quantities and hides identities: a small integer is a symbol only where the key says id.
func (n *Normal) number(path string, v json.Number) any {
	if idKey(path) {
		if symbol, ok := n.Keys[strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])+"="+v.String()]; ok {
			return symbol
		}
		return "$id"
	}
	f, err := v.Float64()
	if err != nil {
		return v
	}
	if n.Now > 0 && (math.Abs(f-n.Now) < 86400 || math.Abs(f/1000-n.Now) < 86400) {
		return "$epoch"
	}
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return json.Number(strconv.FormatFloat(f, 'f', -1, 64)) // 100 and 100.0 are one quantity
	}
	return json.Number(strconv.FormatFloat(f, 'g', 12, 64))
}

// idKey reports whether the last key of a path names an identity.
func idKey(path string) bool {
	key := path[strings.LastIndexByte(path, '/')+1:]
	key = strings.ToLower(strings.TrimRight(key, "[]"))
	switch key {
	case "id", "uuid", "guid", "_id", "pk":
		return true
	}
	return strings.HasSuffix(key, "_id") || strings.HasSuffix(key, "_ids") || strings.HasSuffix(key, "_uuid")
}

// Encode writes a value as JSON with sorted keys.
func Encode(v any) string {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "$unencodable"
	}
	return strings.TrimSuffix(buf.String(), "\n")
}

// Decode reads JSON and keeps numbers as they were written. Anything else is returned as an error.
func Decode(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	return v, nil
}
