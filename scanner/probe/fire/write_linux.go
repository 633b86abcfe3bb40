package fire

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// write is write(2) without telling the scheduler: the socket does not block, and giving the processor back between
// two releases is what spreads them on a machine with few cores.
func write(fd int, p []byte) (int, error) {
	n, _, errno := unix.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// pause sleeps on the thread itself, without a timer of the scheduler.
func pause(d time.Duration) {
	ts := unix.NsecToTimespec(int64(d))
	_ = unix.Nanosleep(&ts, nil) // a signal only shortens it, and the caller looks at the clock again
}
