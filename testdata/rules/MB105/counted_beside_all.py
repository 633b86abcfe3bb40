"""A count beside all columns of a row: what is made of the row is not made of the count, and who asks for it by its name asks for it."""
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, HTTPException

app = FastAPI()
TALK = "SELECT t.*, (SELECT count(*) FROM lines l WHERE l.talk_id = t.id) AS said FROM talks t WHERE t.id = $1"
LINE = "INSERT INTO lines (talk_id, role, words) VALUES ($1, $2, $3)"


@asynccontextmanager
async def connection():
    conn = await asyncpg.connect("postgresql://localhost/talks")
    try:
        yield conn
    finally:
        await conn.close()


async def talk_of(conn, talk_id: int) -> dict:
    row = await conn.fetchrow(TALK, talk_id)
    if row is None:
        raise HTTPException(404)
    return dict(row)


def answer(talk: dict, words: str) -> str:
    return f"{talk['title']}: {words}"


@app.post("/talks/{talk_id}/lines")
async def say(talk_id: int, words: str):
    async with connection() as conn:
        talk = await talk_of(conn, talk_id)
        await conn.execute(LINE, talk_id, "user", words)
        await conn.execute(LINE, talk_id, "assistant", answer(talk, words))


@app.post("/talks/{talk_id}/questions")
async def ask(talk_id: int, words: str):
    async with connection() as conn:
        talk = await talk_of(conn, talk_id)
        if talk["said"] >= 10:
            raise HTTPException(429)
        await conn.execute(LINE, talk_id, "user", words)  # want MB105 "lines"
