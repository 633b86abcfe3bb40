package remedy_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/middlebrick/middlebrick/scanner"
	"github.com/middlebrick/middlebrick/scanner/source"
)

const alchemy = `from fastapi import FastAPI, HTTPException
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
app = FastAPI()
class Base(DeclarativeBase): ...
class Locker(Base):
    __tablename__ = "lockers"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    free: Mapped[int]
    opened: Mapped[bool]
    email: Mapped[str]
    closed_at: Mapped[str | None]
`

// seats has documents and rows of libraries whose changes are only told.
const seats = `import databases
import ormar
import sqlalchemy
from beanie import Document
from fastapi import FastAPI, HTTPException
from mongoengine import Document as Stored, IntField, StringField
from piccolo.columns import Integer, Varchar
from piccolo.table import Table
app = FastAPI()
base = ormar.OrmarConfig(database=databases.Database("postgresql+asyncpg://localhost/zoo"), metadata=sqlalchemy.MetaData())
class Seat(Stored):
    name = StringField()
    state = StringField(default="free")
    left = IntField(default=3)
class Berth(Document):
    state: str = "free"
class Shelf(Table):
    sku = Varchar(unique=True)
    left = Integer(default=0)
class Keeper(ormar.Model):
    ormar_config = base.copy(tablename="keepers")
    id: int = ormar.Integer(primary_key=True)
    badge: str = ormar.String(max_length=20)
@app.post("/seats/{seat_id}/take")
def take(seat_id: str):
    seat = Seat.objects(id=seat_id).first()
    if seat.state != "free":
        raise HTTPException(409)
    seat.state = "taken"
    seat.save()
@app.post("/seats/{seat_id}/use")
def use(seat_id: str):
    seat = Seat.objects.get(id=seat_id)
    if seat.left < 1:
        raise HTTPException(409)
    seat.left -= 1
    seat.save()
@app.post("/seats")
def add(name: str):
    if Seat.objects(name=name).first():
        raise HTTPException(409)
    Seat(name=name).save()
@app.post("/berths/{berth_id}/take")
async def take_berth(berth_id: str):
    berth = await Berth.get(berth_id)
    if berth.state != "free":
        raise HTTPException(409)
    berth.state = "taken"
    await berth.save()
@app.post("/shelves/{sku}/take")
async def take_shelf(sku: str):
    shelf = await Shelf.objects().where(Shelf.sku == sku).first()
    if shelf is None or shelf.left < 1:
        raise HTTPException(409)
    await Shelf.update({Shelf.left: Shelf.left - 1}).where(Shelf.sku == sku)
@app.post("/keepers")
async def hire(badge: str):
    if await Keeper.objects.filter(badge=badge).exists():
        raise HTTPException(409)
    await Keeper.objects.create(badge=badge)
`

func TestTheRemedyIsWrittenAsTheProjectWrites(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"a state that is checked", alchemy + `
@app.post("/lockers/{locker_id}/rent")
async def rent(locker_id: int, session: AsyncSession):
    locker = await session.get(Locker, locker_id)
    if locker.state != "free":
        raise HTTPException(409)
    locker.state = "rented"
    await session.commit()
`, "`result = await session.execute(update(Locker).where(Locker.id == locker_id, Locker.state == 'free').values(state='rented'))`, and refuse the request when `result.rowcount == 0`"},
		{"the query of the 1.x style", alchemy + `
@app.post("/lockers/{locker_id}/rent")
def rent(locker_id: int, db: Session):
    locker = db.query(Locker).filter(Locker.id == locker_id).first()
    if locker.opened:
        raise HTTPException(409)
    locker.opened = True
    db.commit()
`, "`db.query(Locker).filter(Locker.id == locker_id, Locker.opened.is_(False)).update({Locker.opened: True})`, and refuse the request when it returns 0"},
		{"a session that blocks in a coroutine", alchemy + `
@app.post("/lockers/{locker_id}/rent")
async def rent(locker_id: int, db: Session):
    locker = db.query(Locker).filter(Locker.id == locker_id).first()
    if locker.opened:
        raise HTTPException(409)
    locker.opened = True
    db.commit()
`, "`db.query(Locker).filter(Locker.id == locker_id, Locker.opened.is_(False)).update({Locker.opened: True})`, and refuse the request when it returns 0"},
		{"a column that is written on some ways only", alchemy + `
@app.post("/lockers/{locker_id}/note")
def note(locker_id: int, text: str, db: Session):
    locker = db.query(Locker).filter(Locker.id == locker_id).first()
    if locker.opened:
        raise HTTPException(409)
    locker.email = text
    if text == "stuck":
        locker.opened = True
    db.commit()
@app.post("/lockers/{locker_id}/open")
def open_it(locker_id: int, db: Session):
    locker = db.query(Locker).filter(Locker.id == locker_id).first()
    locker.opened = True
    db.commit()
`, "update({Locker.email: text, Locker.opened: …})`"},
		{"a list that is stored as it was read", `from fastapi import FastAPI
from motor.motor_asyncio import AsyncIOMotorClient
app = FastAPI()
db = AsyncIOMotorClient("mongodb://localhost").zoo
@app.post("/cages/{cage_id}/animals")
async def add(cage_id: str, animal: str):
    cage = await db.cages.find_one({"_id": cage_id})
    animals = cage["animals"]
    animals.append(animal)
    await db.cages.update_one({"_id": cage_id}, {"$set": {"animals": animals}})
`, "Send what changes (`$inc`, `$push`, `$pull`, or `$set` of the one field) instead of what was read"},
		{"tables that are joined", `import asyncpg
from fastapi import FastAPI, HTTPException
app = FastAPI()
@app.post("/cages/{cage}/feed")
async def feed(cage: int, room: str, grams: int):
    conn = await asyncpg.connect("postgresql://localhost/zoo")
    stock = await conn.fetchrow("""SELECT s.id, s.grams, f.name FROM stocks s JOIN foods f ON s.food_id = f.id
        JOIN cages c ON s.cage = c.number WHERE s.cage = $1 AND s.room = $2""", cage, room)
    if stock["grams"] < grams:
        raise HTTPException(409)
    await conn.execute("UPDATE stocks SET grams = $1 WHERE id = $2", stock["grams"] - grams, stock["id"])
`, "WHERE cage = :cage AND room = :room AND grams >= :grams`"},
		{"a document of Firestore", `from fastapi import FastAPI
from firebase_admin import firestore
app = FastAPI()
db = firestore.client()
@app.post("/cages/{cage_id}/animals")
def add(cage_id: str, animal: str):
    cage = db.collection("cages").document(cage_id)
    animals = cage.get().to_dict()["animals"]
    animals.append(animal)
    cage.update({"animals": animals})
`, "a function under `@firestore.transactional` that looks by `ref.get(transaction=transaction)`, decides, and writes by `transaction.update(ref, {…})`"},
		{"a document of Firestore that exists once", `from fastapi import FastAPI, HTTPException
from firebase_admin import firestore
app = FastAPI()
db = firestore.client()
@app.post("/cages")
def add(name: str):
    cages = db.collection("cages")
    if list(cages.where(filter=firestore.FieldFilter("name", "==", name)).limit(1).stream()):
        raise HTTPException(409)
    cages.add({"name": name})
`, "name the document of cages by what must be there once, `collection.document(name).create({…})`"},
		{"documents that exist once", `from fastapi import FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient
app = FastAPI()
db = AsyncIOMotorClient("mongodb://localhost").zoo
@app.post("/cages")
async def add(name: str):
    if await db.cages.find_one({"name": name}):
        raise HTTPException(409)
    await db.cages.insert_one({"name": name})
`, "add `create_index([(\"name\", 1)], unique=True)` to cages, insert first, and handle the DuplicateKeyError as the refusal"},
		{"a key that is called after sessions is none", alchemy + `
@app.post("/lockers/{session_id}/rent")
def rent(session_id: int, db: Session):
    locker = db.query(Locker).filter(Locker.id == session_id).first()
    if locker.opened:
        raise HTTPException(409)
    locker.opened = True
    db.commit()
`, "`db.query(Locker).filter(Locker.id == session_id, Locker.opened.is_(False)).update("},
		{"rows that are meant to agree in what is known of the look", alchemy + `
import uuid
from sqlalchemy import UniqueConstraint
class Tag(Base):
    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("word", "locker_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    locker_id: Mapped[int] = mapped_column(ForeignKey("lockers.id"))
    word: Mapped[str]
    colour: Mapped[str]
@app.post("/lockers/{locker_id}/tags")
def tag(locker_id: int, colour: str, db: Session):
    if db.query(Tag).filter(Tag.locker_id == locker_id).first():
        raise HTTPException(409)
    db.add(Tag(locker_id=locker_id, word=uuid.uuid4().hex, colour=colour))
    db.commit()
`, "add a unique constraint on Tag that covers what is looked for"},
		{"the parent of what is counted", alchemy + `
class Key(Base):
    __tablename__ = "keys"
    id: Mapped[int] = mapped_column(primary_key=True)
    locker_id: Mapped[int] = mapped_column(ForeignKey("lockers.id"))
@app.post("/lockers/{locker_id}/keys")
def cut(locker_id: int, db: Session):
    if db.query(Key).filter(Key.locker_id == locker_id).count() >= 3:
        raise HTTPException(409)
    db.add(Key(locker_id=locker_id))
    db.commit()
`, "Lock the row of Locker that all these requests share before counting Key, with the first statement of the transaction: `db.query(Locker).filter(Locker.id == locker_id).with_for_update()`, and count in a later statement."},
		{"a value that is only computed", alchemy + `
@app.post("/lockers/{locker_id}/grow")
def grow(locker_id: int, n: int, db: Session):
    locker = db.get(Locker, locker_id)
    locker.free = locker.free + n
    db.commit()
`, "Let the database compute on the latest value: `result = db.execute(update(Locker).where(Locker.id == locker_id).values(free=Locker.free + n))`"},
		{"what can not be told is locked", alchemy + `
@app.post("/lockers/{locker_id}/rent")
def rent(locker_id: int, states: list[str], db: Session):
    locker = db.get(Locker, locker_id)
    if locker.state not in states:
        raise HTTPException(409)
    locker.state = "rented"
    db.commit()
`, "Take the row lock with the first load, in the transaction that writes: `select(Locker).where(Locker.id == locker_id).with_for_update()`. Or repeat what was checked (state)"},
		{"SQLite has no row lock", alchemy + `
engine = create_async_engine("sqlite+aiosqlite:///lockers.db")
@app.post("/lockers/{locker_id}/rent")
async def rent(locker_id: int, session: AsyncSession):
    locker = await session.get(Locker, locker_id)
    if locker.state != "free":
        raise HTTPException(409)
    locker.state = "rented"
    await session.commit()
`, "Or start the transaction with `BEGIN IMMEDIATE`"},
		{"a key with a condition", alchemy + `
@app.post("/lockers")
def add(email: str, db: Session):
    if db.scalar(select(Locker).where(func.lower(Locker.email) == email.lower(), Locker.closed_at.is_(None))):
        raise HTTPException(409)
    db.add(Locker(email=email))
    db.commit()
`, "add `Index(\"uq_lockers_email\", text(\"lower(email)\"), unique=True, postgresql_where=text(\"closed_at IS NULL\"))` to Locker"},
		{"SQL as text", `import asyncpg
from fastapi import FastAPI, HTTPException
app = FastAPI()
@app.post("/lockers/{locker_id}/rent")
async def rent(locker_id: int):
    conn = await asyncpg.connect("postgresql://localhost/lockers")
    row = await conn.fetchrow("SELECT state FROM lockers WHERE id = $1", locker_id)
    if row["state"] != "free":
        raise HTTPException(409)
    await conn.execute("UPDATE lockers SET state = 'rented' WHERE id = $1", locker_id)
`, "`UPDATE lockers SET state = 'rented' WHERE id = :locker_id AND state = 'free'`, and refuse the request when it changed no row"},
		{"Tortoise", `from fastapi import FastAPI, HTTPException
from tortoise import fields
from tortoise.models import Model
app = FastAPI()
class Locker(Model):
    id = fields.IntField(primary_key=True)
    state = fields.CharField(20)
@app.post("/lockers/{locker_id}/rent")
async def rent(locker_id: int):
    locker = await Locker.get(id=locker_id)
    if locker.state == "closed":
        raise HTTPException(409)
    locker.state = "closed"
    await locker.save()
    await mail(locker_id)
`, "`await Locker.filter(id=locker_id, state__not='closed').update(state='closed')`, and refuse the request when it returns 0"},
		{"Peewee", `import peewee
from fastapi import FastAPI, HTTPException
app = FastAPI()
db = peewee.PostgresqlDatabase("lockers")
class Locker(peewee.Model):
    id = peewee.AutoField()
    state = peewee.CharField()
    class Meta:
        database = db
@app.post("/lockers/{locker_id}/rent")
def rent(locker_id: int):
    locker = Locker.get(Locker.id == locker_id)
    if locker.state != "free":
        raise HTTPException(409)
    locker.state = "rented"
    locker.save()
`, "`Locker.update(state='rented').where(Locker.id == locker_id, Locker.state == 'free').execute()`"},
		{"a document of MongoEngine", seats, "`claimed = Seat.objects(id=seat_id, state='free').modify(set__state='taken')`, and refuse the request when `claimed is None`"},
		{"a counter of MongoEngine", seats, "`claimed = Seat.objects(id=seat_id, left__gte=1).modify(inc__left=-1)`"},
		{"a document of MongoEngine that exists once", seats, "add `meta = {\"indexes\": [{\"fields\": [\"name\"], \"unique\": True}]}` to Seat, insert first, and handle the NotUniqueError"},
		{"a document of Beanie", seats, "`claimed = await Berth.find_one(Berth.id == berth_id, Berth.state == 'free').update({\"$set\": {Berth.state: 'taken'}})`, and refuse the request when `claimed.matched_count == 0`"},
		{"a table of Piccolo", seats, "`await Shelf.update({Shelf.left: Shelf.left - 1}).where(Shelf.sku == sku, Shelf.left >= 1).returning(Shelf.sku)`, and refuse the request when it returns no row"},
		{"a model of ormar that exists once", seats, "add `constraints=[ormar.UniqueColumns(\"badge\")]` to Keeper"},
		{"a value that Python computes, without a version", alchemy + `
@app.post("/lockers/{locker_id}/tidy")
def tidy(locker_id: int, db: Session):
    locker = db.get(Locker, locker_id)
    locker.email = clean(locker.email)
    db.commit()
`, "Or give Locker a version: an integer column and `__mapper_args__ = {\"version_id_col\": …}`"},
		{"a value that Python computes, beside a version", strings.Replace(alchemy, "    free: Mapped[int]\n", "    revision: Mapped[int]\n", 1) + `
@app.post("/lockers/{locker_id}/tidy")
def tidy(locker_id: int, db: Session):
    locker = db.get(Locker, locker_id)
    locker.email = clean(locker.email)
    db.commit()
`, "Or compare the version that was read and count it: `result = db.execute(update(Locker).where(Locker.id == locker_id, Locker.revision == …).values(email=…, revision=Locker.revision + 1))`"},
		{"a version that the project counts", strings.Replace(alchemy, "    free: Mapped[int]\n", "    revision: Mapped[int]\n", 1) + `
@app.post("/lockers/{locker_id}/tidy")
def tidy(locker_id: int, revision: int, db: Session):
    locker = db.get(Locker, locker_id)
    if locker.revision != revision:
        raise HTTPException(409)
    locker.email = clean(locker.email)
    locker.revision += 1
    db.commit()
`, ".values(email=…, revision=Locker.revision + 1)"},
		{"work after the response", "import httpx\nfrom fastapi import BackgroundTasks\nfrom sqlalchemy import update\n" + alchemy + `
async def tell(locker: Locker):
    async with httpx.AsyncClient() as client:
        await client.post("https://example.org/", json={"to": locker.email})
@app.post("/lockers/{locker_id}/tell")
async def tell_soon(locker_id: int, tasks: BackgroundTasks, session: AsyncSession):
    locker = await session.get(Locker, locker_id)
    if locker.state != "free":
        raise HTTPException(409)
    tasks.add_task(tell, locker)
@app.put("/lockers/{locker_id}")
async def change(locker_id: int, email: str, state: str, session: AsyncSession):
    await session.execute(update(Locker).where(Locker.id == locker_id).values(email=email, state=state))
    await session.commit()
`, "Give `tell` the key of the row instead of what was read of Locker, and let it load the row again in a session of its own, with its lock: `select(Locker).where(Locker.id == locker_id).with_for_update()`, stop unless `state == 'free'` still holds, before it acts."},
	} {
		t.Run(c.name, func(t *testing.T) {
			says(t, c.source, c.want)
		})
	}
}

// says tests that the remedy of one of a program's findings says something.
func says(t *testing.T, program, want string) {
	t.Helper()
	tree, err := source.FromFS(fstest.MapFS{"main.py": {Data: []byte(program)}}, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	report, err := scanner.Scan(t.Context(), tree, scanner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range report.Findings {
		if strings.Contains(f.Remediation, want) {
			return
		}
		all = append(all, f.Rule+": "+f.Remediation)
	}
	t.Errorf("no remedy says\n%s\nbut\n%s", want, strings.Join(all, "\n"))
}

// A call through which rows of several tables are loaded is no place for the lock of one of them.
func TestNoChangeOfWhatServesOthers(t *testing.T) {
	const repository = `
class Shelf(Base):
    __tablename__ = "shelves"
    id: Mapped[int] = mapped_column(primary_key=True)

def load(db, statement):
    return db.execute(statement).scalar_one()

@app.post("/lockers/{locker_id}/rent")
def rent(locker_id: int, db: Session):
    locker = load(db, select(Locker).where(Locker.id == locker_id))
    if locker.state != "free":
        raise HTTPException(409)
    locker.state = "rented"
    db.commit()
`
	for _, c := range []struct {
		name, more string
		changed    bool
	}{
		{"one table", "", true},
		{"two tables", `
@app.get("/shelves/{shelf_id}")
def shelf(shelf_id: int, db: Session):
    return load(db, select(Shelf).where(Shelf.id == shelf_id))
`, false},
	} {
		tree, err := source.FromFS(fstest.MapFS{"main.py": {Data: []byte(alchemy + repository + c.more)}}, source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		report, err := scanner.Scan(t.Context(), tree, scanner.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(report.Findings) != 1 {
			t.Fatalf("%s: %d findings", c.name, len(report.Findings))
		}
		changed := false
		for _, fix := range report.Findings[0].Repairs {
			for _, e := range fix.Edits {
				changed = changed || strings.Contains(e.Text, "db.execute(statement.with_for_update())")
			}
		}
		if changed != c.changed {
			t.Errorf("%s: the loading function is changed: %t, want %t", c.name, changed, c.changed)
		}
	}
}
