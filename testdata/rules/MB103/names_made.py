"""Tables whose names a function of the project makes of one word, where they are defined and where they are used."""
import os

import asyncpg
from fastapi import FastAPI, HTTPException

app = FastAPI()


def named(table: str) -> str:
    return f"{os.environ['SCHEMA']}.{table}" if os.environ.get("SCHEMA") else table


async def create(conn: asyncpg.Connection) -> None:
    await conn.execute(f"CREATE TABLE {named('seals')} (id SERIAL PRIMARY KEY, stamp TEXT NOT NULL, UNIQUE (stamp))")
    await conn.execute(f"CREATE TABLE {named('ribbons')} (id SERIAL PRIMARY KEY, colour TEXT NOT NULL)")


@app.on_event("startup")
async def start():
    await create(await asyncpg.connect(os.environ["DATABASE_URL"]))


@app.post("/seals/{stamp}")
async def seal(stamp: str):
    conn = await asyncpg.connect(os.environ["DATABASE_URL"])
    if await conn.fetchrow("SELECT 1 FROM seals WHERE stamp = $1", stamp):
        raise HTTPException(409)
    try:
        await conn.execute("INSERT INTO seals (stamp) VALUES ($1)", stamp)
    except asyncpg.UniqueViolationError:
        raise HTTPException(409) from None


@app.post("/ribbons/{colour}")
async def ribbon(colour: str):
    conn = await asyncpg.connect(os.environ["DATABASE_URL"])
    if await conn.fetchrow("SELECT 1 FROM ribbons WHERE colour = $1", colour):
        raise HTTPException(409)
    await conn.execute("INSERT INTO ribbons (colour) VALUES ($1)", colour)  # want MB103 "ribbons"
