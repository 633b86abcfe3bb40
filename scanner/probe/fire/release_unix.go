//go:build unix

package fire

import (
	"errors"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// descriptor returns the file descriptor of a connection, which stays open as long as the connection is held.
func descriptor(c net.Conn) (int, error) {
	s, ok := c.(syscall.Conn)
	if !ok {
		return 0, errors.New("the connection has no descriptor")
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return 0, err
	}
	fd := 0
	err = raw.Control(func(p uintptr) { fd = int(p) })
	return fd, err
}

// writeAll writes the withheld bytes: almost always one byte and one call.
func writeAll(fd int, p []byte) error {
	for len(p) > 0 {
		n, err := write(fd, p)
		switch {
		case err == unix.EAGAIN || err == unix.EINTR:
			continue // the send buffer of a connection that carried one small request is not full for long
		case err != nil:
			return err
		}
		p = p[n:]
	}
	return nil
}

// poller counts the sockets that can be read, without waiting.
type poller []unix.PollFd

func newPoller(fds []int) poller {
	p := make(poller, len(fds))
	for i, fd := range fds {
		p[i] = unix.PollFd{Fd: int32(fd), Events: unix.POLLIN}
	}
	return p
}

func (p poller) readable() int {
	n, err := unix.Poll(p, 0)
	if err != nil {
		return 0
	}
	return n
}
