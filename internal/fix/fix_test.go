package fix

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
)

func TestApply(t *testing.T) {
	text := "one\ntwo\r\nthree"
	edit := func(from, to int, text string) finding.Edit {
		return finding.Edit{Path: "a.py", StartLine: from, EndLine: to, Text: text}
	}
	for _, c := range []struct {
		name  string
		edits []finding.Edit
		want  string // or the error
	}{
		{"nothing", nil, text},
		{"one line", []finding.Edit{edit(2, 2, "TWO\r\n")}, "one\nTWO\r\nthree"},
		{"before a line", []finding.Edit{edit(1, 0, "zero\n")}, "zero\n" + text},
		{"the last line", []finding.Edit{edit(3, 3, "THREE")}, "one\ntwo\r\nTHREE"},
		{"two in the wrong order", []finding.Edit{edit(3, 3, "3"), edit(1, 1, "1\n")}, "1\ntwo\r\n3"},
		{"another file", []finding.Edit{{Path: "b.py", StartLine: 1, EndLine: 1, Text: "x"}}, text},
		{"overlapping", []finding.Edit{edit(1, 2, "x\n"), edit(2, 3, "y\n")}, "a.py:2: two edits overlap"},
		{"outside", []finding.Edit{edit(9, 9, "x")}, "a.py:9: the edit lies outside the file, which has 3 lines"},
	} {
		got, err := Apply([]byte(text), "a.py", c.edits)
		if err != nil {
			got = []byte(err.Error())
		}
		if string(got) != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

const payment = `from fastapi import FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine('postgresql://localhost/x')
app = FastAPI()


class Base(DeclarativeBase):
	pass


class Bill(Base):
	__tablename__ = 'bills'
	id: Mapped[int] = mapped_column(primary_key=True)
	state: Mapped[str]


@app.post('/bills/{bill_id}/pay')
def pay(bill_id: int):
	with Session(engine) as db:
		bill = db.get(
			Bill,
			bill_id,
		)
		if bill.state != 'open':
			raise HTTPException(409)
		bill.state = 'paid'
		db.commit()
`

// project writes the file below a new directory and plans its repair.
func project(t *testing.T, text string) (dir string, plan *Plan) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.py"), []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	tree, err := source.Open(dir, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	report, err := scanner.Scan(t.Context(), tree, scanner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	plan, err = Make(t.Context(), tree, report, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return dir, plan
}

// The style of the file stays: tabs, quotes, line ends, a trailing comma.
func TestStyle(t *testing.T) {
	for name, text := range map[string]string{"LF": payment, "CRLF": strings.ReplaceAll(payment, "\n", "\r\n")} {
		dir, plan := project(t, text)
		if len(plan.Repaired) != 1 || len(plan.Open) != 0 {
			t.Fatalf("%s: %d repaired, %d open", name, len(plan.Repaired), len(plan.Open))
		}
		if err := plan.Write(dir); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(dir, "main.py"))
		if err != nil {
			t.Fatal(err)
		}
		nl := "\n"
		if name == "CRLF" {
			nl = "\r\n"
		}
		want := strings.Replace(text, "\t\t\tbill_id,"+nl, "\t\t\tbill_id,"+nl+"\t\t\twith_for_update=True,"+nl, 1)
		if string(got) != want {
			t.Errorf("%s: the file is now\n%q", name, got)
		}
		if info, _ := os.Stat(filepath.Join(dir, "main.py")); info.Mode().Perm() != 0o640 {
			t.Errorf("%s: the mode became %v", name, info.Mode())
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	dir, plan := project(t, payment)
	path := filepath.Join(dir, "main.py")
	other := append([]byte("# edited meanwhile\n"), plan.Old["main.py"]...)
	if err := os.WriteFile(path, other, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := plan.Write(dir); err == nil || !strings.Contains(err.Error(), "main.py: changed since it was scanned") {
		t.Errorf("the error is %v", err)
	}
	if got, _ := os.ReadFile(path); !bytes.Equal(got, other) {
		t.Error("the file was written all the same")
	}

	if err := os.WriteFile(path, plan.Old["main.py"], 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o440); err != nil {
		t.Fatal(err)
	}
	if err := plan.Write(dir); err == nil || !strings.Contains(err.Error(), "main.py: permission denied; 0 of 1 files") {
		t.Errorf("the error is %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
		t.Errorf("left behind: %q", left)
	}
}

// A repair that was verified is safe, and only the findings that are asked for cost a scan.
func TestVerify(t *testing.T) {
	for n, safe := range []bool{false, true} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "main.py"), []byte(payment), 0o600); err != nil {
			t.Fatal(err)
		}
		tree, err := source.Open(dir, source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer tree.Close()
		report, err := scanner.Scan(t.Context(), tree, scanner.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := Verify(t.Context(), tree, report, n, Options{}); err != nil {
			t.Fatal(err)
		}
		if len(report.Findings) != 1 || report.Findings[0].Fix == nil || report.Findings[0].Fix.Safe != safe {
			t.Errorf("with %d findings to verify: %+v", n, report.Findings)
		}
	}
}
