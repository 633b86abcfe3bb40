package scanner

import (
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/middlebrick/middlebrick/scanner/source"
)

var (
	crossbreeds = flag.Int("crossbreeds", 2000, "how many programs TestCrossbreeds makes")
	crossSeed   = flag.Uint64("crossbreeds.seed", 1, "the seed that they are made from")
)

var word = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)

// crossbreed makes a program that parses more often than not and means something else: lines of one program in another, and names
// that stand for other things. What depends on itself, inherits from itself or calls itself comes about so.
func crossbreed(r *rand.Rand, a, b string) string {
	lines, other := strings.Split(a, "\n"), strings.Split(b, "\n")
	names := word.FindAllString(a, -1)
	for range 1 + r.IntN(12) {
		i := r.IntN(len(lines))
		switch r.IntN(6) {
		case 0: // a line of the other program, as deep as the one before
			lines[i] = lines[i][:len(lines[i])-len(strings.TrimLeft(lines[i], " "))] + strings.TrimLeft(other[r.IntN(len(other))], " ")
		case 1: // some lines less
			n := min(len(lines)-i, 1+r.IntN(3))
			if len(lines) > n {
				lines = append(lines[:i:i], lines[i+n:]...)
			}
		case 2: // a part of the other program
			k := r.IntN(len(other))
			part := other[k:min(len(other), k+1+r.IntN(20))]
			lines = append(lines[:i:i], append(append([]string{}, part...), lines[i:]...)...)
		default: // one name is another
			found := word.FindAllStringIndex(lines[i], -1)
			if len(found) == 0 {
				continue
			}
			at := found[r.IntN(len(found))]
			lines[i] = lines[i][:at[0]] + names[r.IntN(len(names))] + lines[i][at[1]:]
		}
	}
	return strings.Join(lines, "\n")
}

// TestCrossbreeds scans programs that nobody wrote: each must be scanned to its end, in good time and without a defect.
func TestCrossbreeds(t *testing.T) {
	paths, err := filepath.Glob("../testdata/rules/*/*.py")
	if err != nil || len(paths) == 0 {
		t.Fatal("no programs to begin with", err)
	}
	var programs []string
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		programs = append(programs, string(text))
	}
	r := rand.New(rand.NewPCG(*crossSeed, 0))
	for n := range *crossbreeds {
		text := crossbreed(r, programs[r.IntN(len(programs))], programs[r.IntN(len(programs))])
		if wrong := survives(text); wrong != "" {
			t.Errorf("program %d: %s\n%s", n, wrong, text)
		}
	}
}

// survives scans a program and tells what is wrong with that: "" for nothing.
func survives(text string) string {
	tree, err := source.FromFS(fstest.MapFS{"main.py": {Data: []byte(text)}}, source.Options{})
	if err != nil {
		return err.Error()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	report, err := Scan(ctx, tree, Options{})
	if err != nil {
		return err.Error()
	}
	for _, s := range report.Summary.Skipped {
		if s.Kind == "defect" {
			return s.Reason
		}
	}
	return ""
}

// TestPrograms are programs that once ended a scan or kept it for minutes.
func TestPrograms(t *testing.T) {
	for name, text := range map[string]string{
		"an error that is the handler itself": `
import databases, ormar, sqlalchemy
from fastapi import FastAPI
base = ormar.OrmarConfig(database=databases.Database("postgresql+asyncpg://localhost/zoo"), metadata=sqlalchemy.MetaData())
app = FastAPI()

class Keeper(ormar.Model):
    ormar_config = base.copy(tablename="keepers")
    id: int = ormar.Integer(primary_key=True)

@app.post("/keepers")
async def HTTPException(badge: str):
    if await Keeper.objects.filter(badge=badge).exists():
        raise HTTPException(409)
    await Keeper.objects.create(badge=badge)
`,
		"a job that puts itself off again": `
from fastapi import BackgroundTasks, FastAPI
app = FastAPI()
rooms = {"left": 1}

@app.post("/poll")
async def poll(tasks: BackgroundTasks):
    if rooms["left"] > 0:
        rooms["left"] -= 1
    tasks.add_task(poll, tasks)
`,
		"a query without a statement": `
from fastapi import Depends, FastAPI
from sqlalchemy.orm import Session
app = FastAPI()

@app.post("/x")
def x(db: Session = Depends()):
    if db.scalar() is None:
        db.scalars().all()
`,
		"a collection that nobody named": `
from fastapi import FastAPI, HTTPException
db = client().bank
app = FastAPI()

@app.post("/aliases/{name}")
async def alias(name: str):
    if await db.aliases.find_one({"name": name}):
        raise HTTPException(409)
    await db.aliases.insert_one({"name": name})
`,
	} {
		t.Run(name, func(t *testing.T) {
			if wrong := survives(text); wrong != "" {
				t.Error(wrong)
			}
		})
	}
}
