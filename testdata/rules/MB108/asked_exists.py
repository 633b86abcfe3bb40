"""Whether anybody is there yet is asked by SELECT EXISTS over the rows of one club, and a lock of that club guards it."""
import asyncpg
from fastapi import FastAPI

app = FastAPI()
pool: asyncpg.Pool


@app.post("/clubs/{club_id}/join")
async def join(club_id: int, sailor: int):
    async with pool.acquire() as conn, conn.transaction():
        known = await conn.fetchval("SELECT EXISTS (SELECT 1 FROM sailors s WHERE s.club_id = $1)", club_id)
        role = "sailor" if known else "skipper"
        await conn.execute("INSERT INTO sailors (club_id, person, role) VALUES ($1, $2, $3)", club_id, sailor, role)  # want MB108 "sailors"


@app.post("/clubs/{club_id}/join-in-turn")
async def join_in_turn(club_id: int, sailor: int):
    async with pool.acquire() as conn, conn.transaction():
        await conn.execute("SELECT pg_advisory_xact_lock(hashtext('club'), $1)", club_id)
        known = await conn.fetchval("SELECT EXISTS (SELECT 1 FROM sailors s WHERE s.club_id = $1)", club_id)
        role = "sailor" if known else "skipper"
        await conn.execute("INSERT INTO sailors (club_id, person, role) VALUES ($1, $2, $3)", club_id, sailor, role)


@app.post("/clubs/{club_id}/join-other-turn")
async def join_other_turn(club_id: int, sailor: int):
    async with pool.acquire() as conn, conn.transaction():
        await conn.execute("SELECT pg_advisory_xact_lock(hashtext('sailor'), $1)", sailor)
        known = await conn.fetchval("SELECT EXISTS (SELECT 1 FROM sailors s WHERE s.club_id = $1)", club_id)
        role = "sailor" if known else "skipper"
        await conn.execute("INSERT INTO sailors (club_id, person, role) VALUES ($1, $2, $3)", club_id, sailor, role)  # want MB108 "sailors"
