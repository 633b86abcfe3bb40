"""Raw SQL through asyncpg."""
from contextlib import asynccontextmanager

import asyncpg
from fastapi import Depends, FastAPI, HTTPException, Request


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.pool = await asyncpg.create_pool("postgresql://localhost/meter")
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan)


async def connection(request: Request):
    async with request.app.state.pool.acquire() as conn:
        yield conn


@app.post("/meters/{meter_id}/readings")
async def add_reading(meter_id: int, kwh: int, conn: asyncpg.Connection = Depends(connection)):
    row = await conn.fetchrow("SELECT total_kwh FROM meters WHERE id = $1", meter_id)  # step MB101 read
    if row is None:
        raise HTTPException(404)
    total = row["total_kwh"] + kwh
    await conn.execute("UPDATE meters SET total_kwh = $1 WHERE id = $2", total, meter_id)  # want MB101 "total_kwh"
    return {"total": total}


@app.post("/meters/{meter_id}/readings/transaction")
async def add_in_transaction(meter_id: int, kwh: int, conn: asyncpg.Connection = Depends(connection)):
    async with conn.transaction():
        total = await conn.fetchval("SELECT total_kwh FROM meters WHERE id = $1", meter_id)
        await conn.execute("UPDATE meters SET total_kwh = $1 WHERE id = $2", total + kwh, meter_id)  # want MB101 "total_kwh"


@app.post("/meters/{meter_id}/readings/locked")
async def add_locked(meter_id: int, kwh: int, conn: asyncpg.Connection = Depends(connection)):
    async with conn.transaction():
        total = await conn.fetchval("SELECT total_kwh FROM meters WHERE id = $1 FOR UPDATE", meter_id)
        await conn.execute("UPDATE meters SET total_kwh = $1 WHERE id = $2", total + kwh, meter_id)


@app.post("/meters/{meter_id}/readings/atomic")
async def add_atomic(meter_id: int, kwh: int, conn: asyncpg.Connection = Depends(connection)):
    total = await conn.fetchval(
        "UPDATE meters SET total_kwh = total_kwh + $2 WHERE id = $1 RETURNING total_kwh", meter_id, kwh
    )
    if total is None:
        raise HTTPException(404)
    return {"total": total}
