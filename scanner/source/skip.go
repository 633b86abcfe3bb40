package source

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// The kinds of finding.Skip that this package writes.
const (
	skipUnreadable = "unreadable"
	skipTooLarge   = "too-large"
	skipLimit      = "limit"
	skipLink       = "link"
	skipNotFile    = "not-a-file"
)

func unreadable(path, reason string) finding.Skip {
	return finding.Skip{Path: path, Kind: skipUnreadable, Reason: reason}
}

func tooLarge(path string, size, limit int64) finding.Skip {
	return finding.Skip{Path: path, Kind: skipTooLarge,
		Reason: fmt.Sprintf("%s is over the limit of %s for one file", megabytes(max(size, limit+1)), megabytes(limit))}
}

func readError(path string, err error) *ReadError {
	return &ReadError{unreadable(path, explain(err))}
}

// explain says why a path could not be opened, without repeating the path.
func explain(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "vanished during the scan"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}

// kindOf names what stands where a file was expected.
func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	case mode.IsRegular():
		return "a regular file"
	}
	return "not a regular file"
}

func megabytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

// SkipOf is the entry of the report for a file that Tree.Read could not return.
func SkipOf(path string, err error) finding.Skip {
	var read *ReadError
	if errors.As(err, &read) {
		return read.Skip
	}
	return unreadable(path, explain(err))
}
