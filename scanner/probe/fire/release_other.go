//go:build !unix

package fire

import (
	"errors"
	"net"
	"time"
)

func descriptor(net.Conn) (int, error) {
	return 0, errors.New("racing needs a Unix system: run it on Linux or macOS")
}

func writeAll(int, []byte) error { return errors.ErrUnsupported }

type poller []int

func newPoller(fds []int) poller { return fds }

func (poller) readable() int { return 0 }

func hurry() func() { return func() {} }

func pause(d time.Duration) { time.Sleep(d) }
