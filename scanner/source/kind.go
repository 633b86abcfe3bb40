package source

import (
	"io/fs"
	"path"
	"strings"
)

// alwaysExcluded are directories that never hold the project's own source.
var alwaysExcluded = map[string]bool{
	".git": true, ".middlebrick": true, ".hg": true, ".svn": true, ".bzr": true, ".jj": true,
	".venv": true, "site-packages": true, "dist-packages": true, "node_modules": true, "__pypackages__": true,
	"__pycache__": true, ".eggs": true, ".tox": true, ".nox": true, ".direnv": true, ".pixi": true,
	".mypy_cache": true, ".pytest_cache": true, ".ruff_cache": true, ".pytype": true, ".hypothesis": true,
	".ipynb_checkpoints": true, ".cache": true, ".idea": true, ".vscode": true, ".terraform": true, "buck-out": true,
}

// builtOutput tells by its content whether a directory is a virtual environment or the output of a build.
func builtOutput(name string, entries []fs.DirEntry) bool {
	if names(entries, "pyvenv.cfg") || names(entries, "conda-meta") {
		return true
	}
	switch name {
	case "build", "dist", "_build":
		// A package of the project may have such a name; the output of a build has no __init__.py at its top.
		return !names(entries, "__init__.py")
	}
	return false
}

// Takes tells by the name of a file whether a walk could read it, for those who bring a tree along.
func Takes(name string) bool {
	_, ok := kindOfName(name)
	return ok
}

// kindOfName tells whether a file is read, by its name alone.
func kindOfName(name string) (Kind, bool) {
	switch dir, base := path.Split(name); {
	case strings.HasSuffix(base, ".py"):
		return Python, true
	case strings.HasSuffix(base, ".pyi"):
		return Stub, true
	default:
		return Config, isConfig(strings.TrimSuffix(dir, "/"), strings.ToLower(base))
	}
}

func isConfig(dir, base string) bool {
	switch base {
	case "pyproject.toml", "middlebrick.toml", "setup.cfg", "alembic.ini", "procfile",
		"uv.lock", "poetry.lock", "pdm.lock", "pipfile", "pipfile.lock",
		".env", ".env.example", ".env.sample", ".env.template", ".env.dist":
		return true
	}
	switch path.Ext(base) {
	case ".txt":
		return strings.HasPrefix(base, "requirements") || strings.HasSuffix(base, "requirements.txt") ||
			path.Base(dir) == "requirements"
	case ".yml", ".yaml":
		return strings.Contains(base, "compose")
	case ".sql": // definitions of tables; dumps of data have other names
		return containsAny(base, "schema", "init", "create", "table", "migrat") || containsAny(strings.ToLower(dir), "migrat", "schema", "sql", "initdb")
	case ".sh": // how the server is started
		return containsAny(base, "start", "entrypoint", "run", "serve")
	}
	return base == "dockerfile" || strings.HasPrefix(base, "dockerfile.") || strings.HasSuffix(base, ".dockerfile")
}

func containsAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
