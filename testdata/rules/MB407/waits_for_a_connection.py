"""A connection of the pool has to be waited for, and meanwhile the next request stores its own tenant. Another pool is opened by a with statement."""
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, Header, HTTPException


class Ledger:
    def __init__(self) -> None:
        self.tenant = ""
        self.pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        self.pool = await asyncpg.create_pool("postgresql://localhost/ledger")

    async def lines(self) -> list[str]:
        async with self.pool.acquire() as conn:
            return [r["line"] for r in await conn.fetch("SELECT line FROM lines WHERE tenant = $1", self.tenant)]

    async def lines_at_once(self) -> list[str]:
        return await self.pool.fetch("SELECT line FROM lines WHERE tenant = $1", self.tenant)

    async def lines_of(self, tenant: str) -> list[str]:
        async with self.pool.acquire() as conn:
            return [r["line"] for r in await conn.fetch("SELECT line FROM lines WHERE tenant = $1", tenant)]


ledger = Ledger()


@asynccontextmanager
async def lifespan(app: FastAPI):
    await ledger.open()
    async with asyncpg.create_pool("postgresql://localhost/accounts") as app.state.pool:
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/lines")
async def read(x_tenant: str = Header()):
    ledger.tenant = x_tenant  # want MB407 "tenant"
    return await ledger.lines()


# Nobody gets a turn between the two lines, and the query has its argument before it waits.
@app.get("/lines/at-once")
async def read_at_once(x_branch: str = Header()):
    ledger.tenant = x_branch
    return await ledger.lines_at_once()


@app.get("/lines/given")
async def read_given(x_tenant: str = Header()):
    return await ledger.lines_of(x_tenant)


@app.put("/accounts/{code}")
async def open_account(code: str):
    async with app.state.pool.acquire() as conn:
        if await conn.fetchval("SELECT 1 FROM accounts WHERE code = $1", code):
            raise HTTPException(409)
        await conn.execute("INSERT INTO accounts (code) VALUES ($1)", code)  # want MB103 "accounts"
