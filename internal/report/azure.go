package report

import (
	"io"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/internal/sink"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// Azure writes one logging command of Azure Pipelines for each finding. It knows errors and warnings.
func Azure(w io.Writer, r *finding.Report) error {
	var b strings.Builder
	counted(r, func(f *finding.Finding) {
		kind := "warning"
		if f.Severity.Rank() >= finding.High.Rank() {
			kind = "error"
		}
		begin, _ := lines(f.Location)
		b.WriteString(sink.AzureIssue([]sink.Property{{Name: "type", Value: kind}, {Name: "sourcepath", Value: inRepo(r, f.Location.Path)},
			{Name: "linenumber", Value: strconv.Itoa(begin)}, {Name: "columnnumber", Value: strconv.Itoa(max(f.Location.Column, 1))}, {Name: "code", Value: f.Rule}},
			sink.ClipBytes(explained(f), 4000)) + "\n")
	})
	_, err := io.WriteString(w, b.String())
	return err
}
