// Package replace writes files that no reader ever sees half of.
package replace

import (
	"io/fs"
	"os"
	"path/filepath"
)

// File puts data in place of a file in one step, so that a reader, or whoever looks after an interruption, finds the old bytes or
// the new ones. Something that is not a regular file, such as /dev/stdout, is written to instead.
func File(name string, data []byte, mode fs.FileMode) error {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(name, data, mode)
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), ".middlebrick-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if e := tmp.Chmod(mode); err == nil {
		err = e
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}
