package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Programs that are started: what they do with the files and folders that they are told of, as far as that is known.

// inspectors are programs that examine a file that they are given by its name.
var inspectors = []string{"clamscan", "clamdscan", "file", "exiftool", "identify", "ffprobe", "pdfinfo", "qpdf", "mediainfo", "sha256sum", "md5sum", "yara", "zipinfo", "xmllint", "jsonlint", "savscan"}

// runsTool starts a program. What it does with a file it was given is known of some: git and tar may make links.
func runsTool(c *Call) *Value {
	words := c.Args
	if len(words) > 0 && words[0].Kind == Sequence {
		words = words[0].Items
	}
	if len(words) == 0 {
		return nil
	}
	tool, _ := words[0].Str()
	tool = tool[strings.LastIndexByte(tool, '/')+1:]
	c.runsCode(words)
	var d Deps
	for i, w := range words[1:] {
		if c.makesTemporary(tool, words, i+1) {
			fileOp(c, w, interleave.Op{Kind: interleave.Update}, nil)
			continue
		}
		if !isPath(w) && (w.Kind == Const || !c.knows(Template(w))) {
			continue
		}
		switch {
		case tool == "git" && i > 0 && isText(words[1], "clone") && i == len(words)-2, tool == "tar" && i > 0 && isText(words[i], "-C"),
			tool == "git" && i == 1 && isText(words[1], "-C") && len(words) > 3 && checksOut(words[3]):
			linkOp(c, w, interleave.Update)
		case isInspector(tool):
			d = d.With(Dep(readBy(c, w, Inspected)))
		case c.wroteHere(w), c.judgedHere(w), c.readHere(w):
			readBy(c, w, Handed)
		}
	}
	if c.Await {
		c.Suspend(true)
	}
	if name := Last(c.Name); name == "Popen" || strings.HasPrefix(name, "create_subprocess_") {
		return Opaque(running+tool, d.With(c.argDeps()))
	}
	return Opaque("answer of "+tool, d.With(c.argDeps()))
}

// interpreters are programs that do whatever the text says which they are given.
var interpreters = []string{"sh", "bash", "zsh", "dash", "python", "python3", "node", "deno", "bun", "ruby", "perl", "php", "Rscript", "make"}

// runsCode notes that a program which does what the request tells it may make links in the directory that it is started in, or is told of.
func (c *Call) runsCode(words []*Value) {
	if !c.tellsInterpreter(words) {
		return
	}
	if dir := c.Keyword("cwd"); dir != nil && namesFile(c.World, dir) {
		linkOp(c, dir, interleave.Update)
	}
	for _, w := range words[1:] {
		if w.Kind != Const && namesFile(c.World, w) {
			linkOp(c, w, interleave.Update)
		}
	}
}

// tellsInterpreter tells whether what an interpreter is to do was not written here: a whole command, the text behind its options, or
// its input when it is given no script.
func (c *Call) tellsInterpreter(words []*Value) bool {
	if c.True("shell") || Last(c.Name) == "create_subprocess_shell" {
		return words[0].Kind != Const && words[0].Name != formatted
	}
	at := slices.IndexFunc(words, func(w *Value) bool {
		name, _ := w.Str()
		return slices.Contains(interpreters, name[strings.LastIndexByte(name, '/')+1:])
	})
	if at < 0 {
		return false
	}
	for _, w := range words[at+1:] {
		if option, ok := w.Str(); !ok || !strings.HasPrefix(option, "-") {
			return !ok && w.Kind != Const && !isPath(w)
		}
	}
	input := c.Keyword("input")
	return input != nil && input.Kind != Const
}

// outputOptions stand before the name of the file that a program is to make; outputLast are programs for which it is the last word.
var (
	outputOptions = []string{"-o", "--output", "-out", "--out", "-O"}
	outputLast    = []string{"ffmpeg", "convert", "magick", "wkhtmltopdf", "pdftotext", "cp"}
)

// makesTemporary tells whether a word names the file that a program is to make in the system's directory for temporary files, where
// anybody may have made one before.
func (c *Call) makesTemporary(tool string, words []*Value, at int) bool {
	w := words[at]
	if !strings.HasPrefix(Template(w), tempRootName+"/") || !isPath(w) && !namesFile(c.World, w) {
		return false
	}
	option, _ := words[at-1].Str()
	return slices.Contains(outputOptions, option) || at == len(words)-1 && slices.Contains(outputLast, tool)
}

// running begins the name of a program that goes on when it was started.
const running = "running "

// RunsProgram tells whether a value is a program that goes on beside the application.
func RunsProgram(v *Value) bool { return v != nil && strings.HasPrefix(v.Sym, running) }

func isText(v *Value, text string) bool {
	s, ok := v.Str()
	return ok && s == text
}

func isInspector(tool string) bool { return slices.Contains(inspectors, tool) || examines(tool) }

// checksOut tells whether a command of git puts files into the working copy, links among them.
func checksOut(command *Value) bool {
	name, _ := command.Str()
	return slices.Contains([]string{"pull", "checkout", "switch", "reset", "merge", "submodule"}, name)
}

// clones makes a working copy, which may hold links.
func clones(c *Call) *Value {
	if p := c.Arg(1, "to_path"); p != nil {
		linkOp(c, p, interleave.Update)
	}
	return nil
}
