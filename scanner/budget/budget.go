// Package budget shares the work of a whole scan out among its parts. Each part has limits of its own; many dear ones add up, and a
// stranger decides how many there are.
//
// What a part may spend must not depend on which of them is faster, or one project would give other findings on another machine. So half
// of the whole is everybody's even share, and out of the other half a part takes what it needs beyond its share as long as those that
// stand before it have left something, whether they ran before it or not.
package budget

import "sync"

// Run does the parts 0 to n-1 with a budget of total for all of them together, none when that is 0. do returns what a part has spent; limit
// is what it may spend, 0 when only its own limits count. A part that went beyond its share, when all of those before it turn out to have
// used up the rest, is done once more with a limit. each runs a function for 0 to n-1, in parallel if it likes.
func Run(total, n int, each func(n int, do func(i int)), do func(i, limit int) (spent int)) {
	if total == 0 {
		each(n, func(i int) { do(i, 0) })
		return
	}
	b := &budget{share: max(total/2/max(n, 1), 1), pool: total / 2, parts: make([]part, n)}
	each(n, func(i int) {
		limit := b.limit(i)
		b.done(i, do(i, limit), limit)
	})
	if over := b.over(); over != nil {
		each(n, func(i int) {
			if over[i] {
				do(i, b.share)
			}
		})
	}
}

type budget struct {
	share, pool int

	mu    sync.Mutex
	parts []part
	next  int // all parts before it are done
	taken int // what those took beyond their shares
}

type part struct {
	done   bool
	beyond int // what it took beyond its share
}

// limit is what a part that begins now may spend. Those before it that are not done yet can only take more from the rest.
func (b *budget) limit(i int) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.next < i && b.parts[b.next].done {
		b.taken += b.parts[b.next].beyond
		b.next++
	}
	if b.taken > b.pool {
		return b.share
	}
	return 0
}

func (b *budget) done(i, spent, limit int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.parts[i].done = true
	if limit == 0 {
		b.parts[i].beyond = max(0, spent-b.share)
	}
}

// over tells which parts took more than their share after the rest was used up, nil for none.
func (b *budget) over() []bool {
	var out []bool
	taken := 0
	for i, p := range b.parts {
		if taken <= b.pool {
			taken += p.beyond
			continue
		}
		if p.beyond > 0 {
			if out == nil {
				out = make([]bool, len(b.parts))
			}
			out[i] = true
		}
	}
	return out
}
