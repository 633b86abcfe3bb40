"""A new row takes nothing from the row that was found and is relied on."""
import aiosqlite
import httpx
from fastapi import FastAPI, HTTPException

PATH = "printer.db"
TABLES = """
CREATE TABLE readers (id TEXT PRIMARY KEY, name TEXT NOT NULL, is_admin INTEGER NOT NULL);
CREATE TABLE writers (id TEXT PRIMARY KEY, name TEXT NOT NULL, is_admin INTEGER NOT NULL);
CREATE TABLE sheets (id TEXT PRIMARY KEY, text TEXT NOT NULL);
"""
app = FastAPI()


async def row_of(query: str, *args):
    async with aiosqlite.connect(PATH) as db:
        db.row_factory = aiosqlite.Row
        async with db.execute(query, args) as cursor:
            return await cursor.fetchone()


async def write(query: str, *args):
    async with aiosqlite.connect(PATH) as db:
        await db.execute(query, args)
        await db.commit()


async def typeset(text: str) -> str:
    async with httpx.AsyncClient() as client:
        return (await client.post("https://typesetter.example/pages", json={"text": text})).text


@app.post("/readers")
async def add_reader(reader_id: str, name: str):
    await write("INSERT INTO readers (id, name, is_admin) VALUES (?, ?, ?)", reader_id, name, 0)


@app.post("/sheets/by-reader")
async def print_by_reader(reader_id: str, sheet_id: str, text: str):
    reader = await row_of("SELECT name, is_admin FROM readers WHERE id = ?", reader_id)
    if reader is None or not reader["is_admin"]:
        raise HTTPException(403)
    page = await typeset(text)
    await write("UPDATE sheets SET text = ? WHERE id = ?", page, sheet_id)


@app.post("/writers/{writer_id}/admin")
async def set_admin(writer_id: str, is_admin: bool):
    await write("UPDATE writers SET is_admin = ? WHERE id = ?", is_admin, writer_id)


@app.post("/sheets/by-writer")
async def print_by_writer(writer_id: str, sheet_id: str, text: str):
    writer = await row_of("SELECT name, is_admin FROM writers WHERE id = ?", writer_id)
    if writer is None or not writer["is_admin"]:  # want MB303 "writers"
        raise HTTPException(403)
    page = await typeset(text)
    await write("UPDATE sheets SET text = ? WHERE id = ?", page, sheet_id)
