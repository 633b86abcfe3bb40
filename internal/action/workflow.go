package action

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/sethvargo/go-githubactions"

	"github.com/middlebrick/middlebrick/internal/sink"
)

// Workflow is the one way to the runner: its log, its annotations, its outputs and its summary. It encodes what it
// writes, hides the token, and does nothing where the runner is not there, instead of stopping the program.
type Workflow struct {
	out    io.Writer
	getenv func(string) string
	acts   *githubactions.Action
	secret string
	failed []string // writes to the runner's files that failed
}

// NewWorkflow returns the adapter of a run. The secret is never written; it may be empty.
func NewWorkflow(out io.Writer, getenv func(string) string, secret string) *Workflow {
	return &Workflow{out: out, getenv: getenv, secret: secret,
		acts: githubactions.New(githubactions.WithWriter(out), githubactions.WithGetenv(getenv))}
}

// Log writes one line that cannot be a command.
func (w *Workflow) Log(format string, args ...any) {
	fmt.Fprintf(w.out, "middlebrick: %s\n", sink.Log(w.hide(fmt.Sprintf(format, args...))))
}

// queryOf matches the query of an address: links to archives carry a token there.
var queryOf = regexp.MustCompile(`(https?://[^\s"'?]+)\?[^\s"']*`)

func (w *Workflow) hide(s string) string {
	if len(w.secret) >= 8 {
		s = strings.ReplaceAll(s, w.secret, "***")
	}
	return queryOf.ReplaceAllString(s, "$1")
}

// Level is the level of an annotation.
type Level string

// The levels, as the runner names them.
const (
	LevelError   Level = "error"
	LevelWarning Level = "warning"
	LevelNotice  Level = "notice"
)

// Annotation is a message at a place of the repository. An empty path is a message about the run.
type Annotation struct {
	Level     Level
	Path      string
	Line      int
	EndLine   int
	Column    int
	EndColumn int
	Title     string
	Message   string
}

// Annotate writes a workflow command. Empty properties are left out: the runner would read them.
func (w *Workflow) Annotate(a Annotation) {
	fields := map[string]string{}
	for key, n := range map[string]int{"line": a.Line, "endLine": a.EndLine, "col": a.Column, "endColumn": a.EndColumn} {
		// Columns are read only when the range is one line.
		if n > 0 && a.Path != "" && (key == "line" || key == "endLine" || a.Line == a.EndLine) {
			fields[key] = strconv.Itoa(n)
		}
	}
	for key, s := range map[string]string{"file": a.Path, "title": a.Title} {
		if s != "" {
			fields[key] = sink.CommandProperty(w.hide(s))
		}
	}
	acts := w.acts.WithFieldsMap(fields)
	message := sink.CommandData(w.hide(a.Message))
	switch a.Level {
	case LevelError:
		acts.Errorf("%s", message)
	case LevelWarning:
		acts.Warningf("%s", message)
	default:
		acts.Noticef("%s", message)
	}
}

// Output sets an output of the step. The delimiter is new for every value: a fixed one could be closed by the value.
func (w *Workflow) Output(name, value string) {
	delimiter := "middlebrick_" + randomHex()
	w.append("GITHUB_OUTPUT", name+"<<"+delimiter+"\n"+w.hide(value)+"\n"+delimiter+"\n")
}

// Summary adds Markdown, which must be encoded already, to the summary of the job.
func (w *Workflow) Summary(markdown string) { w.append("GITHUB_STEP_SUMMARY", w.hide(markdown)) }

func (w *Workflow) append(variable, text string) {
	name := w.getenv(variable)
	if name == "" {
		return
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = f.WriteString(text)
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}
	if err != nil {
		w.failed = append(w.failed, fmt.Sprintf("%s: %v", variable, err))
	}
}

func randomHex() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
