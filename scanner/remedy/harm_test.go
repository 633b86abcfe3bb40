package remedy_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/middlebrick/middlebrick/scanner"
	"github.com/middlebrick/middlebrick/scanner/source"
)

const harbour = `import os
from databases import Database
from fastapi import Depends, FastAPI, HTTPException
from fastcrud import FastCRUD
from pydantic import BaseModel
from sqlalchemy import ForeignKey, create_engine, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

factory = sessionmaker(create_engine("postgresql+psycopg://localhost/harbour"))
waiting = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/harbour"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Quay(Base):
    __tablename__ = "quays"  # as the harbour master says
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]


class Stay(Base):
    __tablename__ = "stays"  # type: ignore[assignment]
    id: Mapped[int] = mapped_column(primary_key=True)
    quay_id: Mapped[int] = mapped_column(ForeignKey("quays.id"))
    place: Mapped[int]
    ship: Mapped[str]
    state: Mapped[str]
    note: Mapped[str]


class QuayIn(BaseModel):
    name: str
    state: str


class QuayOut(QuayIn):
    id: int


crud_quays = FastCRUD(Quay)
crud_stays = FastCRUD(Stay)


def get_db():
    with factory() as db:
        yield db


async def get_session():
    async with waiting() as session:
        yield session
`

// ships are rows with two unique keys.
const ships = `
class Ship(Base):
    __tablename__ = "ships"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    callsign: Mapped[str] = mapped_column(unique=True)
`

// What would fail where nobody comes in between, answer otherwise than the project, or leave out what the request has to do.
func TestAChangeDoesNoHarm(t *testing.T) {
	for _, c := range []struct{ name, source, want, not string }{
		{"a lock is executed by the session and not by its query", harbour + `
@app.post("/quays/{quay_id}/stays")
def stay(quay_id: int, ship: str, db: Session = Depends(get_db)):
    last = db.query(func.max(Stay.place)).filter(
        Stay.quay_id == quay_id
    ).scalar() or 0
    db.add(Stay(quay_id=quay_id, ship=ship, place=last + 1, state="", note=""))
    db.commit()
`, "    db.query(Quay.id).filter(Quay.id == quay_id).with_for_update().first()\n    last = ", ").execute("},
		{"a lock that is the same in each turn of a loop", harbour + `
class Called(BaseModel):
    ships: list[str]
    quay_id: int
@app.post("/stays")
def stays(called: Called, db: Session = Depends(get_db)):
    for ship in called.ships:
        last = db.query(func.max(Stay.place)).filter(Stay.quay_id == called.quay_id).scalar() or 0
        db.add(Stay(quay_id=called.quay_id, ship=ship, place=last + 1, state="", note=""))
        db.flush()
    db.commit()
`, "    db.query(Quay.id).filter(Quay.id == called.quay_id).with_for_update().first()\n    for ship in", "        db.query(Quay.id)"},
		{"a lock of another row in each turn of a loop", harbour + `
class Called(BaseModel):
    ship: str
    quays: list[int]
@app.post("/stays")
def stays(called: Called, db: Session = Depends(get_db)):
    for quay_id in called.quays:
        last = db.query(func.max(Stay.place)).filter(Stay.quay_id == quay_id).scalar() or 0
        db.add(Stay(quay_id=quay_id, ship=called.ship, place=last + 1, state="", note=""))
        db.flush()
    db.commit()
`, "", "db.query(Quay.id)"},
		{"a repository that is given the session is none", harbour + `
@app.post("/stays/{stay_id}/quays")
async def add(stay_id: int, quay: QuayIn, db: AsyncSession = Depends(get_session)):
    if not await crud_stays.get(db=db, id=stay_id):
        raise HTTPException(404)
    if await crud_quays.exists(db=db, name=quay.name):
        raise HTTPException(409, "there")
    return await crud_quays.create(db=db, object=quay)
`, "        await db.rollback()\n        raise HTTPException(409, \"there\") from None", "crud_stays.rollback"},
		{"what another library gives back has no row count", `from databases import Database
from fastapi import FastAPI, HTTPException
app = FastAPI()
database = Database("postgresql://localhost/harbour")
@app.post("/quays/{quay_id}/close")
async def close(quay_id: int):
    quay = await database.fetch_one("SELECT id, state FROM quays WHERE id = :quay_id", {"quay_id": quay_id})
    if not quay:
        raise HTTPException(404)
    if quay["state"] == "closed":
        raise HTTPException(409, "closed")
    await database.execute("UPDATE quays SET state = 'closed' WHERE id = :quay_id", {"quay_id": quay_id})
`, "", "rowcount"},
		{"who comes too late is told what the check of the column says", harbour + `
@app.post("/quays/{quay_id}/close")
def close(quay_id: int, db: Session = Depends(get_db)):
    quay = db.execute(text("SELECT id, state FROM quays WHERE id = :quay_id"), {"quay_id": quay_id}).mappings().first()
    if not quay:
        raise HTTPException(404, "no quay")
    if quay["state"] == "closed":
        raise HTTPException(400, "closed")
    db.execute(text("UPDATE quays SET state = 'closed' WHERE id = :quay_id"), {"quay_id": quay_id})  # for good
    db.commit()
`, "# for good\n    if claimed.rowcount == 0:\n        raise HTTPException(400, \"closed\")", "rowcount == 0:\n        raise HTTPException(404"},
		{"rows may be alike in another state", harbour + `
@app.post("/quays/{quay_id}/stays")
def ask(quay_id: int, ship: str, db: Session = Depends(get_db)):
    if db.scalar(select(Stay).where(Stay.quay_id == quay_id, Stay.ship == ship, Stay.state == "asked")):
        raise HTTPException(409)
    db.add(Stay(quay_id=quay_id, ship=ship, place=0, state="asked", note=""))
    db.commit()
`, `
        Index(
            "uq_stays_quay_id_ship",
            "quay_id",
            "ship",
            unique=True,
            postgresql_where=text("state = 'asked'"),
            sqlite_where=text("state = 'asked'"),
        ),
`, "UniqueConstraint"},
		{"what is remarked on a line stays there", harbour + `
@app.post("/quays/{quay_id}/stays")
def add(quay_id: int, ship: str, db: Session = Depends(get_db)):
    if db.scalar(select(Stay).where(Stay.quay_id == quay_id, Stay.ship == ship)):
        raise HTTPException(409)
    db.add(Stay(quay_id=quay_id, ship=ship, place=0, state="", note=""))
    db.commit()
`, "    __tablename__ = \"stays\"  # type: ignore[assignment]\n    __table_args__ = (UniqueConstraint", ""},
		{"the row that is there is written before it is answered", harbour + `
@app.put("/quays/{quay_id}/stays/{ship}")
def put(quay_id: int, ship: str, note: str, db: Session = Depends(get_db)):
    stay = db.scalar(select(Stay).where(Stay.quay_id == quay_id, Stay.ship == ship))
    if stay:
        for line in note.split("\n"):
            db.query(Stay).filter(Stay.id == stay.id).update({Stay.note: line})
        db.commit()
        return stay
    db.add(Stay(quay_id=quay_id, ship=ship, place=0, state="", note=note))
    db.commit()
    return None
`, "", "except IntegrityError"},
		{"what was written before goes with the transaction that is rolled back", harbour + `
@app.put("/quays/{quay_id}/stays/{ship}")
def put(quay_id: int, ship: str, note: str, db: Session = Depends(get_db)):
    db.add(Quay(name=note))
    stay = db.scalar(select(Stay).where(Stay.quay_id == quay_id, Stay.ship == ship))
    if stay:
        stay.note = note
        db.commit()
        return stay
    db.add(Stay(quay_id=quay_id, ship=ship, place=0, state="", note=note))
    db.commit()
    return None
`, "", "except IntegrityError"},
		{"only some requests ask whether the row is there", harbour + `
def free(db: Session, quay_id: int, ship: str):
    if db.scalar(select(Stay).where(Stay.quay_id == quay_id, Stay.ship == ship)):
        raise HTTPException(409)
@app.put("/quays/{quay_id}/stays/{ship}")
def put(quay_id: int, ship: str, sure: bool, db: Session = Depends(get_db)):
    if not sure:
        free(db, quay_id, ship)
    db.add(Stay(quay_id=quay_id, ship=ship, place=0, state="", note=""))
    db.commit()
`, "", "except IntegrityError"},
		{"what is there is counted on from what was read, and counting once more would lose a count once more", harbour + `
@app.put("/quays/{quay_id}/stays/{ship}")
def put(quay_id: int, ship: str, places: str, db: Session = Depends(get_db)):
    stay = db.scalar(select(Stay).where(Stay.quay_id == quay_id, Stay.ship == ship))
    if stay:
        db.query(Stay).filter(Stay.id == stay.id).update({Stay.place: max(stay.place + 1, len(places))})
        db.commit()
        return stay
    db.add(Stay(quay_id=quay_id, ship=ship, place=0, state="", note=""))
    db.commit()
    return None
`, "", "except IntegrityError"},
		{"the violation is answered where the row is inserted", harbour + `
from sqlalchemy.exc import IntegrityError
def keep(db: Session, row):
    try:
        db.add(row)
        db.commit()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409, "kept already")
@app.post("/quays/{quay_id}/stays")
def add(quay_id: int, ship: str, db: Session = Depends(get_db)):
    if db.scalar(select(Stay).where(Stay.quay_id == quay_id, Stay.ship == ship)):
        raise HTTPException(409, "there")
    keep(db, Stay(quay_id=quay_id, ship=ship, place=0, state="", note=""))
`, "UniqueConstraint", "\"there\") from None"},
		{"a refusal that would be taken for an error", harbour + `
@app.post("/quays")
def add(name: str, db: Session = Depends(get_db)):
    if db.scalar(select(Quay).where(Quay.name == name)):
        raise HTTPException(409, "there")
    try:
        db.add(Quay(name=name, state=""))
        db.commit()
    except Exception as e:
        raise HTTPException(500, "failed") from e
`, "    except IntegrityError:\n        db.rollback()\n        raise HTTPException(409, \"there\") from None\n    except Exception as e:\n", "try:\n        try:"},
		{"nobody here sends what is added, nor can", harbour + `
class Quays:
    def __init__(self, db: Session = Depends(get_db)):
        self.db = db
    def find(self, name: str):
        return self.db.scalar(select(Quay).where(Quay.name == name))
    def add(self, quay: Quay):
        self.db.add(quay)
    def done(self):
        self.db.commit()
@app.post("/quays")
def add(name: str, quays: Quays = Depends(Quays)):
    if quays.find(name):
        raise HTTPException(409, "there")
    quays.add(Quay(name=name, state=""))
    quays.db.info["added"] = name
    quays.done()
`, "", "IntegrityError"},
		{"several rows of one key are made after one look", harbour + `
@app.post("/quays/{quay_id}/stays")
def seed(quay_id: int, db: Session = Depends(get_db)):
    if db.scalar(select(Stay).where(Stay.quay_id == quay_id)):
        raise HTTPException(409, "there")
    for ship in ("first", "second"):
        db.add(Stay(quay_id=quay_id, ship=ship, place=0, state="", note=""))
    db.commit()
`, "", "UniqueConstraint"},
		{"rows that were loaded are no row", harbour + `
@app.post("/stays/tidy")
def tidy(db: Session = Depends(get_db)):
    stays = db.query(Stay).filter(Stay.place > 0).all()
    for stay in stays:
        if stay.note.startswith("{"):
            stay.note = stay.note + "}"
    return listed(db, stays)
def listed(db: Session, stays: list[Stay]):
    for stay in stays:
        if stay.note.startswith("{"):
            stay.note = stay.note + "]"
    db.commit()
    return stays
`, "", "refresh(stays"},
		{"the violation of another key is none that the check asks for", harbour + ships + `
@app.post("/ships")
def add(name: str, callsign: str, db: Session = Depends(get_db)):
    if db.scalar(select(Ship).where(Ship.name == name)):
        raise HTTPException(409, "name in use")
    db.add(Ship(name=name, callsign=callsign))
    db.commit()
`, "    except IntegrityError as error:\n        db.rollback()\n        if \"name\" not in str(error.orig):\n            raise\n        raise HTTPException(409, \"name in use\") from None\n", ""},
		{"a comparison with what the request itself has written", harbour + `
@app.post("/stays/{stay_id}/end")
async def end(stay_id: int, session: AsyncSession = Depends(get_session)):
    stay = await session.get(Stay, stay_id)
    if stay.state != "ended":
        stay.state = "ended"
        stay.note = stay.note + "."
        if stay.place < 0:
            raise HTTPException(409)
    await session.commit()
`, "", "Stay.state == stay.state"},
		{"the refusal of the column that the rival changes", harbour + `
@app.post("/stays/{stay_id}/end")
def end(stay_id: int, quay_id: int, db: Session = Depends(get_db)):
    stay = db.get(Stay, stay_id)
    if stay is None or stay.quay_id != quay_id:
        raise HTTPException(404)
    if stay.state == "ended":
        raise HTTPException(409)
    stay.state = "ended"
    db.commit()
@app.get("/stays/{stay_id}")
def show(stay_id: int, db: Session = Depends(get_db)):
    return db.get(Stay, stay_id).state
`, "rowcount == 0:\n        raise HTTPException(409)", "rowcount == 0:\n        raise HTTPException(404)"},
		{"each violation is answered as its own check does", harbour + ships + `
@app.post("/ships")
def add(name: str, callsign: str, db: Session = Depends(get_db)):
    if db.scalar(select(Ship).where(Ship.name == name)):
        raise HTTPException(409, "name in use")
    if db.scalar(select(Ship).where(Ship.callsign == callsign)):
        raise HTTPException(
            409,
            "callsign in use",
        )
    db.add(Ship(name=name, callsign=callsign))
    db.commit()
`, `    except IntegrityError as error:
        db.rollback()
        if "name" in str(error.orig):
            raise HTTPException(409, "name in use") from None
        raise HTTPException(
            409,
            "callsign in use",
        ) from None
`, ""},
		{"a commit that nobody waits for", harbour + `
@app.post("/quays")
async def add(name: str, session: AsyncSession = Depends(get_session)):
    if await session.scalar(select(Quay).where(Quay.name == name)):
        raise HTTPException(409)
    session.add(Quay(name=name, state=""))
    session.commit()
`, "", "except IntegrityError"},
		{"a row that lacks a column when it is added", harbour + `
@app.put("/quays/{name}")
def put(name: str, state: str, db: Session = Depends(get_db)):
    quay = db.scalar(select(Quay).where(Quay.name == name))
    if quay is None:
        quay = Quay(name=name)
        db.add(quay)
    quay.state = state
    db.commit()
`, "", "begin_nested"},
		{"a row that has them all", harbour + `
@app.put("/quays/{name}")
def put(name: str, state: str, db: Session = Depends(get_db)):
    quay = db.scalar(select(Quay).where(Quay.name == name))
    if quay is None:
        quay = Quay(name=name, state="new")
        db.add(quay)
    quay.state = state
    db.commit()
`, "            with db.begin_nested():\n                db.add(quay)\n", ""},
		{"a directory that both may make", harbour + `
@app.post("/logs/{day}")
def log(day: str, line: str):
    if not os.path.exists(f"logs/{day}"):
        os.makedirs(f"logs/{day}")
    return day
`, "    os.makedirs(f\"logs/{day}\", exist_ok=True)\n", "if not os.path"},
		{"a directory that is new to who makes it", harbour + `
@app.post("/logs/{day}")
def log(day: str, line: str):
    if not os.path.exists(f"logs/{day}"):
        os.makedirs(f"logs/{day}")
        line = "first: " + line
    return line
`, "", "exist_ok"},
		{"what loads the row raises where there is none", harbour + `
async def quay_of(session: AsyncSession, quay_id: int) -> Quay | None:
    result = await session.execute(select(Quay).where(Quay.id == quay_id))
    quay = result.scalar_one_or_none()
    if quay is None:
        raise HTTPException(404)
    return quay
@app.get("/quays/{quay_id}")
async def show(quay_id: int, session: AsyncSession = Depends(get_session)):
    return (await quay_of(session, quay_id)).name
@app.post("/quays/{quay_id}/close")
async def close(quay_id: int, state: str | None = None, session: AsyncSession = Depends(get_session)):
    quay = await quay_of(session, quay_id)
    if state is not None and quay.state != "open":
        raise HTTPException(409)
    quay.state = "closed"
    await session.commit()
`, "    await session.refresh(quay, with_for_update=True)\n", "if quay is not None"},
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

// A lock in a function that other requests call to look only makes them wait, which is not safe.
func TestALockOfManyIsNotSafe(t *testing.T) {
	const place = `
def last(db: Session, quay_id: int) -> int:
    return db.scalar(select(func.max(Stay.place)).where(Stay.quay_id == quay_id)) or 0
@app.post("/quays/{quay_id}/stays")
def stay(quay_id: int, ship: str, db: Session = Depends(get_db)):
    db.add(Stay(quay_id=quay_id, ship=ship, place=last(db, quay_id) + 1, state="", note=""))
    db.commit()
`
	for _, c := range []struct {
		name, more string
		safe       bool
	}{
		{"one request", "", true},
		{"another one that reads", `
@app.get("/quays/{quay_id}/last")
def show(quay_id: int, db: Session = Depends(get_db)):
    return last(db, quay_id)
`, false},
	} {
		tree, err := source.FromFS(fstest.MapFS{"main.py": {Data: []byte(harbour + place + c.more)}}, source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer tree.Close()
		report, err := scanner.Scan(t.Context(), tree, scanner.Options{})
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, f := range report.Findings {
			for _, r := range f.Repairs {
				if strings.Contains(r.Edits[len(r.Edits)-1].Text, "select(Quay.id)") {
					found = true
					if r.Safe != c.safe {
						t.Errorf("%s: safe is %t", c.name, r.Safe)
					}
				}
			}
		}
		if !found {
			t.Errorf("%s: no lock of the parent is proposed", c.name)
		}
	}
}

// A lock of all rows of a set makes others wait for rows that are left alone; one of the rows that the request names does not.
func TestALockOfAWholeSetIsNotSafe(t *testing.T) {
	const leave = `
@app.post("/quays/{quay_id}/leave")
def leave(quay_id: int, ids: list[int], db: Session = Depends(get_db)):
    for stay in db.scalars(select(Stay).where(ASKED)).all():
        if stay.state == "moored":
            stay.state = "left"
    db.commit()
`
	for asked, safe := range map[string]bool{"Stay.quay_id == quay_id": false, "Stay.id.in_(ids)": true} {
		tree, err := source.FromFS(fstest.MapFS{"main.py": {Data: []byte(harbour + strings.Replace(leave, "ASKED", asked, 1))}}, source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer tree.Close()
		report, err := scanner.Scan(t.Context(), tree, scanner.Options{})
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, f := range report.Findings {
			for _, r := range f.Repairs {
				if strings.Contains(r.Edits[0].Text, "with_for_update()") {
					found = true
					if r.Safe != safe {
						t.Errorf("%s: safe is %t", asked, r.Safe)
					}
				}
			}
		}
		if !found {
			t.Errorf("%s: no lock is proposed", asked)
		}
	}
}
