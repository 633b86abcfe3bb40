package cli

import (
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/middlebrick/middlebrick/scanner"
)

// patience is how long a scan may take before somebody who watches is told how far it is.
const patience = time.Second

// watch shows the progress of a scan on a terminal. The function that it returns ends it and clears the line.
func (c *command) watch() (scanner.Progress, func()) {
	file, ok := c.err.(*os.File)
	if !ok || c.quiet || !term.IsTerminal(int(file.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil, func() {}
	}
	var mu sync.Mutex
	stage, done, total := "", 0, 0
	begin, stop, ended := time.Now(), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for shown := false; ; {
			select {
			case <-stop:
				if shown {
					fmt.Fprint(file, "\r\x1b[K")
				}
				return
			case <-tick.C:
				if time.Since(begin) < patience {
					continue
				}
				mu.Lock()
				line := fmt.Sprintf("middlebrick: %s %d/%d", stage, done, total)
				mu.Unlock()
				shown = true
				fmt.Fprintf(file, "\r%s\x1b[K", line)
			}
		}
	}()
	return func(s string, n, of int) {
		mu.Lock()
		if s != stage || n > done { // steps are told out of order
			stage, done, total = s, n, of
		}
		mu.Unlock()
	}, func() { close(stop); <-ended }
}
