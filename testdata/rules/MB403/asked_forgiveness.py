"""An entry that is made where the look for it raises: KeyError and AttributeError are how a container and an object say that there is none."""
import asyncio

import asyncpg
from fastapi import FastAPI, Request

app = FastAPI()


class Pools:
    def __init__(self) -> None:
        self.pools: dict[str, asyncpg.Pool] = {}
        self.lock = asyncio.Lock()

    async def of(self, tenant: str) -> asyncpg.Pool:
        try:
            return self.pools[tenant]  # step MB403|MB401 read
        except KeyError:
            pool = await asyncpg.create_pool(f"postgresql://db/{tenant}")
            self.pools[tenant] = pool  # want MB403|MB401 "pools"
            return pool


class LockedPools:
    def __init__(self) -> None:
        self.pools: dict[str, asyncpg.Pool] = {}
        self.lock = asyncio.Lock()

    async def of(self, tenant: str) -> asyncpg.Pool:
        try:
            return self.pools[tenant]
        except KeyError:
            async with self.lock:
                if tenant not in self.pools:
                    self.pools[tenant] = await asyncpg.create_pool(f"postgresql://db/{tenant}")
                return self.pools[tenant]


pools = Pools()
locked = LockedPools()


@app.get("/articles/{tenant}")
async def articles(tenant: str):
    pool = await pools.of(tenant)
    return await pool.fetchval("SELECT 1")


@app.get("/locked/{tenant}")
async def locked_ok(tenant: str):
    pool = await locked.of(tenant)
    return await pool.fetchval("SELECT 1")


@app.get("/names/{name}")
async def name_ok(name: str, request: Request):
    try:
        return request.app.state.names[name]
    except KeyError:
        return name
