package shard

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/middlebrick/middlebrick/scanner"
	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
)

const application = `from fastapi import FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from common.models import Crate

engine = create_engine("postgresql://localhost/%[1]s")
app = FastAPI()


@app.post("/%[1]s/{crate_id}/ship")
def ship(crate_id: int):
    with Session(engine) as db:
        crate = db.get(Crate, crate_id)
        if crate.state != "packed":
            raise HTTPException(409)
        crate.state = "shipped"
        db.commit()
`

// monorepo has applications of several sizes, one inside another, and a library that all share.
func monorepo() fstest.MapFS {
	fsys := fstest.MapFS{
		"common/models.py": {Data: []byte(`from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Crate(Base):
    __tablename__ = "crates"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
`)},
		"tools/broken.py":             {Data: []byte("def broken(:\n")},
		"apps/north/setup.py":         {Data: []byte("# a module, and no project\n")},
		"apps/north/tests/test_it.py": {Data: []byte("from fastapi import FastAPI\napp = FastAPI()\n")},
	}
	for i, name := range []string{"north", "south", "east", "west [old]", "south/admin"} {
		fsys["apps/"+name+"/pyproject.toml"] = &fstest.MapFile{}
		padding := strings.Repeat("# padding\n", 100*i)
		fsys["apps/"+name+"/main.py"] = &fstest.MapFile{Data: []byte(fmt.Sprintf(application, fmt.Sprintf("a%d", i)) + padding)}
	}
	return fsys
}

func open(t *testing.T, exclude []string) *source.Tree {
	t.Helper()
	tree, err := source.FromFS(monorepo(), source.Options{Exclude: exclude})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// part scans one shard as the command does.
func part(t *testing.T, shard, shards int) *Part {
	t.Helper()
	plan, err := New(open(t, nil), shards)
	if err != nil {
		t.Fatal(err)
	}
	p := &Part{Schema: Schema, Shard: shard, Plan: plan}
	for _, app := range plan.Of(shard) {
		report, err := scanner.Scan(t.Context(), open(t, plan.Without(app)), scanner.Options{Version: "test"})
		if err != nil {
			t.Fatal(err)
		}
		report.Summary.ElapsedMS = 0
		report.Finish()
		p.Reports = append(p.Reports, Report{app.Path, report})
	}
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	read, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// The applications are found, and each is read with what no other one owns.
func TestPlan(t *testing.T) {
	plan, err := New(open(t, nil), 3)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, a := range plan.Applications {
		paths = append(paths, a.Path)
		var read []string
		for _, f := range open(t, plan.Without(a)).Files {
			read = append(read, f.Path)
		}
		if !slices.Contains(read, "common/models.py") || !slices.Contains(read, a.Path+"/main.py") {
			t.Errorf("%s is read with %q", a.Path, read)
		}
		if n := len(slices.DeleteFunc(read, func(f string) bool { return !strings.HasSuffix(f, "main.py") })); n != 1 {
			t.Errorf("%s is read with %d applications", a.Path, n)
		}
	}
	if got := strings.Join(paths, " "); got != "apps/east apps/north apps/south apps/south/admin apps/west [old]" {
		t.Errorf("the applications are %s", got)
	}
	if len(plan.GitHub.Include) != 3 || plan.GitHub.Include[1].Shard != "2/3" || len(plan.GitLab[0]["MIDDLEBRICK_SHARD"]) != 3 {
		t.Errorf("the matrices are %v and %v", plan.GitHub, plan.GitLab)
	}
}

// Any number of shards, joined in any order, gives the bytes of one.
func TestJoinDoesNotDependOnTheNumber(t *testing.T) {
	var want []byte
	for _, shards := range []int{1, 2, 5, 16} {
		var parts []*Part
		for i := shards; i >= 1; i-- {
			parts = append(parts, part(t, i, shards))
		}
		report, err := Join(parts)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(report)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
			if len(report.Findings) != 5 || report.Summary.Routes != 5 {
				t.Errorf("%d findings of %d routes", len(report.Findings), report.Summary.Routes)
			}
			if n := len(slices.DeleteFunc(report.Summary.Skipped, func(s finding.Skip) bool { return s.Path != "tools/broken.py" })); n != 1 {
				t.Errorf("the damaged file is named %d times", n)
			}
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%d shards give\n%s\nwant\n%s", shards, got, want)
		}
	}
}

// A shard that is not there, or holds less than it should, is named with its applications.
func TestMissing(t *testing.T) {
	var parts []*Part
	for i := 1; i <= 5; i++ {
		parts = append(parts, part(t, i, 5))
	}
	var missing *Missing
	if _, err := Join(append(slices.Clone(parts[:2]), parts[3:]...)); !errors.As(err, &missing) || err.Error() != "shard "+parts[0].Plan.Title(3)+" failed or is missing" {
		t.Errorf("without shard 3: %v", err)
	}
	less := *parts[1]
	less.Reports = nil
	if _, err := Join(append([]*Part{&less}, append(slices.Clone(parts[:1]), parts[2:]...)...)); !errors.As(err, &missing) || !strings.HasPrefix(missing.Shards[0], "2/5: apps/") {
		t.Errorf("with an empty shard 2: %v", err)
	}
	if _, err := Join(append(parts, parts[0])); err == nil || err.Error() != "shard 1 is there twice" {
		t.Errorf("twice: %v", err)
	}
	if _, err := Join([]*Part{parts[0], part(t, 2, 2)}); err == nil || !strings.Contains(err.Error(), "two plans") {
		t.Errorf("two plans: %v", err)
	}
}

func TestParse(t *testing.T) {
	for text, ok := range map[string]bool{"1/1": true, "2/5": true, "256/256": true, "0/5": false, "6/5": false, "1/257": false, "x": false, "1/": false, "-1/2": false} {
		if _, _, err := Parse(text); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"schema":"middlebrick-shard/1","shard":1,"plan":{"schema":"middlebrick-plan/1","shards":1,"applications":[{"path":"a","shard":1}]},"reports":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := Decode(data); err == nil {
			_, _ = Join([]*Part{p})
		}
	})
}
