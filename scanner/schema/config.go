package schema

import (
	"path"
	"sort"
	"strings"
)

// maxConfig is the size up to which a configuration file is read; lock files may be larger, being read line by line.
const (
	maxConfig = 1 << 20
	maxLock   = 32 << 20
)

// facts is what the configuration files say, before it is weighed.
type facts struct {
	versions map[string]ranked
	minimum  map[string]ranked
	deps     map[string]bool // packages that some file names
	env      map[string][]envValue
	images   []located // images of compose services
	workers  []workersFact
	urls     []located // database URLs that stand in a file under no variable name
	scripts  []Config  // SQL
	notes    []string
}

type ranked struct {
	text string
	rank int
}

type located struct {
	text  string
	place Place
	test  bool
}

// envValue is a value of an environment variable; rank tells how much a deployment follows it.
type envValue struct {
	value string
	place Place
	rank  int
	test  bool
}

// The ranks of environment values.
const (
	fromExample = iota + 1
	fromDockerfile
	fromDotenv
	fromCompose
)

func readConfigs(configs []Config) *facts {
	f := &facts{versions: map[string]ranked{}, minimum: map[string]ranked{}, deps: map[string]bool{}, env: map[string][]envValue{}}
	sorted := append([]Config(nil), configs...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Path < sorted[j].Path })
	for _, c := range sorted {
		f.read(c)
	}
	return f
}

func (f *facts) read(c Config) {
	base := strings.ToLower(path.Base(c.Path))
	limit := maxConfig
	if strings.HasSuffix(base, ".lock") {
		limit = maxLock
	}
	if len(c.Data) > limit {
		f.notes = append(f.notes, c.Path+": not read, larger than the limit for configuration files")
		return
	}
	switch {
	case base == "uv.lock", base == "poetry.lock", base == "pdm.lock":
		f.lockFile(c)
	case base == "pipfile.lock":
		f.pipfileLock(c)
	case base == "pyproject.toml", base == "pipfile":
		f.project(c)
	case base == "setup.cfg", base == "alembic.ini":
		f.ini(c)
	case base == "procfile":
		f.procfile(c)
	case strings.HasPrefix(base, ".env") || strings.HasSuffix(base, ".env"):
		f.dotenv(c, base)
	case strings.Contains(base, "dockerfile"):
		f.dockerfile(c)
	case strings.HasSuffix(base, ".txt"):
		f.requirements(c)
	case strings.HasSuffix(base, ".yml"), strings.HasSuffix(base, ".yaml"):
		f.compose(c)
	case strings.HasSuffix(base, ".sh"):
		f.script(c)
	case strings.HasSuffix(base, ".sql"):
		f.scripts = append(f.scripts, c)
	}
}

// isTestPath tells that a file belongs to tests, examples or documentation and not to the application.
func isTestPath(p string) bool {
	for _, part := range strings.Split(strings.ToLower(p), "/") {
		switch {
		case part == "test", part == "tests", part == "testing", part == "docs", part == "examples", part == "conftest.py", part == "e2e", part == "benchmarks", part == "load_testing", part == "loadtest",
			strings.HasPrefix(part, "test_"), strings.HasSuffix(part, "_test.py"), strings.HasPrefix(part, "tests_"), strings.HasSuffix(part, "_tests"):
			return true
		case strings.HasPrefix(part, ".env.test"), part == ".test.env", strings.Contains(part, "compose") && strings.Contains(part, "test"):
			return true
		}
	}
	return false
}

// lines calls visit for each line with its number, without a copy of the whole text.
func lines(data []byte, visit func(n int, line string)) {
	text := string(data)
	for n := 1; text != ""; n++ {
		line := text
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			text = ""
		}
		visit(n, strings.TrimRight(line, "\r"))
	}
}

func (f *facts) setEnv(name, value string, e envValue) {
	if name == "" || len(f.env[name]) >= 64 {
		return
	}
	e.value = value
	f.env[name] = append(f.env[name], e)
}

// expand replaces ${NAME:-default}, ${NAME} and $NAME by the default or by what the files say; what stays unknown
// becomes "{NAME}".
func (f *facts) expand(s string, depth int) string {
	if depth > 5 || !strings.Contains(s, "$") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s) && b.Len() < 4096; i++ {
		if s[i] != '$' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		name, fallback, length := variable(s[i+1:])
		if length == 0 {
			b.WriteByte(s[i])
			continue
		}
		i += length
		if v := f.envText(name); v != "" {
			b.WriteString(f.expand(v, depth+1))
		} else if fallback != "" {
			b.WriteString(f.expand(fallback, depth+1))
		} else {
			b.WriteString("{" + name + "}")
		}
	}
	return b.String()
}

// variable reads what stands behind a dollar sign.
func variable(s string) (name, fallback string, length int) {
	if s[0] == '{' {
		end := strings.IndexByte(s, '}')
		if end < 0 {
			return "", "", 0
		}
		name = s[1:end]
		if i := strings.IndexAny(name, ":-?"); i >= 0 {
			if rest := strings.TrimLeft(name[i:], ":"); strings.HasPrefix(rest, "-") {
				fallback = rest[1:]
			}
			name = name[:i]
		}
		return name, fallback, end + 1
	}
	n := 0
	for n < len(s) && (s[n] == '_' || 'a' <= s[n] && s[n] <= 'z' || 'A' <= s[n] && s[n] <= 'Z' || n > 0 && '0' <= s[n] && s[n] <= '9') {
		n++
	}
	return s[:n], "", n
}

// envText returns the value of a variable that a deployment most likely has.
func (f *facts) envText(name string) string {
	if e := f.envBest(name); e != nil {
		return e.value
	}
	return ""
}

func (f *facts) envBest(name string) *envValue {
	var best *envValue
	for i := range f.env[name] {
		e := &f.env[name][i]
		if e.value != "" && (best == nil || !e.test && best.test || e.test == best.test && e.rank > best.rank) {
			best = e
		}
	}
	return best
}
