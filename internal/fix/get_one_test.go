package fix

import (
	"strings"
	"testing"
	"testing/fstest"
)

// A row that is loaded or it is an error is locked like one that may be missing.
func TestLockGetOne(t *testing.T) {
	tree, report := scanned(t, fstest.MapFS{"main.py": {Data: []byte(`
from fastapi import FastAPI, HTTPException
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/mill"))
app = FastAPI()

class Base(DeclarativeBase):
    pass

class Sack(Base):
    __tablename__ = "sacks"
    id: Mapped[int] = mapped_column(primary_key=True)
    grain: Mapped[int]

@app.post("/sacks/{id}/grind")
async def grind(id: int):
    async with Session() as session, session.begin():
        sack = await session.get_one(Sack, id)
        if sack.grain < 3:
            raise HTTPException(409)
        sack.grain = sack.grain - 3
`)}})
	plan, err := Make(t.Context(), tree, report, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := "+        sack = await session.get_one(Sack, id, with_for_update=True)"; !strings.Contains(string(plan.Diff()), want) {
		t.Errorf("no %q in %q", want, plan.Diff())
	}
}
