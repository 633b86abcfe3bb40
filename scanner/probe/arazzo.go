//go:build !lean

package probe

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	yaml "github.com/pb33f/go-yaml"
)

// The little of an Arazzo 1.x document that a race can use: workflows of steps on one description.
type arazzoDocument struct {
	Workflows []struct {
		ID    string       `yaml:"workflowId"`
		Steps []arazzoStep `yaml:"steps"`
	} `yaml:"workflows"`
}

type arazzoStep struct {
	ID         string            `yaml:"stepId"`
	Operation  string            `yaml:"operationId"`
	Path       string            `yaml:"operationPath"`
	Workflow   string            `yaml:"workflowId"`
	Parameters []arazzoParameter `yaml:"parameters"`
	Body       *struct {
		Payload any `yaml:"payload"`
	} `yaml:"requestBody"`
	Outputs map[string]string `yaml:"outputs"`
}

type arazzoParameter struct {
	Name  string `yaml:"name"`
	In    string `yaml:"in"`
	Value any    `yaml:"value"`
}

// readArazzo makes scenarios of workflows: all steps but the last prepare, the last one is raced against itself.
func readArazzo(data []byte) (*File, error) {
	var doc arazzoDocument
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("not an Arazzo document: %w", err)
	}
	f := &File{}
	for _, w := range doc.Workflows {
		s := FileScenario{ID: w.ID}
		for i, st := range w.Steps {
			c, err := st.call()
			if err != nil {
				return nil, fmt.Errorf("workflow %s, step %s: %w", w.ID, st.ID, err)
			}
			if i < len(w.Steps)-1 {
				s.Setup = append(s.Setup, c)
				continue
			}
			c.Save = nil
			s.Racers = []FileCall{c, c}
		}
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("workflow %s: %w", w.ID, err)
		}
		f.Scenarios = append(f.Scenarios, s)
	}
	if len(f.Scenarios) == 0 {
		return nil, errors.New("the Arazzo document has no workflow")
	}
	return f, nil
}

// call turns a step into ours. Its outputs are saved under "step.output".
func (st *arazzoStep) call() (FileCall, error) {
	c := FileCall{Op: st.Operation, Save: map[string]string{}}
	switch {
	case st.Workflow != "":
		return c, errors.New("steps that call other workflows are not read")
	case st.Path != "":
		op, err := operationPath(st.Path)
		if err != nil {
			return c, err
		}
		c.Op = op
	case st.Operation == "":
		return c, errors.New("it names no operation")
	default: // $sourceDescriptions.name.operationId
		c.Op = st.Operation[strings.LastIndexByte(st.Operation, '.')+1:]
	}
	for _, p := range st.Parameters {
		if c.Params == nil {
			c.Params = map[string]any{}
		}
		c.Params[p.Name] = expressions(p.Value)
	}
	if st.Body != nil {
		c.Body = expressions(plain(st.Body.Payload))
	}
	for name, expression := range st.Outputs {
		c.Save[st.ID+"."+name] = expression
	}
	return c, nil
}

var (
	pathPointer = regexp.MustCompile(`#/paths/([^/]+)/(get|post|put|patch|delete)$`)
	stepOutput  = regexp.MustCompile(`\$steps\.([\w-]+)\.outputs\.([\w-]+)`)
)

// operationPath reads {$sourceDescriptions.x.url}#/paths/~1orders/post.
func operationPath(text string) (string, error) {
	m := pathPointer.FindStringSubmatch(text)
	if m == nil {
		return "", fmt.Errorf("operationPath %q names no operation", text)
	}
	return strings.ToUpper(m[2]) + " " + strings.NewReplacer("~1", "/", "~0", "~").Replace(m[1]), nil
}

// expressions writes $steps.a.outputs.b as $a.b, alone or in braces within a text.
func expressions(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = expressions(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = expressions(x)
		}
		return out
	case string:
		text := strings.ReplaceAll(v, "{$steps.", "${steps.")
		text = regexp.MustCompile(`\$\{steps\.([\w-]+)\.outputs\.([\w-]+)\}`).ReplaceAllString(text, "$${$1.$2}")
		return stepOutput.ReplaceAllString(text, "$$$1.$2")
	}
	return v
}
