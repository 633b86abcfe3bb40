"""The transaction asks for SERIALIZABLE itself; nobody retries what it refuses."""
import asyncpg
from fastapi import Depends, FastAPI, HTTPException, Request

app = FastAPI()


async def connection(request: Request):
    async with request.app.state.pool.acquire() as conn:
        yield conn


@app.post("/rooms/{room_id}/guests")
async def check_in(room_id: int, name: str, conn: asyncpg.Connection = Depends(connection)):
    async with conn.transaction(isolation="serializable"):
        guests = await conn.fetchval("SELECT count(*) FROM guests WHERE room_id = $1", room_id)
        if guests >= 2:  # step MB118 check
            raise HTTPException(409)
        await conn.execute("INSERT INTO guests (room_id, name) VALUES ($1, $2)", room_id, name)  # want MB118 "guests"


@app.post("/halls/{hall_id}/visitors")
async def enter(hall_id: int, name: str, conn: asyncpg.Connection = Depends(connection)):
    for _ in range(5):
        try:
            async with conn.transaction(isolation="serializable"):
                visitors = await conn.fetchval("SELECT count(*) FROM visitors WHERE hall_id = $1", hall_id)
                if visitors >= 200:
                    raise HTTPException(409)
                await conn.execute("INSERT INTO visitors (hall_id, name) VALUES ($1, $2)", hall_id, name)
                return
        except asyncpg.SerializationError:
            continue
    raise HTTPException(503)
