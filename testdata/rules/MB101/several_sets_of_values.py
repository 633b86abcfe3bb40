"""One statement that is run with several sets of values is several writes, each of its own row."""
import asyncpg
from fastapi import FastAPI

app = FastAPI()


@app.on_event("startup")
async def connect():
    app.state.pool = await asyncpg.create_pool("postgresql://localhost/tanks")


@app.post("/pour")
async def pour(source: int, target: int, litres: int):
    async with app.state.pool.acquire() as conn:
        async with conn.transaction():
            have = await conn.fetchval("SELECT litres FROM tanks WHERE id = $1", source)  # step MB101 read
            there = await conn.fetchval("SELECT litres FROM tanks WHERE id = $1", target)
            await conn.executemany("UPDATE tanks SET litres = $2 WHERE id = $1", [(source, have - litres), (target, there + litres)])  # want MB101 "tanks.litres"


@app.post("/pour-locked")
async def pour_locked(source: int, target: int, litres: int):
    async with app.state.pool.acquire() as conn:
        async with conn.transaction():
            have = await conn.fetchval("SELECT litres FROM tanks WHERE id = $1 FOR UPDATE", source)
            there = await conn.fetchval("SELECT litres FROM tanks WHERE id = $1 FOR UPDATE", target)
            await conn.executemany("UPDATE tanks SET litres = $2 WHERE id = $1", [(source, have - litres), (target, there + litres)])
