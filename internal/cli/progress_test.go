//go:build !lean

package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/scanner/probe"
)

func TestBar(t *testing.T) {
	e := probe.Event{Kind: "trial", Pair: "POST /orders/{id}/cancel twice", Index: 31, Pairs: 60, Trial: 7, Hits: 1, Requests: 412, Budget: 2000, Left: 250*time.Second + 3}
	want := "[==========          ] pair 31/60  trial 7  hits 1  412/2000 requests  4m10s left  POST /orders/{id}/cancel twice"
	if got := bar(e, 200); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := bar(e, 60); len(got) != 59 || !strings.HasPrefix(want, got) {
		t.Errorf("not cut: %q", got)
	}
	e.Left, e.Index, e.Pairs = -time.Second, 0, 0
	if got := bar(e, 200); !strings.Contains(got, " 0s left") {
		t.Errorf("%q", got)
	}
}

// Where nobody watches, what stays are lines without control characters.
func TestProgressInPlainLines(t *testing.T) {
	var err bytes.Buffer
	c := &command{err: &err}
	show, end := c.progress()
	for _, e := range []probe.Event{{Kind: "pair", Pair: "x"}, {Kind: "trial"}, {Kind: "verdict", Index: 1, Pairs: 2, Pair: "POST /x\x1b[2J twice", Text: "confirmed"}, {Kind: "note", Text: "stopped"}} {
		show(e)
	}
	end()
	if got := err.String(); strings.Contains(got, "\x1b") || strings.Count(got, "\n") != 2 || !strings.Contains(got, "1/2 POST /x") {
		t.Errorf("%q", got)
	}
}
