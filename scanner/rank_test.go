package scanner

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
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
	tree, err := source.FromFS(fstest.MapFS{"main.py": {Data: []byte(src)}}, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	report, err := Scan(context.Background(), tree, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		if (f.Rule == "MB101" || f.Rule == "MB107") && strings.HasSuffix(f.Endpoint, endpoint) {
			return f.Severity
		}
	}
	t.Fatal("not found")
	return finding.Note
}
