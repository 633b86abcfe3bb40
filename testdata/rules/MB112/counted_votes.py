"""A vote is inserted unless it is there, and then counted; a page is saved if it still has the version that the author saw."""
import os
from typing import Annotated

import asyncpg
import httpx
from fastapi import Depends, FastAPI, Header, HTTPException

app = FastAPI()
mail = httpx.AsyncClient(base_url="https://mail.example")


async def connection():
    conn = await asyncpg.connect(os.environ["DATABASE_URL"])
    try:
        yield conn
    finally:
        await conn.close()


Conn = Annotated[asyncpg.Connection, Depends(connection)]


@app.post("/songs/{song_id}/votes")
async def vote(song_id: int, listener_id: int, conn: Conn):
    async with conn.transaction():
        await conn.execute(
            "INSERT INTO votes (song_id, listener_id) VALUES ($1, $2) ON CONFLICT (song_id, listener_id) DO NOTHING", song_id, listener_id
        )
        await conn.execute("UPDATE songs SET votes = votes + 1 WHERE id = $1", song_id)  # want MB112 "votes"


@app.post("/v2/songs/{song_id}/votes")
async def vote_once(song_id: int, listener_id: int, conn: Conn):
    async with conn.transaction():
        new = await conn.fetchval(
            "INSERT INTO votes (song_id, listener_id) VALUES ($1, $2) ON CONFLICT (song_id, listener_id) DO NOTHING RETURNING song_id",
            song_id,
            listener_id,
        )
        if new is not None:
            await conn.execute("UPDATE songs SET votes = votes + 1 WHERE id = $1", song_id)


@app.post("/songs/{song_id}/plays")
async def play(song_id: int, day: str, conn: Conn):
    # The day is only made sure of: every play counts.
    async with conn.transaction():
        await conn.execute("INSERT INTO play_days (song_id, day) VALUES ($1, $2) ON CONFLICT (song_id, day) DO NOTHING", song_id, day)
        await conn.execute("UPDATE play_days SET n = n + 1 WHERE song_id = $1 AND day = $2", song_id, day)
        await conn.execute("UPDATE songs SET plays = plays + 1 WHERE id = $1", song_id)


@app.put("/lyrics/{song_id}")
async def save(song_id: int, text: str, if_match: Annotated[int, Header()], conn: Conn):
    await conn.execute("UPDATE lyrics SET text = $2, edition = edition + 1 WHERE id = $1 AND edition = $3", song_id, text, if_match)
    await mail.post("/singers", json={"song": song_id, "text": text})  # want MB112 "lyrics"


@app.put("/v2/lyrics/{song_id}")
async def save_or_refuse(song_id: int, text: str, if_match: Annotated[int, Header()], conn: Conn):
    now = await conn.fetchval(
        "UPDATE lyrics SET text = $2, edition = edition + 1 WHERE id = $1 AND edition = $3 RETURNING edition", song_id, text, if_match
    )
    if now is None:
        raise HTTPException(412)
    await mail.post("/singers", json={"song": song_id, "text": text})
