package action

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"github.com/middlebrick/middlebrick/sarif"
)

// maxShown is the number of results that code scanning keeps of a file. Above it, it keeps what it likes; so the file
// is cut here, by what matters to the reader.
const maxShown = 5000

// writeFiles writes the SARIF and the JSON file into the workspace.
func (r *run) writeFiles() error {
	var errs []error
	if r.in.SARIFFile != "" {
		opts := r.sarifOptions()
		opts.Suppressed = true
		log, notes, err := sarif.Build(r.head, opts)
		for _, n := range notes {
			r.note("%s", n)
		}
		if err == nil {
			err = selfCheck(log)
		}
		if err == nil {
			err = r.write(r.in.SARIFFile, log)
		}
		if err == nil {
			r.published.sarif = r.in.SARIFFile
		}
		errs = append(errs, err)
	}
	if r.in.JSONFile != "" {
		var buf bytes.Buffer
		err := r.JSON(&buf, r.head)
		if err == nil {
			err = r.write(r.in.JSONFile, buf.Bytes())
		}
		if err == nil {
			r.published.json = r.in.JSONFile
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// uploadLog is the file for code scanning: every finding that counts, the worst first.
func (r *run) uploadLog() ([]byte, error) {
	upload := *r.head
	upload.Findings = nil
	counted := r.cmp.Of(New, Known, Baselined)
	if len(counted) > maxShown {
		r.note("code scanning keeps %d results: %d of %d are left out, the known before the new and the mild before the severe; the local file has all", maxShown, len(counted)-maxShown, len(counted))
		counted = counted[:maxShown]
	}
	for _, e := range counted {
		upload.Findings = append(upload.Findings, e.Finding)
	}
	log, notes, err := sarif.Build(&upload, r.sarifOptions())
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		r.note("%s", n)
	}
	return log, selfCheck(log)
}

// selfCheck refuses a file that code scanning would refuse whole.
func selfCheck(log []byte) error {
	var file struct {
		Version string `json:"version"`
		Runs    []struct {
			Results []struct {
				RuleID  string `json:"ruleId"`
				Message struct {
					Text string `json:"text"`
				} `json:"message"`
				Locations []struct {
					Physical struct {
						Artifact struct {
							URI string `json:"uri"`
						} `json:"artifactLocation"`
					} `json:"physicalLocation"`
				} `json:"locations"`
			} `json:"results"`
		} `json:"runs"`
	}
	if err := json.Unmarshal(log, &file); err != nil {
		return fmt.Errorf("self-check of the SARIF file: %w", err)
	}
	if file.Version != "2.1.0" || len(file.Runs) != 1 {
		return fmt.Errorf("self-check of the SARIF file: version %q with %d runs", file.Version, len(file.Runs))
	}
	for i, res := range file.Runs[0].Results {
		if res.RuleID == "" || res.Message.Text == "" || len(res.Locations) == 0 || res.Locations[0].Physical.Artifact.URI == "" {
			return fmt.Errorf("self-check of the SARIF file: result %d has no rule, message or place", i)
		}
	}
	return nil
}

// write puts a file into the workspace. It never follows a link that the scanned tree has in its place: the content
// goes into a new file, which then takes the place. The file belongs to the owner of the workspace, not to root.
func (r *run) write(name string, data []byte) error {
	owner := ownerOf(r.top)
	if err := r.makeDirs(path.Dir(name), owner); err != nil {
		return err
	}
	temp := path.Join(path.Dir(name), ".middlebrick-"+randomHex())
	f, err := r.top.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = errors.Join(owner(temp), r.top.Rename(temp, name))
	}
	if err != nil {
		_ = r.top.Remove(temp)
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (r *run) makeDirs(dir string, owner func(string) error) error {
	if dir == "." {
		return nil
	}
	if info, err := r.top.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	if err := r.makeDirs(path.Dir(dir), owner); err != nil {
		return err
	}
	if err := r.top.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return owner(dir)
}
