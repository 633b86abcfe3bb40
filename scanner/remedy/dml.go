package remedy

import "strings"

// widest is how many columns a line of ours has at most, where it can be broken.
const widest = 110

// dml is a statement of SQLAlchemy that we write.
type dml struct {
	verb, model       string
	where             []string
	values, returning string // "" for none
}

// parts are the calls that the statement is a chain of.
func (w dml) parts() []string {
	out := []string{w.verb + "(" + w.model + ")", ".where(" + strings.Join(w.where, ", ") + ")"}
	if w.values != "" {
		out = append(out, ".values("+w.values+")")
	}
	if w.returning != "" {
		out = append(out, ".returning("+w.returning+")")
	}
	return out
}

// call gives the statement to a call whose beginning ends with its bracket, on as few lines as there is room for. The lines after the first one
// stand below an indentation.
func (w dml) call(begin, in, step, nl string) string {
	parts := w.parts()
	whole := strings.Join(parts, "")
	switch {
	case len(in)+len(begin)+len(whole)+1 <= widest:
		return begin + whole + ")"
	case len(in)+len(step)+len(whole) <= widest:
		return begin + nl + in + step + whole + nl + in + ")"
	}
	inner := nl + in + step
	if len(in)+len(step)+len(parts[1]) > widest {
		parts[1] = ".where(" + inner + step + strings.Join(w.where, ","+inner+step) + "," + inner + ")"
	}
	return begin + inner + strings.Join(parts, inner) + nl + in + ")"
}

// brokenCall puts the arguments of a call on lines of their own, where the line would be too long that begins with an indentation.
func brokenCall(call, in, step, nl string) string {
	if len(in)+len(call) <= widest {
		return call
	}
	return onLines(call, in, step, nl)
}

// onLines puts the arguments of a call on lines of their own.
func onLines(call, in, step, nl string) string {
	open := strings.IndexByte(call, '(')
	if open < 0 || !strings.HasSuffix(call, ")") {
		return call
	}
	var b strings.Builder
	b.WriteString(call[:open+1] + nl + in + step)
	depth, quoted := 0, byte(0)
	for i := open + 1; i < len(call)-1; i++ {
		c := call[i]
		switch {
		case quoted != 0:
			if c == quoted {
				quoted = 0
			}
		case c == '"' || c == '\'':
			quoted = c
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			depth--
		case c == ',' && depth == 0:
			b.WriteString("," + nl + in + step)
			for i+1 < len(call)-1 && call[i+1] == ' ' {
				i++
			}
			continue
		}
		b.WriteByte(c)
	}
	return b.String() + "," + nl + in + ")"
}
