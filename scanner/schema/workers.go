package schema

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	yaml "github.com/pb33f/go-yaml"
)

// workersFact is one statement about the number of processes.
type workersFact struct {
	count   int // 0 when it is not a number
	several bool
	stated  bool // by an option, not by a default
	test    bool
	why     string
	place   Place
}

func (f *facts) work(w workersFact) {
	w.several = w.several || w.count > 1
	w.test = isTestPath(w.place.Path)
	f.workers = append(f.workers, w)
}

// command reads a shell command for the number of processes that a server is told to run.
func (f *facts) command(line string, place Place) {
	if len(line) > 1<<14 {
		return
	}
	server := ""
	words := strings.Fields(strings.NewReplacer(`"`, " ", "'", " ", ",", " ", "[", " ", "]", " ", "&&", " && ", ";", " ; ", "=", " ").Replace(line))
	for i, w := range words {
		switch name := w[strings.LastIndexByte(w, '/')+1:]; name {
		case "uvicorn", "gunicorn", "hypercorn", "granian", "fastapi":
			if server != "gunicorn" { // gunicorn -k uvicorn.workers.UvicornWorker
				server = name
			}
			continue
		case "&&", ";", "||", "|":
			if server != "" {
				f.serverDefault(server, line, place)
			}
			server = ""
			continue
		}
		short := w == "-w" && server != "uvicorn" && server != "fastapi"
		if server == "" || w != "--workers" && !short || i+1 == len(words) {
			continue
		}
		f.workersOption(server, words[i+1], place)
		return
	}
	if server != "" {
		f.serverDefault(server, line, place)
	}
}

func (f *facts) workersOption(server, value string, place Place) {
	value = f.expand(value, 0)
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > 10_000 {
		f.work(workersFact{several: true, stated: true, place: place, why: fmt.Sprintf("%s is started with a computed number of workers (%s)", server, value)})
		return
	}
	f.work(workersFact{count: n, stated: true, place: place, why: fmt.Sprintf("%s is started with %d %s", server, n, plural(n, "worker"))})
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

func (f *facts) serverDefault(server, line string, place Place) {
	if strings.Contains(line, "--reload") || server == "fastapi" && strings.Contains(line, "fastapi dev") || strings.Contains(line, "pip install") {
		return // a development server says nothing about the deployment
	}
	f.work(workersFact{count: 1, place: place, why: server + " is started without a number of workers, which means one"})
}

func (f *facts) procfile(c Config) {
	lines(c.Data, func(n int, line string) {
		if process, command, ok := strings.Cut(line, ":"); ok && !isQueueWorker(process, command) {
			f.command(command, Place{c.Path, n})
		}
	})
}

func (f *facts) script(c Config) {
	lines(c.Data, func(n int, line string) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			f.command(line, Place{c.Path, n})
		}
	})
}

// isQueueWorker tells that a process takes jobs from a queue and serves no requests.
func isQueueWorker(name, command string) bool {
	if name == "beat" || name == "flower" {
		return true
	}
	for _, tool := range []string{"celery", "dramatiq", "arq ", "rq worker", "taskiq", "huey"} {
		if strings.Contains(command, tool) {
			return true
		}
	}
	return false
}

func (f *facts) dotenv(c Config, base string) {
	e := envValue{rank: fromDotenv, test: isTestPath(c.Path)}
	if strings.Contains(base, "example") || strings.Contains(base, "sample") || strings.Contains(base, "template") || strings.Contains(base, "dist") {
		e.rank = fromExample
	}
	lines(c.Data, func(n int, line string) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "export ")
		name, value, ok := strings.Cut(line, "=")
		if !ok || strings.HasPrefix(line, "#") {
			return
		}
		e.place = Place{c.Path, n}
		f.setEnv(strings.TrimSpace(name), unquote(strings.TrimSpace(value)), e)
	})
}

// unquote drops quotes around a value, or a comment behind an unquoted one.
func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') {
		if end := strings.IndexByte(s[1:], s[0]); end >= 0 {
			return s[1 : end+1]
		}
	}
	if i := strings.Index(s, " #"); i >= 0 {
		s = strings.TrimSpace(s[:i])
	}
	return s
}

// dockerfile reads ENV, CMD and ENTRYPOINT of every stage; the base image may start several workers by itself.
func (f *facts) dockerfile(c Config) {
	instruction, start := "", 0
	end := func() {
		f.instruction(strings.TrimSpace(instruction), Place{c.Path, start})
		instruction = ""
	}
	lines(c.Data, func(n int, line string) {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "#") || len(instruction) > 1<<16 {
			return
		}
		if instruction == "" {
			start = n
		}
		more := strings.HasSuffix(trimmed, `\`)
		instruction += " " + strings.TrimSuffix(trimmed, `\`)
		if !more {
			end()
		}
	})
	end()
}

func (f *facts) instruction(line string, place Place) {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch strings.ToUpper(word) {
	case "ENV":
		f.dockerEnv(rest, place)
	case "CMD", "ENTRYPOINT":
		var parts []string
		if json.Unmarshal([]byte(rest), &parts) == nil {
			rest = strings.Join(parts, " ")
		}
		if !isQueueWorker("", rest) {
			f.command(rest, place)
		}
	case "FROM":
		if strings.Contains(rest, "tiangolo/uvicorn-gunicorn") {
			f.work(workersFact{several: true, stated: true, place: place, why: "the base image " + strings.Fields(rest)[0] + " starts a worker per core"})
		}
	}
}

func (f *facts) dockerEnv(rest string, place Place) {
	e := envValue{rank: fromDockerfile, place: place}
	if name, value, ok := strings.Cut(rest, " "); ok && !strings.Contains(name, "=") {
		f.setEnv(name, unquote(strings.TrimSpace(value)), e)
		return
	}
	for _, pair := range strings.Fields(rest) {
		if name, value, ok := strings.Cut(pair, "="); ok {
			f.setEnv(name, unquote(value), e)
		}
	}
}

// maxNodes bounds the nodes of a YAML file that are looked at, aliases counted each time.
const maxNodes = 50_000

// compose reads a compose file as a tree of nodes: aliases are followed by hand and counted, so that a bomb of them
// costs nothing.
func (f *facts) compose(c Config) {
	var doc yaml.Node
	if err := yaml.Unmarshal(c.Data, &doc); err != nil {
		f.notes = append(f.notes, c.Path+": not read: "+firstLine(err.Error()))
		return
	}
	y := &yamlReader{left: maxNodes}
	if len(doc.Content) == 0 {
		return
	}
	for _, service := range y.pairs(y.get(doc.Content[0], "services")) {
		f.service(c, y, service)
	}
	if y.left <= 0 {
		f.notes = append(f.notes, c.Path+": read in part, it has too many nodes")
	}
}

func (f *facts) service(c Config, y *yamlReader, service yamlPair) {
	at := func(n *yaml.Node) Place { return Place{c.Path, n.Line} }
	image := y.text(y.get(service.value, "image"))
	if image != "" {
		f.images = append(f.images, located{image, at(service.value), isTestPath(c.Path)})
	}
	for _, pair := range y.environment(y.get(service.value, "environment")) {
		f.setEnv(pair.key, y.text(pair.value), envValue{rank: fromCompose, place: at(pair.value), test: isTestPath(c.Path)})
	}
	command := y.text(y.get(service.value, "entrypoint")) + " " + y.text(y.get(service.value, "command"))
	if isQueueWorker(service.key, command) {
		return
	}
	if command != " " {
		f.command(command, at(service.value))
	}
	if y.get(service.value, "build") == nil && !strings.Contains(command, "uvicorn") && !strings.Contains(command, "gunicorn") {
		return // replicas of a database or proxy are none of the application
	}
	replicas := y.get(y.get(service.value, "deploy"), "replicas")
	if replicas == nil {
		replicas = y.get(service.value, "scale")
	}
	if replicas == nil {
		return
	}
	n, err := strconv.Atoi(f.expand(y.text(replicas), 0))
	if err == nil && n > 1 {
		f.work(workersFact{count: n, stated: true, place: at(replicas), why: fmt.Sprintf("service %s runs %d replicas", service.key, n)})
	}
}

// yamlReader looks into YAML nodes and counts what it looks at.
type yamlReader struct{ left int }

type yamlPair struct {
	key   string
	value *yaml.Node
}

func (y *yamlReader) real(n *yaml.Node) *yaml.Node {
	for hops := 0; n != nil && n.Kind == yaml.AliasNode && hops < 10; hops++ {
		n = n.Alias
	}
	return n
}

// pairs lists the entries of a mapping, those of merged mappings (<<) first.
func (y *yamlReader) pairs(n *yaml.Node) []yamlPair { return y.merged(n, 0) }

func (y *yamlReader) merged(n *yaml.Node, depth int) []yamlPair {
	n = y.real(n)
	if n == nil || n.Kind != yaml.MappingNode || depth > 5 {
		return nil
	}
	var pairs []yamlPair
	for i := 0; i+1 < len(n.Content) && y.left > 0; i += 2 {
		y.left--
		if n.Content[i].Value == "<<" {
			pairs = append(y.merged(n.Content[i+1], depth+1), pairs...)
			continue
		}
		pairs = append(pairs, yamlPair{n.Content[i].Value, y.real(n.Content[i+1])})
	}
	return pairs
}

func (y *yamlReader) get(n *yaml.Node, key string) *yaml.Node {
	var found *yaml.Node
	for _, p := range y.pairs(n) {
		if p.key == key {
			found = p.value
		}
	}
	return found
}

// text is a scalar, or the words of a list joined by blanks.
func (y *yamlReader) text(n *yaml.Node) string {
	n = y.real(n)
	if n == nil {
		return ""
	}
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	var words []string
	if n.Kind == yaml.SequenceNode {
		for _, e := range n.Content {
			if y.left--; y.left <= 0 {
				break
			}
			if e = y.real(e); e != nil && e.Kind == yaml.ScalarNode {
				words = append(words, e.Value)
			}
		}
	}
	return strings.Join(words, " ")
}

// environment reads a mapping, or a list of NAME=value.
func (y *yamlReader) environment(n *yaml.Node) []yamlPair {
	n = y.real(n)
	if n == nil || n.Kind != yaml.SequenceNode {
		return y.pairs(n)
	}
	var pairs []yamlPair
	for _, e := range n.Content {
		if y.left--; y.left <= 0 {
			break
		}
		e = y.real(e)
		if name, value, ok := strings.Cut(e.Value, "="); ok {
			pairs = append(pairs, yamlPair{name, &yaml.Node{Kind: yaml.ScalarNode, Value: value, Line: e.Line}})
		}
	}
	return pairs
}

// workers weighs what was said about processes: the largest stated number of the application counts.
func (f *facts) workersInfo() WorkersInfo {
	for _, name := range []string{"WEB_CONCURRENCY", "UVICORN_WORKERS", "GUNICORN_WORKERS"} {
		if e := f.envBest(name); e != nil && !e.test {
			f.workersOption(name, e.value, e.place)
		}
	}
	best := workersFact{}
	for _, w := range f.workers {
		if !w.test && w.weight() > best.weight() {
			best = w
		}
	}
	return WorkersInfo{Count: best.count, Several: best.several, Known: best.stated, Why: best.why, From: best.place}
}

func (w workersFact) weight() int {
	switch {
	case w.why == "":
		return -1
	case w.several:
		return 100_000 + w.count
	case w.stated:
		return 2
	}
	return 1
}
