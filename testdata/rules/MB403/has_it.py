"""Whether a place of the application has been filled is asked by hasattr()."""
import asyncio

import asyncpg
from fastapi import FastAPI, Request

app = FastAPI()
making = asyncio.Lock()


async def pool_of(request: Request) -> asyncpg.Pool:
    if not hasattr(request.app.state, "pool"):  # want MB403 "app.state.pool"
        request.app.state.pool = await asyncpg.create_pool("postgresql://localhost/shop")
    return request.app.state.pool


async def reader_of(request: Request) -> asyncpg.Pool:
    async with making:
        if not hasattr(request.app.state, "reader"):
            request.app.state.reader = await asyncpg.create_pool("postgresql://replica/shop")
    return request.app.state.reader


@app.get("/orders")
async def orders(request: Request):
    return await (await pool_of(request)).fetch("SELECT id FROM orders")


@app.get("/customers")
async def customers(request: Request):
    return await (await reader_of(request)).fetch("SELECT id FROM customers")
