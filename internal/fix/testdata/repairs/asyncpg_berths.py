"""SQL as text on asyncpg, whose execute answers with a command tag."""
import asyncpg
from fastapi import FastAPI, HTTPException

DSN = "postgresql://localhost/harbour"
app = FastAPI()


@app.post("/berths/{berth_id}/take")
async def take(berth_id: int, boat: str):
    conn = await asyncpg.connect(DSN)
    row = await conn.fetchrow("SELECT state FROM berths WHERE id = $1", berth_id)
    if row["state"] != "free":
        raise HTTPException(409, "taken")
    await conn.execute("UPDATE berths SET state = 'taken', boat = $2 WHERE id = $1", berth_id, boat)
    await conn.close()


@app.post("/tanks/{tank_id}/fill")
async def fill(tank_id: int, litres: int):
    conn = await asyncpg.connect(DSN)
    left = await conn.fetchval("SELECT litres FROM tanks WHERE id = $1", tank_id)
    if left < litres:
        raise HTTPException(409, "too little")
    await conn.execute(
        """
        UPDATE tanks
        SET litres = litres - $1
        WHERE id = $2
        """,
        litres,
        tank_id,
    )
    await conn.close()


@app.post("/cranes/{crane_id}/book")
async def book(crane_id: int):
    conn = await asyncpg.connect(DSN)
    async with conn.transaction():
        row = await conn.fetchrow("SELECT hours FROM cranes WHERE id = $1", crane_id)
        if row["hours"] < 1:
            raise HTTPException(409, "no hours left")
        hours = row["hours"] - 1
        await conn.execute("UPDATE cranes SET hours = $1 WHERE id = $2", hours, crane_id)


@app.post("/stores/{store_id}/draw")
async def draw(store_id: int, amount: int):
    conn = await asyncpg.connect(DSN)
    row = await conn.fetchrow("SELECT amount FROM stores WHERE id = $1", store_id)
    if row is None or row["amount"] < amount:
        raise HTTPException(409, "too little")
    await conn.execute("UPDATE stores SET amount = amount - $1 WHERE id = $2", amount, store_id)
    await conn.close()
