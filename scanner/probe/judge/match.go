package judge

// matches reports whether the replies of the sequential run s can be assigned to distinct replies of par such that
// every pair is alike, every reply of s is used, and only abortable replies of par are left over.
//
// Without real order between racers this is bipartite matching: by the theorem of Mendelsohn and Dulmage one
// matching covers both sides when each side has a matching of its own. With real order the few racers are tried
// one by one.
func matches(s, par Outcome, like func(r, s Reply) bool) bool {
	if ordered(par) && len(par.Replies) <= 6 {
		return assign(s, par, like, make([]int, 0, len(s.Replies)))
	}
	var must []Reply
	for _, r := range par.Replies {
		if !r.abortable() {
			must = append(must, r)
		}
	}
	return saturates(s.Replies, par.Replies, func(x, y Reply) bool { return like(y, x) }) &&
		saturates(must, s.Replies, like)
}

// saturates reports whether every left reply finds its own right one (Kuhn's augmenting paths).
func saturates(left, right []Reply, like func(l, r Reply) bool) bool {
	if len(left) > len(right) {
		return false
	}
	owner := make([]int, len(right))
	for i := range owner {
		owner[i] = -1
	}
	var seen []bool
	var augment func(l int) bool
	augment = func(l int) bool {
		for r := range right {
			if seen[r] || !like(left[l], right[r]) {
				continue
			}
			seen[r] = true
			if owner[r] < 0 || augment(owner[r]) {
				owner[r] = l
				return true
			}
		}
		return false
	}
	for l := range left {
		seen = make([]bool, len(right))
		if !augment(l) {
			return false
		}
	}
	return true
}

// ordered reports whether some racer had been answered before another one was released.
func ordered(par Outcome) bool {
	for _, a := range par.Replies {
		for _, b := range par.Replies {
			if precedes(a, b) {
				return true
			}
		}
	}
	return false
}

func precedes(a, b Reply) bool { return a.End != 0 && b.Start != 0 && a.End < b.Start }

// assign extends taken, the indexes of par's replies given to the first replies of s, to a whole assignment that
// contradicts no real order.
func assign(s, par Outcome, like func(r, s Reply) bool, taken []int) bool {
	if len(taken) == len(s.Replies) {
		return leftoversAbort(par, taken)
	}
next:
	for i, r := range par.Replies {
		if !like(r, s.Replies[len(taken)]) {
			continue
		}
		for _, t := range taken {
			if t == i || precedes(r, par.Replies[t]) {
				continue next
			}
		}
		if assign(s, par, like, append(taken, i)) {
			return true
		}
	}
	return false
}

func leftoversAbort(par Outcome, taken []int) bool {
	used := make([]bool, len(par.Replies))
	for _, t := range taken {
		used[t] = true
	}
	for i, r := range par.Replies {
		if !used[i] && !r.abortable() {
			return false
		}
	}
	return true
}
