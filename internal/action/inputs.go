package action

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// Inputs are the inputs of action.yml, checked. The zero value of a choice is never used: every one has a default.
type Inputs struct {
	Paths            []string
	WorkingDirectory string
	Config           string
	FailOn           string // none or a severity; empty: what the configuration says
	FailScope        string // auto, new, all
	MinSeverity      finding.Severity
	MinConfidence    finding.Confidence
	Baseline         string
	Evidence         string
	Probe            Probe
	Base             string // auto, off or a commit
	OnMissingBase    string // warn, fail, all
	ConfigFrom       string // auto, base, head
	SARIFFile        string
	JSONFile         string
	Upload           string // auto, always, never
	Category         string
	Annotations      string // auto, commands, checks, none
	MaxAnnotations   int
	Review           string // none, comment, suggest
	Summary          bool
	Token            string
	WaitForUpload    bool
	FailOnIncomplete bool
	FailOnSuppressed bool   // fail when a pull request adds a suppression
	TargetEvent      string // refuse, data-only: what to do on pull_request_target
}

// settle fills in what the configuration decides where no input does.
func (in *Inputs) settle(failOn string) {
	if in.FailOn == "" {
		in.FailOn = orElse(failOn, string(finding.High))
	}
}

// reader collects the mistakes of all inputs, so that a user sees them at once.
type reader struct {
	getenv func(string) string
	errs   []error
}

// ReadInputs reads the INPUT_* variables that the runner sets from the workflow.
func ReadInputs(getenv func(string) string) (Inputs, error) {
	r := &reader{getenv: getenv}
	in := Inputs{
		Paths:            r.paths("paths", "."),
		WorkingDirectory: r.path("working-directory", "."),
		Config:           r.path("config", ""),
		FailOn:           r.choice("fail-on", "", "", "none", "low", "medium", "high", "critical"),
		FailScope:        r.choice("fail-scope", "auto", "auto", "new", "all"),
		MinSeverity:      finding.Severity(r.choice("min-severity", "low", "info", "note", "low", "medium", "high", "critical")),
		MinConfidence:    finding.Confidence(r.choice("min-confidence", "low", "low", "medium", "high")),
		Baseline:         r.path("baseline", ""),
		Evidence:         r.path("evidence", ""),
		Probe:            r.probe(),
		Base:             r.base(),
		OnMissingBase:    r.choice("on-missing-base", "warn", "fail", "all", "warn"),
		ConfigFrom:       r.choice("config-from", "auto", "auto", "base", "head"),
		SARIFFile:        r.path("sarif-file", "middlebrick.sarif"),
		JSONFile:         r.path("json-file", "middlebrick.json"),
		Upload:           r.choice("upload", "auto", "auto", "always", "never"),
		Category:         r.category(),
		Annotations:      r.choice("annotations", "auto", "auto", "commands", "checks", "none"),
		MaxAnnotations:   r.number("max-annotations", 10, 0, 10),
		Review:           r.choice("review", "none", "none", "comment", "suggest"),
		Summary:          r.boolean("summary", true),
		Token:            strings.TrimSpace(r.value("token", "")),
		WaitForUpload:    r.boolean("wait-for-processing", true),
		FailOnIncomplete: r.boolean("fail-on-incomplete", true),
		FailOnSuppressed: r.boolean("fail-on-new-suppressions", false),
		TargetEvent:      r.choice("pull-request-target", "refuse", "refuse", "data-only"),
	}
	if in.Probe.URL != "" && !in.Probe.Consent {
		r.fail("probe-url", "racing %s changes its data: say that it is yours with probe-i-own-this-target: true", in.Probe.URL)
	}
	return in, errors.Join(r.errs...)
}

func (r *reader) fail(name, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("input %s: %s", name, fmt.Sprintf(format, args...)))
}

// value reads an input as the runner names it: upper case, spaces as underscores, hyphens kept. A shell cannot set
// such a variable, so underscores are read too.
func (r *reader) value(name, fallback string) string {
	key := "INPUT_" + strings.ToUpper(name)
	for _, k := range []string{key, strings.ReplaceAll(key, "-", "_")} {
		if v := strings.TrimSpace(r.getenv(k)); v != "" {
			return v
		}
	}
	return fallback
}

func (r *reader) choice(name, fallback string, options ...string) string {
	v := strings.ToLower(r.value(name, fallback))
	if !slices.Contains(options, v) {
		r.fail(name, "%q is not one of %s", v, strings.TrimPrefix(strings.Join(options, ", "), ", "))
		return fallback
	}
	return v
}

func (r *reader) boolean(name string, fallback bool) bool {
	v := strings.ToLower(r.value(name, strconv.FormatBool(fallback)))
	if v != "true" && v != "false" {
		r.fail(name, "%q is neither true nor false", v)
		return fallback
	}
	return v == "true"
}

func (r *reader) number(name string, fallback, low, high int) int {
	v := r.value(name, strconv.Itoa(fallback))
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		r.fail(name, "%q is not a number from %d to %d", v, low, high)
		return fallback
	}
	return n
}

// path reads a path that must stay inside the workspace.
func (r *reader) path(name, fallback string) string {
	v := r.value(name, fallback)
	if v == "" {
		return ""
	}
	clean, err := inside(v)
	if err != nil {
		r.fail(name, "%v", err)
		return fallback
	}
	return clean
}

func (r *reader) paths(name, fallback string) []string {
	var out []string
	for _, p := range strings.FieldsFunc(r.value(name, fallback), func(c rune) bool { return c == '\n' || c == ',' }) {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		clean, err := inside(p)
		if err != nil {
			r.fail(name, "%v", err)
			continue
		}
		out = append(out, clean)
	}
	if slices.Contains(out, ".") {
		return nil // the whole tree
	}
	return out
}

func inside(p string) (string, error) {
	if strings.ContainsAny(p, "\x00\\") {
		return "", fmt.Errorf("%q holds a character that a path cannot have here", p)
	}
	clean := path.Clean(p)
	if path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") {
		return "", fmt.Errorf("%q leads out of the workspace: name it relative to the workspace", p)
	}
	return clean, nil
}

func (r *reader) base() string {
	v := strings.ToLower(r.value("base", "auto"))
	if v == "auto" || v == "off" || isSHA(v) {
		return v
	}
	r.fail("base", "%q is neither auto, off nor a full commit hash", v)
	return "auto"
}

// category keeps one trailing slash: code scanning takes everything before the last slash, and without a slash nothing.
func (r *reader) category() string {
	v := r.value("category", "middlebrick/")
	if strings.ContainsFunc(v, func(c rune) bool { return c < 0x20 || c == 0x7f }) || len(v) > 200 {
		r.fail("category", "it holds a control character or is longer than 200 bytes")
		return "middlebrick/"
	}
	return strings.TrimRight(v, "/") + "/"
}

// isSHA tells whether text is a full hash of a commit, SHA-1 or SHA-256.
func isSHA(s string) bool {
	if len(s) != 40 && len(s) != 64 {
		return false
	}
	return strings.Trim(s, "0123456789abcdef") == ""
}
