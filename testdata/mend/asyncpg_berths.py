"""engine: postgresql. SQL as text on asyncpg."""
import os
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, HTTPException

DSN = os.environ.get("STORE_DB", "postgresql://localhost/berths")


@asynccontextmanager
async def lifespan(app: FastAPI):
    conn = await asyncpg.connect(DSN)
    await conn.execute("CREATE TABLE IF NOT EXISTS berths (id SERIAL PRIMARY KEY, state TEXT NOT NULL, hours INT NOT NULL)")
    await conn.close()
    yield


app = FastAPI(lifespan=lifespan)


@app.post("/berths", status_code=201)
async def create_berth():
    conn = await asyncpg.connect(DSN)
    berth = await conn.fetchval("INSERT INTO berths (state, hours) VALUES ('free', 1) RETURNING id")
    await conn.close()
    return {"id": berth, "state": "free"}


@app.get("/berths/{berth_id}")
async def read_berth(berth_id: int):
    conn = await asyncpg.connect(DSN)
    row = await conn.fetchrow("SELECT state, hours FROM berths WHERE id = $1", berth_id)
    await conn.close()
    return {"id": berth_id, "state": row["state"], "hours": row["hours"]}


@app.post("/berths/{berth_id}/take")
async def take_berth(berth_id: int):
    conn = await asyncpg.connect(DSN)
    try:
        row = await conn.fetchrow("SELECT state FROM berths WHERE id = $1", berth_id)
        if row["state"] != "free":
            raise HTTPException(409, "taken")
        await conn.execute("UPDATE berths SET state = 'taken' WHERE id = $1", berth_id)
    finally:
        await conn.close()
    return {"ok": True}


@app.post("/berths/{berth_id}/book")
async def book_berth(berth_id: int):
    conn = await asyncpg.connect(DSN)
    try:
        async with conn.transaction():
            row = await conn.fetchrow("SELECT hours FROM berths WHERE id = $1", berth_id)
            if row["hours"] < 1:
                raise HTTPException(409, "no hours left")
            hours = row["hours"] - 1
            await conn.execute("UPDATE berths SET hours = $1 WHERE id = $2", hours, berth_id)
    finally:
        await conn.close()
    return {"ok": True}
