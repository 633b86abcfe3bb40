package probe

// actor is who sends a request: the one that was chosen, else the one whom the operation was seen to let in, else the
// identity of the trial.
func (e *env) actor(c call) *session {
	if c.as != nil {
		return c.as
	}
	if c.self {
		return e.who
	}
	if s := e.p.actors[c.op]; s != nil {
		return s
	}
	return e.who
}

// otherActor tries the next of the named identities for an operation that refused the one before for want of permission,
// and reports whether there is one. Where all are refused, the operation goes back to the identity of the trial.
func (e *env) otherActor(c call, status int) bool {
	p := e.p
	if status != 401 && status != 403 || c.as != nil || c.self {
		return false
	}
	if p.refused[c.op] == nil {
		p.refused[c.op] = map[*session]bool{}
	}
	p.refused[c.op][e.actor(c)] = true
	for _, s := range p.others {
		if !p.refused[c.op][s] {
			p.actors[c.op] = s
			return true
		}
	}
	delete(p.actors, c.op)
	return false
}
