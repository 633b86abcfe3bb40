package probe

import (
	"strconv"
	"strings"
)

// pointer follows a JSON pointer (RFC 6901); the empty one is the whole value.
func pointer(v any, path string) (any, bool) {
	if path == "" {
		return v, true
	}
	if !strings.HasPrefix(path, "/") {
		return nil, false
	}
	for _, step := range strings.Split(path[1:], "/") {
		step = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		switch here := v.(type) {
		case map[string]any:
			inner, ok := here[step]
			if !ok {
				return nil, false
			}
			v = inner
		case []any:
			n, err := strconv.Atoi(step)
			if err != nil || n < 0 || n >= len(here) {
				return nil, false
			}
			v = here[n]
		default:
			return nil, false
		}
	}
	return v, true
}
