"""A middleware gives each request the pool: a lock that is taken outside a transaction is over with its statement."""
import asyncpg
from fastapi import FastAPI, HTTPException, Request

app = FastAPI()


@app.on_event("startup")
async def open_pool():
    app.state.database = await asyncpg.create_pool("postgresql://localhost/stables")


@app.middleware("http")
async def with_database(request: Request, call_next):
    request.state.db = app.state.database
    return await call_next(request)


@app.post("/horses/{horse_id}/saddle")
async def saddle(horse_id: int, rider: int, request: Request):
    async with request.state.db.acquire() as conn:
        horse = await conn.fetchrow("SELECT rider FROM horses WHERE id = $1 FOR UPDATE", horse_id)
        if horse["rider"] is not None:  # step MB110 check
            raise HTTPException(409)
        await conn.execute("UPDATE horses SET rider = $2 WHERE id = $1", horse_id, rider)  # want MB110 "horses.rider"


@app.post("/horses/{horse_id}/saddle-in-turn")
async def saddle_in_turn(horse_id: int, rider: int, request: Request):
    async with request.state.db.acquire() as conn, conn.transaction():
        horse = await conn.fetchrow("SELECT rider FROM horses WHERE id = $1 FOR UPDATE", horse_id)
        if horse["rider"] is not None:
            raise HTTPException(409)
        await conn.execute("UPDATE horses SET rider = $2 WHERE id = $1", horse_id, rider)
