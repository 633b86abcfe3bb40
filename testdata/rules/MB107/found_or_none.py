"""A function makes an object of the row that it finds, or gives None: to ask for None is to ask whether there is a row."""
import aiosqlite
from fastapi import FastAPI, HTTPException

PATH = "looms.db"
TABLES = """
CREATE TABLE looms (id TEXT PRIMARY KEY, weaver TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE wheels (id TEXT PRIMARY KEY, weaver TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE shuttles (name TEXT PRIMARY KEY, weaver TEXT NOT NULL);
"""
app = FastAPI()


class Wheel:
    def __init__(self, id: str, weaver: str, state: str):
        self.id, self.weaver, self.state = id, weaver, state


def as_loom(row: tuple) -> dict:
    return {"id": row[0], "weaver": row[1], "state": row[2]}


async def row_of(query: str, *args):
    async with aiosqlite.connect(PATH) as db:
        async with db.execute(query, args) as cursor:
            return await cursor.fetchone()


async def write(query: str, *args):
    async with aiosqlite.connect(PATH) as db:
        await db.execute(query, args)
        await db.commit()


async def find_loom(loom_id: str):
    row = await row_of("SELECT id, weaver, state FROM looms WHERE id = ?", loom_id)
    return as_loom(row) if row else None


async def loom_at_work(loom_id: str):
    row = await row_of("SELECT id, weaver, state FROM looms WHERE id = ?", loom_id)
    return as_loom(row) if row[2] == "working" else None


async def find_wheel(wheel_id: str):
    row = await row_of("SELECT id, weaver, state FROM wheels WHERE id = ?", wheel_id)
    if row is None:
        return None
    return Wheel(row[0], row[1], row[2])


async def find_shuttle(name: str):
    row = await row_of("SELECT name, weaver FROM shuttles WHERE name = ?", name)
    if row is None:
        return None
    return {"name": row["name"], "weaver": row["weaver"]}


@app.post("/looms/{loom_id}/stop")
async def stop(loom_id: str):
    loom = await find_loom(loom_id)
    if loom is None:
        raise HTTPException(404)
    await write("UPDATE looms SET state = ? WHERE id = ?", "stopped", loom_id)


@app.post("/looms/{loom_id}/stop/terse")
async def stop_tersely(loom_id: str):
    if not await find_loom(loom_id):
        raise HTTPException(404)
    await write("UPDATE looms SET state = ? WHERE id = ?", "stopped", loom_id)


@app.post("/wheels/{wheel_id}/stop")
async def stop_wheel(wheel_id: str):
    wheel = await find_wheel(wheel_id)
    if wheel is None:
        raise HTTPException(404)
    await write("UPDATE wheels SET state = ? WHERE id = ?", "stopped", wheel_id)


@app.post("/looms/{loom_id}/hand-over")
async def hand_over(loom_id: str):
    loom = await find_loom(loom_id)
    if loom is None:
        raise HTTPException(404)
    if loom["state"] != "working":
        raise HTTPException(409)
    await write("UPDATE looms SET state = ? WHERE id = ?", "given", loom_id)  # want MB107 "looms.state"


@app.post("/looms/{loom_id}/finish")
async def finish(loom_id: str):
    loom = await loom_at_work(loom_id)
    if loom is None:
        raise HTTPException(409)
    await write("UPDATE looms SET state = ? WHERE id = ?", "done", loom_id)  # want MB107 "looms.state"


@app.post("/shuttles")
async def add_shuttle(name: str, weaver: str):
    if await find_shuttle(name) is not None:
        raise HTTPException(409)
    await write("INSERT INTO shuttles (name, weaver) VALUES (?, ?)", name, weaver)  # want MB104 "shuttles"
