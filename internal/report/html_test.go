package report

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

// browser opens a page in a real Chromium. The page may ask nothing of the network.
func browser(t *testing.T, file string, width, height int) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("NOT RUN: there is no chromium to show the page in")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.WindowSize(width, height), chromedp.UserDataDir(t.TempDir()),
		chromedp.WSURLReadTimeout(time.Minute))
	// Not the context of the test, which ends before what cleans up: a browser that is killed has children that still write to its directory.
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) }) // asks it to close, and waits
	run(t, ctx, chromedp.Navigate("file://"+file), chromedp.WaitReady("#detail > *", chromedp.ByQuery))
	return ctx
}

func run(t *testing.T, ctx context.Context, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

func said(t *testing.T, ctx context.Context, expression string) string {
	t.Helper()
	var out any
	run(t, ctx, chromedp.Evaluate(expression, &out))
	return fmt.Sprint(out)
}

func writePage(t *testing.T, r *finding.Report, opts Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, r, opts, map[string]string{"MB107": "A state is checked and then changed"}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const hostileText = `</script><script>document.title="owned"</script><img src=x onerror="document.title='owned'">` + "\u202e\x1b[31m"

func htmlReport(n int) *finding.Report {
	r := finding.NewReport(".", "test")
	for i := range n {
		rule, severity := "MB107", finding.High
		if i%2 == 1 {
			rule, severity = "MB201", finding.Medium
		}
		path := fmt.Sprintf("app/f%d.py", i%500)
		r.Findings = append(r.Findings, finding.Finding{ID: fmt.Sprint(i), Rule: rule, Name: "a-race", Severity: severity, Confidence: finding.HighConfidence,
			Description: "finding " + fmt.Sprint(i) + " " + hostileText, Endpoint: fmt.Sprintf("/r%d", i%20), Method: "POST", Remediation: "write it otherwise",
			Location: finding.Location{Path: path, Line: 2, Column: 1, EndLine: 2, EndColumn: 9},
			Steps: []finding.Step{{Actor: "A", Role: finding.Read, Path: path, Line: 2, Text: "a reads"}, {Actor: "B", Role: finding.Act, Path: path, Line: 3, Text: "b acts", Note: "the rival believes it is open"},
				{Actor: "A", Role: finding.Act, Path: path, Line: 3, Text: "a acts " + hostileText}},
			Fix: &finding.Fix{Title: "lock it", Edits: []finding.Edit{{Path: path, StartLine: 2, EndLine: 2, Text: "two, locked\n"}}}})
	}
	return r
}

func htmlSource(path string) ([]byte, error) {
	return []byte("one\ntwo " + hostileText + "\nthree\nfour\n"), nil
}

// TestHTML uses the page as a reader does: clicks, keys, filters.
func TestHTML(t *testing.T) {
	ctx := browser(t, writePage(t, htmlReport(4), Options{Source: htmlSource}), 1280, 900)
	if got := said(t, ctx, `document.querySelectorAll(".row").length + " " + document.querySelectorAll(".step.now").length + " " + document.title`); got != "4 1 middlebrick report" {
		t.Fatalf("the page shows %q", got)
	}
	run(t, ctx, chromedp.Click("#next", chromedp.ByQuery))
	if got := said(t, ctx, `document.querySelector(".step.now").textContent`); !strings.Contains(got, "b acts") || !strings.Contains(got, "believes it is open") {
		t.Errorf("after a click on next: %q", got)
	}
	run(t, ctx, chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	if got := said(t, ctx, `document.querySelector(".step.now").textContent + document.querySelector("#next").disabled`); !strings.Contains(got, "a acts") || !strings.HasSuffix(got, "true") {
		t.Errorf("after the arrow keys: %q", got)
	}
	run(t, ctx, chromedp.KeyEvent(kb.ArrowLeft))
	if got := said(t, ctx, `document.querySelector(".step.now").textContent`); !strings.Contains(got, "b acts") {
		t.Errorf("back again: %q", got)
	}
	run(t, ctx, chromedp.KeyEvent("j"))
	if got := said(t, ctx, `document.querySelector("#detail h2").textContent + document.querySelector("pre .add").textContent`); !strings.Contains(got, "MB201") || !strings.Contains(got, "+ two, locked") {
		t.Errorf("the second finding: %q", got)
	}
	run(t, ctx, chromedp.SetValue("#rule", "MB107", chromedp.ByQuery), chromedp.Evaluate(`document.getElementById("rule").dispatchEvent(new Event("change"))`, nil))
	if got := said(t, ctx, `document.getElementById("count").textContent`); got != "2 of 4" {
		t.Errorf("filtered by rule: %q", got)
	}
	run(t, ctx, chromedp.KeyEvent("/"))
	if got := said(t, ctx, `document.activeElement.id`); got != "text" {
		t.Errorf("a slash goes to %q", got)
	}
	// The driver sends the character itself too, whatever became of the key.
	run(t, ctx, chromedp.Evaluate(`document.getElementById("text").value = ""`, nil), chromedp.SendKeys("#text", "finding 2", chromedp.ByQuery))
	if got := said(t, ctx, `document.getElementById("count").textContent + " " + document.title`); got != "1 of 4 middlebrick report" {
		t.Errorf("filtered by a word: %q", got)
	}
	run(t, ctx, chromedp.SendKeys("#text", " nowhere", chromedp.ByQuery))
	if got := said(t, ctx, `document.getElementById("detail").textContent`); got != "No finding matches the filters." {
		t.Errorf("without a match: %q", got)
	}
}

// TestHTMLOfMany keeps the page small in the document: only the rows in sight are elements, and the last one can be reached.
func TestHTMLOfMany(t *testing.T) {
	if testing.Short() {
		t.Skip("a report of 30,000 findings is left out of short runs")
	}
	ctx := browser(t, writePage(t, htmlReport(30_000), Options{Source: htmlSource}), 420, 900)
	run(t, ctx, chromedp.Evaluate(`document.getElementById("list").scrollTop = 1e9; draw()`, nil))
	if got := said(t, ctx, `(document.querySelectorAll(".row").length < 60) + " " + document.querySelector(".row:last-child").textContent.includes("f499.py") + " " + document.getElementById("count").textContent`); got != "true true 30000 of 30000" {
		t.Errorf("the page says %q", got)
	}
	if got := said(t, ctx, `document.documentElement.scrollWidth <= innerWidth`); got != "true" {
		t.Error("the page is wider than a narrow window")
	}
}

func TestHTMLOfNothing(t *testing.T) {
	data, err := os.ReadFile(writePage(t, finding.NewReport(".", "test"), Options{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`default-src 'none'`, `"findings":[]`} {
		if !bytes.Contains(data, []byte(want)) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if bytes.Contains(data, []byte("http://")) || bytes.Contains(data, []byte("https://")) {
		t.Error("the page names an address")
	}
}
