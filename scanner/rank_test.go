package scanner

import (
	"fmt"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/finding"
)

const rankModels = `from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase): ...
class Film(Base):
    __tablename__ = "films"
    id: Mapped[int] = mapped_column(primary_key=True)
    views: Mapped[int]
    title: Mapped[str]
class Payment(Base):
    __tablename__ = "payments"
    id: Mapped[int] = mapped_column(primary_key=True)
    film_id: Mapped[int]
    cents: Mapped[int]

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://"))
async def db():
    async with Session() as s:
        yield s
app = FastAPI()

@app.post("/films/{film_id}/view")
async def view(film_id: int, s: AsyncSession = Depends(db)):
    film = await s.get(Film, film_id)
    film.views += 1
    await s.commit()
`

// A tally on which nobody decides is a statistic; one that a request is turned away by is a limit.
func TestRankOfTallies(t *testing.T) {
	for _, c := range []struct {
		name, src string
		want      finding.Severity
	}{
		{"nobody decides on it", "", finding.Medium},
		{"somebody is turned away by it", `
@app.post("/films/{film_id}/lend")
async def lend(film_id: int, s: AsyncSession = Depends(db)):
    film = await s.get(Film, film_id, with_for_update=True)
    if film.views >= 10:
        raise HTTPException(409)
    return film.id
`, finding.High},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := rank(t, rankModels+c.src, "/view"); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// Both requests give the row the same label; what the request does in any case, and not because of what it found, does not make that worse.
func TestRankOfRepairs(t *testing.T) {
	const before = `
@app.post("/films/{film_id}/repair")
async def repair(film_id: int, s: AsyncSession = Depends(db)):
    film = await s.get(Film, film_id)
`
	const repair = `    if film.title == "":
        film.title = f"film {film.id}"
`
	const pay = `    s.add(Payment(film_id=film_id, cents=100))
`
	const after = `    await s.commit()
`
	if got := rank(t, rankModels+before+pay+repair+after, "/repair"); got != finding.Medium {
		t.Errorf("paid in any case: got %s", got)
	}
	if got := rank(t, rankModels+before+repair+strings.Replace(pay, "    s.add", "        s.add", 1)+after, "/repair"); got != finding.High {
		t.Errorf("paid when it was repaired: got %s", got)
	}
}

// rank scans a program and returns the severity of the first race on a row at an endpoint.
func rank(t *testing.T, src, endpoint string) finding.Severity {
	t.Helper()
	for _, f := range scanText(t, src).Findings {
		if (f.Rule == "MB101" || f.Rule == "MB107") && strings.HasSuffix(f.Endpoint, endpoint) {
			return f.Severity
		}
	}
	t.Fatal("not found")
	return finding.Note
}

// What is made when it is first asked for is lost work when it is made twice; to do something elsewhere twice is not.
func TestRankOfFills(t *testing.T) {
	const app = `import logging, os, time, uvicorn
from fastapi import FastAPI
app = FastAPI()
made: dict[str, object] = {}
names: dict[str, str] = {}
loaded_at = 0.0
kept = 0

def load():
    return {"a": "b"}

def renew():
    global names, loaded_at
    now = time.monotonic()
    if loaded_at == 0.0 or now - loaded_at > 60:
        names = load()
        loaded_at = now

`
	for _, c := range []struct {
		name, src string
		want      finding.Severity
	}{
		{"a directory on the way", `
@app.get("/x")
def x(key: str):
    if key not in made:
        if not os.path.exists("logs"):
            os.makedirs("logs")
        made[key] = logging.getLogger(key)
    return made[key].name
`, finding.Low},
		{"a file on the way", `
@app.get("/x")
def x(key: str):
    if key not in made:
        with open("logs/" + key, "w") as f:
            f.write("first")
        made[key] = logging.getLogger(key)
    return made[key].name
`, finding.High},
		{"comes back with what is renewed along", `
@app.get("/x")
def x():
    if loaded_at != 0.0:
        if time.monotonic() - loaded_at <= 60:
            return sorted(names)
    renew()
    return sorted(names)
`, finding.Low},
		{"is turned away until it is old enough", `
@app.get("/x")
def x():
    global loaded_at
    if time.monotonic() - loaded_at <= 60:
        return {"wait": True}
    loaded_at = time.monotonic()
    return sorted(names)
`, finding.High},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := rankOf(t, "MB404", app+c.src, "/x"); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// What one process keeps decides for all only where a request brought it there and the next one is turned away by it.
func TestProcessLocalAuthority(t *testing.T) {
	const app = `import asyncio, uvicorn
from fastapi import FastAPI, HTTPException
import redis.asyncio as redis
app = FastAPI()
store = redis.from_url("redis://h")
lock = asyncio.Lock()
kept = None
fields: set[str] = set()
loaded = False

def load():
    global fields, loaded
    fields = {f.strip() for f in "a,b".split(",")}
    loaded = True

if __name__ == "__main__":
    uvicorn.run("main:app", workers=4)
`
	for _, c := range []struct {
		name, src string
		found     bool
	}{
		{"kept by the clock of the loop", `
@app.get("/x")
async def x():
    global kept
    async with lock:
        now = asyncio.get_running_loop().time()
        if kept is not None and now - kept[1] < 5:
            return kept[0]
        value = await store.get("on")
        kept = (value, now)
        return value
`, false},
		{"settings that are loaded", `
@app.get("/x")
async def x(name: str):
    if name in fields:
        raise HTTPException(409)
    if not loaded:
        load()
    return name
`, false},
		{"names that requests bring", `
@app.get("/x")
async def x(name: str):
    if name in fields:
        raise HTTPException(409)
    fields.add(name)
    return name
`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := rankOf(t, "MB405", app+c.src, "/x") == finding.High; got != c.found {
				t.Errorf("found %v, want %v", got, c.found)
			}
		})
	}
}

// rankOf is the severity of the first finding of a rule at an endpoint, note for none.
func rankOf(t *testing.T, rule, src, endpoint string) finding.Severity {
	t.Helper()
	for _, f := range scanText(t, src).Findings {
		if f.Rule == rule && strings.HasSuffix(f.Endpoint, endpoint) {
			return f.Severity
		}
	}
	return finding.Note
}

// What is made where a second look found nothing hangs on that look, and not on what a first one gave.
func TestSecondLook(t *testing.T) {
	const app = `import asyncio, os
from fastapi import FastAPI, HTTPException
app = FastAPI()
tested = None
limits: dict[str, int] = {}

def is_test():
    global tested
    if tested is None:
        tested = bool(os.environ.get("TEST"))
    return tested

@app.get("/x")
def x():
    if is_test():
        return {}
    return {"test": is_test()}

@app.post("/y")
async def y(name: str):
    if name in limits:
        raise HTTPException(409)
    await asyncio.sleep(1)
    limits[name] = 1
    return {}

@app.post("/z")
async def z(name: str):
    if name in limits:
        raise HTTPException(409)
    await asyncio.sleep(1)
    if name not in limits:
        limits[name] = 1
    return {}
`
	if n := count(t, app, "MB404", "/x"); n != 1 {
		t.Errorf("the memo is told %d times, want once", n)
	}
	if n := count(t, app, "MB401", "/y"); n != 1 {
		t.Errorf("the claim is told %d times, want once", n)
	}
	if n := count(t, app, "MB401", "/z"); n != 0 {
		t.Errorf("the claim that looks again is told %d times", n)
	}
}

// count is the number of findings of a rule at an endpoint.
func count(t *testing.T, src, rule, endpoint string) int {
	t.Helper()
	report := scanText(t, src)
	n := 0
	for _, f := range report.Findings {
		if f.Rule == rule && strings.HasSuffix(f.Endpoint, endpoint) {
			n++
		}
	}
	return n
}

// A code that only sets a flag of the row that it belongs to sets it once more; what the client chooses is another thing each time.
func TestRankOfUsedCodes(t *testing.T) {
	const model = `
class FilmToken(Base):
    __tablename__ = "film_tokens"
    token: Mapped[str] = mapped_column(primary_key=True)
    film_id: Mapped[int]

@app.post("/films/open")
async def open_film(token: str, title: str, film_id: int, s: AsyncSession = Depends(db)):
    code = await s.get(FilmToken, token)
    if code is None:
        raise HTTPException(404)
    film = await s.get(Film, %s)
    film.title = %s
%s    await s.delete(code)
    await s.commit()
`
	for _, c := range []struct {
		name, film, title, more string
		want                    finding.Severity
	}{
		{"a flag of its row", "code.film_id", `"open"`, "", finding.Medium},
		{"a text of the client's choice", "code.film_id", "title", "", finding.High},
		{"a row of the client's choice", "film_id", `"open"`, "", finding.High},
		{"a payment with it", "code.film_id", `"open"`, "    s.add(Payment(film_id=film.id, cents=100))\n", finding.High},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, f := range scanText(t, rankModels+fmt.Sprintf(model, c.film, c.title, c.more)).Findings {
				if f.Rule == "MB106" {
					if f.Severity != c.want {
						t.Errorf("got %s, want %s", f.Severity, c.want)
					}
					return
				}
			}
			t.Fatal("not found")
		})
	}
}

// A field that both take out is out; what else the request does counts only where it does it because of what it found.
func TestRankOfFieldsTakenOut(t *testing.T) {
	const before = rankModels + `
import redis.asyncio as redis
store = redis.Redis(decode_responses=True)

@app.post("/screens/clear")
async def clear(screen: str, s: AsyncSession = Depends(db)):
    film = await store.hget("screens", screen)
    if film == "over":
        await store.hdel("screens", screen)
`
	for pay, want := range map[string]finding.Severity{
		"    s.add(Payment(film_id=1, cents=100))\n    await s.commit()\n":         finding.Medium,
		"        s.add(Payment(film_id=1, cents=100))\n        await s.commit()\n": finding.High,
		"    s.add(Payment(film_id=film, cents=100))\n    await s.commit()\n":      finding.High,
	} {
		got := finding.Note
		for _, f := range scanText(t, before+pay).Findings {
			if f.Rule == "MB801" {
				got = f.Severity
			}
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", pay, got, want)
		}
	}
}
