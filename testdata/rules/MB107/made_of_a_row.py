"""What is asked of a row by way of the object that is made of it: most of what is selected is only told to the caller."""
from dataclasses import dataclass

import asyncpg
from fastapi import FastAPI, HTTPException, Request

app = FastAPI()

SCHEMA = """
CREATE TABLE lodgers (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    room int,
    seen_at text,
    state text
);
"""


@dataclass
class Lodger:
    id: int
    name: str
    room: int | None
    seen_at: str | None


async def find(pool: asyncpg.Pool, lodger_id: int) -> Lodger | None:
    row = await pool.fetchrow("SELECT id, name, room, seen_at FROM lodgers WHERE id = $1", lodger_id)
    if row is None:
        return None
    return Lodger(row["id"], row["name"], row["room"], row["seen_at"])


async def find_allowed(pool: asyncpg.Pool, lodger_id: int) -> Lodger | None:
    row = await pool.fetchrow("SELECT id, name, room, seen_at, state FROM lodgers WHERE id = $1", lodger_id)
    if row is None or row["state"] == "barred":
        return None
    return Lodger(row["id"], row["name"], row["room"], row["seen_at"])


@app.put("/lodgers/{lodger_id}/room")
async def move(request: Request, lodger_id: int, room: int):
    pool: asyncpg.Pool = request.app.state.pool
    lodger = await find(pool, lodger_id)
    if lodger is None:
        raise HTTPException(404)
    await pool.execute("UPDATE lodgers SET room = $2 WHERE id = $1", lodger_id, room)


@app.put("/lodgers/{lodger_id}/room/if-allowed")
async def move_allowed(request: Request, lodger_id: int, room: int):
    pool: asyncpg.Pool = request.app.state.pool
    lodger = await find_allowed(pool, lodger_id)
    if lodger is None:  # want MB107 "lodgers.state"
        raise HTTPException(404)
    await pool.execute("UPDATE lodgers SET room = $2 WHERE id = $1", lodger_id, room)


@app.delete("/lodgers/{lodger_id}")
async def leave(request: Request, lodger_id: int):
    pool: asyncpg.Pool = request.app.state.pool
    lodger = await find(pool, lodger_id)
    if lodger is None:
        raise HTTPException(404)
    await pool.execute("DELETE FROM lodgers WHERE id = $1", lodger_id)


@app.post("/lodgers/{lodger_id}/seen")
async def seen(request: Request, lodger_id: int, now: str):
    pool: asyncpg.Pool = request.app.state.pool
    await pool.execute("UPDATE lodgers SET seen_at = $2 WHERE id = $1", lodger_id, now)


@app.post("/lodgers/{lodger_id}/bar")
async def bar(request: Request, lodger_id: int):
    pool: asyncpg.Pool = request.app.state.pool
    await pool.execute("UPDATE lodgers SET state = 'barred' WHERE id = $1", lodger_id)


@app.put("/lodgers/{lodger_id}/room/by-hand")
async def move_by_hand(request: Request, lodger_id: int, room: int):
    pool: asyncpg.Pool = request.app.state.pool
    row = await pool.fetchrow("SELECT id, name, room, seen_at, state FROM lodgers WHERE id = $1", lodger_id)
    if row is None or row["state"] == "barred":  # want MB107 "lodgers.state"
        raise HTTPException(404)
    await pool.execute("UPDATE lodgers SET room = $2 WHERE id = $1", lodger_id, room)
