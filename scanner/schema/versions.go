package schema

import (
	"encoding/json"
	"path"
	"regexp"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/internal/toml"
)

// The ranks of places that pin a version: a lock file knows better than a requirement.
const (
	rankDevRequirement = iota + 1
	rankRequirement
	rankLock
)

// packageName gives the normal form of a package's name.
func packageName(s string) string {
	return strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(strings.TrimSpace(s)))
}

func (f *facts) pin(name, version string, rank int) {
	name = packageName(name)
	f.deps[name] = true
	if version != "" && f.versions[name].rank < rank {
		f.versions[name] = ranked{version, rank}
	}
}

// lockFile reads uv.lock, poetry.lock and pdm.lock by their lines: they are large, and two keys matter.
func (f *facts) lockFile(c Config) {
	name, inPackage := "", false
	lines(c.Data, func(_ int, line string) {
		switch {
		case strings.HasPrefix(line, "["):
			inPackage, name = line == "[[package]]", ""
		case inPackage && strings.HasPrefix(line, "name = "):
			name = strings.Trim(line[len("name = "):], `"' `)
		case inPackage && name != "" && strings.HasPrefix(line, "version = "):
			f.pin(name, strings.Trim(line[len("version = "):], `"' `), rankLock)
			name = ""
		}
	})
}

func (f *facts) pipfileLock(c Config) {
	var lock struct {
		Default map[string]struct{ Version string } `json:"default"`
	}
	if err := json.Unmarshal(c.Data, &lock); err != nil {
		f.notes = append(f.notes, c.Path+": not read: "+err.Error())
		return
	}
	for name, p := range lock.Default {
		f.pin(name, strings.TrimPrefix(p.Version, "=="), rankLock)
	}
}

var requirement = regexp.MustCompile(`^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*\(?\s*([^;#]*)`)

// require reads one requirement in the syntax of PEP 508.
func (f *facts) require(line string, rank int) {
	m := requirement.FindStringSubmatch(line)
	if m == nil || strings.Contains(m[2], "://") {
		return
	}
	f.bounds(m[1], strings.TrimRight(strings.TrimSpace(m[2]), ") "), rank)
}

var versionNumber = regexp.MustCompile(`^v?(\d+(?:\.\d+)*[A-Za-z0-9.]*)`)

// bounds reads version specifiers: ==1.2 pins, the others give a lower bound.
func (f *facts) bounds(name, spec string, rank int) {
	f.pin(name, "", rank)
	for _, part := range strings.Split(spec, ",") {
		part = strings.TrimSpace(strings.Split(part, " --hash")[0])
		number := versionNumber.FindStringSubmatch(strings.TrimLeft(part, "=~^> "))
		if number == nil {
			continue
		}
		version := strings.TrimSuffix(number[1], ".")
		switch {
		case strings.HasPrefix(part, "==") && !strings.Contains(part, "*"):
			f.pin(name, version, rank)
		case part[0] == '=' || part[0] == '~' || part[0] == '^' || part[0] == '>':
			f.lower(name, version, rank)
		case rank == rankRequirement && part[0] >= '0' && part[0] <= '9': // poetry: a bare version is exact
			f.pin(name, version, rank)
		}
	}
}

func (f *facts) lower(name, version string, rank int) {
	name = packageName(name)
	if f.minimum[name].rank < rank {
		f.minimum[name] = ranked{version, rank}
	}
}

func (f *facts) requirements(c Config) {
	rank := rankRequirement
	for _, word := range []string{"dev", "test", "doc", "lint"} {
		if strings.Contains(strings.ToLower(path.Base(c.Path)), word) || isTestPath(c.Path) {
			rank = rankDevRequirement
		}
	}
	lines(c.Data, func(_ int, line string) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' && line[0] != '-' {
			f.require(line, rank)
		}
	})
}

// project reads pyproject.toml and Pipfile.
func (f *facts) project(c Config) {
	var doc struct {
		Project struct {
			Dependencies []string                  `toml:"dependencies"`
			Optional     map[string]toml.Primitive `toml:"optional-dependencies"`
		} `toml:"project"`
		Tool struct {
			Poetry struct {
				Dependencies map[string]any `toml:"dependencies"`
			} `toml:"poetry"`
		} `toml:"tool"`
		Packages map[string]any `toml:"packages"`
	}
	meta, err := toml.Decode(c.Data, &doc)
	if err != nil {
		f.notes = append(f.notes, c.Path+": not read: "+firstLine(err.Error()))
		return
	}
	rank := rankRequirement
	if isTestPath(c.Path) {
		rank = rankDevRequirement
	}
	for _, d := range doc.Project.Dependencies {
		f.require(d, rank)
	}
	groups := make([]string, 0, len(doc.Project.Optional))
	for name := range doc.Project.Optional {
		groups = append(groups, name)
	}
	sort.Strings(groups)
	for _, name := range groups {
		group := doc.Project.Optional[name]
		var deps []string
		if meta.Decode(group, &deps) == nil {
			for _, d := range deps {
				f.require(d, rankDevRequirement)
			}
		}
	}
	for _, table := range []map[string]any{doc.Tool.Poetry.Dependencies, doc.Packages} {
		for name, v := range table {
			f.bounds(name, specifier(v), rank)
		}
	}
}

// specifier is the version of a poetry or Pipfile entry.
func specifier(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		s, _ := v["version"].(string)
		return s
	}
	return ""
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// ini reads setup.cfg and alembic.ini as far as needed: requirements and the database URL.
func (f *facts) ini(c Config) {
	key := ""
	lines(c.Data, func(n int, line string) {
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';' || trimmed[0] == '[' {
			return
		}
		continued := line[0] == ' ' || line[0] == '\t'
		if !continued {
			k, v, _ := strings.Cut(trimmed, "=")
			key, trimmed = strings.TrimSpace(k), strings.TrimSpace(v)
		}
		switch {
		case key == "install_requires" && trimmed != "":
			f.require(trimmed, rankRequirement)
		case key == "sqlalchemy.url" && !strings.HasPrefix(trimmed, "driver://"):
			f.urls = append(f.urls, located{trimmed, Place{c.Path, n}, isTestPath(c.Path)})
		}
	})
}
