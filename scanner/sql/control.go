package sql

import "strings"

// control reads transaction control, settings and locks.
func (p *parser) control(s *Statement, lo, hi int) {
	switch p.toks[lo].text {
	case "begin":
		s.Verb = Begin
		p.isolation(s, lo, hi)
		for i := lo + 1; i < hi; i++ {
			if p.isOneOf(i, "immediate", "exclusive", "deferred", "concurrent") {
				s.Isolation = strings.ToUpper(p.toks[i].text)
			}
		}
	case "start":
		s.Verb = Begin
		p.isolation(s, lo, hi)
	case "commit", "end":
		s.Verb = Commit
	case "rollback", "abort":
		s.Verb = Rollback
		if to := p.find(lo, hi, "to"); to < hi {
			_, s.Name, _ = p.nameAt(p.after(to+1, "savepoint"), hi)
		}
	case "savepoint":
		s.Verb = Savepoint
		_, s.Name, _ = p.nameAt(lo+1, hi)
	case "release":
		s.Verb = Release
		_, s.Name, _ = p.nameAt(p.after(lo+1, "savepoint"), hi)
	case "set", "pragma":
		p.setting(s, lo, hi)
	case "lock":
		p.lockTable(s, lo, hi)
	case "unlock":
		s.Verb = Unlock
	case "do", "call": // MySQL's DO GET_LOCK(…)
		p.findCalls(s, lo+1, hi)
		if s.Advisory != nil {
			s.Verb = Call
		}
	}
}

// isolation looks for ISOLATION LEVEL ….
func (p *parser) isolation(s *Statement, lo, hi int) {
	for i := lo; i < hi; i++ {
		if p.is(i, "isolation", "level") {
			s.Isolation = level(p.text(i+2, min(i+4, hi)))
		}
	}
}

// level finds the name of an isolation level at the start of a text, in any spelling.
func level(text string) string {
	t := strings.ToUpper(strings.NewReplacer("_", " ", "-", " ").Replace(text))
	for _, l := range []string{"SERIALIZABLE", "REPEATABLE READ", "READ COMMITTED", "READ UNCOMMITTED", "SNAPSHOT"} {
		if strings.HasPrefix(t, l) {
			return l
		}
	}
	return ""
}

func (p *parser) setting(s *Statement, lo, hi int) {
	s.Verb = Set
	p.isolation(s, lo, hi)
	i := lo + 1
	for p.isOneOf(i, "session", "local", "global") {
		i++
	}
	_, s.Name, i = p.nameAt(i, hi)
	if i < hi && (p.isOp(i, "=") || p.isOp(i, ":=") || p.is(i, "to")) {
		v := p.value(i+1, hi)
		s.Set = []Assignment{{Column: s.Name, Value: v}}
		if strings.Contains(s.Name, "isolation") {
			s.Isolation = level(v.Text)
		}
	}
}

// lockTable reads PostgreSQL's LOCK TABLE … IN … MODE and MySQL's LOCK TABLES … WRITE.
func (p *parser) lockTable(s *Statement, lo, hi int) {
	s.Verb = Lock
	i := p.after(p.after(lo+1, "table"), "tables")
	mode := p.find(i, hi, "in", "nowait")
	for _, part := range p.split(i, mode) {
		start := p.after(part[0], "only")
		schema, name, _ := p.nameAt(start, part[1])
		s.Tables = append(s.Tables, Table{Schema: schema, Name: name, Role: Target})
		if p.is(part[1]-1, "read") || p.is(part[1]-1, "local") {
			s.Lock.Strength = Share
		}
	}
	if s.Lock.Strength == NoLock {
		s.Lock.Strength = Exclusive
	}
	if p.is(mode, "in") && p.find(mode, hi, "exclusive") == hi || p.is(mode, "in", "row") { // SHARE modes, and ROW EXCLUSIVE, let others write or read
		s.Lock.Strength = Share
	}
	s.Lock.NoWait = p.find(mode, hi, "nowait") < hi
}
