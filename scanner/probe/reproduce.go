package probe

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/probe/fire"
	"github.com/middlebrick/middlebrick/scanner/probe/judge"
)

// A reproduction is what all have in common and what shows one kind of violation.
var (
	//go:embed reproduce_common.py.tmpl
	reproduction string
	//go:embed reproduce_race.py.tmpl
	reproductionRace string
	//go:embed reproduce_fresh.py.tmpl
	reproductionFresh string
)

// template is a request of a reproduction, with {{names}} in place of what a run makes.
type template struct {
	Name    string            `json:"name,omitempty"`
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    any               `json:"body,omitempty"`
	Form    bool              `json:"form,omitempty"`
	As      string            `json:"as,omitempty"`
	Shared  bool              `json:"shared,omitempty"` // read before the race as well: what counts is what changed
}

// Reproduce writes one self-contained test that shows a confirmed race. format is "pytest" or "python".
func Reproduce(k *Kept, format string) (string, error) {
	run := map[string]string{"pytest": "pytest THIS_FILE", "python": "python THIS_FILE"}[format]
	if run == "" {
		return "", fmt.Errorf("unknown form %q of a reproduction", format)
	}
	ev := k.Evidence
	switch {
	case k.Test.Verdict == freshness && ev.Gate != fire.BodyGate.String():
		return "", fmt.Errorf("%s was held at a line of the application, which httpx cannot do: use middlebrick replay with --start", k.Test.ID)
	case ev.FreshUser && len(ev.User) == 0:
		return "", fmt.Errorf("the evidence of %s does not say how its users came about: probe once more", k.Test.ID)
	case len(ev.Requests) == 0 || ev.Unique == "":
		return "", fmt.Errorf("the evidence of %s holds no requests", k.Test.ID)
	}
	p, err := readParts(ev)
	if err != nil {
		return "", err
	}
	form := reproductionOfRace
	if k.Test.Verdict == freshness {
		form = reproductionOfFreshness
	}
	return form(p).write(k, run)
}

// reproduced is what one kind of reproduction is made of.
type reproduced struct {
	plan               map[string]any
	err                error
	text, how, imports string
	rounds             int
}

func reproductionOfRace(p *parts) *reproduced {
	plan, err := p.race()
	return &reproduced{plan, err, reproductionRace,
		"It runs the requests in every order on\nfresh resources, then races them, and fails when the race leaves what no order leaves.",
		"itertools json os random re threading time uuid", 40}
}

func reproductionOfFreshness(p *parts) *reproduced {
	plan, err := p.freshness()
	return &reproduced{plan, err, reproductionFresh,
		"It holds a request with the last byte of its\nbody missing, takes its permission away, and fails when the request is honoured all the same.",
		"json os random re threading time urllib.parse uuid", 3}
}

func (r *reproduced) write(k *Kept, run string) (string, error) {
	if r.err != nil {
		return "", r.err
	}
	data, err := json.MarshalIndent(r.plan, "", "  ")
	if err != nil {
		return "", err
	}
	if strings.Contains(string(data), `"""`) {
		return "", fmt.Errorf("the evidence of %s cannot be written as a Python text", k.Test.ID)
	}
	imports := "import " + strings.ReplaceAll(r.imports, " ", "\nimport ") + "\n\nimport httpx"
	return strings.NewReplacer("@TITLE@", sentence(k.Test.Vulnerability), "@ID@", k.Test.ID, "@TARGET@", k.Target, "@RUN@", run,
		"@HOW@", r.how, "@IMPORTS@", imports, "@ROUNDS@", fmt.Sprint(r.rounds), "@PLAN@", string(data),
		"@NAME@", identifier(k.Evidence.Scenario)).Replace(reproduction + "\n\n" + strings.TrimLeft(r.text, "\n")), nil
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

// parts are the requests of the violating run, turned into those of any run: a value that an earlier answer gave is taken
// from the new run's answer.
type parts struct {
	ev                             *Evidence
	user, setup, racers, observers []template
	copied                         *template // of a held request, sent while it was held
}

func readParts(ev *Evidence) (*parts, error) {
	p := &parts{ev: ev}
	names := inventions(ev.Unique)
	for i, q := range ev.User {
		t, err := templateOf(q, names, ev.Unique)
		if err != nil {
			return nil, err
		}
		learnNames(names, fmt.Sprintf("u%d", i), kindAt(q.Path), q.Answer, 0)
		p.user = append(p.user, t)
	}
	seen, before := map[string]bool{}, map[string]bool{}
	for _, q := range ev.Requests {
		t, err := templateOf(q, names, ev.Unique)
		if err != nil {
			return nil, err
		}
		switch q.Role {
		case "setup":
			learnNames(names, fmt.Sprintf("s%d", len(p.setup)), kindAt(q.Path), q.Answer, 0)
			p.setup = append(p.setup, t)
		case "racer":
			t.Name = ev.Names[min(len(p.racers), len(ev.Names)-1)]
			learnNames(names, fmt.Sprintf("r%d", len(p.racers)), kindAt(q.Path), q.Answer, 0)
			p.racers = append(p.racers, t)
		case "copy":
			p.copied = &t
		case "observer":
			key := t.Method + t.Path
			if len(p.racers) == 0 {
				before[key] = true
			} else if !seen[key] {
				seen[key] = true
				t.Shared = before[key]
				p.observers = append(p.observers, t)
			}
		}
	}
	if len(p.racers) < 2 {
		return nil, fmt.Errorf("the evidence holds %d racing requests", len(p.racers))
	}
	return p, nil
}

func templateOf(q finding.Request, names map[string]string, unique string) (template, error) {
	t := template{Method: q.Method, Path: substitute(q.Path, names, unique).(string), Body: substitute(q.Body, names, unique), As: q.As, Headers: map[string]string{}}
	for k, v := range q.Headers {
		switch low := strings.ToLower(k); {
		case low == "content-type":
			t.Form = strings.HasPrefix(v, formType)
		case low != "x-middlebrick-run" && !strings.HasPrefix(v, "[redacted"):
			t.Headers[k] = substitute(v, names, unique).(string)
		}
	}
	if body, ok := q.Body.(string); ok && strings.HasPrefix(body, "[") {
		return t, fmt.Errorf("%s %s has a body that is neither JSON nor a form; its test cannot be written yet: use middlebrick replay", q.Method, q.Path)
	}
	return t, nil
}

// race is the plan of a race. What the second racer made is read as well, even where only the first made something.
func (p *parts) race() (map[string]any, error) {
	observers, seen := p.observers, map[string]bool{}
	for _, o := range observers {
		seen[o.Method+o.Path] = true
	}
	for i := range p.racers {
		key := fmt.Sprintf("{{r%d.", i)
		for _, o := range slices.Clone(observers) {
			for j := range p.racers {
				if other := strings.ReplaceAll(o.Path, key, fmt.Sprintf("{{r%d.", j)); !seen[o.Method+other] {
					seen[o.Method+other] = true
					o.Path = other
					observers = append(observers, o)
				}
			}
		}
	}
	offset := 0.0
	if p.ev.Parallel != nil {
		offset = float64(p.ev.Parallel.OffsetUS) / 1e6
	}
	return map[string]any{"user": orEmpty(p.user), "setup": orEmpty(p.setup), "racers": p.racers, "observers": orEmpty(observers),
		"offsets": []float64{offset, 0, 0.0005, 0.001, 0.0015, 0.002, 0.003, -0.001}}, nil
}

// freshness is the plan of a held request: the copy is what was held, and the first racer took its permission away.
func (p *parts) freshness() (map[string]any, error) {
	if p.copied == nil || p.copied.Body == nil {
		return nil, errors.New("the evidence holds no copy of the held request")
	}
	return map[string]any{"user": orEmpty(p.user), "setup": orEmpty(p.setup), "use": p.copied, "revoke": p.racers[0]}, nil
}

func orEmpty(list []template) []template {
	if list == nil {
		return []template{}
	}
	return list
}

// kindAt is what a path speaks of in its last segment: "coupon" for /discount-coupons?page=1.
func kindAt(path string) string {
	path, _, _ = strings.Cut(path, "?")
	name := singular(path[strings.LastIndexByte(path, '/')+1:])
	return name[strings.LastIndexByte(name, '_')+1:]
}

// learnNames notes the values of an answer that later requests may use, by themselves and with the kind of thing that they
// name: ids of different tables coincide.
func learnNames(names map[string]string, prefix, kind string, v any, depth int) {
	note := func(value, name string) {
		for _, key := range []string{value, kind + "=" + value} {
			if _, known := names[key]; !known && value != "" {
				names[key] = name
			}
		}
	}
	switch v := v.(type) {
	case []any:
		for i, x := range v {
			if depth < maxNamed {
				learnNames(names, fmt.Sprintf("%s.%d", prefix, i), kind, x, depth+1)
			}
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			key, name := snake(k), prefix+"."+k
			useful := key == "id" || strings.HasSuffix(key, "_id") || secretField(key) || key == "uuid" || versionWords[key]
			switch x := v[k].(type) {
			case string:
				if useful {
					note(x, name)
				}
			case json.Number, float64:
				if useful {
					note(judge.Encode(x), name)
				}
			case map[string]any, []any:
				if depth < maxNamed {
					learnNames(names, name, kind, x, depth+1)
				}
			}
		}
	}
}

const maxNamed = 3 // so deep in an answer values are named

// nameOf finds the name of a value, first among the things that the field speaks of.
func nameOf(names map[string]string, key, value string) (string, bool) {
	ref, _ := referent(key)
	if name, ok := names[ref[strings.LastIndexByte(ref, '_')+1:]+"="+value]; ok && ref != "" {
		return name, true
	}
	name, ok := names[value]
	return name, ok
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
			if text, scalar := textOf(x); scalar {
				if name, ok := nameOf(names, k, text); ok {
					out[k] = "{{" + name + "}}"
					continue
				}
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

// textOf writes an id as it is looked up.
func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number, float64:
		return judge.Encode(v), true
	}
	return "", false
}

func idLike(key string) bool {
	k := snake(key)
	return k == "id" || strings.HasSuffix(k, "_id") || versionWords[k]
}

// inPath finds the name of a segment, first among the things that the segment before it speaks of.
func inPath(names map[string]string, path, part string) (string, bool) {
	if before, _, ok := strings.Cut(path, "/"+part); ok && before != "" {
		if name, ok := names[kindAt(before)+"="+part]; ok {
			return name, true
		}
	}
	name, ok := names[part]
	return name, ok
}

// segments replaces the parts of a path or query, and the unique text anywhere.
func segments(s string, names map[string]string, unique string) string {
	if strings.HasPrefix(s, "/") {
		parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '?' || r == '=' || r == '&' })
		sort.Slice(parts, func(i, j int) bool { return len(parts[i]) > len(parts[j]) })
		for _, part := range parts {
			if name, ok := inPath(names, s, part); ok {
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
