"""What start-up code unpacks into the application's state, and what a local declaration says of it."""
from contextlib import asynccontextmanager

import asyncpg
import httpx
from fastapi import FastAPI, HTTPException, Request


@asynccontextmanager
async def lifespan(app: FastAPI):
    pool = await asyncpg.create_pool("postgresql://zoo@db/zoo")
    async with httpx.AsyncClient(base_url="https://bank.example") as bank:
        app.state.pool, app.state.bank = pool, bank
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/grants/{grant_id}/pay")
async def pay(grant_id: int, request: Request):
    pool: asyncpg.Pool = request.app.state.pool
    if not await pool.execute("UPDATE grants SET state = 'paid' WHERE id = $1 AND state = 'agreed'", grant_id):
        raise HTTPException(409)
    await request.app.state.bank.post("/wires", json={"grant": grant_id})  # want MB112 "grants|state"


@app.post("/prizes/{prize_id}/pay")
async def pay_prize(prize_id: int, request: Request):
    done = await request.app.state.pool.execute("UPDATE prizes SET state = 'paid' WHERE id = $1 AND state = 'agreed'", prize_id)
    if done == "UPDATE 0":
        raise HTTPException(409)
    await request.app.state.bank.post("/wires", json={"prize": prize_id})
