"""asyncpg: without a transaction the row lock ends with its statement."""
import asyncpg
from fastapi import Depends, FastAPI, HTTPException, Request

app = FastAPI()


async def connection(request: Request):
    async with request.app.state.pool.acquire() as conn:
        yield conn


@app.post("/lockers/{locker_id}/open")
async def open_locker(locker_id: int, user_id: int, conn: asyncpg.Connection = Depends(connection)):
    row = await conn.fetchrow("SELECT holder FROM lockers WHERE id = $1 FOR UPDATE", locker_id)  # step MB110 lock
    if row is None or row["holder"] is not None:  # step MB110 check
        raise HTTPException(409)
    await conn.execute("UPDATE lockers SET holder = $2 WHERE id = $1", locker_id, user_id)  # want MB110 "holder"


@app.post("/v2/lockers/{locker_id}/open")
async def open_locker_in_transaction(locker_id: int, user_id: int, conn: asyncpg.Connection = Depends(connection)):
    async with conn.transaction():
        row = await conn.fetchrow("SELECT holder FROM lockers WHERE id = $1 FOR UPDATE", locker_id)
        if row is None or row["holder"] is not None:
            raise HTTPException(409)
        await conn.execute("UPDATE lockers SET holder = $2 WHERE id = $1", locker_id, user_id)
