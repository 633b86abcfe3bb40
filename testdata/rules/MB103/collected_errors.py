"""What is wrong is collected first, and one decision on the collection keeps the row from being inserted."""
import os

import asyncpg
from fastapi import FastAPI

app = FastAPI()


class Complaints(dict[str, list[str]]):
    pass


async def complaints(conn: asyncpg.Connection, name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if len(name) < 3:
        found.setdefault("name", []).append("too short")
    if await conn.fetchrow("SELECT 1 FROM ferrets WHERE name = $1", name):
        found["taken"] = [name]
    return found


@app.post("/ferrets")
async def register(name: str):
    conn = await asyncpg.connect(os.environ["DATABASE_URL"])
    wrong = await complaints(conn, name)
    if wrong:
        return {"errors": wrong}
    await conn.execute("INSERT INTO ferrets (name) VALUES ($1)", name)  # want MB103 "ferrets"


@app.post("/stoats")
async def register_stoat(name: str):
    conn = await asyncpg.connect(os.environ["DATABASE_URL"])
    if Complaints():
        return None  # it is empty
    if await conn.fetchrow("SELECT 1 FROM stoats WHERE name = $1", name):
        return None
    await conn.execute("INSERT INTO stoats (name) VALUES ($1)", name)  # want MB103 "stoats"


@app.post("/martens")
async def register_marten(name: str):
    conn = await asyncpg.connect(os.environ["DATABASE_URL"])
    wrong: dict[str, str] = {}
    if len(name) < 3:
        wrong["name"] = "too short"
    if wrong:
        return {"errors": wrong}
    await conn.execute("INSERT INTO martens (name) VALUES ($1)", name)
