//go:build unix && !linux

package fire

import (
	"time"

	"golang.org/x/sys/unix"
)

func write(fd int, p []byte) (int, error) { return unix.Write(fd, p) }

func hurry() func() { return func() {} }

func pause(d time.Duration) { time.Sleep(d) }
