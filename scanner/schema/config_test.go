package schema

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/scanner/program"
)

// Configuration comes from strangers too: none of these may run long, grow large or panic.
func TestHostileConfigs(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&bomb, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
	}
	bomb.WriteString("services: {web: {build: ., command: *a11, environment: *a11}}\n")
	var merges strings.Builder
	merges.WriteString("m0: &m0 {k: v}\n")
	for i := 1; i < 40; i++ {
		fmt.Fprintf(&merges, "m%d: &m%d\n  <<: [*m%d, *m%d]\n  <<: *m%d\n", i, i, i-1, i-1, i-1)
	}
	merges.WriteString("services:\n  web:\n    <<: *m39\n")
	for name, c := range map[string]Config{
		"alias bomb":        {"docker-compose.yml", []byte(bomb.String())},
		"merge bomb":        {"compose.yml", []byte(merges.String())},
		"circle":            {"compose.yml", []byte("services: &s\n  web:\n    <<: *s\n    build: .\n")},
		"deep yaml":         {"compose.yml", []byte(strings.Repeat("[", 50_000))},
		"deep mapping":      {"compose.yml", []byte(strings.Repeat("{a: ", 20_000))},
		"huge lock":         {"uv.lock", []byte(strings.Repeat("[[package]]\nname = \"x\"\nversion = \"1\"\n", 200_000))},
		"too large":         {"docker-compose.yml", make([]byte, maxConfig+1)},
		"deep toml":         {"pyproject.toml", []byte("a = " + strings.Repeat("[", 20_000))},
		"many tables":       {"pyproject.toml", []byte(strings.Repeat("[a.b.c]\n", 1000))},
		"binary":            {"requirements.txt", []byte("\x00\xff\xfe fastapi==\x00")},
		"endless variables": {".env", []byte("A=$B$B$B$B$B$B\nB=$A$A$A$A$A$A\nDATABASE_URL=$A\nWEB_CONCURRENCY=$A\n")},
		"many equal names":  {".env", []byte(strings.Repeat("A=1\n", 100_000))},
		"long command":      {"Dockerfile", []byte("CMD uvicorn " + strings.Repeat("--workers ", 100_000))},
		"endless line":      {"Dockerfile", []byte("RUN x" + strings.Repeat("\\\n y", 100_000))},
		"workers":           {"Procfile", []byte("web: uvicorn a --workers 99999999999999999999\n")},
		"json":              {"Pipfile.lock", []byte(strings.Repeat("[", 100_000))},
		"empty":             {"docker-compose.yml", nil},
	} {
		start := time.Now()
		s := Read(&program.Program{}, []Config{c})
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("%s: took %s", name, d)
		}
		if name == "too large" && !strings.Contains(strings.Join(s.Assumptions, "\n"), "docker-compose.yml: not read") {
			t.Errorf("a file that was left out is not named: %v", s.Assumptions)
		}
	}
}

func FuzzConfigs(f *testing.F) {
	for _, name := range []string{"compose.yml", "pyproject.toml", "requirements.txt", ".env", "Dockerfile", "Procfile", "uv.lock", "Pipfile.lock", "alembic.ini"} {
		f.Add(name, "services: {web: {build: ., command: uvicorn a --workers 2, environment: [A=b]}}")
		f.Add(name, "A=${B:-c}\nCMD [\"gunicorn\", \"-w\", \"4\"]\nENV X=1 Y 2\n[project]\ndependencies = [\"fastapi==1\"]")
	}
	f.Fuzz(func(t *testing.T, name, data string) {
		Read(&program.Program{}, []Config{{name, []byte(data)}})
	})
}
