package action

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/middlebrick/middlebrick/internal/baseline"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// readBaseline reads the races that are accepted for now, from the base where there is one.
func (r *run) readBaseline() (baseline.Left, error) {
	if r.in.Baseline == "" {
		return nil, nil
	}
	var data []byte
	var err error
	if r.base != nil && !r.plan.TrustHead {
		data, err = fs.ReadFile(r.base.tree, r.in.Baseline)
	} else {
		data, err = workspace{root: r.top}.read(r.in.Baseline, baseline.MaxSize)
	}
	if err != nil {
		return nil, fmt.Errorf("baseline: %w; make one with \"middlebrick baseline create\"", err)
	}
	file, err := baseline.Parse(r.in.Baseline, data)
	if err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	return file.Left(), nil
}

// maxEvidence bounds the report of the prober.
const maxEvidence = 64 << 20

// withEvidence adds to the findings what a probe of the running application saw. It can raise a finding and never lower
// one, so it does not matter that code of the pull request may have written it.
func (r *run) withEvidence(head *finding.Report) (*finding.Report, error) {
	if r.in.Evidence == "" {
		return head, nil
	}
	data, err := workspace{root: r.top}.read(r.in.Evidence, maxEvidence)
	if err != nil {
		return nil, fmt.Errorf("evidence: %w; write one with \"middlebrick scan --start … --output json\"", err)
	}
	probed, err := finding.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("evidence: %s: %w", r.in.Evidence, err)
	}
	return r.fuse(head, probed, "evidence"), nil
}

// changedSettings names the files with settings that differ between base and head: on a pull request those of the base
// count, and the reader should know that others were proposed. Further files are relative to the scanned directory.
func (r *run) changedSettings(further []string) []string {
	var names []string
	for dir := r.in.WorkingDirectory; ; dir = path.Dir(dir) {
		for _, name := range []string{"middlebrick.toml", "pyproject.toml", ignoreFile} {
			names = append(names, path.Join(dir, name))
		}
		if dir == "." || dir == "/" {
			break
		}
	}
	for _, name := range further {
		names = append(names, r.inRepo(name))
	}
	for _, name := range []string{r.in.Config, r.in.Baseline} {
		if name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var out []string
	for _, name := range slices.Compact(names) {
		before, _ := fs.ReadFile(r.base.tree, name)
		after, _ := workspace{root: r.top}.read(name, 5<<20) // past the ignore files of the base
		if path.Base(name) == "pyproject.toml" {
			before, after = ownTable(before), ownTable(after)
		}
		if !bytes.Equal(before, after) {
			out = append(out, name)
		}
	}
	return out
}

// ownTable returns the lines of pyproject.toml that are about this tool.
func ownTable(data []byte) []byte {
	var out []byte
	own := false
	for line := range bytes.Lines(data) {
		if t := bytes.TrimSpace(line); bytes.HasPrefix(t, []byte("[")) {
			own = bytes.Contains(t, []byte("middlebrick"))
		}
		if own || bytes.Contains(line, []byte("middlebrick")) { // also a dotted key or an inline table
			out = append(out, line...)
		}
	}
	return out
}
