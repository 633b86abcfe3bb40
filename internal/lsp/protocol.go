package lsp

import "encoding/json"

// The parts of the language server protocol 3.17 that are used here, by its names.

type position struct {
	Line      int `json:"line"`
	Character int `json:"character"` // in UTF-16 code units
}

type span struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

// has tells whether two spans share a line.
func (s span) has(other span) bool {
	return s.Start.Line <= other.End.Line && other.Start.Line <= s.End.Line
}

type place struct {
	URI   string `json:"uri"`
	Range span   `json:"range"`
}

type related struct {
	Location place  `json:"location"`
	Message  string `json:"message"`
}

type diagnostic struct {
	Range    span      `json:"range"`
	Severity int       `json:"severity"`
	Code     string    `json:"code,omitempty"`
	Source   string    `json:"source"`
	Message  string    `json:"message"`
	Related  []related `json:"relatedInformation,omitempty"`
	Data     string    `json:"data,omitempty"` // the fingerprint of the race
}

type folderName struct {
	URI  string `json:"uri"`
	Name string `json:"name"`
}

type initializeParams struct {
	RootURI  string       `json:"rootUri"`
	RootPath string       `json:"rootPath"`
	Folders  []folderName `json:"workspaceFolders"`

	Capabilities struct {
		Workspace struct {
			Edit struct {
				DocumentChanges bool `json:"documentChanges"`
			} `json:"workspaceEdit"`
		} `json:"workspace"`
		TextDocument struct {
			Diagnostics struct {
				Related bool `json:"relatedInformation"`
			} `json:"publishDiagnostics"`
			Hover struct {
				Format []string `json:"contentFormat"`
			} `json:"hover"`
			Action struct {
				Data    bool `json:"dataSupport"`
				Resolve struct {
					Properties []string `json:"properties"`
				} `json:"resolveSupport"`
			} `json:"codeAction"`
		} `json:"textDocument"`
	} `json:"capabilities"`
}

type documentParams struct {
	Document struct {
		URI     string `json:"uri"`
		Version int    `json:"version"`
	} `json:"textDocument"`
	Position position `json:"position"`
	Range    span     `json:"range"`
	Context  struct {
		Only []string `json:"only"`
	} `json:"context"`
}

type foldersParams struct {
	Event struct {
		Added   []folderName `json:"added"`
		Removed []folderName `json:"removed"`
	} `json:"event"`
}

type cancelParams struct {
	ID json.RawMessage `json:"id"`
}

type publishParams struct {
	URI         string       `json:"uri"`
	Diagnostics []diagnostic `json:"diagnostics"`
}

type messageParams struct {
	Type    int    `json:"type"`
	Message string `json:"message"`
}

type markup struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

type hover struct {
	Contents markup `json:"contents"`
	Range    *span  `json:"range,omitempty"`
}

type textEdit struct {
	Range   span   `json:"range"`
	NewText string `json:"newText"`
}

type documentVersion struct {
	URI     string `json:"uri"`
	Version *int   `json:"version"`
}

type documentEdit struct {
	Document documentVersion `json:"textDocument"`
	Edits    []textEdit      `json:"edits"`
}

type workspaceEdit struct {
	Changes         map[string][]textEdit `json:"changes,omitempty"`
	DocumentChanges []documentEdit        `json:"documentChanges,omitempty"`
}

// repairName says which repair of which race an action is.
type repairName struct {
	Folder string `json:"folder"`
	Race   string `json:"race"`
	Title  string `json:"title"`
}

type codeAction struct {
	Title       string         `json:"title"`
	Kind        string         `json:"kind"`
	Preferred   bool           `json:"isPreferred,omitempty"`
	Diagnostics []diagnostic   `json:"diagnostics,omitempty"`
	Edit        *workspaceEdit `json:"edit,omitempty"`
	Data        *repairName    `json:"data,omitempty"`
}

// capabilities are what the server offers. Of a change only that there was one is of interest: what is analysed is what is saved.
var capabilities = map[string]any{
	"positionEncoding":   "utf-16",
	"textDocumentSync":   map[string]any{"openClose": true, "change": 2, "save": map[string]any{"includeText": false}},
	"hoverProvider":      true,
	"codeActionProvider": map[string]any{"codeActionKinds": []string{quickFix}, "resolveProvider": true},
	"workspace":          map[string]any{"workspaceFolders": map[string]any{"supported": true, "changeNotifications": true}},
}

const quickFix = "quickfix"
