//go:build unix

package action

import (
	"os"
	"syscall"
)

// ownerOf gives what root makes in a directory to the owner of the directory.
func ownerOf(top *os.Root) func(name string) error {
	if info, err := top.Stat("."); err == nil && os.Geteuid() == 0 {
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			return func(name string) error { return top.Lchown(name, int(st.Uid), int(st.Gid)) }
		}
	}
	return func(string) error { return nil }
}
