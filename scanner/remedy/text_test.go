package remedy_test

import "testing"

const keys = `import redis.asyncio as redis
from fastapi import FastAPI, HTTPException
app = FastAPI()
store = redis.Redis()
`

// kennels has rows that are in each other's way when they overlap, and rows that are only counted.
const kennels = alchemy + `
from datetime import datetime
class Stay(Base):
    __tablename__ = "stays"
    id: Mapped[int] = mapped_column(primary_key=True)
    locker_id: Mapped[int] = mapped_column(ForeignKey("lockers.id"))
    begins: Mapped[datetime]
    ends: Mapped[datetime]
class LoginAttempt(Base):
    __tablename__ = "login_attempts"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
@app.post("/lockers/{locker_id}/stays")
def stay(locker_id: int, begins: datetime, ends: datetime, db: Session):
    if db.scalar(select(Stay).where(Stay.locker_id == locker_id, Stay.begins < ends, Stay.ends > begins)):
        raise HTTPException(409)
    db.add(Stay(locker_id=locker_id, begins=begins, ends=ends))
    db.commit()
@app.post("/login")
def login(email: str, db: Session):
    if db.query(LoginAttempt).filter(LoginAttempt.email == email).count() >= 5:
        raise HTTPException(429)
    db.add(LoginAttempt(email=email))
    db.commit()
`

const onSQLite = `
engine = create_async_engine("sqlite+aiosqlite:///kennels.db")
`

const papers = `from fastapi import FastAPI, HTTPException
from pymongo import MongoClient
papers = MongoClient("mongodb://localhost").office.papers
app = FastAPI()
`

// What the text proposes must be able to end the race: a lock of rows that are not there yet ends none, nor does a unique constraint on what only
// overlaps, nor does a command of Redis that does something else.
func TestTheTextFitsWhatRaces(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"a value that is taken once", keys + `
@app.post("/codes")
async def issue(email: str, code: str):
    await store.setex(f"code:{email}", 600, code)
@app.post("/codes/{email}")
async def redeem(email: str, code: str):
    if await store.get(f"code:{email}") != code:
        raise HTTPException(403)
    await store.delete(f"code:{email}")
    await store.incr("redeemed")
    return {"token": email}
`, "`GETDEL key` gives the value to one request only"},
		{"an object that is written back", "import json\n" + keys + `
@app.post("/families/{name}/use")
async def use(name: str):
    family = json.loads(await store.get(f"family:{name}"))
    if family["used"]:
        raise HTTPException(409)
    family["used"] = True
    await store.set(f"family:{name}", json.dumps(family))
`, "Compare and write in one step"},
		{"a number that is written back", keys + `
@app.post("/tickets/{show}/sell")
async def sell(show: str):
    left = int(await store.get(show) or 0)
    if left < 1:
        raise HTTPException(409)
    await store.set(show, left - 1)
`, "Let Redis compute on the latest value"},
		{"a state", keys + `
@app.post("/shows/{show}/open")
async def open_show(show: str):
    if await store.get(show) != "planned":
        raise HTTPException(409)
    await store.set(show, "open")
`, "Compare and write in one step: a Lua script"},
		{"a key that is looked for", keys + `
@app.post("/shows/{show}/claim")
async def claim(show: str):
    if await store.exists(show):
        raise HTTPException(409)
    await store.set(show, "1")
`, "`SET key value NX EX seconds`"},
		{"attempts in Redis", keys + `
@app.post("/login")
async def login(email: str, password: str):
    attempts = int(await store.get(f"attempts:{email}") or 0)
    if attempts >= 5:
        raise HTTPException(429)
    await store.set(f"attempts:{email}", attempts + 1)
`, "Count each attempt before it is examined"},
		{"spans of time", kennels, "Lock the row of Locker that all these requests share before looking at Stay, with the first statement of the transaction: `select(Locker).where(Locker.id == locker_id).with_for_update()`, and look in a later statement. Or let PostgreSQL refuse the second: `EXCLUDE USING gist (locker_id WITH =, tsrange(begins, ends) WITH &&)`."},
		{"spans of time in SQLite", kennels + onSQLite, "Start the transaction with `BEGIN IMMEDIATE` before looking at Stay"},
		{"attempts as rows", kennels, "before counting LoginAttempt, with the first statement of the transaction"},
		{"attempts as rows of SQLite", kennels + onSQLite, "Start the transaction with `BEGIN IMMEDIATE` before counting LoginAttempt"},
		{"a document by its own id, of a collection that is not waited for", papers + `
@app.post("/papers/{id}/sign")
async def sign(id: str, name: str):
    paper = papers.find_one({"id": id})
    if len(paper["names"]) > 3:
        raise HTTPException(409)
    papers.update_one({"id": id}, {"$set": {"names": paper["names"] + [name]}})
`, "`claimed = papers.update_one({\"id\": id}, {…})`"},
		{"a document that is taken away", papers + `
@app.post("/papers/{id}/take")
async def take(id: str):
    paper = papers.find_one({"_id": id})
    if paper["state"] != "free":
        raise HTTPException(409)
    papers.delete_one({"_id": id})
    papers.database.takings.insert_one({"paper": paper})
`, "Test what the command answers (`modified_count`, `deleted_count`,"},
		{"a document that is taken away by whoever waits for it", "from motor.motor_asyncio import AsyncIOMotorClient\n" + papers + `
shelf = AsyncIOMotorClient("mongodb://localhost").office.shelf
@app.post("/papers/{id}/take")
async def take(id: str):
    paper = await shelf.find_one({"_id": id})
    if paper["state"] != "free":
        raise HTTPException(409)
    done = await shelf.delete_one({"_id": id})
    return done.deleted_count
@app.post("/papers/{id}/lend")
async def lend(id: str):
    await shelf.update_one({"_id": id}, {"$set": {"state": "lent"}})
`, "`claimed = await shelf.delete_one({\"_id\": id, \"state\": 'free'})`"},
		{"a place in memory", `import asyncio
from fastapi import FastAPI, HTTPException
app = FastAPI()
seats: dict[str, list] = {}
@app.post("/seats/{row}")
async def sit(row: str, name: str):
    if len(seats.setdefault(row.strip(), [])) > 3:
        raise HTTPException(409)
    await asyncio.sleep(1)
    seats[row.strip()].append(name)
`, "Change `seats` before the first await"},
	} {
		t.Run(c.name, func(t *testing.T) { says(t, c.source, c.want) })
	}
}
