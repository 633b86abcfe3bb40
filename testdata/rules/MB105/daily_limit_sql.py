"""A sum over today's rows, in raw SQL: transfers are added beside each other, payouts under the account's lock."""
import asyncpg
from fastapi import Depends, FastAPI, HTTPException, Request

app = FastAPI()
DAILY_CENTS = 100_000


async def connection(request: Request):
    async with request.app.state.pool.acquire() as conn:
        yield conn


@app.post("/accounts/{account_id}/transfers")
async def transfer(account_id: int, cents: int, conn: asyncpg.Connection = Depends(connection)):
    async with conn.transaction():
        today = await conn.fetchval(  # step MB105 read
            "SELECT coalesce(sum(cents), 0) FROM transfers WHERE account_id = $1 AND day = current_date", account_id
        )
        if today + cents > DAILY_CENTS:  # step MB105 check
            raise HTTPException(403, "daily limit")
        await conn.execute(  # want MB105 "transfers"
            "INSERT INTO transfers (account_id, cents, day) VALUES ($1, $2, current_date)", account_id, cents
        )


@app.post("/accounts/{account_id}/payouts")
async def payout(account_id: int, cents: int, conn: asyncpg.Connection = Depends(connection)):
    async with conn.transaction():
        if await conn.fetchval("SELECT 1 FROM accounts WHERE id = $1 FOR UPDATE", account_id) is None:
            raise HTTPException(404)
        today = await conn.fetchval(
            "SELECT coalesce(sum(cents), 0) FROM payouts WHERE account_id = $1 AND day = current_date", account_id
        )
        if today + cents > DAILY_CENTS:
            raise HTTPException(403, "daily limit")
        await conn.execute(
            "INSERT INTO payouts (account_id, cents, day) VALUES ($1, $2, current_date)", account_id, cents
        )
