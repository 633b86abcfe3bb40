package schema

import (
	"fmt"
	"strconv"
	"strings"

	yaml "github.com/pb33f/go-yaml"
)

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
