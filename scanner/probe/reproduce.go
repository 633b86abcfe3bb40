package probe

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/probe/judge"
)

//go:embed reproduce.py.tmpl
var reproduction string

// template is a request of a reproduction, with {{names}} in place of what a run makes.
type template struct {
	Name    string            `json:"name,omitempty"`
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    any               `json:"body,omitempty"`
}

// Reproduce writes one self-contained test that shows a confirmed race. format is "pytest" or "python".
func Reproduce(k *Kept, format string) (string, error) {
	run := map[string]string{"pytest": "pytest THIS_FILE", "python": "python THIS_FILE"}[format]
	if run == "" {
		return "", fmt.Errorf("unknown form %q of a reproduction", format)
	}
	ev := k.Evidence
	switch {
	case k.Test.Verdict == freshness:
		return "", fmt.Errorf("%s needs a request held in the middle of its body, which httpx cannot send: use middlebrick replay", k.Test.ID)
	case ev.FreshUser:
		return "", fmt.Errorf("%s signs a user up for every trial; its test cannot be written yet: use middlebrick replay", k.Test.ID)
	case len(ev.Requests) == 0 || ev.Unique == "":
		return "", fmt.Errorf("the evidence of %s holds no requests", k.Test.ID)
	}
	plan, err := templates(ev)
	if err != nil {
		return "", err
	}
	data, err := json.MarshalIndent(plan, "", "  ")
	if err != nil {
		return "", err
	}
	if strings.Contains(string(data), `"""`) {
		return "", fmt.Errorf("the evidence of %s cannot be written as a Python text", k.Test.ID)
	}
	return strings.NewReplacer("@TITLE@", sentence(k.Test.Vulnerability), "@ID@", k.Test.ID, "@TARGET@", k.Target, "@RUN@", run,
		"@PLAN@", string(data), "@NAME@", identifier(ev.Scenario)).Replace(reproduction), nil
}

// sentence keeps a text from ending the docstring that it stands in.
func sentence(s string) string {
	return strings.NewReplacer(`"`, "'", `\`, "/", "\n", " ").Replace(s)
}

func identifier(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(s))
}

// templates turns the requests of the violating run into those of any run: a value that an earlier answer gave is
// taken from the new run's answer.
func templates(ev *Evidence) (map[string]any, error) {
	names := map[string]string{}
	var setup, racers, observers []template
	seen := map[string]bool{}
	raced := false
	for _, q := range ev.Requests {
		t := template{Method: q.Method, Path: substitute(q.Path, names, ev.Unique).(string), Body: substitute(q.Body, names, ev.Unique), Headers: map[string]string{}}
		for k, v := range q.Headers {
			if low := strings.ToLower(k); low != "content-type" && low != "x-middlebrick-run" && !strings.HasPrefix(v, "[redacted") {
				t.Headers[k] = substitute(v, names, ev.Unique).(string)
			}
		}
		if body, ok := q.Body.(string); ok && strings.HasPrefix(body, "[") {
			return nil, fmt.Errorf("%s %s has a body that is not JSON; its test cannot be written yet: use middlebrick replay", q.Method, q.Path)
		}
		switch q.Role {
		case "setup":
			learnNames(names, fmt.Sprintf("s%d", len(setup)), q.Answer)
			setup = append(setup, t)
		case "racer":
			raced = true
			t.Name = ev.Names[min(len(racers), len(ev.Names)-1)]
			learnNames(names, fmt.Sprintf("r%d", len(racers)), q.Answer)
			racers = append(racers, t)
		case "observer":
			if key := t.Method + t.Path; raced && !seen[key] {
				seen[key] = true
				observers = append(observers, t)
			}
		}
	}
	if len(racers) < 2 {
		return nil, fmt.Errorf("the evidence holds %d racing requests", len(racers))
	}
	for i, r := range racers { // what the second racer made is read as well, even where only the first made something
		key := fmt.Sprintf("{{r%d.", i)
		for _, o := range slices.Clone(observers) {
			for j := range racers {
				if other := strings.ReplaceAll(o.Path, key, fmt.Sprintf("{{r%d.", j)); r.Method != "" && !seen[o.Method+other] {
					seen[o.Method+other] = true
					o.Path = other
					observers = append(observers, o)
				}
			}
		}
	}
	offset := 0.0
	if ev.Parallel != nil {
		offset = float64(ev.Parallel.OffsetUS) / 1e6
	}
	return map[string]any{"setup": orEmpty(setup), "racers": racers, "observers": orEmpty(observers), "shared": true,
		"offsets": []float64{offset, 0, 0.0005, 0.001, 0.0015, 0.002, 0.003, -0.001}}, nil
}

func orEmpty(list []template) []template {
	if list == nil {
		return []template{}
	}
	return list
}

// learnNames notes the values of an answer that later requests may use.
func learnNames(names map[string]string, prefix string, v any) {
	object, ok := v.(map[string]any)
	if !ok {
		return
	}
	for k, x := range object {
		key := snake(k)
		if key != "id" && !strings.HasSuffix(key, "_id") && !secretField(key) && key != "uuid" && !versionWords[key] {
			continue
		}
		switch x := x.(type) {
		case string:
			if _, known := names[x]; !known && x != "" {
				names[x] = prefix + "." + k
			}
		case json.Number, float64:
			text := judge.Encode(x)
			if _, known := names[text]; !known {
				names[text] = prefix + "." + k
			}
		}
	}
}

// substitute puts names in place of values: whole scalars, whole segments of a path, and the unique text anywhere.
func substitute(v any, names map[string]string, unique string) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			if n, ok := x.(json.Number); ok && !idLike(k) {
				out[k] = n // a quantity that happens to equal an id stays a quantity
				continue
			}
			if n, ok := x.(float64); ok && !idLike(k) {
				out[k] = n
				continue
			}
			out[k] = substitute(x, names, unique)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = substitute(x, names, unique)
		}
		return out
	case json.Number, float64:
		if name, ok := names[judge.Encode(v)]; ok {
			return "{{" + name + "}}"
		}
	case string:
		if name, ok := names[v]; ok {
			return "{{" + name + "}}"
		}
		return segments(v, names, unique)
	}
	return v
}

func idLike(key string) bool {
	k := snake(key)
	return k == "id" || strings.HasSuffix(k, "_id") || versionWords[k]
}

// segments replaces the parts of a path or query, and the unique text anywhere.
func segments(s string, names map[string]string, unique string) string {
	if strings.HasPrefix(s, "/") {
		parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '?' || r == '=' || r == '&' })
		sort.Slice(parts, func(i, j int) bool { return len(parts[i]) > len(parts[j]) })
		for _, part := range parts {
			if name, ok := names[part]; ok {
				for _, before := range []string{"/", "="} {
					for _, after := range []string{"/", "?", "&", ""} {
						if after == "" && strings.HasSuffix(s, before+part) {
							s = strings.TrimSuffix(s, part) + "{{" + name + "}}"
						} else if after != "" {
							s = strings.ReplaceAll(s, before+part+after, before+"{{"+name+"}}"+after)
						}
					}
				}
			}
		}
	}
	if unique != "" {
		s = strings.ReplaceAll(s, unique, "{{unique}}")
	}
	return s
}
