package python

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"
)

// cookie is the declaration of PEP 263.
var cookie = regexp.MustCompile(`^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)`)

// blankLine matches a line that lets a cookie stand on the next one.
var blankLine = regexp.MustCompile(`^[ \t\f]*(?:#.*)?$`)

// source sets File.Source to src as UTF-8. A declared encoding counts only when the file is not ASCII.
func (p *parser) source(src []byte) {
	p.file.Source = src
	name := encoding(src)
	switch name {
	case "", "utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii":
		if utf8.Valid(src) {
			return
		}
		p.record(int32(firstInvalid(src)), "invalid UTF-8")
	case "latin-1", "iso-8859-1", "iso-latin-1", "iso8859-1", "latin1", "l1", "cp819":
		p.file.Source = singleBytes(src, nil)
		return
	case "iso-8859-15", "iso8859-15", "latin-9", "latin9", "l9":
		p.file.Source = singleBytes(src, latin9)
		return
	case "cp1252", "windows-1252", "1252":
		p.file.Source = singleBytes(src, cp1252)
		return
	default:
		if ascii(src) {
			return
		}
		p.record(0, "encoding "+name+" is not supported: characters outside ASCII are unknown")
	}
	p.file.Source = bytes.ToValidUTF8(src, []byte("\ufffd"))
}

func ascii(src []byte) bool {
	for _, c := range src {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// encoding returns the normalised name in the cookie, or "".
func encoding(src []byte) string {
	if bytes.HasPrefix(src, []byte("\ufeff")) || !bytes.Contains(src[:min(len(src), 2000)], []byte("coding")) {
		return ""
	}
	for range 2 {
		end := bytes.IndexAny(src, "\r\n")
		if end < 0 {
			end = len(src)
		}
		// A cookie is short; a line of megabytes need not be searched.
		line := src[:min(end, 1000)]
		if m := cookie.FindSubmatch(line); m != nil {
			return strings.ReplaceAll(strings.ToLower(string(m[1])), "_", "-")
		}
		if end == len(src) || !blankLine.Match(line) {
			return ""
		}
		src = src[end+1:]
	}
	return ""
}

func firstInvalid(src []byte) int {
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return 0
}

// singleBytes decodes bytes that are code points, but for the ones in other.
func singleBytes(src []byte, other map[byte]rune) []byte {
	if ascii(src) {
		return src
	}
	out := make([]byte, 0, len(src)+len(src)/8)
	for _, c := range src {
		r, ok := other[c]
		if !ok {
			r = rune(c)
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

var latin9 = map[byte]rune{
	0xa4: '€', 0xa6: 'Š', 0xa8: 'š', 0xb4: 'Ž', 0xb8: 'ž', 0xbc: 'Œ', 0xbd: 'œ', 0xbe: 'Ÿ',
}

var cp1252 = map[byte]rune{
	0x80: '€', 0x82: '‚', 0x83: 'ƒ', 0x84: '„', 0x85: '…', 0x86: '†', 0x87: '‡', 0x88: 'ˆ', 0x89: '‰',
	0x8a: 'Š', 0x8b: '‹', 0x8c: 'Œ', 0x8e: 'Ž', 0x91: '‘', 0x92: '’', 0x93: '“', 0x94: '”', 0x95: '•',
	0x96: '–', 0x97: '—', 0x98: '˜', 0x99: '™', 0x9a: 'š', 0x9b: '›', 0x9c: 'œ', 0x9e: 'ž', 0x9f: 'Ÿ',
}
