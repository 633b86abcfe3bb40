"""What is collected behind a check that ends the request is none the other for it: the request that goes on always collects."""
import asyncpg
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

app = FastAPI()


class Change(BaseModel):
    name: str
    addresses: list[str]


async def connection():
    conn = await asyncpg.connect("postgresql://localhost/letters")
    try:
        yield conn
    finally:
        await conn.close()


@app.patch("/rolls/{roll_id}")
async def change_ok(roll_id: int, change: Change, conn=Depends(connection)):
    roll = await conn.fetchrow("SELECT * FROM rolls WHERE id = $1", roll_id)
    if not roll:
        raise HTTPException(404)
    cleaned = []
    for address in change.addresses:
        if address != "":
            cleaned.append(address)
    await conn.execute("UPDATE rolls SET name = $1, addresses = $2 WHERE id = $3", change.name, cleaned, roll_id)


@app.post("/rolls/{roll_id}/names")
async def extend(roll_id: int, change: Change, conn=Depends(connection)):
    roll = await conn.fetchrow("SELECT * FROM rolls WHERE id = $1", roll_id)
    if not roll:
        raise HTTPException(404)
    await conn.execute("UPDATE rolls SET name = $1 WHERE id = $2", roll["name"] + change.name, roll_id)  # want MB101 "rolls"
