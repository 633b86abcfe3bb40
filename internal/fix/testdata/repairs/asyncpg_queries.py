"""SQL in variables of the function, and rows that are joined: only those of the table that is written are locked."""
import asyncpg
from fastapi import FastAPI, HTTPException

DSN = "postgresql://localhost/harbour"
app = FastAPI()


@app.post("/stocks/{stock_id}/draw")
async def draw(stock_id: int, amount: int):
    conn = await asyncpg.connect(DSN)
    async with conn.transaction():
        stock_query = """
            SELECT s.id, s.amount, g.name
            FROM stocks s
            JOIN goods g ON s.goods_id = g.id
            WHERE s.id = $1
        """
        stock = await conn.fetchrow(stock_query, stock_id)
        if stock["amount"] < amount:
            raise HTTPException(409, f"too little of {stock['name']}")
        left = stock["amount"] - amount
        await conn.execute("UPDATE stocks SET amount = $1 WHERE id = $2", left, stock_id)


@app.post("/orders/{order_id}/approve")
async def approve(order_id: int, by: str):
    conn = await asyncpg.connect(DSN)
    order = await conn.fetchrow("SELECT id, state FROM orders WHERE id = $1", order_id)
    if order["state"] != "open":
        raise HTTPException(409, "somebody has decided already")
    update_query = """
        UPDATE orders
        SET state = $1,
            decided_by = $2
        WHERE id = $3
        RETURNING decided_at
    """
    decided = await conn.fetchrow(
        update_query,
        "approved",
        by,
        order_id
    )
    return {"at": decided["decided_at"]}


@app.post("/seals/{seal_id}/break")
async def break_seal(seal_id: int):
    conn = await asyncpg.connect(DSN)
    # Two calls take it: a lock in it would be one for both.
    query = "SELECT state FROM seals WHERE id = $1"
    seal = await conn.fetchrow(query, seal_id)
    if seal["state"] != "whole":
        raise HTTPException(409, "is broken")
    await conn.execute("UPDATE seals SET state = 'broken' WHERE id = $1", seal_id)
    return await conn.fetchrow(query, seal_id)
