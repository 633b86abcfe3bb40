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

// breakLegacy parts the two marks of "##[command]" and of "##vso[command]".
func breakLegacy(s string) string {
	if !strings.Contains(s, "##") {
		return s
	}
	s = strings.ReplaceAll(s, "##[", "# #[")
	const vso = "##vso["
	for i := 0; i+len(vso) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(vso)], vso) {
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
