package finding

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	window     = 100        // code units that a hash looks at
	multiplier = uint64(37) // of the rolling polynomial, modulo 2^64
	endOfFile  = 0xffff
)

// LineHashes returns for each line of a file the hash by which code scanning recognises the line after others moved:
// "primaryLocationLineHash". It covers the 100 code units that follow the start of the line, spaces and tabs not
// counted, so that indentation does not matter; the number behind the colon tells equal hashes of one file apart.
// The end of the file starts a last line when it follows a line end.
func LineHashes(src []byte) []string {
	kept, starts := significant(src)
	hashes := make([]string, len(starts))
	counts := make(map[uint64]int, len(starts))
	last := uint64(1)
	for range window {
		last *= multiplier
	}
	at := func(i int) uint64 {
		if i < len(kept) {
			return uint64(kept[i])
		}
		return 0
	}
	var hash uint64
	for line, next := 0, 0; line < len(starts); next++ {
		hash = hash*multiplier + at(next)
		if next >= window {
			hash -= last * at(next-window)
		}
		if next+1 == starts[line]+window {
			counts[hash]++
			hashes[line] = strconv.FormatUint(hash, 16) + ":" + strconv.Itoa(counts[hash])
			line++
		}
	}
	return hashes
}

// significant returns the code units that count, closed by the mark of the end, and where in them each line starts.
func significant(src []byte) (kept []uint16, starts []int) {
	kept = make([]uint16, 0, len(src)+1)
	start, afterCR := true, false
	add := func(unit uint16) {
		if start {
			starts = append(starts, len(kept))
		}
		start = unit == '\n'
		kept = append(kept, unit)
	}
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && size == 1 {
			size = brokenLength(src[i:])
		}
		i += size
		switch {
		case r == ' ' || r == '\t' || r == '\n' && afterCR:
			afterCR = false
		case r == '\r':
			afterCR = true
			add('\n')
		case r > 0xffff:
			afterCR = false
			high, low := utf16.EncodeRune(r)
			add(uint16(high))
			add(uint16(low))
		default:
			afterCR = false
			add(uint16(r))
		}
	}
	add(endOfFile)
	return kept, starts
}

// brokenLength is the number of bytes that one replacement character stands for in the decoder whose hashes we must
// equal: the longest beginning of a character that could still have been completed, else one byte.
func brokenLength(src []byte) int {
	lead := src[0]
	low, high, more := byte(0x80), byte(0xbf), 0
	switch {
	case 0xc2 <= lead && lead <= 0xdf:
		more = 1
	case 0xe0 <= lead && lead <= 0xef:
		more = 2
	case 0xf0 <= lead && lead <= 0xf4:
		more = 3
	}
	switch lead {
	case 0xe0:
		low = 0xa0
	case 0xed:
		high = 0x9f
	case 0xf0:
		low = 0x90
	case 0xf4:
		high = 0x8f
	}
	n := 1
	for n <= more && n < len(src) && low <= src[n] && src[n] <= high {
		low, high = 0x80, 0xbf
		n++
	}
	return n
}
