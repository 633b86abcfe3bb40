package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/internal/sink"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// GitHub writes one workflow command for each finding, for a job that runs the program itself. The runner shows ten of
// each level; the worst come first.
func GitHub(w io.Writer, r *finding.Report) error {
	var b strings.Builder
	counted(r, func(f *finding.Finding) {
		level := "notice"
		switch {
		case f.Severity.Rank() >= finding.High.Rank():
			level = "error"
		case f.Severity == finding.Medium:
			level = "warning"
		}
		begin, end := lines(f.Location)
		at := []sink.Property{{Name: "file", Value: inRepo(r, f.Location.Path)}, {Name: "line", Value: strconv.Itoa(begin)}, {Name: "endLine", Value: strconv.Itoa(end)}}
		if begin == end && f.Location.Column > 0 && f.Location.EndColumn > f.Location.Column {
			// The runner reads columns only when the range is one line.
			at = append(at, sink.Property{Name: "col", Value: strconv.Itoa(f.Location.Column)}, sink.Property{Name: "endColumn", Value: strconv.Itoa(f.Location.EndColumn)})
		}
		at = append(at, sink.Property{Name: "title", Value: sink.Clip(fmt.Sprintf("%s (%s)", title(f), f.Severity), 250)})
		b.WriteString(sink.GitHubCommand(level, at, sink.ClipBytes(explained(f), 4000)) + "\n")
	})
	_, err := io.WriteString(w, b.String())
	return err
}
