package fire

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"sort"
	"sync"
	"time"
)

// Shot is one request of a volley. It is released Offset after the start of the volley.
type Shot struct {
	Request Request
	Gate    Gate
	Offset  time.Duration
}

// Hit is the answer to a shot with the times of the volley's own clock.
type Hit struct {
	Response
	Released time.Duration // since the start of the volley
	Answered time.Duration // when the answer had been read
}

// Volley is what happened.
type Volley struct {
	Hits []Hit // in the order of the shots
	// Leaked: some server answered before its request was complete, so the gate held nothing back.
	Leaked bool
	// Overlap: the last request was released before the first answer had begun.
	Overlap bool
	// Apart: every request but the last had been answered, or begun to be, when the next one was released.
	Apart bool
	// Spread is the distance between the first and the last release, the offsets taken off.
	Spread time.Duration
	// Err is set when the volley could not be fired at all; nothing was released then.
	Err error
}

// quiet is how long staged requests rest before the release, so that the server has read what it got.
const quiet = 2 * time.Millisecond

// spares are dialled beyond the racers: two fresh connections reached both workers of a server in only half of
// the trials. Which ones are used is drawn anew every time.
const spares = 2

// Fire stages all shots and releases them. hold, when not nil, runs between staging and release.
func (t *Target) Fire(ctx context.Context, shots []Shot, hold func(context.Context) error) Volley {
	wires, err := t.dialAll(ctx, len(shots)+spares)
	if err != nil {
		return Volley{Err: err}
	}
	defer func() {
		for _, w := range wires {
			w.raw.Close()
		}
	}()
	rand.Shuffle(len(wires), func(i, j int) { wires[i], wires[j] = wires[j], wires[i] })
	loads := make([]load, len(shots))
	for i, s := range shots {
		s.Request.Path = t.Prefix + s.Request.Path
		staged, last, err := s.Request.split(t.Host, s.Gate)
		if err != nil {
			return Volley{Err: err}
		}
		if t.Sent != nil {
			if err := t.Sent(s.Request); err != nil {
				return Volley{Err: err}
			}
		}
		last, err = wires[i].stage(staged, last)
		if err != nil {
			return Volley{Err: fmt.Errorf("staging: %w", err)}
		}
		loads[i] = load{wire: wires[i], last: last, offset: s.Offset, method: s.Request.Method}
	}
	if err := sleep(ctx, quiet); err != nil {
		return Volley{Err: err}
	}
	if hold != nil {
		if err := hold(ctx); err != nil {
			return Volley{Err: err}
		}
	}
	stop := context.AfterFunc(ctx, func() {
		for _, w := range wires {
			w.raw.SetDeadline(time.Unix(1, 0))
		}
	})
	defer stop()
	v := release(loads, wires[len(shots)])
	if ctx.Err() != nil {
		for i := range v.Hits {
			v.Hits[i].blame(ctx)
		}
	}
	return v
}

// blame says that a request was given up by ourselves, where that is why it has no answer: the deadline that ends a
// pending read looks like a server that hangs.
func (r *Response) blame(ctx context.Context) {
	if r.Err != nil && ctx.Err() != nil {
		r.Err = ctx.Err()
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// dialAll dials in parallel.
func (t *Target) dialAll(ctx context.Context, n int) ([]*wire, error) {
	wires, errs := make([]*wire, n), make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { wires[i], errs[i] = t.dial(ctx) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		for _, w := range wires {
			if w != nil {
				w.raw.Close()
			}
		}
		return nil, fmt.Errorf("dialling: %w", errs[slices.IndexFunc(errs, func(e error) bool { return e != nil })])
	}
	return wires, nil
}

// load is a staged request with what the release needs of it, gathered beforehand.
type load struct {
	*wire
	fd       int
	last     []byte
	offset   time.Duration
	method   string
	released time.Duration
	err      error
}

// release opens the gates. Everything between the first and the last write happens on one locked thread without
// allocation; the collector is kept off.
func release(loads []load, spare *wire) Volley {
	order := make([]int, len(loads))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return loads[order[i]].offset < loads[order[j]].offset })
	fds := make([]int, len(loads)) // in the order of release
	for k, i := range order {
		fd, err := descriptor(loads[i].raw)
		if err != nil {
			return Volley{Err: err}
		}
		loads[i].fd, fds[k] = fd, fd
	}
	poll := newPoller(fds)
	percent := debug.SetGCPercent(-1)
	defer debug.SetGCPercent(percent)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	calm := hurry()
	defer calm()

	v := Volley{Hits: make([]Hit, len(loads)), Leaked: poll.readable() > 0, Apart: true}
	if v.Leaked {
		return v
	}
	first := loads[order[0]].offset
	warm(spare)
	start := time.Now()
	for k, i := range order {
		l := &loads[i]
		if wait := l.offset - first; wait > 0 {
			waitUntil(start, wait)
			v.Apart = v.Apart && poll[:k].readable() == k
		}
		l.released = time.Since(start)
		l.err = writeAll(l.fd, l.last)
	}
	v.Overlap = poll.readable() == 0
	calm()
	v.collect(loads, first, start)
	return v
}

// warm wakes the server with the first letter of a request that never follows. The write that wakes a sleeping process
// takes as long as two that do not, and must not lie between the releases.
func warm(spare *wire) {
	if spare.seal != nil {
		return // in the midst of TLS it would be a broken record
	}
	if fd, err := descriptor(spare.raw); err == nil {
		_ = writeAll(fd, []byte("G"))
	}
}

// waitUntil sleeps while there is time and spins only for the last moment: a long spin would take a core away
// from the server.
func waitUntil(start time.Time, at time.Duration) {
	const spin = 150 * time.Microsecond
	if left := at - time.Since(start); left > spin {
		pause(left - spin)
	}
	for time.Since(start) < at {
	}
}

// collect reads all answers and computes the spread.
func (v *Volley) collect(loads []load, first time.Duration, start time.Time) {
	var wg sync.WaitGroup
	var low, high time.Duration
	for i := range loads {
		l := &loads[i]
		v.Hits[i].Released = l.released
		late := l.released - (l.offset - first)
		if i == 0 || late < low {
			low = late
		}
		if i == 0 || late > high {
			high = late
		}
		wg.Go(func() {
			if l.err != nil {
				v.Hits[i].Response = Response{Err: l.err}
				return
			}
			v.Hits[i].Response = l.read(l.method)
			v.Hits[i].Answered = time.Since(start)
			v.Hits[i].Latency = v.Hits[i].Answered - l.released
		})
	}
	wg.Wait()
	v.Spread = high - low
}
