// Package toml reads TOML that somebody else wrote: it bounds what a small file can cost, and says on which line a value
// stands.
package toml

import (
	"errors"
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
)

// The bounds. The library recurses once for each open bracket, and its work for a dotted key grows with the square of
// its parts: a key of 400 kB keeps it busy for minutes and fills the memory of a machine.
const (
	MaxSize  = 1 << 20
	maxDepth = 64 // brackets open at once
	maxParts = 64 // of a dotted key
)

// Primitive is a value that is not decoded yet.
type Primitive = toml.Primitive

// Error is a mistake in a file. Line is 0 when it is not known.
type Error struct {
	Line    int
	Message string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Message)
}

// Document is a file that was read.
type Document struct{ meta toml.MetaData }

// Decode reads a file into v. The error is an *Error.
func Decode(data []byte, v any) (*Document, error) {
	if len(data) > MaxSize {
		return nil, &Error{0, fmt.Sprintf("the file has %d kB, more than the %d that are read", len(data)>>10, MaxSize>>10)}
	}
	if err := shape(string(data)); err != nil {
		return nil, err
	}
	meta, err := toml.Decode(string(data), v)
	if err != nil {
		return nil, plain(err)
	}
	return &Document{meta}, nil
}

// Decode reads a value of the file into v. The error is an *Error.
func (d *Document) Decode(p Primitive, v any) error {
	if err := d.meta.PrimitiveDecode(p, v); err != nil {
		e := plain(err)
		e.Line = d.Line(p)
		return e
	}
	return nil
}

// Table reads a table of the file. The library takes anything else for an empty one.
func (d *Document) Table(p Primitive) (map[string]Primitive, error) {
	var table map[string]Primitive
	if err := d.Decode(p, &table); err != nil {
		return nil, err
	}
	if table == nil {
		return nil, &Error{d.Line(p), "a table is wanted here"}
	}
	return table, nil
}

// plain strips the library's own prefix and keeps the line.
func plain(err error) *Error {
	var at toml.ParseError
	if errors.As(err, &at) {
		return &Error{at.Position.Line, at.Message}
	}
	text := err.Error()
	if strings.HasPrefix(text, "toml: ") {
		text = text[strings.LastIndex(text, "toml: ")+len("toml: "):]
		if _, rest, ok := strings.Cut(text, "): "); ok {
			text = rest
		}
	}
	return &Error{0, text}
}

// trap is a value that cannot be decoded. The library tells the line of a value only in the error about it.
type trap struct{}

func (trap) UnmarshalTOML(any) error { return errors.New("asked for the line") }

// Line returns the line of a value, or 0.
func (d *Document) Line(p Primitive) int {
	var at toml.ParseError
	if errors.As(d.meta.PrimitiveDecode(p, new(trap)), &at) {
		return at.Position.Line
	}
	return 0
}
