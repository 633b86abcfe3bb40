package scanner

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/source"
)

func parse(t *testing.T, comment string) (*suppression, *finding.Remark) {
	t.Helper()
	f := python.Parse("a.py", []byte("x = 1  "+comment+"\n"))
	if len(f.Comments) != 1 {
		return nil, nil
	}
	return parseSuppression(f, f.Comments[0])
}

func TestParseSuppression(t *testing.T) {
	for comment, want := range map[string]string{
		"# middlebrick: ignore[MB107]":                                       "[MB107] '' ''",
		"#middlebrick:ignore[MB107]":                                         "[MB107] '' ''",
		"# middlebrick: ignore[mb107, state-transition-race,MB2] one worker": "[MB107 MB107 MB2] 'one worker' ''",
		"# middlebrick: ignore[MB107]: reason: one worker":                   "[MB107] 'one worker' ''",
		"# middlebrick: ignore[MB107] — one worker":                          "[MB107] 'one worker' ''",
		"# middlebrick: ignore[MB107] until 2027-01-31 later":                "[MB107] 'later' '2027-01-31'",
		"# middlebrick: ignore[MB107] until 2027-01-31":                      "[MB107] '' '2027-01-31'",
		"# type: ignore  # middlebrick: ignore[MB107] why  # noqa: E501":     "[MB107] 'why' ''",
		"# noqa: MB107":             "[MB107] '' ''",
		"# noqa: E501,MB107 MB2":    "[MB107 MB2] '' ''",
		"# NOQA is not noqa: mb107": "[MB107] '' ''",
		"# noqa: E501":              "nil",
		"# noqa":                    "nil",
		"# noqa: MBX":               "nil",
		"# see docs of middlebrick: it says ignore":   "nil",
		"# middlebrick: ignore":                       "malformed",
		"# middlebrick: ignore MB107":                 "malformed",
		"# middlebrick: ignore[MB107":                 "malformed",
		"# middlebrick: ingore[MB107]":                "malformed did you mean ignore?",
		"# middlebrick: ignore[MB107] until tomorrow": "malformed",
		"# middlebrick: ignore[]":                     "unknown-rule",
		"# middlebrick: ignore[MB]":                   "unknown-rule",
		"# middlebrick: ignore[MB170]":                "unknown-rule did you mean MB",
		"# middlebrick: ignore[MB107, E501]":          "unknown-rule",
		"# middlebrick: ignore[\x1b[2J]":              "unknown-rule",
	} {
		s, wrong := parse(t, comment)
		got := "nil"
		if wrong != nil {
			got = string(wrong.Kind) + " " + wrong.Text
		} else if s != nil {
			got = fmt.Sprintf("%v '%s' '%s'", s.rules, s.reason, s.until)
		}
		kind, text, _ := strings.Cut(want, " ")
		if got != want && !(wrong != nil && strings.HasPrefix(got, kind) && strings.Contains(got, text)) {
			t.Errorf("%s: got %s, want %s", comment, got, want)
		}
	}
}

const coupon = `from fastapi import FastAPI, Depends, HTTPException
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, Session
class Base(DeclarativeBase): pass
class Coupon(Base):
    __tablename__ = "coupons"
    id: Mapped[int] = mapped_column(primary_key=True)
    used: Mapped[bool]
app = FastAPI()
def db(): ...
@app.post("/redeem/{id}")
def redeem(id: int, s: Session = Depends(db)):
    c = s.get(Coupon, id)%s
%s
    if c.used:%s
        raise HTTPException(409)
    c.used = True%s
    s.commit()%s
`

// TestSuppress scans a program with one race, suppressed in every way.
func TestSuppress(t *testing.T) {
	const comment = "  # middlebrick: ignore[MB1] it is safe"
	for _, c := range []struct {
		name       string
		at         [5]any // behind the read, above the check, behind check, act and commit
		opts       Options
		suppressed bool
		remark     finding.RemarkKind
	}{
		{"nothing", [5]any{"", "", "", "", ""}, Options{}, false, ""},
		{"on the read", [5]any{comment, "", "", "", ""}, Options{}, true, ""},
		{"on the check", [5]any{"", "", comment, "", ""}, Options{}, true, ""},
		{"on the act", [5]any{"", "", "", comment, ""}, Options{}, true, ""},
		{"above the check", [5]any{"", "  " + comment, "", "", ""}, Options{}, true, ""},
		{"twice", [5]any{comment, "", comment, "", ""}, Options{}, true, ""},
		{"elsewhere", [5]any{"", "", "", "", comment}, Options{}, false, finding.Unused},
		{"another rule", [5]any{"", "", "  # middlebrick: ignore[MB204]", "", ""}, Options{}, false, finding.Unused},
		{"in a string", [5]any{"", "    x = '# middlebrick: ignore[MB1]'", "", "", ""}, Options{}, false, ""},
		{"noqa", [5]any{"", "", "  # noqa: MB1", "", ""}, Options{}, true, ""},
		{"without a reason", [5]any{"", "", "  # noqa: MB1", "", ""}, Options{RequireReason: true}, false, finding.Unreasoned},
		{"with a reason", [5]any{"", "", comment, "", ""}, Options{RequireReason: true}, true, ""},
		{"last day", [5]any{"", "", "  # middlebrick: ignore[MB1] until 2027-01-31 x", "", ""}, Options{Today: "2027-01-31"}, true, ""},
		{"too late", [5]any{"", "", "  # middlebrick: ignore[MB1] until 2027-01-31 x", "", ""}, Options{Today: "2027-02-01"}, false, finding.Expired},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := fmt.Sprintf(coupon, c.at[:]...)
			tree, err := source.FromFS(fstest.MapFS{"main.py": {Data: []byte(src)}}, source.Options{})
			if err != nil {
				t.Fatal(err)
			}
			r, err := Scan(context.Background(), tree, c.opts)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Findings) != 1 {
				t.Fatalf("%d findings", len(r.Findings))
			}
			if got := r.Findings[0].Suppressed != nil; got != c.suppressed || (r.Summary.Suppressed == 1) != c.suppressed {
				t.Errorf("suppressed %t (%d counted), want %t", got, r.Summary.Suppressed, c.suppressed)
			}
			var kind finding.RemarkKind
			if len(r.Summary.Remarks) > 0 {
				kind = r.Summary.Remarks[0].Kind
			}
			if kind != c.remark || len(r.Summary.Remarks) > 1 {
				t.Errorf("remarks %+v, want %q", r.Summary.Remarks, c.remark)
			}
		})
	}
}

// TestStated scans a program whose lock protects in one process only, and whose engine nothing tells.
func TestStated(t *testing.T) {
	const text = `import asyncio
from fastapi import FastAPI, Depends, HTTPException
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase): pass
class Coupon(Base):
    __tablename__ = "coupons"
    id: Mapped[int] = mapped_column(primary_key=True)
    used: Mapped[bool]
app = FastAPI()
lock = asyncio.Lock()
def db(): ...
@app.post("/redeem/{id}")
async def redeem(id: int, s: AsyncSession = Depends(db)):
    async with lock:
        c = await s.get(Coupon, id)
        if c.used:
            raise HTTPException(409)
        c.used = True
        await s.commit()
`
	scan := func(opts Options) *finding.Report {
		tree, err := source.FromFS(fstest.MapFS{"main.py": {Data: []byte(text)}}, source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := Scan(context.Background(), tree, opts)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	guess := scan(Options{})
	if len(guess.Findings) != 1 || len(guess.Findings[0].Assumptions) == 0 {
		t.Fatalf("without a word: %+v", guess.Findings)
	}
	if r := scan(Options{Workers: 1}); len(r.Findings) != 0 {
		t.Errorf("one worker: %d findings", len(r.Findings))
	}
	if r := scan(Options{Workers: 2}); len(r.Findings) != 1 {
		t.Errorf("two workers: %d findings", len(r.Findings))
	}
	r := scan(Options{Engine: "mysql", Isolation: "serializable"})
	if r.Summary.Engine != "MySQL at SERIALIZABLE" {
		t.Errorf("engine %q", r.Summary.Engine)
	}
	for _, f := range r.Findings {
		if f.Engine != "MySQL at SERIALIZABLE" || len(f.Assumptions) > 0 {
			t.Errorf("%s rests on %q for %s", f.Rule, f.Assumptions, f.Engine)
		}
	}
	for _, a := range r.Summary.Assumptions {
		if strings.Contains(a, "engine") {
			t.Errorf("assumed although stated: %s", a)
		}
	}
	if r := scan(Options{Engine: "sqlite", Isolation: "immediate"}); r.Summary.Engine != "SQLite with BEGIN IMMEDIATE" {
		t.Errorf("engine %q", r.Summary.Engine)
	}
}

func FuzzSuppression(f *testing.F) {
	for _, s := range []string{" middlebrick: ignore[MB107] until 2027-01-31 why", " noqa: E501,MB107", " middlebrick: ingore[", "middlebrick:ignore[MB1]\x00", " middlebrick: ignore[MB1] #noqa:MB2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, comment string) {
		file := python.Parse("a.py", []byte("x = 1  #"+comment+"\n"))
		for _, c := range file.Comments {
			s, wrong := parseSuppression(file, c)
			if s != nil && (wrong != nil || len(s.rules) == 0) || wrong != nil && (wrong.Line < 1 || wrong.Text == "") {
				t.Errorf("%q: %+v, %+v", comment, s, wrong)
			}
		}
	})
}
