package lsp

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
)

// maxOpen bounds the files that an editor has open, maxFolders the projects.
const (
	maxOpen    = 10_000
	maxFolders = 64
)

func (s *Server) initialize(params json.RawMessage) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := understand(params, &s.client); err != nil {
		return nil, err
	}
	s.state = ready
	names := s.client.Folders
	if len(names) == 0 && s.client.RootURI != "" {
		names = []folderName{{URI: s.client.RootURI}}
	}
	if len(names) == 0 && filepath.IsAbs(s.client.RootPath) {
		names = []folderName{{URI: uriOf(s.client.RootPath)}}
	}
	s.add(names)
	return map[string]any{"capabilities": capabilities, "serverInfo": map[string]any{"name": "middlebrick", "version": s.engine.Version}}, nil
}

func (s *Server) shutdown() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = stopped
	for _, f := range s.folders {
		f.stop()
	}
	for _, cancel := range s.pending {
		cancel()
	}
}

// notified handles what needs no answer; what is not known is passed over, as the protocol wants it.
func (s *Server) notified(m *message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.Method == "$/cancelRequest" {
		var p cancelParams
		if understand(m.Params, &p) == nil && s.pending[string(p.ID)] != nil {
			s.pending[string(p.ID)]()
		}
		return
	}
	if s.state != ready {
		return
	}
	switch m.Method {
	case "initialized":
		if len(s.folders) == 0 {
			s.notify("window/logMessage", messageParams{3, "no folder is open: middlebrick analyses whole projects"})
		}
		for _, f := range s.folders {
			s.schedule(f)
		}
	case "workspace/didChangeWorkspaceFolders":
		var p foldersParams
		if understand(m.Params, &p) == nil {
			s.remove(p.Event.Removed)
			for _, f := range s.add(p.Event.Added) {
				s.schedule(f)
			}
		}
	case "workspace/didChangeWatchedFiles", "workspace/didChangeConfiguration":
		for _, f := range s.folders {
			s.schedule(f)
		}
	default:
		s.edited(m)
	}
}

// edited follows which files are open, and whether what is seen there is what was analysed.
func (s *Server) edited(m *message) {
	var p documentParams
	if understand(m.Params, &p) != nil {
		return
	}
	file := fileOf(p.Document.URI)
	if file == "" {
		return
	}
	switch m.Method {
	case "textDocument/didOpen":
		if len(s.open) < maxOpen {
			s.open[file] = document{version: p.Document.Version}
		}
	case "textDocument/didChange":
		if _, known := s.open[file]; known {
			s.open[file] = document{p.Document.Version, true}
		}
	case "textDocument/didClose":
		delete(s.open, file)
	case "textDocument/didSave":
		if d, known := s.open[file]; known {
			s.open[file] = document{version: d.version}
		}
		for _, f := range s.folders {
			if within(f.dir, file) != "" {
				s.schedule(f)
			}
		}
	}
}

// add takes folders in and returns the new ones.
func (s *Server) add(names []folderName) (added []*folder) {
	for _, n := range names {
		dir := fileOf(n.URI)
		if dir == "" || slices.ContainsFunc(s.folders, func(f *folder) bool { return f.dir == dir }) {
			continue
		}
		if len(s.folders) >= maxFolders {
			s.notify("window/showMessage", messageParams{2, fmt.Sprintf("middlebrick: only %d folders are analysed", maxFolders)})
			break
		}
		f := &folder{dir: dir}
		s.folders = append(s.folders, f)
		added = append(added, f)
	}
	return added
}

func (s *Server) remove(names []folderName) {
	for _, n := range names {
		dir := fileOf(n.URI)
		s.folders = slices.DeleteFunc(s.folders, func(f *folder) bool {
			if f.dir != dir {
				return false
			}
			f.stop()
			s.show(f, nil)
			return true
		})
	}
}

// find returns the folder that a file lies in, the innermost, and its path there.
func (s *Server) find(file string) (best *folder, path string) {
	for _, f := range s.folders {
		if p := within(f.dir, file); p != "" && (best == nil || len(f.dir) > len(best.dir)) {
			best, path = f, p
		}
	}
	return best, path
}
