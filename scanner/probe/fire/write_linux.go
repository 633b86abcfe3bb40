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

// hurry puts the calling thread before all ordinary ones until the returned function is called, so that the server
// which the first byte wakes does not run before the second has left. It needs a privilege; without it nothing happens.
func hurry() func() {
	was, err := unix.SchedGetAttr(0, 0)
	if err != nil {
		return func() {}
	}
	first := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: 1}
	if unix.SchedSetAttr(0, &first, 0) != nil {
		return func() {}
	}
	return func() { _ = unix.SchedSetAttr(0, was, 0) }
}

// pause sleeps on the thread itself, without a timer of the scheduler.
func pause(d time.Duration) {
	ts := unix.NsecToTimespec(int64(d))
	_ = unix.Nanosleep(&ts, nil) // a signal only shortens it, and the caller looks at the clock again
}
