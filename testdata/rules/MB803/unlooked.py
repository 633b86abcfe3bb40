"""A key that is set if it is not there, whose answer nobody looks at, excludes nobody."""
import secrets
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, HTTPException
from redis.asyncio import Redis

app = FastAPI()
redis = Redis(decode_responses=True)
let_go = redis.register_script("if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0")


@asynccontextmanager
async def alone(name: str):
    token = secrets.token_hex(8)
    await redis.set(f"lock:{name}", token, nx=True, ex=60)  # want MB803 "lock"
    try:
        yield
    finally:
        await let_go(keys=[f"lock:{name}"], args=[token])


@asynccontextmanager
async def really_alone(name: str):
    token = secrets.token_hex(8)
    if not await redis.set(f"lock:{name}", token, nx=True, ex=60):
        raise HTTPException(409)
    try:
        yield
    finally:
        await let_go(keys=[f"lock:{name}"], args=[token])


@asynccontextmanager
async def perhaps_alone(name: str):
    token = secrets.token_hex(8)
    got = await redis.set(f"lock:{name}", token, nx=True, ex=60)
    try:
        yield got
    finally:
        if got:
            await let_go(keys=[f"lock:{name}"], args=[token])


async def order_stock(shop: str) -> None:
    async with httpx.AsyncClient(timeout=10) as client:
        await client.post("https://supplier.example/orders", json={"shop": shop})


@app.post("/shops/{shop}/order")
async def order(shop: str):
    async with alone(f"order:{shop}"):
        await order_stock(shop)


@app.post("/shops/{shop}/order-alone")
async def order_alone(shop: str):
    async with really_alone(f"orders:{shop}"):
        await order_stock(shop)


@app.post("/shops/{shop}/order-perhaps")
async def order_perhaps(shop: str):
    async with perhaps_alone(f"maybe:{shop}") as got:
        if not got:
            raise HTTPException(409)
        await order_stock(shop)


# The first visit is noted, and a second one changes nothing.
@app.post("/visits/{visitor}")
async def visit(visitor: str):
    await redis.set(f"first-seen:{visitor}", "now", nx=True)
    await order_stock(visitor)
