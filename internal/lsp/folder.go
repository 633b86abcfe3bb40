package lsp

import (
	"context"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

// folder is a project that is open in the editor.
type folder struct {
	dir    string
	view   *View
	shown  []string           // the files that have diagnostics now
	cancel context.CancelFunc // of the analysis that waits or runs
	// repairs are what became of the repairs that were tried on this view.
	repairs map[repairName]tried
}

func (f *folder) stop() {
	if f.cancel != nil {
		f.cancel()
	}
}

// schedule analyses a folder after a moment of quiet, and calls off what runs there. The lock is held.
func (s *Server) schedule(f *folder) {
	f.stop()
	ctx, cancel := context.WithCancel(s.ctx)
	f.cancel = cancel
	s.work.Go(func() {
		defer cancel()
		defer s.rescue(nil)
		select {
		case <-time.After(s.engine.Quiet):
			s.analyse(ctx, f)
			if ctx.Err() == nil {
				runtime.GC() // while nobody waits, so that the next analysis need not collect what this one left
			}
		case <-ctx.Done():
		}
	})
}

func (s *Server) analyse(ctx context.Context, f *folder) {
	end, err := s.begin(ctx)
	if err != nil {
		return
	}
	view, err := s.engine.Scan(ctx, f.dir)
	end()
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil {
		return // a newer one is on its way; what is shown stays until then
	}
	if err != nil {
		s.notify("window/showMessage", messageParams{1, "middlebrick: " + plain(err.Error(), maxMessage)})
		return
	}
	f.view, f.repairs = view, map[repairName]tried{}
	s.show(f, view)
}

// show publishes the diagnostics of a folder and takes back those of files that have none any more. The lock is held.
func (s *Server) show(f *folder, view *View) {
	var now map[string][]diagnostic
	if view != nil {
		now = view.diagnostics(f.dir, s.client.Capabilities.TextDocument.Diagnostics.Related)
	}
	files := slices.Sorted(maps.Keys(now))
	for _, path := range f.shown {
		if now[path] == nil {
			s.publish(f, path, []diagnostic{})
		}
	}
	for _, path := range files {
		s.publish(f, path, now[path])
	}
	f.shown = files
}

func (s *Server) publish(f *folder, path string, all []diagnostic) {
	s.notify("textDocument/publishDiagnostics", publishParams{uriOf(filepath.Join(f.dir, filepath.FromSlash(path))), all})
}
