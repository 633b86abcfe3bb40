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

type poller struct{}

func newPoller([]int) poller { return poller{} }

func (poller) readable() bool { return false }

func pause(d time.Duration) { time.Sleep(d) }
