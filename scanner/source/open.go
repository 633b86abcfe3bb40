package source

import (
	"io/fs"
	"os"
	"syscall"
)

// openIn opens files below a root. The root refuses a path that leads out of it, at every component, also when a
// directory is exchanged for a link while the scan runs. O_NONBLOCK keeps a named pipe without a writer from
// stopping the scan.
func openIn(root *os.Root) func(string) (fs.File, error) {
	return func(name string) (fs.File, error) {
		f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			return nil, err
		}
		return f, nil
	}
}
