"""A row that is found by the digest of what the caller shows is a secret, whatever its table is called; taken away, it was good for one use."""
import hashlib
import os

import asyncpg
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.post("/enter/{shown}")
async def enter(shown: str):
    conn = await asyncpg.connect(os.environ["DATABASE_URL"])
    kept = hashlib.sha256(shown.encode()).hexdigest()
    found = await conn.fetchrow("SELECT person_id, until FROM entrances WHERE kept_as = $1", kept)
    if found is None:
        raise HTTPException(403)
    await conn.execute("DELETE FROM entrances WHERE kept_as = $1", kept)  # want MB112 "entrances"
    await conn.execute("INSERT INTO visits (person_id) VALUES ($1)", found["person_id"])


@app.post("/enter/{shown}/once")
async def enter_ok(shown: str):
    conn = await asyncpg.connect(os.environ["DATABASE_URL"])
    kept = hashlib.sha256(shown.encode()).hexdigest()
    person = await conn.fetchval("DELETE FROM entrances WHERE kept_as = $1 RETURNING person_id", kept)
    if person is None:
        raise HTTPException(403)
    await conn.execute("INSERT INTO visits (person_id) VALUES ($1)", person)
