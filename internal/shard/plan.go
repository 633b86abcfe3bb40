// Package shard divides the applications of a repository among several runners, and joins what they found.
//
// The unit is an application: nothing that two applications share can race between them in the model, so that each is a program of its
// own and the division changes no verdict. An application is read together with what belongs to no other one, such as the libraries of
// a monorepo.
package shard

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/source"
)

// PlanSchema names the form of a plan; a change that readers would notice changes it.
const PlanSchema = "middlebrick-plan/1"

// Application is what one runner scans as one program.
type Application struct {
	Path  string `json:"path"` // its directory below the root, "." for the root
	Files int    `json:"files"`
	Bytes int64  `json:"bytes"` // of Python, what it shares with others left out
	Shard int    `json:"shard"` // from 1 on
}

// Plan says which shard scans which applications.
type Plan struct {
	Schema       string        `json:"schema"`
	Shards       int           `json:"shards"`
	Applications []Application `json:"applications"`
	matrix
}

// matrix is a plan as the jobs of a workflow: GitHub is the value of strategy.matrix, GitLab that of parallel:matrix.
type matrix struct {
	GitHub GitHubMatrix          `json:"github"`
	GitLab []map[string][]string `json:"gitlab"`
}

func matrixOf(shards int, title func(int) string) (m matrix) {
	var all []string
	for i := 1; i <= shards; i++ {
		name := fmt.Sprintf("%d/%d", i, shards)
		all = append(all, name)
		m.GitHub.Include = append(m.GitHub.Include, Job{Shard: name, File: fmt.Sprintf("shard-%d.json", i), Name: title(i)})
	}
	m.GitLab = []map[string][]string{{"MIDDLEBRICK_SHARD": all}}
	return m
}

// GitHubMatrix has one job for each shard.
type GitHubMatrix struct {
	Include []Job `json:"include"`
}

// Job is one shard as a job of a workflow.
type Job struct {
	Shard string `json:"shard"` // "2/5"
	File  string `json:"file"`  // what its report may be called: shards have names of their own, and can lie in one directory
	Name  string `json:"name"`
}

// MaxShards is how many jobs a matrix of the common platforms may have.
const MaxShards = 256

// makes is a call that makes an application.
var makes = regexp.MustCompile(`(?m)^[^#\n]*\bFastAPI\s*\(`)

// markers are the files that say that a directory is a project of its own. A setup.py can be any module.
var markers = []string{"pyproject.toml", "setup.cfg", "requirements.txt", "Pipfile", "middlebrick.toml"}

// New finds the applications of a tree and divides them among shards, the largest first, each to the shard with the least work so far. The
// same tree gives the same plan.
func New(tree *source.Tree, shards int) (*Plan, error) {
	apps, err := applications(tree)
	if err != nil {
		return nil, err
	}
	assign(apps, shards)
	p := &Plan{Schema: PlanSchema, Shards: shards, Applications: apps}
	p.matrix = matrixOf(shards, p.Title)
	return p, nil
}

// assign gives each application a shard.
func assign(apps []Application, shards int) {
	order := make([]int, len(apps))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool {
		a, b := apps[order[i]], apps[order[j]]
		return b.Bytes < a.Bytes || a.Bytes == b.Bytes && a.Path < b.Path
	})
	load := make([]int64, shards)
	for _, i := range order {
		least := 0
		for k := range load {
			if load[k] < load[least] {
				least = k
			}
		}
		load[least] += apps[i].Bytes + 1 // of applications without a byte each is still a run
		apps[i].Shard = least + 1
	}
}

// applications finds the directories that make an application: the nearest one above each FastAPI() that is a project of its own.
func applications(tree *source.Tree) ([]Application, error) {
	found := map[string]bool{}
	for _, file := range tree.Files {
		if file.Kind != source.Python || isTest(file.Path) {
			continue
		}
		data, err := tree.Lookup(file.Path)
		if err != nil {
			continue // the scan names it
		}
		if bytes.Contains(data, []byte("FastAPI")) && makes.Match(data) {
			found[projectOf(tree, file.Path)] = true
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no application: no Python file calls FastAPI()")
	}
	var out []Application
	for dir := range found {
		out = append(out, Application{Path: dir})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	for _, file := range tree.Files {
		if i := owner(out, file.Path); i >= 0 && file.Kind != source.Config {
			out[i].Files++
			out[i].Bytes += file.Size
		}
	}
	return out, nil
}

func isTest(file string) bool {
	base := path.Base(file)
	return strings.HasPrefix(base, "test_") || strings.HasSuffix(base, "_test.py") || base == "conftest.py" ||
		slices.ContainsFunc(strings.Split(path.Dir(file), "/"), func(dir string) bool { return dir == "tests" || dir == "test" })
}

// projectOf is the nearest directory above a file that is a project, the root where there is none.
func projectOf(tree *source.Tree, file string) string {
	for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
		for _, name := range markers {
			if f, err := tree.Open(path.Join(dir, name)); err == nil {
				f.Close()
				return dir
			}
		}
	}
	return "."
}

// owner is the application to which a file belongs: the innermost one above it, -1 when there is none.
func owner(apps []Application, file string) int {
	at, deepest := -1, -1
	for i := range apps {
		if depth := len(apps[i].Path); below(apps[i].Path, file) && (at < 0 || apps[at].Path == "." || depth > deepest) {
			at, deepest = i, depth
		}
	}
	return at
}

func below(dir, file string) bool { return dir == "." || strings.HasPrefix(file, dir+"/") }

// Of are the applications of one shard.
func (p *Plan) Of(shard int) []Application {
	var out []Application
	for _, a := range p.Applications {
		if a.Shard == shard {
			out = append(out, a)
		}
	}
	return out
}

// Title names a shard with its applications, as a person reads it in a list of jobs.
func (p *Plan) Title(shard int) string {
	var names []string
	for _, a := range p.Of(shard) {
		names = append(names, a.Path)
	}
	const shown = 3
	if len(names) > shown {
		names = append(names[:shown], fmt.Sprintf("%d more", len(names)-shown))
	}
	if len(names) == 0 {
		names = []string{"nothing"}
	}
	return fmt.Sprintf("%d/%d: %s", shard, p.Shards, strings.Join(names, ", "))
}

// Without are the patterns, in the syntax of .gitignore, that leave out of the tree what belongs to other applications.
func (p *Plan) Without(app Application) []string {
	var out []string
	for _, other := range p.Applications {
		switch {
		case other.Path == app.Path:
		case below(other.Path, app.Path):
			// A pattern that takes a directory out leaves nothing in it that another could bring back, so that it is taken out level by level.
			inside, at := strings.TrimPrefix(app.Path, other.Path+"/"), "/"
			if other.Path != "." {
				at += escaped.Replace(other.Path) + "/"
			}
			for name := range strings.SplitSeq(inside, "/") {
				out = append(out, at+"*")
				at += escaped.Replace(name) + "/"
				out = append(out, "!"+at)
			}
		default:
			out = append(out, "/"+escaped.Replace(other.Path)+"/")
		}
	}
	return out
}

var escaped = strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, " ", `\ `)

// Parse reads a shard such as "2/5".
func Parse(text string) (shard, shards int, err error) {
	a, b, ok := strings.Cut(text, "/")
	shard, first := strconv.Atoi(a)
	shards, second := strconv.Atoi(b)
	if !ok || first != nil || second != nil || shard < 1 || shard > shards || shards > MaxShards {
		return 0, 0, fmt.Errorf("%q is no shard: use I/N with I from 1 to N and N up to %d, for example 2/5", text, MaxShards)
	}
	return shard, shards, nil
}
