package scanner

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

var scaling = flag.String("scaling", "", "measure scans of 10,000 to 2,600,000 lines and draw the times into this SVG `file`")

// TestScaling draws the processor time of scans against the lines they read. It measures, and fails for what was measured only where the
// growth is far from the goal: times depend on what else the machine is at.
func TestScaling(t *testing.T) {
	if *scaling == "" {
		t.Skip("only with -scaling FILE: it takes minutes")
	}
	var points []point
	for _, lines := range []int{10_000, 100_000, 1_000_000, 2_600_000} {
		points = append(points, measure(t, lines))
	}
	slope, at := fitted(points)
	t.Logf("slope %.3f", slope)
	if err := os.WriteFile(*scaling, []byte(plot(points, slope, at)), 0o644); err != nil {
		t.Fatal(err)
	}
	if slope > 1.2 {
		t.Errorf("time grows with the power %.2f of the lines", slope)
	}
}

// point is a measured scan.
type point struct{ lines, seconds float64 }

// measure returns the least processor time of three scans of ordinary code; small ones are repeated, because the clock counts in milliseconds.
func measure(t *testing.T, lines int) point {
	g := ordinary(lines)
	tree := g.tree(t)
	_, have := g.size()
	rounds := max(1, 200_000/lines)
	least := math.Inf(1)
	for range 3 {
		before := processorTime(t)
		for range rounds {
			if _, err := Scan(context.Background(), tree, Options{}); err != nil {
				t.Fatal(err)
			}
		}
		least = min(least, (processorTime(t)-before).Seconds()/float64(rounds))
	}
	t.Logf("%d lines: %.3f s", have, least)
	return point{float64(have), least}
}

func processorTime(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// fitted returns the line of least squares through the logarithms: its slope, and its value at one line of code.
func fitted(points []point) (slope, at float64) {
	var sx, sy, sxx, sxy float64
	for _, p := range points {
		x, y := math.Log10(p.lines), math.Log10(p.seconds)
		sx, sy, sxx, sxy = sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	n := float64(len(points))
	slope = (n*sxy - sx*sy) / (n*sxx - sx*sx)
	return slope, (sy - slope*sx) / n
}

// plot draws the points and the line through them, both axes logarithmic.
func plot(points []point, slope, at float64) string {
	const width, height, left, bottom = 640, 400, 70, 350
	x := func(lines float64) float64 { return left + (math.Log10(lines)-4)*(width-left-30)/2.6 }
	y := func(seconds float64) float64 { return bottom - (math.Log10(seconds)+2)*(bottom-30)/4 }
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" font-family=\"sans-serif\" font-size=\"13\">\n", width, height)
	fmt.Fprintf(&b, "<title>Processor time of a scan against lines of Python</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", width, height)
	for i, lines := range []string{"10,000", "100,000", "1,000,000"} {
		at := x(math.Pow10(4 + i))
		fmt.Fprintf(&b, "<path d=\"M%.1f 30V%d\" stroke=\"#ddd\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", at, bottom, at, bottom+20, lines)
	}
	for _, seconds := range []float64{0.01, 0.1, 1, 10, 100} {
		fmt.Fprintf(&b, "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%g s</text>\n", left, y(seconds), width-30, left-8, y(seconds)+4, seconds)
	}
	line := func(lines float64) float64 { return math.Pow(10, at+slope*math.Log10(lines)) }
	first, last := points[0].lines, points[len(points)-1].lines
	fmt.Fprintf(&b, "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"#1f5fa8\" stroke-width=\"2\"/>\n", x(first), y(line(first)), x(last), y(line(last)))
	for _, p := range points {
		fmt.Fprintf(&b, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"#1f5fa8\"/><text x=\"%.1f\" y=\"%.1f\">%.2f s</text>\n", x(p.lines), y(p.seconds), x(p.lines)+6, y(p.seconds)+18, p.seconds)
	}
	fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">lines of Python</text>\n<text x=\"%d\" y=\"20\">processor time; slope %.2f</text>\n</svg>\n", (width+left)/2, height-10, left, slope)
	return b.String()
}
