"""A write in a common table expression decides what the statement does that selects from it."""
import asyncpg
import httpx
from fastapi import Depends, FastAPI, HTTPException, Request

app = FastAPI()


async def connection(request: Request):
    async with request.app.state.pool.acquire() as conn:
        yield conn


async def open_gate(gate: int) -> None:
    async with httpx.AsyncClient() as client:
        await client.post(f"https://gates.example/{gate}/open")


ENTER = """
WITH entered AS (UPDATE tickets SET used = true WHERE code = $1 AND NOT used RETURNING code)
INSERT INTO visits (code, gate) SELECT code, $2 FROM entered RETURNING id
"""
SHOW = """
WITH entered AS (UPDATE tickets SET used = true WHERE code = $1 AND NOT used RETURNING hall_id)
SELECT h.name FROM entered e JOIN halls h ON h.id = e.hall_id
"""
SEAT = """
WITH entered AS (DELETE FROM ticket_tokens WHERE code = $1 RETURNING hall_id)
UPDATE halls SET visitors = visitors + 1 FROM entered WHERE halls.id = entered.hall_id RETURNING halls.id
"""
BESIDE = """
WITH entered AS (UPDATE tickets SET used = true WHERE code = $1 AND NOT used RETURNING code)
INSERT INTO visits (code, gate) VALUES ($1, $2) RETURNING id
"""


@app.post("/tickets/{code}/enter")
async def enter(code: str, gate: int, conn: asyncpg.Connection = Depends(connection)):
    visit = await conn.fetchval(ENTER, code, gate)
    if visit is None:
        raise HTTPException(410)
    await open_gate(gate)


@app.post("/tickets/{code}/enter/row")
async def enter_row(code: str, gate: int, conn: asyncpg.Connection = Depends(connection)):
    visit = await conn.fetchrow(ENTER, code, gate)
    if not visit:
        raise HTTPException(410)
    await open_gate(gate)


@app.post("/tickets/{code}/show")
async def show(code: str, gate: int, conn: asyncpg.Connection = Depends(connection)):
    hall = await conn.fetchrow(SHOW, code)
    if hall is None:
        raise HTTPException(410)
    await open_gate(gate)
    return hall["name"]


@app.post("/tickets/{code}/seat")
async def seat(code: str, gate: int, conn: asyncpg.Connection = Depends(connection)):
    hall = await conn.fetchval(SEAT, code)
    if hall is None:
        raise HTTPException(410)
    await open_gate(gate)


@app.post("/tickets/{code}/unasked")
async def unasked(code: str, gate: int, conn: asyncpg.Connection = Depends(connection)):
    await conn.execute(ENTER, code, gate)  # want MB112 "tickets|used"
    await open_gate(gate)


@app.post("/tickets/{code}/beside")
async def beside(code: str, gate: int, conn: asyncpg.Connection = Depends(connection)):
    visit = await conn.fetchval(BESIDE, code, gate)  # want MB112 "tickets|used"
    if visit is None:
        raise HTTPException(410)
