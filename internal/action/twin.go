package action

import "github.com/middlebrick/middlebrick/scanner/finding"

// twins tells which finding of the base is which of the head.
type twins struct {
	base []finding.Finding
	to   []int  // for each finding of the head the index in base, or -1
	used []bool // the findings of the base that have a twin
}

// pair finds for each finding of the head the one of the base that is the same race. Several races of one function can have one
// fingerprint; then those belong together that are most alike, so that what is left over is what came or went.
func pair(head, base []finding.Finding) *twins {
	t := &twins{base: base, to: make([]int, len(head)), used: make([]bool, len(base))}
	byRace := map[string][]int{}
	for i := range base {
		byRace[base[i].Fingerprint.Race] = append(byRace[base[i].Fingerprint.Race], i)
	}
	for i := range t.to {
		t.to[i] = -1
	}
	for _, alike := range likeness {
		for i := range head {
			if t.to[i] >= 0 || head[i].Fingerprint.Race == "" {
				continue
			}
			for _, k := range byRace[head[i].Fingerprint.Race] {
				if !t.used[k] && alike(&head[i], &base[k]) {
					t.to[i], t.used[k] = k, true
					break
				}
			}
		}
	}
	return t
}

// likeness is what two findings of one fingerprint can have in common, the most telling first.
var likeness = []func(a, b *finding.Finding) bool{
	func(a, b *finding.Finding) bool {
		return sameEntry(a, b) && a.Rule == b.Rule && a.CodeSnippet == b.CodeSnippet
	},
	func(a, b *finding.Finding) bool { return sameEntry(a, b) && a.Rule == b.Rule },
	func(a, b *finding.Finding) bool { return a.CodeSnippet == b.CodeSnippet && !milder(b, a) },
	func(a, b *finding.Finding) bool { return sameEntry(a, b) && !milder(b, a) },
	func(a, b *finding.Finding) bool { return !milder(b, a) },
	func(a, b *finding.Finding) bool { return true },
}

func sameEntry(a, b *finding.Finding) bool { return a.Method == b.Method && a.Endpoint == b.Endpoint }

// milder tells whether the race of the base was less severe. Evidence, which only the head has, does not count against it.
func milder(base, head *finding.Finding) bool {
	return len(head.Evidence) == 0 && base.Severity.Rank() < head.Severity.Rank()
}

// of returns the twin of a finding of the head, or nil.
func (t *twins) of(i int) *finding.Finding {
	if t.to[i] < 0 {
		return nil
	}
	return &t.base[t.to[i]]
}

// alone returns the findings of the base that nothing in the head is.
func (t *twins) alone() []finding.Finding {
	var out []finding.Finding
	for i := range t.base {
		if !t.used[i] {
			out = append(out, t.base[i])
		}
	}
	return out
}
