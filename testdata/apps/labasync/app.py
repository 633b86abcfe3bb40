"""Async handlers: one that races, one that a lock of the database guards, and one that only another process can race."""

import hashlib
import os
import sqlite3
from contextlib import asynccontextmanager

import aiosqlite
from fastapi import FastAPI, HTTPException

PATH = os.environ.get("LAB_DB", "sqlite:///./lab.db")[len("sqlite:///"):]


def connect():
    return aiosqlite.connect(PATH, timeout=10, isolation_level=None)


@asynccontextmanager
async def lifespan(_app):
    async with connect() as db:
        await db.execute("CREATE TABLE IF NOT EXISTS parcels (id INTEGER PRIMARY KEY, status TEXT DEFAULT 'open', sent INTEGER DEFAULT 0)")
    yield


app = FastAPI(title="Async laboratory", lifespan=lifespan)


async def status_of(db, id):
    async with db.execute("SELECT status FROM parcels WHERE id = ?", (id,)) as rows:
        found = await rows.fetchone()
    if found is None:
        raise HTTPException(404, "no such parcel")
    return found[0]


@app.post("/parcels", status_code=201)
async def create_parcel():
    async with connect() as db:
        done = await db.execute("INSERT INTO parcels DEFAULT VALUES")
        return {"id": done.lastrowid, "status": "open", "sent": 0}


@app.get("/parcels/{parcel_id}")
async def read_parcel(parcel_id: int):
    async with connect() as db:
        async with db.execute("SELECT id, status, sent FROM parcels WHERE id = ?", (parcel_id,)) as rows:
            found = await rows.fetchone()
    if found is None:
        raise HTTPException(404)
    return dict(zip(("id", "status", "sent"), found))


@app.post("/parcels/{parcel_id}/send")
async def send_parcel(parcel_id: int):
    async with connect() as db:
        if await status_of(db, parcel_id) != "open":
            raise HTTPException(409, "sent already")
        await db.execute("UPDATE parcels SET status = 'sent', sent = sent + 1 WHERE id = ?", (parcel_id,))  # act: send
    return {"ok": True}


@app.post("/parcels/{parcel_id}/send-locked")
async def send_locked(parcel_id: int):
    async with connect() as db:
        await db.execute("BEGIN IMMEDIATE")
        if await status_of(db, parcel_id) != "open":
            await db.execute("ROLLBACK")
            raise HTTPException(409, "sent already")
        await db.execute("UPDATE parcels SET status = 'sent', sent = sent + 1 WHERE id = ?", (parcel_id,))  # act: locked
        await db.execute("COMMIT")
    return {"ok": True}


@app.post("/parcels/{parcel_id}/seal")
async def seal_parcel(parcel_id: int):
    """Does not wait between check and act: within one process nothing comes in between."""
    with sqlite3.connect(PATH, timeout=10, isolation_level=None) as db:
        found = db.execute("SELECT status FROM parcels WHERE id = ?", (parcel_id,)).fetchone()
        if found is None or found[0] != "open":
            raise HTTPException(409, "not open")
        hashlib.pbkdf2_hmac("sha256", str(parcel_id).encode(), b"seal", 2000)  # the number on the seal: a millisecond of work
        db.execute("UPDATE parcels SET status = 'sealed', sent = sent + 1 WHERE id = ?", (parcel_id,))
    return {"ok": True}
