"""The row that an insert gave back is asked for its state when the work is done, which is a while later."""
import asyncio

import asyncpg
from fastapi import FastAPI, HTTPException

app = FastAPI()
pool: asyncpg.Pool
running: set[asyncio.Task] = set()


async def give_up(stall) -> None:
    await asyncio.sleep(900)
    if stall["state"] == "held":  # step MB501 check
        await pool.execute("UPDATE stalls SET state = 'free' WHERE id = $1", stall["id"])  # want MB501 "stalls.state"


async def give_up_if_held(stall_id: int) -> None:
    await asyncio.sleep(900)
    await pool.execute("UPDATE stalls SET state = 'free' WHERE id = $1 AND state = 'held'", stall_id)


@app.post("/places/{place}/stalls")
async def hold(place: int, trader: int):
    stall = await pool.fetchrow("INSERT INTO stalls (place, trader, state) VALUES ($1, $2, 'held') RETURNING *", place, trader)  # step MB501 read
    running.add(asyncio.create_task(give_up(stall)))
    return {"stall": stall["id"]}


@app.post("/places/{place}/stalls/by-key")
async def hold_by_key(place: int, trader: int):
    stall = await pool.fetchrow("INSERT INTO stalls (place, trader, state) VALUES ($1, $2, 'held') RETURNING *", place, trader)
    running.add(asyncio.create_task(give_up_if_held(stall["id"])))
    return {"stall": stall["id"]}


@app.post("/stalls/{stall_id}/pay")
async def pay(stall_id: int):
    if await pool.execute("UPDATE stalls SET state = 'paid' WHERE id = $1 AND state = 'held'", stall_id) != "UPDATE 1":
        raise HTTPException(409)
