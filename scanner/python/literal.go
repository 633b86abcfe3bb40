package python

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Int returns the value of an integer, and false when it is none or does not fit.
func (c *Constant) Int() (int64, bool) {
	if c.Kind != ConstInt {
		return 0, false
	}
	digits := strings.ReplaceAll(c.Raw, "_", "")
	if len(digits) > 1 && digits[0] == '0' && '0' <= digits[1] && digits[1] <= '9' {
		digits = strings.TrimLeft(digits[:len(digits)-1], "0") + digits[len(digits)-1:]
	}
	n, err := strconv.ParseInt(digits, 0, 64)
	return n, err == nil
}

// Str returns the value of a string constant: prefixes and quotes removed, escapes replaced, adjacent
// literals joined. It is false for anything that is no string. `\N{…}` stays as written, as does an escape
// that Python would refuse.
func (c *Constant) Str() (string, bool) {
	if c.Kind != ConstStr {
		return "", false
	}
	d := decoder{s: c.Raw}
	if c.begin == 0 {
		d.literals()
	} else if c.begin == beginDebug {
		return c.Raw, true
	} else {
		d.body(c.begin)
		d.literals()
	}
	return d.out.String(), true
}

// decoder turns the source of adjacent literals into their value.
type decoder struct {
	s   string
	i   int
	out strings.Builder
}

// literals reads literals with whatever may stand between them.
func (d *decoder) literals() {
	for d.i < len(d.s) {
		switch c := d.s[d.i]; c {
		case ' ', '\t', '\f', '\n', '\r', '\\', ')':
			d.i++
		case '#':
			d.i = lineEnd(d.s, d.i)
		default:
			begin := uint8(0)
			for d.i < len(d.s) && d.s[d.i] != '"' && d.s[d.i] != '\'' {
				switch d.s[d.i] | 0x20 {
				case 'r':
					begin |= beginRaw
				case 'f', 't':
					begin |= beginPiece
				}
				d.i++
			}
			if d.i == len(d.s) {
				return
			}
			if d.s[d.i] == '"' {
				begin |= beginDouble
			}
			n := quoteLen(d.s, d.i)
			if n == 3 {
				begin |= beginTriple
			}
			d.i += n
			d.body(begin)
		}
	}
}

// body reads the text of one literal, over its closing quote.
func (d *decoder) body(begin uint8) {
	s := d.s
	quote := byte('\'')
	if begin&beginDouble != 0 {
		quote = '"'
	}
	for d.i < len(s) {
		c := s[d.i]
		switch {
		case c == quote && begin&beginTriple == 0:
			d.i++
			return
		case c == quote && quoteLen(s, d.i) == 3:
			d.i += 3
			return
		case c == '\\':
			d.escape(begin)
		case c == '\r':
			d.i = afterNewline(s, d.i)
			d.out.WriteByte('\n')
		case (c == '{' || c == '}') && begin&beginPiece != 0 && d.i+1 < len(s):
			d.i++
			if s[d.i] == c {
				d.out.WriteByte(c)
				d.i++
			} else if c == '{' {
				// The expression text of `{x = }`, which ends the constant.
				d.out.WriteString(s[d.i:])
				d.i = len(s)
			} else {
				d.out.WriteByte(c)
			}
		default:
			d.out.WriteByte(c)
			d.i++
		}
	}
}

// escape reads what begins with a backslash.
func (d *decoder) escape(begin uint8) {
	s := d.s
	if d.i+1 >= len(s) {
		d.out.WriteByte('\\')
		d.i++
		return
	}
	c := s[d.i+1]
	if begin&beginRaw != 0 {
		d.out.WriteByte('\\')
		d.i++
		if begin&beginPiece == 0 || c != '{' && c != '}' {
			if c == '\r' {
				d.i = afterNewline(s, d.i)
				c = '\n'
			} else {
				d.i++
			}
			d.out.WriteByte(c)
		}
		return
	}
	d.i += 2
	switch c {
	case '\n':
	case '\r':
		d.i = afterNewline(s, d.i-1)
	case '\\', '\'', '"':
		d.out.WriteByte(c)
	case 'a':
		d.out.WriteByte('\a')
	case 'b':
		d.out.WriteByte('\b')
	case 'f':
		d.out.WriteByte('\f')
	case 'n':
		d.out.WriteByte('\n')
	case 'r':
		d.out.WriteByte('\r')
	case 't':
		d.out.WriteByte('\t')
	case 'v':
		d.out.WriteByte('\v')
	case 'x':
		d.hex(2)
	case 'u':
		d.hex(4)
	case 'U':
		d.hex(8)
	case '0', '1', '2', '3', '4', '5', '6', '7':
		n := rune(c - '0')
		for k := 0; k < 2 && d.i < len(s) && '0' <= s[d.i] && s[d.i] <= '7'; k++ {
			n = n*8 + rune(s[d.i]-'0')
			d.i++
		}
		d.out.WriteRune(n)
	case 'N':
		end := skipEscape(s, d.i-2, begin) + 1
		d.out.WriteString(s[d.i-2 : end])
		d.i = end
	default:
		// Unknown escapes keep their backslash; a brace is read again.
		d.out.WriteByte('\\')
		d.i--
		if c != '{' && c != '}' || begin&beginPiece == 0 {
			d.out.WriteByte(c)
			d.i++
		}
	}
}

// hex reads n hexadecimal digits behind the two bytes of an escape.
func (d *decoder) hex(n int) {
	from := d.i - 2
	if d.i+n <= len(d.s) {
		if v, err := strconv.ParseUint(d.s[d.i:d.i+n], 16, 32); err == nil && v <= utf8.MaxRune {
			d.out.WriteRune(rune(v))
			d.i += n
			return
		}
	}
	d.out.WriteString(d.s[from:d.i])
}
