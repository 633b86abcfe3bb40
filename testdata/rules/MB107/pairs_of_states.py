"""Which states may follow one another stands in a set of pairs, and rows of plain SQL are copied into dictionaries before they are looked at."""
import aiosqlite
from fastapi import FastAPI, HTTPException

SCHEMA = """
CREATE TABLE IF NOT EXISTS crates (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL DEFAULT 'packed',
    notes TEXT
);
CREATE TABLE IF NOT EXISTS claims (
    id INTEGER PRIMARY KEY,
    crate_id TEXT NOT NULL
);
"""
MAY_FOLLOW = frozenset({("packed", "sent"), ("sent", "lost")})
OPEN = {"packed", "sent"}
app = FastAPI()


async def one(db, id: str):
    cursor = await db.execute("SELECT * FROM crates WHERE id = ?", (id,))
    row = await cursor.fetchone()
    return dict(row) if row else None


async def one_by_keys(db, id: str):
    cursor = await db.execute("SELECT * FROM crates WHERE id = ?", (id,))
    row = await cursor.fetchone()
    if row is None:
        return None
    crate = {k: row[k] for k in row.keys()}
    crate["notes"] = crate["notes"] or ""
    return crate


def demand(before: str, after: str):
    if (before, after) not in MAY_FOLLOW:  # want MB107 "crates.state"
        raise HTTPException(409)


async def claim(db, id: str):
    await db.execute("INSERT INTO claims (crate_id) VALUES (?)", (id,))


@app.post("/crates/{id}/lost")
async def lost(id: str):
    async with aiosqlite.connect("crates.db") as db:
        crate = await one(db, id)
        if crate is None:
            raise HTTPException(404)
        demand(crate["state"], "lost")
        await db.execute("UPDATE crates SET state = 'lost' WHERE id = ?", (id,))
        await claim(db, id)
        await db.commit()


@app.post("/crates/{id}/burnt")
async def burnt(id: str):
    async with aiosqlite.connect("crates.db") as db:
        crate = await one_by_keys(db, id)
        if crate is None:
            raise HTTPException(404)
        if crate.get("state") not in OPEN:  # want MB107 "crates.state"
            raise HTTPException(409)
        await db.execute("UPDATE crates SET state = 'burnt' WHERE id = ?", (id,))
        await claim(db, id)
        await db.commit()


@app.post("/crates/{id}/burnt-at-once")
async def burnt_at_once(id: str):
    async with aiosqlite.connect("crates.db") as db:
        crate = await one_by_keys(db, id)
        if crate is None:
            raise HTTPException(404)
        if crate.get("state") not in OPEN:
            raise HTTPException(409)
        done = await db.execute("UPDATE crates SET state = 'burnt' WHERE id = ? AND state IN ('packed', 'sent')", (id,))
        if done.rowcount == 0:
            raise HTTPException(409)
        await claim(db, id)
        await db.commit()
