package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/internal/action/fakegithub"
)

const couponApp = `from fastapi import FastAPI, Depends, HTTPException
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
    c = s.get(Coupon, id)
    if c.used:
        raise HTTPException(409)
    c.used = True
    s.commit()
`

const quietApp = "from fastapi import FastAPI\napp = FastAPI()\n"

const pull = `{"action": "opened", "number": 12, "pull_request": {"number": 12, "user": {"login": "octocat"},
"head": {"sha": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "repo": {"full_name": "octo/shop"}},
"base": {"sha": "cccccccccccccccccccccccccccccccccccccccc", "repo": {"full_name": "octo/shop"}}}}`

func writeTree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// pullRequest runs the step with the real settings and the real engine, and returns its exit code, its outputs, its log
// and its summary.
func pullRequest(t *testing.T, base, head, inputs map[string]string) (int, map[string]string, string) {
	t.Helper()
	merge, baseSHA := strings.Repeat("a", 40), strings.Repeat("c", 40)
	server, err := fakegithub.Start(fakegithub.Scenario{Repository: "octo/shop", Parents: map[string][]string{merge: {baseSHA, strings.Repeat("b", 40)}},
		Trees: map[string]string{baseSHA: writeTree(t, base)}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	dir := writeTree(t, map[string]string{"pull.json": pull})
	for key, value := range map[string]string{"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": filepath.Join(dir, "pull.json"), "GITHUB_REF": "refs/pull/12/merge",
		"GITHUB_SHA": merge, "GITHUB_REPOSITORY": "octo/shop", "GITHUB_API_URL": server.API(), "GITHUB_WORKSPACE": writeTree(t, head), "NO_PROXY": "127.0.0.1",
		"GITHUB_OUTPUT": filepath.Join(dir, "out"), "GITHUB_STEP_SUMMARY": filepath.Join(dir, "summary"), "INPUT_TOKEN": fakegithub.Token, "INPUT_UPLOAD": "never"} {
		t.Setenv(key, value)
	}
	for key, value := range inputs {
		t.Setenv("INPUT_"+key, value)
	}
	var out bytes.Buffer
	code := Main([]string{"action"}, nil, &out, &out)
	text, err := os.ReadFile(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	outputs := map[string]string{}
	lines := strings.Split(string(text), "\n")
	for i := 0; i+2 < len(lines); i += 3 {
		name, _, _ := strings.Cut(lines[i], "<<")
		outputs[name] = lines[i+1]
	}
	summary, _ := os.ReadFile(filepath.Join(dir, "summary"))
	return code, outputs, out.String() + string(summary)
}

// TestActionSettings makes pull requests that try to pass by settings of their own, and such that have them in the base.
func TestActionSettings(t *testing.T) {
	silent := "[tool.middlebrick]\nignore = [\"ALL\"]\nselect = [\"MB201\"]\n"
	hushed := strings.Replace(couponApp, "if c.used:", "if c.used:  # middlebrick: ignore[MB1] mine", 1)
	for _, c := range []struct {
		name       string
		base, head map[string]string
		inputs     map[string]string
		code       int
		want       map[string]string
		text       string
	}{
		{"no settings", nil, nil, nil, 1, map[string]string{"new": "1", "gate": "fail"}, ""},
		{"in the base", map[string]string{"middlebrick.toml": "ignore = ['MB1']"}, nil, nil, 0, map[string]string{"new": "0", "findings": "0"}, "middlebrick&#46;toml"},
		{"in the head", nil, map[string]string{"middlebrick.toml": "ignore = ['MB1']"}, nil, 1, map[string]string{"new": "1"}, "Settings changed by this change"},
		{"in a table of the head", nil, map[string]string{"pyproject.toml": silent}, nil, 1, map[string]string{"new": "1"}, "Settings changed by this change"},
		{"further down in the head", nil, map[string]string{"app/middlebrick.toml": "ignore = ['MB1']"}, nil, 1, map[string]string{"new": "1"}, "<code>app&#47;middlebrick&#46;toml</code>"},
		{"further down in the base", map[string]string{"app/middlebrick.toml": "ignore = ['MB1']"}, nil, nil, 0, map[string]string{"new": "0"}, ""},
		{"above the directory", map[string]string{"middlebrick.toml": "[per-file-ignores]\n'app/m*' = ['ALL']"}, nil, map[string]string{"WORKING-DIRECTORY": "app"}, 0, map[string]string{"findings": "0"}, ""},
		{"head is trusted", nil, map[string]string{"middlebrick.toml": "ignore = ['MB1']"}, map[string]string{"CONFIG-FROM": "head"}, 0, map[string]string{"new": "0"}, ""},
		{"excluded by the head", nil, map[string]string{"middlebrick.toml": "exclude = ['app/']"}, nil, 1, map[string]string{"new": "1"}, ""},
		{"excluded by the base", map[string]string{"middlebrick.toml": "exclude = ['/app/main.py']"}, nil, nil, 3, nil, "no Python files"},
		{"suppressed by the head", nil, map[string]string{"app/main.py": hushed}, nil, 1, map[string]string{"new": "1", "suppressed": "0"}, "Suppressions added by this change"},
		{"suppressed in both", map[string]string{"app/main.py": hushed}, map[string]string{"app/main.py": hushed}, nil, 0, map[string]string{"new": "0", "suppressed": "1"}, ""},
		{"fail-on of the base", map[string]string{"middlebrick.toml": "fail-on = 'none'"}, nil, nil, 0, map[string]string{"new": "1", "gate": "pass"}, "fail-on is none"},
		{"fail-on of the input", map[string]string{"middlebrick.toml": "fail-on = 'none'"}, nil, map[string]string{"FAIL-ON": "high"}, 1, map[string]string{"gate": "fail"}, ""},
		{"a named file", map[string]string{"ci/races.toml": "ignore = ['MB1']"}, nil, map[string]string{"CONFIG": "ci/races.toml"}, 0, map[string]string{"new": "0"}, ""},
		{"a named file of the head", nil, map[string]string{"ci/races.toml": "ignore = ['MB1']"}, map[string]string{"CONFIG": "ci/races.toml"}, 2, map[string]string{"gate": "fail"}, "ci/races.toml: "},
		{"wrong in the base", map[string]string{"middlebrick.toml": "\nignroe = []"}, nil, nil, 2, map[string]string{"gate": "fail"}, "middlebrick.toml:2: unknown setting \"ignroe\": did you mean ignore?"},
		{"wrong in the head", nil, map[string]string{"middlebrick.toml": "\nignroe = []"}, nil, 1, map[string]string{"new": "1"}, ""},
		{"damaged baseline", map[string]string{"b.json": "{"}, nil, map[string]string{"BASELINE": "b.json"}, 2, map[string]string{"gate": "fail"}, "b.json:1: damaged"},
		{"baseline of the head", nil, map[string]string{"b.json": "{}"}, map[string]string{"BASELINE": "b.json"}, 2, map[string]string{"gate": "fail"}, "baseline create"},
		{"no evidence", nil, nil, map[string]string{"EVIDENCE": "e.json"}, 2, map[string]string{"gate": "fail"}, "evidence: "},
		{"damaged evidence", nil, map[string]string{"e.json": "{"}, map[string]string{"EVIDENCE": "e.json"}, 2, map[string]string{"gate": "fail"}, "not a report of middlebrick"},
		{"evidence", nil, map[string]string{"e.json": `{"schema": "middlebrick-report/1", "findings": [], "fastapi_toctou_tests": [
			{"id": "t1", "method": "POST", "endpoint": "/redeem/{x}", "test_type": "race", "verdict": "confirmed"}]}`}, map[string]string{"EVIDENCE": "e.json"},
			1, map[string]string{"new": "1"}, "1 test of the prober read, 1 finding confirmed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			base, head := map[string]string{"app/main.py": quietApp}, map[string]string{"app/main.py": couponApp}
			for name, text := range c.base {
				base[name] = text
			}
			for name, text := range c.head {
				head[name] = text
			}
			code, outputs, text := pullRequest(t, base, head, c.inputs)
			if code != c.code || !strings.Contains(text, c.text) {
				t.Errorf("exit code %d, want %d, and %q in\n%s", code, c.code, c.text, text)
			}
			for name, want := range c.want {
				if outputs[name] != want {
					t.Errorf("%s is %q, want %q\n%s", name, outputs[name], want, text)
				}
			}
		})
	}
}
