package lsp

import (
	"encoding/json"
	"slices"
	"strings"
)

// maxHover bounds the races that are told of one line.
const maxHover = 4

// hover tells the races that a line belongs to.
func (s *Server) hover(params json.RawMessage) (any, error) {
	var p documentParams
	if err := understand(params, &p); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f, path := s.find(fileOf(p.Document.URI))
	if f == nil || f.view == nil {
		return nil, nil
	}
	found := f.view.touching(path, span{p.Position, p.Position})
	if len(found) == 0 {
		return nil, nil
	}
	format := s.client.Capabilities.TextDocument.Hover.Format
	kind := "markdown"
	if len(format) > 0 && !slices.Contains(format, kind) {
		kind = "plaintext"
	}
	var parts []string
	for _, one := range found[:min(len(found), maxHover)] {
		parts = append(parts, s.engine.Explain(f.view, one, kind == "markdown"))
	}
	return hover{Contents: markup{kind, strings.Join(parts, "\n")}}, nil
}
