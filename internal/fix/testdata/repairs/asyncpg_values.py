"""SQL that looks for a row and inserts it, in a transaction: the values that it is given are locked."""
import asyncpg
from fastapi import FastAPI, HTTPException

DSN = "postgresql://localhost/harbour"
app = FastAPI()


@app.post("/stocks/{batch_id}/put")
async def put(batch_id: int, place: str):
    conn = await asyncpg.connect(DSN)
    async with conn.transaction():
        row = await conn.fetchrow("SELECT id FROM stocks WHERE batch_id = $1 AND place = $2", batch_id, place)
        if row:
            raise HTTPException(409)
        await conn.execute("INSERT INTO stocks (batch_id, place) VALUES ($1, $2)", batch_id, place)
