//go:build !lean

package cli

import (
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/middlebrick/middlebrick/internal/report"
	"github.com/middlebrick/middlebrick/scanner/probe"
)

// redraw is the shortest time between two pictures of the bar: a terminal is no place for a thousand lines a second.
const redraw = 100 * time.Millisecond

const barCells = 20

// progress shows what a probe does: a bar on a terminal, plain lines elsewhere. The second function removes the bar.
func (c *command) progress() (show func(probe.Event), end func()) {
	file, ok := c.err.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) || os.Getenv("TERM") == "dumb" {
		return func(e probe.Event) {
			if line := plainLine(e); line != "" {
				c.say("%s", line)
			}
		}, func() {}
	}
	var drawn time.Time
	return func(e probe.Event) {
		if line := plainLine(e); line != "" {
			fmt.Fprintf(c.err, "\r\x1b[K%s\n", report.Plain(line))
		} else if time.Since(drawn) < redraw {
			return
		}
		drawn = time.Now()
		fmt.Fprintf(c.err, "\r\x1b[K%s", report.Plain(bar(e, c.width())))
	}, func() { fmt.Fprint(c.err, "\r\x1b[K") }
}

// plainLine is what stays to be read of an event, or nothing.
func plainLine(e probe.Event) string {
	switch e.Kind {
	case "verdict":
		return fmt.Sprintf("%d/%d %s: %s", e.Index, e.Pairs, e.Pair, e.Text)
	case "note":
		return e.Text
	}
	return ""
}

// bar draws how far the run is: pairs done, then trial and hits of the pair at hand, and what is left of both budgets.
func bar(e probe.Event, width int) string {
	full := 0
	if e.Pairs > 0 {
		full = min(barCells*max(e.Index-1, 0)/e.Pairs, barCells)
	}
	text := fmt.Sprintf("[%s%s] pair %d/%d  trial %d  hits %d  %d/%d requests  %v left  %s", strings.Repeat("=", full), strings.Repeat(" ", barCells-full),
		e.Index, e.Pairs, e.Trial, e.Hits, e.Requests, e.Budget, max(e.Left, 0).Round(time.Second), e.Pair)
	if runes := []rune(text); width > 1 && len(runes) >= width {
		text = string(runes[:width-1]) // one that reaches the edge would wrap, and leave its first line behind
	}
	return text
}
