package judge

import "math"

// Overrun is the counting model for n identical requests: in sequence the operation accepts limit of them before it
// rejects, in parallel it accepted more, or the state moved by more units than limit.
func Overrun(limit int, par Outcome, moved int) bool {
	accepted := 0
	for _, r := range par.Replies {
		if r.Class == Accepted {
			accepted++
		}
	}
	return accepted > limit || moved > limit
}

// Wilson returns the 95 % interval of a hit rate.
func Wilson(hits, trials int) (low, high float64) {
	if trials == 0 {
		return 0, 1
	}
	const z = 1.959964
	n, p := float64(trials), float64(hits)/float64(trials)
	centre := p + z*z/(2*n)
	spread := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	d := 1 + z*z/n
	return max(0, (centre-spread)/d), min(1, (centre+spread)/d)
}

// UpperBound returns the hit rate that trials without a hit exclude at 95 %.
func UpperBound(trials int) float64 {
	if trials == 0 {
		return 1
	}
	return 1 - math.Pow(0.05, 1/float64(trials))
}
