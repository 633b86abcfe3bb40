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
			tree, err := source.FromFS(fstest.MapFS{"main.py": {Data: []byte(rankModels + c.src)}}, source.Options{})
			if err != nil {
				t.Fatal(err)
			}
			report, err := Scan(context.Background(), tree, Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range report.Findings {
				if f.Rule == "MB101" && strings.HasSuffix(f.Endpoint, "/view") {
					if f.Severity != c.want {
						t.Errorf("got %s, want %s", f.Severity, c.want)
					}
					return
				}
			}
			t.Error("the lost step is not found")
		})
	}
}
