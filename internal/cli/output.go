package cli

import (
	"bytes"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/middlebrick/middlebrick/internal/replace"
	"github.com/middlebrick/middlebrick/internal/report"
	"github.com/middlebrick/middlebrick/internal/suggest"
	"github.com/middlebrick/middlebrick/sarif"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
)

// output is one report of a run: its form and where it goes. An empty file is standard output.
type output struct {
	form, file string
	write      func(io.Writer, *finding.Report, *source.Tree) error
}

// forms are the names of the forms, in the order in which they are told.
var forms = []string{"text", "concise", "markdown", "html", "json", "sarif", "github", "gitlab", "gitlab-sast", "junit", "rdjsonl", "bitbucket", "azure"}

func formList() string {
	last := len(forms) - 1
	return strings.Join(forms[:last], ", ") + " or " + forms[last]
}

// outputs understands --output, --output-file and --report. Without a form for standard output the text goes there.
func (c *command) outputs(f *scanFlags) ([]output, error) {
	var all []output
	stdout := ""
	for _, entry := range f.reports {
		form, file, _ := strings.Cut(entry, "=")
		if file == "" {
			if stdout != "" {
				return nil, usage("give a file: --report "+form+"=FILE", "--report: %s and %s both go to standard output", stdout, form)
			}
			stdout = form
		}
		o, err := c.output("--report", form, file)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	form := f.output
	switch {
	case stdout != "" && form != "" && f.file == "":
		return nil, usage("give a file: --report "+stdout+"=FILE", "--output %s and --report %s both go to standard output", form, stdout)
	case stdout != "" && form == "" && f.file == "":
		return all, nil
	case form == "":
		form = "text"
	}
	o, err := c.output("--output", form, f.file)
	return append([]output{o}, all...), err
}

func (c *command) output(flag, form, file string) (output, error) {
	o := output{form: form, file: file}
	if !slices.Contains(forms, form) {
		hint := "use " + formList()
		if near := suggest.Nearest(form, forms); near != "" {
			hint = "did you mean " + near + "? " + hint
		}
		return o, usage(hint, "%s: unknown form %q", flag, form)
	}
	colored, err := c.colored(file == "")
	if err != nil {
		return o, err
	}
	o.write = func(w io.Writer, r *finding.Report, tree *source.Tree) error {
		return c.write(w, form, colored, r, tree)
	}
	return o, nil
}

// write writes one report in one form.
func (c *command) write(w io.Writer, form string, colored bool, r *finding.Report, tree *source.Tree) error {
	opts := report.Options{Color: colored, Width: c.width(), Source: tree.Lookup}
	switch form {
	case "text":
		return report.Text(w, r, opts)
	case "concise":
		return report.Concise(w, r, opts)
	case "markdown":
		return report.Markdown(w, r, opts)
	case "html":
		titles := map[string]string{}
		for _, rule := range c.rules {
			titles[rule.ID] = rule.Title
		}
		return report.HTML(w, r, opts, titles)
	case "sarif":
		return c.writeSARIF(w, r, tree)
	case "github":
		return report.GitHub(w, r)
	case "gitlab":
		return report.CodeQuality(w, r)
	case "gitlab-sast":
		return report.SAST(w, r, time.Now())
	case "junit":
		return report.JUnit(w, r)
	case "rdjsonl":
		return report.RDJSONL(w, r, opts)
	case "bitbucket":
		return report.Bitbucket(w, r, c.failOn)
	case "azure":
		return report.Azure(w, r)
	}
	return report.JSON(w, r)
}

func (c *command) writeSARIF(w io.Writer, r *finding.Report, tree *source.Tree) error {
	log, notes, err := sarif.Build(r, sarif.Options{Rules: c.rules, Prefix: prefix(r.Target), Source: tree.Lookup})
	if err != nil {
		return err
	}
	for _, note := range notes {
		c.say("sarif: %s", note)
	}
	_, err = w.Write(report.EscapeJSON(log))
	return err
}

// prefix is what stands before the paths of a report for someone who stands where the command was called.
func prefix(target string) string {
	if target == "." || filepath.IsAbs(target) || target == ".." || strings.HasPrefix(target, "../") {
		return ""
	}
	return target
}

// emit writes all reports of a run.
func (c *command) emit(all []output, r *finding.Report, tree *source.Tree) error {
	for _, o := range all {
		if err := c.emitTo(o.file, func(w io.Writer) error { return o.write(w, r, tree) }); err != nil {
			return err
		}
	}
	return nil
}

// emitTo writes a report to standard output or, all or nothing, to a file.
func (c *command) emitTo(file string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	if file == "" {
		if _, err := c.out.Write(b.Bytes()); err != nil {
			return usage("", "the report could not be written: %w", err)
		}
		return nil
	}
	if err := replace.File(file, b.Bytes(), 0o644); err != nil {
		return usage("a report needs a directory that exists and may be written to", "the report could not be written: %w", err)
	}
	return nil
}
