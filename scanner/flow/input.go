package flow

// What the client sent, by the names of the parameters through which it came.

// Mentions tells whether a symbol is made of something that the client sent.
func (t *Trace) Mentions(sym string) bool { return mentions(t.Inputs, sym) }

func mentions(inputs map[string]bool, sym string) bool {
	for start, i := 0, 0; i <= len(sym); i++ {
		if i < len(sym) && isNamePart(sym[i]) {
			continue
		}
		if i > start && inputs[sym[start:i]] {
			return true
		}
		start = i + 1
	}
	return false
}

func isNamePart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
