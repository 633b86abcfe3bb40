package remedy

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// addArgument adds a keyword argument at the end of a call, or before what it passes on of other keywords.
func addArgument(f *python.File, call *python.Call, argument string) change {
	if n := len(call.Keywords); n > 0 && call.Keywords[n-1].Name == "" {
		if c, ok := beforeKeywords(f, call.Keywords[n-1].Value.Pos(), argument); ok {
			return c
		}
	}
	at := call.Stop() - 1 // the closing bracket
	last := at
	for last > call.Pos() && strings.IndexByte(" \t\r\n,", f.Source[last-1]) >= 0 {
		last--
	}
	if strings.ContainsRune(string(f.Source[last:at]), ',') {
		comma := last + int32(strings.IndexByte(string(f.Source[last:at]), ','))
		if strings.ContainsRune(string(f.Source[comma:at]), '\n') {
			line := lineStart(f, last)
			indentation := string(f.Source[line:last])
			indentation = indentation[:len(indentation)-len(strings.TrimLeft(indentation, " \t"))]
			return change{f, comma + 1, comma + 1, newline(f) + indentation + argument + ","}
		}
		return change{f, comma + 1, comma + 1, " " + argument}
	}
	if strings.ContainsRune(string(f.Source[last:at]), '\n') && len(call.Args)+len(call.Keywords) > 1 {
		if in, alone := startsLine(f, lastArgument(call)); alone {
			return change{f, last, last, "," + newline(f) + in + argument}
		}
	}
	return change{f, last, last, ", " + argument}
}

// lastArgument is where the last argument of a call begins.
func lastArgument(call *python.Call) (at int32) {
	for _, a := range call.Args {
		at = max(at, a.Pos())
	}
	for _, k := range call.Keywords {
		at = max(at, k.Pos())
	}
	return at
}

// startsLine is the indentation of what stands at an offset; alone is false where something stands before it in its line.
func startsLine(f *python.File, at int32) (in string, alone bool) {
	in = string(f.Source[lineStart(f, at):at])
	return in, strings.TrimSpace(in) == ""
}

// fitted adds a keyword argument at the end of a call, whose arguments get lines of their own where its line would be too long.
func fitted(fn *program.Function, call *python.Call, argument string) change {
	f := fn.Module.File
	c := addArgument(f, call, argument)
	from := lineStart(f, call.Pos())
	line, _, _ := strings.Cut(string(f.Source[from:]), "\n")
	rest, _, _ := strings.Cut(string(f.Source[call.Stop():]), "\n")
	text := f.Text(call)
	st, ok := enclosing(fn, call.Pos())
	if !ok || !isPath(call.Func) || strings.ContainsAny(text, "\n#") || len(line)+len(c.text) <= widest || lineStart(f, st.node().Pos()) != from || strings.TrimSpace(rest) != "" {
		return c
	}
	at := c.start - call.Pos()
	return change{f, call.Pos(), call.Stop(), onLines(text[:at]+c.text+text[at:], indent(f, st.node()), unit(f, fn), newline(f))}
}

// beforeKeywords adds a parameter or an argument before the one that stands for all other keywords.
func beforeKeywords(f *python.File, at int32, text string) (change, bool) {
	stars := int32(strings.LastIndex(string(f.Source[:at]), "**"))
	if stars < 0 || strings.TrimSpace(string(f.Source[stars+2:at])) != "" {
		return change{}, false
	}
	between := " "
	if line := lineStart(f, stars); strings.TrimSpace(string(f.Source[line:stars])) == "" {
		between = newline(f) + string(f.Source[line:stars])
	}
	return change{f, stars, stars, text + "," + between}, true
}
