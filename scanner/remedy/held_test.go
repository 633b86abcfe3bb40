package remedy_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/middlebrick/middlebrick/scanner"
	"github.com/middlebrick/middlebrick/scanner/source"
)

const depot = `from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
import redis
engine = create_engine("postgresql+psycopg://localhost/depot")
factory = sessionmaker(engine)
app = FastAPI()
r = redis.Redis()
class Base(DeclarativeBase): ...
class Depot(Base):
    __tablename__ = "depots"
    id: Mapped[int] = mapped_column(primary_key=True)
    places: Mapped[int]
    state: Mapped[str]
class Crate(Base):
    __tablename__ = "crates"
    id: Mapped[int] = mapped_column(primary_key=True)
    depot_id: Mapped[int] = mapped_column(ForeignKey("depots.id"))
    name: Mapped[str]
class CrateSession(Base):
    __tablename__ = "crate_sessions"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
class Wanted(BaseModel):
    name: str
    depot_id: int
def get_db():
    with factory() as db:
        yield db
def crates(db: Session, owner) -> int:
    return len(db.scalars(select(Crate)).all())
`

// The error of the second insert is that of the library that inserts.
func TestTheErrorIsThatOfTheLibrary(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"Tortoise", `from fastapi import FastAPI, HTTPException
from tortoise import fields
from tortoise.models import Model
app = FastAPI()
class Locker(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(20, unique=True)
@app.post("/lockers")
async def add(name: str):
    if await Locker.filter(name=name).exists():
        raise HTTPException(409)
    await Locker.create(name=name)
`, "from tortoise.exceptions import IntegrityError"},
		{"Peewee", `import peewee
from fastapi import FastAPI, HTTPException
app = FastAPI()
db = peewee.PostgresqlDatabase("lockers")
class Box(peewee.Model):
    id = peewee.AutoField()
    name = peewee.CharField(unique=True)
    class Meta:
        database = db
@app.post("/boxes")
def add(name: str):
    if Box.select().where(Box.name == name).exists():
        raise HTTPException(409)
    Box.create(name=name)
`, "from peewee import IntegrityError"},
		{"asyncpg", `import asyncpg
from fastapi import FastAPI, HTTPException
app = FastAPI()
async def setup(conn):
    await conn.execute("CREATE TABLE pots (id serial primary key, name text unique)")
@app.post("/pots")
async def add(name: str):
    conn = await asyncpg.connect("postgresql://localhost/lockers")
    if await conn.fetchrow("SELECT id FROM pots WHERE name = $1", name):
        raise HTTPException(409)
    await conn.execute("INSERT INTO pots (name) VALUES ($1)", name)
`, "except UniqueViolationError:"},
		{"asyncpg in a transaction, which the violation breaks", `import asyncpg
from fastapi import FastAPI, HTTPException
app = FastAPI()
async def setup(conn):
    await conn.execute("CREATE TABLE pots (id serial primary key, name text unique)")
@app.post("/pots")
async def add(name: str):
    conn = await asyncpg.connect("postgresql://localhost/lockers")
    async with conn.transaction():
        if await conn.fetchrow("SELECT id FROM pots WHERE name = $1", name):
            return None
        await conn.execute("INSERT INTO pots (name) VALUES ($1)", name)
`, ""},
		{"a name that is another one's", `from asyncpg import UniqueViolationError as IntegrityError
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
engine = create_engine("postgresql+psycopg://localhost/depot")
app = FastAPI()
class Base(DeclarativeBase): ...
class Pot(Base):
    __tablename__ = "pots"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
@app.post("/pots")
def add(name: str):
    with Session(engine) as db:
        if db.scalar(select(Pot).where(Pot.name == name)):
            raise HTTPException(409)
        db.add(Pot(name=name))
        db.commit()
`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := proposed(t, c.source)
			if !strings.Contains(text, c.want) || c.want == "" && text != "" {
				t.Errorf("%q is not proposed:\n%s", c.want, text)
			}
		})
	}
}

// proposed is the text of all changes that are proposed for an application.
func proposed(t *testing.T, application string) string {
	t.Helper()
	tree, err := source.FromFS(fstest.MapFS{"main.py": {Data: []byte(application)}}, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	report, err := scanner.Scan(t.Context(), tree, scanner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) == 0 {
		t.Fatal("no finding")
	}
	var text strings.Builder
	for _, f := range report.Findings {
		for _, r := range f.Repairs {
			for _, e := range r.Edits {
				text.WriteString(e.Text + "\n")
			}
		}
	}
	return text.String()
}

// A lock is of a row that the session of the request has loaded, lasts until the write, and is one on the engine; what is shown as a change is
// nothing that would fail, do nothing or wait for itself.
func TestALockIsOfARow(t *testing.T) {
	for _, c := range []struct{ name, source, want, not string }{
		{"the body of the request", depot + `
@app.post("/crates")
def add(wanted: Wanted, db: Session = Depends(get_db)):
    if db.scalar(select(Crate).where(Crate.name == wanted.name)):
        raise HTTPException(409)
    db.add(Crate(name=wanted.name, depot_id=wanted.depot_id))
    db.commit()
`, "UniqueConstraint", "refresh"},
		{"a row that is not there yet", depot + `
def keep(db: Session, crate: Crate):
    if db.scalar(select(Crate).where(Crate.name == crate.name)):
        raise HTTPException(409)
    db.add(crate)
    db.commit()
@app.post("/crates")
def add(wanted: Wanted, db: Session = Depends(get_db)):
    keep(db, Crate(name=wanted.name, depot_id=wanted.depot_id))
`, "", "refresh"},
		{"a row that is passed on", depot + `
@app.post("/depots/{depot_id}/crates")
def add(depot_id: int, db: Session = Depends(get_db)):
    depot = db.get(Depot, depot_id)
    if crates(db, depot) >= depot.places:
        raise HTTPException(409)
    db.add(Crate(name="x", depot_id=depot_id))
    db.commit()
`, "db.refresh(depot, with_for_update=True)", ""},
		{"a model whose name ends like a session's", depot + `
def free(db: Session, used: CrateSession):
    if used.state != "open":
        raise HTTPException(409)
    used.state = "closed"
    db.commit()
def used_one(session_id: int, db: Session = Depends(get_db)):
    return db.get(CrateSession, session_id)
@app.get("/sessions/{session_id}")
def show(used: CrateSession = Depends(used_one)):
    return used.state
@app.post("/sessions/{session_id}/close")
def close(used: CrateSession = Depends(used_one), db: Session = Depends(get_db)):
    free(db, used)
`, "db.refresh(used, with_for_update=True)", "used.refresh"},
		{"the write is another session's", depot + `
def put(depot_id: int, places: int):
    with factory() as other:
        depot = other.get(Depot, depot_id)
        depot.places = places
        other.commit()
@app.post("/depots/{depot_id}/grow")
def grow(depot_id: int, db: Session = Depends(get_db)):
    depot = db.get(Depot, depot_id)
    put(depot_id, depot.places + 1)
`, "", "with_for_update"},
		{"the lock would be free again", depot + `
@app.post("/depots/{depot_id}/close")
def close(depot_id: int, db: Session = Depends(get_db)):
    depot = db.get(Depot, depot_id)
    if depot.state != "open":
        raise HTTPException(409)
    db.commit()
    depot.state = "closed"
    db.commit()
`, "", "with_for_update"},
		{"an engine without row locks", strings.Replace(depot, "postgresql+psycopg://localhost/depot", "sqlite:///depot.db", 1) + `
@app.post("/depots/{depot_id}/close")
def close(depot_id: int, db: Session = Depends(get_db)):
    depot = db.get(Depot, depot_id)
    if depot.state != "open":
        raise HTTPException(409)
    depot.state = "closed"
    db.commit()
`, "update(Depot).where(Depot.id == depot.id, Depot.state == \"open\")", "with_for_update"},
		{"a chain with a line for each call", depot + `
@app.post("/depots/{depot_id}/close")
def close(depot_id: int, db: Session = Depends(get_db)):
    depot = (
        db.query(Depot)
        .filter(Depot.id == depot_id)
        .first()
    )
    if depot.state != "open":
        raise HTTPException(409)
    depot.state = "closed"
    db.commit()
`, "        .filter(Depot.id == depot_id)\n        .with_for_update()\n", ""},
		{"a parameter that became something else", depot + `
def change(db: Session, depot_id: int, new):
    new = dict(state="closed")
    depot = db.get(Depot, depot_id)
    if depot.state != "open" or not new:
        raise HTTPException(409)
    depot.state = new["state"]
    db.commit()
@app.post("/depots/{depot_id}/close")
def close(depot_id: int, db: Session = Depends(get_db)):
    change(db, depot_id, db.get(Depot, depot_id))
`, "", "refresh(new"},
		{"a whole table", depot + `
@app.post("/close")
def close(db: Session = Depends(get_db)):
    depots = db.query(Depot).all()
    for depot in depots:
        if depot.state == "open":
            depot.state = "closed"
    db.commit()
`, "", "with_for_update().all()"},
		{"several rows are wanted, one after the other", depot + `
@app.post("/crates")
def add(wanted: Wanted, db: Session = Depends(get_db)):
    crate = db.scalar(select(Crate).where(Crate.name == wanted.name))
    if crate and crate.depot_id != wanted.depot_id:
        raise HTTPException(409)
    db.add(Crate(name=wanted.name, depot_id=wanted.depot_id))
    db.commit()
`, "", "UniqueConstraint"},
		{"an answer with what was found", strings.Replace(depot, "name: Mapped[str]", "name: Mapped[str] = mapped_column(unique=True)", 1) + `
def find(db: Session, name: str):
    crate = db.scalar(select(Crate).where(Crate.name == name))
    return crate, crate is not None
@app.post("/crates")
def add(wanted: Wanted, db: Session = Depends(get_db)):
    crate, there = find(db, wanted.name)
    if crate is not None:
        return crate.id
    db.add(Crate(name=wanted.name, depot_id=wanted.depot_id))
    db.commit()
`, "", "return crate.id"},
		{"an ORM with other words", `from django.db import models
from fastapi import FastAPI, HTTPException
app = FastAPI()
class Depot(models.Model):
    state = models.CharField(max_length=20)
@app.post("/depots/{depot_id}/close")
def close(depot_id: int):
    depot = Depot.objects.filter(id=depot_id).first()
    if depot.state != "open":
        raise HTTPException(409)
    depot.state = "closed"
    depot.save()
`, "", "with_for_update"},
		{"a pipeline answers later", depot + `
@app.post("/codes/{code}")
def use(code: str):
    if r.get(code):
        raise HTTPException(409)
    pipe = r.pipeline()
    pipe.set(code, "used")
    pipe.incr("used")
    pipe.execute()
`, "", "if not pipe"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := proposed(t, c.source)
			if !strings.Contains(text, c.want) {
				t.Errorf("%q is not proposed:\n%s", c.want, text)
			}
			if c.not != "" && strings.Contains(text, c.not) {
				t.Errorf("%q is proposed:\n%s", c.not, text)
			}
		})
	}
}
