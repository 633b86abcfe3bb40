"""SQL that is written out reckons how many places are left: by a join, by a sub-query among what is selected, by a common table expression."""
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
from fastapi import Depends, FastAPI, HTTPException, Request


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.pool = await asyncpg.create_pool("postgresql://localhost/inn")
    yield


app = FastAPI(lifespan=lifespan)

BY_JOIN = """
    SELECT t.chairs - COUNT(b.id) FROM tables t LEFT JOIN bookings b ON b.table_id = t.id
    WHERE t.id = $1 GROUP BY t.chairs
"""
BY_SUB_QUERY = "SELECT chairs - (SELECT COUNT(*) FROM bookings WHERE table_id = $1) FROM tables WHERE id = $1"
BESIDE = "SELECT t.name, t.chairs, (SELECT count(*) FROM bookings b WHERE b.table_id = t.id) AS taken FROM tables t WHERE t.id = $1"
JOINED = """
    SELECT t.name, t.state, t.chairs, COUNT(b.id) AS taken FROM tables t LEFT JOIN bookings b ON b.table_id = t.id
    WHERE t.id = $1 GROUP BY t.id
"""
FULL = "INSERT INTO bookings (table_id, guest) SELECT $1, $2 FROM taken, tables t WHERE t.id = $1 AND taken.n < t.chairs RETURNING id"
BY_COMMON_TABLE = "WITH taken AS (SELECT count(*) AS n FROM bookings WHERE table_id = $1) " + FULL
BOOK = "INSERT INTO bookings (table_id, guest) VALUES ($1, $2)"


async def connected(request: Request):
    async with request.app.state.pool.acquire() as conn, conn.transaction():
        yield conn


Conn = Annotated[asyncpg.Connection, Depends(connected)]


async def locked(table_id: int, conn: Conn):
    await conn.execute("SELECT 1 FROM tables WHERE id = $1 FOR UPDATE", table_id)


@app.post("/tables/{table_id}/bookings")
async def book(table_id: int, guest: str, conn: Conn):
    if await conn.fetchval(BY_JOIN, table_id) <= 0:
        raise HTTPException(409)
    await conn.execute(BOOK, table_id, guest)  # want MB105 "bookings"


@app.post("/locked/{table_id}/bookings", dependencies=[Depends(locked)])
async def book_in_turn(table_id: int, guest: str, conn: Conn):
    if await conn.fetchval(BY_JOIN, table_id) <= 0:
        raise HTTPException(409)
    await conn.execute(BOOK, table_id, guest)


@app.post("/v2/tables/{table_id}/bookings")
async def book_by_sub_query(table_id: int, guest: str, conn: Conn):
    left = await conn.fetchval(BY_SUB_QUERY, table_id)
    if left < 1:
        raise HTTPException(409)
    await conn.execute(BOOK, table_id, guest)  # want MB105 "bookings"


@app.post("/locked/v2/tables/{table_id}/bookings", dependencies=[Depends(locked)])
async def book_by_sub_query_in_turn(table_id: int, guest: str, conn: Conn):
    left = await conn.fetchval(BY_SUB_QUERY, table_id)
    if left < 1:
        raise HTTPException(409)
    await conn.execute(BOOK, table_id, guest)


@app.post("/v3/tables/{table_id}/bookings")
async def book_beside(table_id: int, guest: str, conn: Conn):
    table = await conn.fetchrow(BESIDE, table_id)
    if table is None:
        raise HTTPException(404)
    if table["taken"] >= table["chairs"]:
        raise HTTPException(409)
    await conn.execute(BOOK, table_id, guest)  # want MB105 "bookings"


@app.post("/locked/v3/tables/{table_id}/bookings", dependencies=[Depends(locked)])
async def book_beside_in_turn(table_id: int, guest: str, conn: Conn):
    table = await conn.fetchrow(BESIDE, table_id)
    if table["taken"] >= table["chairs"]:
        raise HTTPException(409)
    await conn.execute(BOOK, table_id, guest)


@app.post("/named/tables/{table_id}/bookings")
async def book_what_has_a_name(table_id: int, guest: str, conn: Conn):
    table = await conn.fetchrow(BESIDE, table_id)
    if not table["name"]:  # how many are taken is asked, and nothing hangs on it
        raise HTTPException(409)
    await conn.execute(BOOK, table_id, guest)
    return {"taken": table["taken"]}


@app.post("/v4/tables/{table_id}/bookings")
async def book_by_common_table(table_id: int, guest: str, conn: Conn):
    if await conn.fetchval(BY_COMMON_TABLE, table_id, guest) is None:  # want MB105 "bookings"
        raise HTTPException(409)


@app.post("/locked/v4/tables/{table_id}/bookings", dependencies=[Depends(locked)])
async def book_by_common_table_in_turn(table_id: int, guest: str, conn: Conn):
    if await conn.fetchval(BY_COMMON_TABLE, table_id, guest) is None:
        raise HTTPException(409)


@app.post("/v5/tables/{table_id}/bookings")
async def book_joined(table_id: int, guest: str, conn: Conn):
    table = await conn.fetchrow(JOINED, table_id)
    if table["taken"] >= table["chairs"]:
        raise HTTPException(409)
    await conn.execute(BOOK, table_id, guest)  # want MB105 "bookings"


@app.post("/tables/{table_id}/lay")
async def lay(table_id: int, conn: Conn):
    table = await conn.fetchrow(JOINED, table_id)
    if table["state"] != "bare":  # want MB107 "tables.state"
        raise HTTPException(409)
    await conn.execute("UPDATE tables SET state = 'laid' WHERE id = $1", table_id)


@app.post("/tables/{table_id}/clear")
async def clear(table_id: int, conn: Conn):
    done = await conn.execute("UPDATE tables SET state = 'bare' WHERE id = $1 AND state = 'laid'", table_id)
    if done == "UPDATE 0":
        raise HTTPException(409)
