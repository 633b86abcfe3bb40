"""Limits on attempts: counted by reading and writing, by members of a window, and by the store."""
import time

import redis.asyncio as redis
from fastapi import Depends, FastAPI, HTTPException, Request

store = redis.Redis(decode_responses=True)
app = FastAPI()


async def sliding(request: Request) -> None:
    key = f"rate_limit:{request.client.host}"
    now = time.time()
    await store.zremrangebyscore(key, 0, now - 60)
    if await store.zcard(key) >= 10:  # step MB305 check
        raise HTTPException(429)
    await store.zadd(key, {str(now): now})  # want MB305 "attempt"


async def counted(request: Request) -> None:
    key = f"hits:{request.client.host}"
    async with store.pipeline(transaction=True) as pipe:
        pipe.incr(key)
        pipe.expire(key, 60)
        n, _ = await pipe.execute()
    if n > 10:
        raise HTTPException(429)


@app.post("/codes/{phone}", dependencies=[Depends(sliding)])
async def check_code(phone: str, code: str):
    return {"ok": await store.get(f"code:{phone}") == code}


@app.post("/v2/codes/{phone}", dependencies=[Depends(counted)])
async def check_code_counted(phone: str, code: str):
    return {"ok": await store.get(f"code:{phone}") == code}


@app.post("/otp/{phone}")
async def verify(phone: str, code: str):
    tries = await store.get(f"otp:{phone}:tries")
    if tries and int(tries) >= 5:  # step MB305 check
        raise HTTPException(429)
    if await store.get(f"otp:{phone}") != code:
        await store.incr(f"otp:{phone}:tries")  # want MB305 "attempt"
        raise HTTPException(401)


@app.post("/v2/otp/{phone}")
async def verify_counted(phone: str, code: str):
    if await store.incr(f"pin:{phone}:tries") > 5:
        raise HTTPException(429)
    if await store.get(f"pin:{phone}") != code:
        raise HTTPException(401)
