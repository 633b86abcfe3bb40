"""asyncpg answers a command tag, and a tag is always true."""
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


@app.post("/tickets/{code}/enter")
async def enter(code: str, gate: int, conn: asyncpg.Connection = Depends(connection)):
    if not await conn.execute("UPDATE tickets SET used = true WHERE code = $1 AND NOT used", code):
        raise HTTPException(410)
    await open_gate(gate)  # want MB112 "tickets|used"


@app.post("/tickets/{code}/enter/tag")
async def enter_tag_read(code: str, gate: int, conn: asyncpg.Connection = Depends(connection)):
    tag = await conn.execute("UPDATE tickets SET used = true WHERE code = $1 AND NOT used", code)
    if tag != "UPDATE 1":
        raise HTTPException(410)
    await open_gate(gate)


@app.post("/tickets/{code}/enter/returning")
async def enter_returning(code: str, gate: int, conn: asyncpg.Connection = Depends(connection)):
    row = await conn.fetchrow("UPDATE tickets SET used = true WHERE code = $1 AND NOT used RETURNING code", code)
    if row is None:
        raise HTTPException(410)
    await open_gate(gate)


@app.delete("/tickets/{code}")
async def void(code: str, conn: asyncpg.Connection = Depends(connection)):
    await conn.execute("UPDATE tickets SET used = true WHERE code = $1 AND NOT used", code)
