package schema

import (
	"encoding/json"
	"strings"
)

func (f *facts) dotenv(c Config, base string) {
	e := envValue{rank: fromDotenv, test: isTestPath(c.Path)}
	if strings.Contains(base, "example") || strings.Contains(base, "sample") || strings.Contains(base, "template") || strings.Contains(base, "dist") {
		e.rank = fromExample
	}
	lines(c.Data, func(n int, line string) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "export ")
		name, value, ok := strings.Cut(line, "=")
		if !ok || strings.HasPrefix(line, "#") {
			return
		}
		e.place = Place{c.Path, n}
		f.setEnv(strings.TrimSpace(name), unquote(strings.TrimSpace(value)), e)
	})
}

// unquote drops quotes around a value, or a comment behind an unquoted one.
func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') {
		if end := strings.IndexByte(s[1:], s[0]); end >= 0 {
			return s[1 : end+1]
		}
	}
	if i := strings.Index(s, " #"); i >= 0 {
		s = strings.TrimSpace(s[:i])
	}
	return s
}

// dockerfile reads ENV, CMD and ENTRYPOINT of every stage; the base image may start several workers by itself.
func (f *facts) dockerfile(c Config) {
	instruction, start := "", 0
	end := func() {
		f.instruction(strings.TrimSpace(instruction), Place{c.Path, start})
		instruction = ""
	}
	lines(c.Data, func(n int, line string) {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "#") || len(instruction) > 1<<16 {
			return
		}
		if instruction == "" {
			start = n
		}
		more := strings.HasSuffix(trimmed, `\`)
		instruction += " " + strings.TrimSuffix(trimmed, `\`)
		if !more {
			end()
		}
	})
	end()
}

func (f *facts) instruction(line string, place Place) {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch strings.ToUpper(word) {
	case "ENV":
		f.dockerEnv(rest, place)
	case "CMD", "ENTRYPOINT":
		var parts []string
		if json.Unmarshal([]byte(rest), &parts) == nil {
			rest = strings.Join(parts, " ")
		}
		if !isQueueWorker("", rest) {
			f.command(rest, place)
		}
	case "FROM":
		if strings.Contains(rest, "tiangolo/uvicorn-gunicorn") {
			f.work(workersFact{several: true, stated: true, place: place, why: "the base image " + strings.Fields(rest)[0] + " starts a worker per core"})
		}
	}
}

func (f *facts) dockerEnv(rest string, place Place) {
	e := envValue{rank: fromDockerfile, place: place}
	if name, value, ok := strings.Cut(rest, " "); ok && !strings.Contains(name, "=") {
		f.setEnv(name, unquote(strings.TrimSpace(value)), e)
		return
	}
	for _, pair := range strings.Fields(rest) {
		if name, value, ok := strings.Cut(pair, "="); ok {
			f.setEnv(name, unquote(value), e)
		}
	}
}
