package judge

import (
	"encoding/json"
	"slices"
	"strings"
)

// Noise is what two runs of the same order on fresh resources disagree about.
type Noise struct {
	// Mask are the paths that may be hidden: random texts and measured times.
	Mask []string
	// Unstable are the paths that may not: a quantity, a flag or a length that differs between twins means that
	// somebody else writes there, or that the operation is not deterministic.
	Unstable []string
}

// Twins compares the normalised trees of two runs of the same order.
func Twins(a, b any) Noise {
	var n Noise
	n.walk("", a, b)
	slices.Sort(n.Mask)
	slices.Sort(n.Unstable)
	n.Mask, n.Unstable = slices.Compact(n.Mask), slices.Compact(n.Unstable)
	return n
}

// Still reports whether two readings of one state, one soon after the other, show that nothing moves but clocks.
func Still(a, b any) bool {
	n := Twins(a, b)
	for _, path := range n.Mask {
		if !measured(path) {
			return false
		}
	}
	return len(n.Unstable) == 0
}

func (n *Noise) walk(path string, a, b any) {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			n.Unstable = append(n.Unstable, path)
			return
		}
		for k := range x {
			if _, both := y[k]; !both {
				n.Unstable = append(n.Unstable, path+"/"+k)
				continue
			}
			n.walk(path+"/"+k, x[k], y[k])
		}
		for k := range y {
			if _, both := x[k]; !both {
				n.Unstable = append(n.Unstable, path+"/"+k)
			}
		}
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			n.Unstable = append(n.Unstable, path)
			return
		}
		for i := range x {
			n.walk(path+"[]", x[i], y[i])
		}
	default:
		if Encode(a) == Encode(b) {
			return
		}
		if maskable(path, a, b) {
			n.Mask = append(n.Mask, path)
		} else {
			n.Unstable = append(n.Unstable, path)
		}
	}
}

// maskable reports whether a difference is one of the kinds that carry no state.
func maskable(path string, a, b any) bool {
	textA, okA := a.(string)
	textB, okB := b.(string)
	if okA && okB {
		return random(textA) && random(textB) || measured(path)
	}
	_, numA := a.(json.Number)
	_, numB := b.(json.Number)
	return numA && numB && measured(path)
}

// random reports whether a text looks drawn or generated. A word like "paid" is state even when twins disagree.
func random(s string) bool {
	return len(s) >= 6 && strings.ContainsAny(s, "0123456789")
}

// measured reports whether the key speaks of time or of a random number, not of an amount.
func measured(path string) bool {
	key := strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
	for _, word := range []string{"time", "elapsed", "duration", "latency", "_ms", "_at", "timestamp", "seed", "nonce", "random", "uptime", "pid"} {
		if strings.Contains(key, word) {
			return true
		}
	}
	return false
}
