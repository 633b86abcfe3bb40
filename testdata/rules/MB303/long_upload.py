"""A rank that is asked before a long transfer to a store of objects or from the client, and again right before the act."""
import uuid
from typing import Annotated

import aioboto3
import aiofiles
import asyncpg
from fastapi import Depends, FastAPI, Header, HTTPException, Request, UploadFile

app = FastAPI()
bucket = aioboto3.Session()


async def get_pool():
    async with asyncpg.create_pool("postgresql://film@db/film") as pool:
        yield pool


Pool = Annotated[asyncpg.Pool, Depends(get_pool)]


async def editor(pool: Pool, x_person: Annotated[int, Header()]) -> int:
    rank = await pool.fetchval("SELECT rank FROM people WHERE id = $1", x_person)
    if rank != "editor":  # step MB303 check
        raise HTTPException(403)
    return x_person


@app.post("/films", status_code=201)
async def release_film(film: UploadFile, pool: Pool, me: Annotated[int, Depends(editor)]):
    key = uuid.uuid4().hex
    async with bucket.client("s3") as s3:
        await s3.upload_fileobj(film.file, "films", key)
    await pool.execute("INSERT INTO films (key, editor_id) VALUES ($1, $2)", key, me)  # want MB303 "people"


@app.post("/trailers", status_code=201)
async def release_trailer(film: UploadFile, pool: Pool, x_person: Annotated[int, Header()]):
    key = uuid.uuid4().hex
    async with bucket.client("s3") as s3:
        await s3.upload_fileobj(film.file, "films", key)
    rank = await pool.fetchval("SELECT rank FROM people WHERE id = $1", x_person)
    if rank != "editor":
        raise HTTPException(403)
    await pool.execute("INSERT INTO films (key, editor_id) VALUES ($1, $2)", key, x_person)


async def translator(pool: Pool, x_person: Annotated[int, Header()]) -> int:
    rank = await pool.fetchval("SELECT rank FROM people WHERE id = $1", x_person)
    if rank != "translator":  # step MB303 check
        raise HTTPException(403)
    return x_person


@app.put("/films/{film_id}/subtitles", status_code=204)
async def subtitle(film_id: int, request: Request, pool: Pool, me: Annotated[int, Depends(translator)]):
    lines = b""
    async for chunk in request.stream():
        lines += chunk
    await pool.execute("UPDATE films SET subtitles = $2, editor_id = $3 WHERE id = $1", film_id, lines, me)  # want MB303 "people"


async def archivist(pool: Pool, x_person: Annotated[int, Header()]) -> int:
    rank = await pool.fetchval("SELECT rank FROM people WHERE id = $1", x_person)
    if rank != "archivist":
        raise HTTPException(403)
    return x_person


async def narrator(pool: Pool, x_person: Annotated[int, Header()]) -> int:
    rank = await pool.fetchval("SELECT rank FROM people WHERE id = $1", x_person)
    if rank != "narrator":
        raise HTTPException(403)
    return x_person


# The statement that keeps it asks again; until then it lies in a file that goes with the request.
@app.put("/films/{film_id}/sound", status_code=204)
async def narrate(film_id: int, request: Request, pool: Pool, me: Annotated[int, Depends(narrator)]):
    async with aiofiles.tempfile.TemporaryFile() as spool:
        async for chunk in request.stream():
            await spool.write(chunk)
        length = await spool.tell()
    await pool.execute(
        "INSERT INTO sounds (film_id, length, narrator_id) SELECT $1, $2, id FROM people WHERE id = $3 AND rank = 'narrator'", film_id, length, me
    )


# What the database sends comes at once.
@app.put("/films/{film_id}/tags", status_code=204)
async def tag(film_id: int, pool: Pool, me: Annotated[int, Depends(archivist)]):
    found = ""
    async with pool.acquire() as conn, conn.transaction():
        async for row in conn.cursor("SELECT tag FROM tags WHERE film_id = $1", film_id):
            found += row["tag"]
    await pool.execute("UPDATE films SET tags = $2, editor_id = $3 WHERE id = $1", film_id, found, me)


@app.put("/people/{person}/rank", status_code=204)
async def set_rank(person: int, rank: str, pool: Pool):
    await pool.execute("UPDATE people SET rank = $1 WHERE id = $2", rank, person)
