// Package finding holds what middlebrick reports: a finding, its steps, and the report around them.
//
// The JSON form of Report is the contract between the engine and everything that shows its results. Every output
// format, the GitHub Action, the prober and the editor are views of it. Fields are only ever added; a field that
// changes its meaning changes the value of Report.Schema.
package finding

// Schema is the value of Report.Schema written by this version.
const Schema = "middlebrick-report/1"

// Report is the result of one run.
type Report struct {
	Schema   string    `json:"schema"`
	Target   string    `json:"target"`
	Tool     Tool      `json:"tool"`
	Findings []Finding `json:"findings"`
	// Tests holds what the prober did, one entry for each pair of operations.
	Tests   []Test  `json:"fastapi_toctou_tests"`
	Summary Summary `json:"summary"`
}

// Tool names the program that made the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Finding is one race.
type Finding struct {
	ID          string      `json:"id"` // stable across line moves and unrelated edits
	Rule        string      `json:"rule"`
	Name        string      `json:"name"`     // the rule's name, for example state-transition-race
	Category    string      `json:"category"` // for example "BOLA/IDOR"
	Severity    Severity    `json:"severity"`
	Confidence  Confidence  `json:"confidence"`
	CWE         []string    `json:"cwe"`
	Description string      `json:"description"` // one sentence that says who can do what to whom
	Endpoint    string      `json:"endpoint,omitempty"`
	Method      string      `json:"method,omitempty"`
	CodeSnippet string      `json:"code_snippet"`
	Remediation string      `json:"remediation"`
	Location    Location    `json:"location"`
	Steps       []Step      `json:"steps"`
	Rival       *Rival      `json:"rival,omitempty"`
	Guard       *Guard      `json:"guard,omitempty"`
	Engine      string      `json:"engine,omitempty"`
	Routes      []Route     `json:"routes,omitempty"`      // every entry point that reaches the same race, the first one included
	Assumptions []string    `json:"assumptions,omitempty"` // what the verdict rests on and could not be read from the project
	Fix         *Fix        `json:"fix,omitempty"`
	Repairs     []Fix       `json:"-"` // changes that may end the race, unverified, the best first
	Unmended    string      `json:"-"` // why there is none
	Suppressed  *Suppressed `json:"suppressed,omitempty"`
	Evidence    []string    `json:"evidence,omitempty"` // ids of the tests that confirmed the finding
	Fingerprint Fingerprint `json:"fingerprint"`
}

// Route is an entry point: a path operation, or another entry with Method "WS", "TASK", "JOB" or "MIDDLEWARE".
type Route struct {
	Method   string `json:"method"`
	Endpoint string `json:"endpoint"`
	Path     string `json:"path,omitempty"`
	Line     int    `json:"line,omitempty"`
}

// Location is a range in a file: 1-based lines, 1-based columns counted in UTF-16 code units, the end exclusive.
type Location struct {
	Path      string `json:"path"` // relative to the scanned root, with '/'
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line"`
	EndColumn int    `json:"end_column"`
}

// Role says what a step is in the schedule.
type Role string

// The roles. The line of the first Act of actor A is also the hold point: the first line that executes
// after the check on the racy path.
const (
	Read    Role = "read"
	Check   Role = "check"
	Suspend Role = "suspend"
	Act     Role = "act"
	Lock    Role = "lock"
	Commit  Role = "commit"
	Effect  Role = "effect"
)

// Step is one line of the interleaving. Actor is "A" for the request that checks, "B" for its rival.
type Step struct {
	Actor   string `json:"actor"`
	Role    Role   `json:"role"`
	Path    string `json:"path"`
	Line    int    `json:"line"`
	EndLine int    `json:"end_line,omitempty"`
	Text    string `json:"text"`           // the source line, or what happens
	Note    string `json:"note,omitempty"` // what the actor believes or what the engine does at this step
}

// Rival is the request that makes the check stale.
type Rival struct {
	Method   string `json:"method"`
	Endpoint string `json:"endpoint"`
	Path     string `json:"path"`
	Line     int    `json:"line"`
}

// Guard is the protection that was seen and what it is worth on the engine in use.
type Guard struct {
	Seen    string `json:"seen"`
	Verdict string `json:"verdict"`
}

// Fix is a change of the source. Safe means that it was verified to remove the finding and to change nothing else.
type Fix struct {
	Title string `json:"title,omitempty"` // what is done, in words
	Safe  bool   `json:"safe"`
	Edits []Edit `json:"edits"`
	// Wide tells that it changes what a table allows, and so other races than the one that it is for.
	Wide bool `json:"-"`
	// Last tells that it is for races which nothing else ends, also when everything else is done.
	Last bool `json:"-"`
}

// Edit replaces the lines StartLine to EndLine, both included, by Text. EndLine < StartLine inserts before StartLine.
type Edit struct {
	Path      string `json:"path"`
	StartLine int    `json:"start_line"`
	EndLine   int    `json:"end_line"`
	Text      string `json:"text"`
}

// Suppressed says where and why a finding is not counted.
type Suppressed struct {
	Path   string `json:"path"`
	Line   int    `json:"line"`
	Reason string `json:"reason,omitempty"`
}

// Fingerprint identifies a finding across runs.
type Fingerprint struct {
	// PrimaryLocationLineHash is the line hash that code scanning uses.
	PrimaryLocationLineHash string `json:"primaryLocationLineHash"`
	// Race identifies the race by function, resource, act and what goes wrong, and by no line number and no rule.
	Race string `json:"middlebrickRace/v1"`
}

// Test is one pair of operations that the prober raced.
type Test struct {
	ID             string   `json:"id"`
	Endpoint       string   `json:"endpoint"`
	Method         string   `json:"method"`
	Rival          *Route   `json:"rival,omitempty"`
	TestType       string   `json:"test_type"`
	Verdict        string   `json:"verdict"`
	CWE            []string `json:"cwe,omitempty"`
	Vulnerability  string   `json:"vulnerability"`
	Recommendation string   `json:"recommendation"`
	// Finding is the id of the static finding whose schedule was replayed.
	Finding  string    `json:"finding,omitempty"`
	Evidence *Evidence `json:"evidence,omitempty"`
	Replay   string    `json:"replay,omitempty"`
	Location *Place    `json:"location,omitempty"`
}

// Place is the handler of a tested operation.
type Place struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// Summary counts what was read and what was not.
type Summary struct {
	// Framework is "fastapi" when some file of the project imports it, else empty.
	Framework   string         `json:"framework,omitempty"`
	Files       int            `json:"files"`
	Lines       int            `json:"lines"`
	Bytes       int64          `json:"bytes"`
	Routes      int            `json:"routes"`
	EntryPoints int            `json:"entry_points"` // routes, sockets, tasks, workers and jobs
	BySeverity  map[string]int `json:"by_severity"`
	Suppressed  int            `json:"suppressed"`
	// Skipped names whatever could not be read, parsed, resolved or followed to its end.
	Skipped     []Skip   `json:"skipped"`
	Assumptions []string `json:"assumptions,omitempty"`
	// Remarks name comments that suppress nothing, and why.
	Remarks []Remark `json:"remarks,omitempty"`
	Engine  string   `json:"engine,omitempty"`
	// ElapsedMS is left out of what the command line writes, so that the same input gives the same bytes.
	ElapsedMS int64 `json:"elapsed_ms,omitempty"`
}

// Remark is a comment that was meant to suppress a finding and does not, or no longer.
type Remark struct {
	Path string     `json:"path"`
	Line int        `json:"line"`
	Kind RemarkKind `json:"kind"`
	Text string     `json:"text"`
}

// RemarkKind says what is wrong with a suppression.
type RemarkKind string

// The kinds of remarks.
const (
	Unused      RemarkKind = "unused"       // there is no such finding on its line
	Expired     RemarkKind = "expired"      // its last day is over
	Unreasoned  RemarkKind = "no-reason"    // a reason is required
	UnknownRule RemarkKind = "unknown-rule" // it names no rule
	Malformed   RemarkKind = "malformed"    // it cannot be understood
)

// Skip is one thing that the result does not cover.
type Skip struct {
	Path   string `json:"path"`
	Line   int    `json:"line,omitempty"`
	Kind   string `json:"kind"` // "unreadable", "syntax", "too-large", "limit", "link", "not-a-file", "left-over", "unresolved", "given-up", "defect"
	Reason string `json:"reason"`
}
