package action

// maxDiff bounds the work of a comparison: above this many inserted and removed lines, all of the middle counts as changed.
const maxDiff = 1500

// changedLines returns the lines of b, counted from 1, that a does not have in their place: what a diff shows as added.
func changedLines(a, b []string) map[int]bool {
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && a[endA-1] == b[endB-1] {
		endA--
		endB--
	}
	changed := map[int]bool{}
	for i := start; i < endB; i++ {
		changed[i+1] = true
	}
	keep(a[start:endA], b[start:endB], func(j int) { delete(changed, start+j+1) })
	return changed
}

// keep calls common for each line of b that a shortest edit script keeps (Myers, greedy).
func keep(a, b []string, common func(j int)) {
	n, m := len(a), len(b)
	limit := min(n+m, maxDiff)
	v := make([]int, 2*limit+3)
	middle := limit + 1
	var trace [][]int
	for d := 0; d <= limit; d++ {
		trace = append(trace, append([]int(nil), v[middle-d-1:middle+d+2]...))
		for k := -d; k <= d; k += 2 {
			x := v[middle+k-1] + 1
			if k == -d || k != d && v[middle+k-1] < v[middle+k+1] {
				x = v[middle+k+1]
			}
			for x < n && x-k < m && a[x] == b[x-k] {
				x++
			}
			v[middle+k] = x
			if x >= n && x-k >= m {
				walkBack(trace, n, m, common)
				return
			}
		}
	}
}

func walkBack(trace [][]int, x, y int, common func(j int)) {
	for d := len(trace) - 1; d >= 0; d-- {
		at := func(k int) int { return trace[d][k+d+1] }
		k := x - y
		prev := k - 1
		if k == -d || k != d && at(k-1) < at(k+1) {
			prev = k + 1
		}
		px := at(prev)
		py := px - prev
		for x > max(px, 0) && y > max(py, 0) {
			x--
			y--
			common(y)
		}
		x, y = px, py
	}
}
