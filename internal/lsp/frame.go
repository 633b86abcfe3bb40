package lsp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// What a client may send. A header is a few short lines; a body holds at most an open file, which the scanner reads up to 5 MB of.
const (
	maxHeader = 4 << 10
	maxBody   = 32 << 20
)

// errFrame says that it is lost where the next message begins: nothing after it can be understood.
var errFrame = errors.New("not a message of the language server protocol")

// readFrame reads one message: header lines, an empty line, and as many bytes as they say.
func readFrame(r *bufio.Reader) ([]byte, error) {
	length, read := -1, 0
	for {
		line, err := headerLine(r, maxHeader-read)
		if err != nil {
			if read == 0 && line == "" && errors.Is(err, io.EOF) {
				return nil, io.EOF
			}
			return nil, err
		}
		read += len(line)
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("%w: a header without a colon", errFrame)
		}
		if !strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			continue
		}
		if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil || length < 0 {
			return nil, fmt.Errorf("%w: Content-Length is no number of bytes", errFrame)
		}
	}
	switch {
	case length < 0:
		return nil, fmt.Errorf("%w: no Content-Length", errFrame)
	case length > maxBody:
		return nil, fmt.Errorf("%w: a message of %d bytes, %d are allowed", errFrame, length, maxBody)
	}
	return readBody(r, length)
}

// headerLine reads to the end of a line, but no further than the header may be long.
func headerLine(r *bufio.Reader, room int) (string, error) {
	var line []byte
	for len(line) < room {
		c, err := r.ReadByte()
		if err != nil {
			if len(line) > 0 && errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return string(line), err
		}
		if line = append(line, c); c == '\n' {
			return string(line), nil
		}
	}
	return string(line), fmt.Errorf("%w: a header of more than %d bytes", errFrame, maxHeader)
}

// readBody takes memory as the bytes come, so that a number in a header costs nothing.
func readBody(r io.Reader, length int) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, int64(length)))
	if err == nil && len(body) < length {
		err = io.ErrUnexpectedEOF
	}
	return body, err
}

func writeFrame(w io.Writer, body []byte) error {
	_, err := fmt.Fprintf(w, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return err
}
