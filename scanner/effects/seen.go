package effects

// Seen keeps a walk over the parts of a value from going through a part once for each way that leads to it. A list of a hundred times the
// same list, and so on a few times over, is ten short lines with more ways through it than anybody can walk.
type Seen struct {
	steps int
	at    map[*Value]int // the least depth at which it was met
}

// alwaysWalked is how much of a value is walked without keeping a record: few values are larger.
const alwaysWalked = 256

// Again tells whether the walk was at a value before with as much depth left below it.
func (s *Seen) Again(v *Value, depth int) bool {
	if s.steps++; s.steps <= alwaysWalked {
		return false
	}
	if at, ok := s.at[v]; ok && at <= depth {
		return true
	}
	if s.at == nil {
		s.at = map[*Value]int{}
	}
	s.at[v] = depth
	return false
}
