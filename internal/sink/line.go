package sink

import "strings"

// Log encodes text for one line on a terminal or in a workflow's log: no escape sequence, no direction mark, no line
// break, and no command to the runner. The runner obeys "::command::" after leading white space and the
// older "##[command]" anywhere in a line, on both output streams.
func Log(s string) string {
	s = breakLegacy(visible(s, ""))
	if strings.HasPrefix(strings.TrimSpace(s), "::") {
		s = "| " + s
	}
	return s
}

// Commands tells whether text begins with a mark of a command that a runner looks for anywhere in a line.
func Commands[T string | []byte](s T) bool {
	const vso = "##vso["
	start := string(s[:min(len(s), len(vso))])
	return strings.HasPrefix(start, "##[") || strings.EqualFold(start, vso)
}

// breakLegacy parts the two marks of "##[command]" and of "##vso[command]".
func breakLegacy(s string) string {
	if !strings.Contains(s, "##") {
		return s
	}
	for i := 0; i < len(s); i++ {
		if Commands(s[i:]) {
			s = s[:i+1] + " " + s[i+1:]
		}
	}
	return s
}

// CommandData encodes the message of a workflow command before the adapter escapes it: lines stay lines, all else that
// is hidden becomes visible.
func CommandData(s string) string {
	return breakLegacy(visible(strings.ReplaceAll(s, "\r\n", "\n"), "\n"))
}

// CommandProperty encodes a property of a workflow command before the adapter escapes it.
func CommandProperty(s string) string { return breakLegacy(visible(s, "")) }

// Property is a named value of a command to a build system.
type Property struct{ Name, Value string }

// GitHubCommand is a whole command to GitHub's runner, one line. Properties without a value are left out: the runner
// would read them.
func GitHubCommand(name string, properties []Property, message string) string {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	var set []string
	for _, p := range properties {
		if p.Value != "" {
			set = append(set, p.Name+"="+property.Replace(CommandProperty(p.Value)))
		}
	}
	head := name
	if len(set) > 0 {
		head += " " + strings.Join(set, ",")
	}
	return "::" + head + "::" + data.Replace(CommandData(message))
}

// AzureIssue is a whole command to the agent of Azure Pipelines that logs an error or a warning, one line.
func AzureIssue(properties []Property, message string) string {
	escape := strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A", "]", "%5D", ";", "%3B")
	data := strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A")
	var b strings.Builder
	b.WriteString("##vso[task.logissue ")
	for _, p := range properties {
		if p.Value != "" {
			b.WriteString(p.Name + "=" + escape.Replace(CommandProperty(p.Value)) + ";")
		}
	}
	return b.String() + "]" + data.Replace(CommandData(message))
}

// XML encodes text for an element or an attribute of XML 1.0, which has no way to write most controls. A file that is printed to a log
// commands nothing there.
func XML(s string) string {
	return strings.NewReplacer("##", "#&#35;", "&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;", "\n", "&#10;", "\t", "&#9;").Replace(xmlChars(visible(s, "\n\t")))
}

// xmlChars replaces what is no character of XML although it can be seen.
func xmlChars(s string) string {
	return strings.Map(func(r rune) rune {
		if r == 0xfffe || r == 0xffff {
			return 0xfffd
		}
		return r
	}, s)
}
