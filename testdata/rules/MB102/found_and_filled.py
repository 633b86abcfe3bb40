"""Of a row that a driver gives only its number is used, to find it again: what else was selected is not what the decision rests on."""
import asyncpg
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.on_event("startup")
async def connect():
    app.state.pool = await asyncpg.create_pool("postgresql://localhost/pantry")


@app.post("/jars/{label}/pour")
async def pour(label: str, grams: int):
    async with app.state.pool.acquire() as conn, conn.transaction():
        into = await conn.fetchrow("SELECT id, grams FROM jars WHERE label = $1", label)
        if into:
            await conn.execute("UPDATE jars SET grams = grams + $1, touched_at = NOW() WHERE id = $2", grams, into["id"])


@app.post("/jars/{label}/take")
async def take(label: str, grams: int):
    async with app.state.pool.acquire() as conn:
        jar = await conn.fetchrow("SELECT id, grams FROM jars WHERE label = $1", label)
        if jar["grams"] < grams:  # want MB102 "jars"
            raise HTTPException(409)
        await conn.execute("UPDATE jars SET grams = grams - $1 WHERE id = $2", grams, jar["id"])


@app.post("/jars/{label}/weigh")
async def weigh(label: str, grams: int):
    async with app.state.pool.acquire() as conn:
        jar = await conn.fetchrow("SELECT id, grams, note FROM jars WHERE label = $1", label)
        await conn.execute("UPDATE jars SET grams = $1 WHERE id = $2", jar["grams"] - grams, jar["id"])  # want MB101 "jars"


@app.post("/jars/{label}/empty")
async def empty(label: str):
    async with app.state.pool.acquire() as conn:
        await conn.execute("UPDATE jars SET grams = 0, touched_at = NOW() WHERE label = $1", label)
