package finding

// Rule describes a rule to people and to code scanning. How it finds anything is none of its business.
type Rule struct {
	ID       string // MB107
	Name     string // state-transition-race
	Title    string // one line: what goes wrong
	Category string // of its findings, for example "BOLA/IDOR"
	Severity Severity
	CWE      []string
	Page     string // Markdown: what it finds, why it is a race, example, fix, when it is wrong, known limits
}
