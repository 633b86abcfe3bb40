package lsp

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// maxActions bounds what is offered at one place.
const maxActions = 12

// tried is what became of a repair: the change, or why it does not hold.
type tried struct {
	change  *finding.Fix
	refused string
}

// actions offers the repairs of the races at a place. A client that asks again before it makes a change gets them unverified now and
// verified then; for another one each is verified here, and what does not hold is left out.
func (s *Server) actions(ctx context.Context, params json.RawMessage) (any, error) {
	var p documentParams
	if err := understand(params, &p); err != nil {
		return nil, err
	}
	if len(p.Context.Only) > 0 && !slices.ContainsFunc(p.Context.Only, func(k string) bool { return k == "" || k == quickFix }) {
		return []codeAction{}, nil
	}
	found, lazy := s.offered(&p)
	if lazy {
		return found, nil
	}
	held := []codeAction{}
	for _, a := range found {
		edit, refused, err := s.verified(ctx, *a.Data)
		if err != nil {
			return nil, err
		}
		if refused == "" {
			a.Edit, a.Data = edit, nil
			held = append(held, a)
		}
	}
	return held, nil
}

// offered are the repairs that the engine proposes at a place.
func (s *Server) offered(p *documentParams) (found []codeAction, lazy bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	can := &s.client.Capabilities.TextDocument.Action
	lazy = can.Data && slices.Contains(can.Resolve.Properties, "edit")
	found = []codeAction{}
	f, path := s.find(fileOf(p.Document.URI))
	if f == nil || f.view == nil {
		return found, lazy
	}
	for _, race := range f.view.touching(path, p.Range) {
		for _, r := range race.Repairs {
			if len(found) == maxActions {
				return found, lazy
			}
			// Several changes of one kind are one offer: the first that holds is made.
			name := &repairName{uriOf(f.dir), race.ID, r.Title}
			if slices.ContainsFunc(found, func(a codeAction) bool { return *a.Data == *name }) {
				continue
			}
			title := "middlebrick: " + plain(r.Title, 200) + " (" + race.Rule + ")"
			if !r.Safe {
				title += "; may change what a single request does"
			}
			found = append(found, codeAction{Title: title, Kind: quickFix, Preferred: r.Safe,
				Diagnostics: []diagnostic{f.view.diagnostic(f.dir, race, false)},
				Data:        name})
		}
	}
	return found, lazy
}

// resolve verifies a repair and adds its edit.
func (s *Server) resolve(ctx context.Context, params json.RawMessage) (any, error) {
	var action codeAction
	if err := understand(params, &action); err != nil {
		return nil, err
	}
	if action.Data == nil {
		return nil, &failure{invalidParams, "not an action of this server"}
	}
	edit, refused, err := s.verified(ctx, *action.Data)
	if err != nil {
		return nil, err
	}
	if refused != "" {
		return nil, &failure{requestFailed, plain(refused, maxMessage)}
	}
	action.Edit = edit
	return action, nil
}

// verified scans the folder with the repair made.
func (s *Server) verified(ctx context.Context, name repairName) (*workspaceEdit, string, error) {
	s.mu.Lock()
	var f *folder
	if i := slices.IndexFunc(s.folders, func(f *folder) bool { return uriOf(f.dir) == name.Folder }); i >= 0 {
		f = s.folders[i]
	}
	if f == nil || f.view == nil {
		s.mu.Unlock()
		return nil, "", &failure{invalidParams, "the folder is not open"}
	}
	view := f.view
	result, known := f.repairs[name]
	s.mu.Unlock()
	if !known {
		end, err := s.begin(ctx)
		if err != nil {
			return nil, "", err
		}
		result.change, result.refused, err = s.engine.Repair(ctx, f.dir, name.Race, name.Title)
		end()
		if err != nil {
			return nil, "", err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.view == view && f.repairs != nil {
		f.repairs[name] = result
	}
	if result.refused != "" {
		return nil, result.refused, nil
	}
	return s.edit(f, result.change)
}

// edit says a change as the editor makes it. A file that was changed since it was saved is not what was verified.
func (s *Server) edit(f *folder, change *finding.Fix) (*workspaceEdit, string, error) {
	byFile := map[string][]textEdit{}
	var files []string
	for _, e := range change.Edits {
		file := filepath.Join(f.dir, filepath.FromSlash(e.Path))
		if s.open[file].dirty {
			return nil, "save " + e.Path + " first: what is verified is what is saved", nil
		}
		if byFile[file] == nil {
			files = append(files, file)
		}
		end := max(e.EndLine, e.StartLine-1)
		byFile[file] = append(byFile[file], textEdit{span{position{Line: max(e.StartLine-1, 0)}, position{Line: max(end, 0)}}, e.Text})
	}
	out := &workspaceEdit{}
	for _, file := range files {
		if !s.client.Capabilities.Workspace.Edit.DocumentChanges {
			if out.Changes == nil {
				out.Changes = map[string][]textEdit{}
			}
			out.Changes[uriOf(file)] = byFile[file]
			continue
		}
		v := documentVersion{URI: uriOf(file)}
		if d, open := s.open[file]; open {
			v.Version = &d.version
		}
		out.DocumentChanges = append(out.DocumentChanges, documentEdit{v, byFile[file]})
	}
	return out, "", nil
}
