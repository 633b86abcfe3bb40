"""Redis: the command that changes something tells whether it was first."""
from uuid import uuid4

import redis.asyncio as redis
from fastapi import FastAPI, HTTPException

r = redis.Redis()
app = FastAPI()


@app.post("/codes/exchange")
async def exchange(code: str):
    if await r.get(f"code:{code}") is None:
        raise HTTPException(404, "no such code")
    await r.delete(f"code:{code}")
    following = uuid4().hex
    await r.setex(f"code:{following}", 600, "next")
    return {"code": following}


@app.post("/slots/{slot}/claim")
async def claim(slot: str, who: str):
    if await r.exists(f"slot:{slot}"):
        raise HTTPException(409)
    await r.set(f"slot:{slot}", who, ex=60)


@app.post("/guests/{party}")
async def join(party: str, who: str):
    if await r.sismember(f"guests:{party}", who):
        raise HTTPException(409)
    await r.sadd(f"guests:{party}", who)
    await r.incr(f"count:{party}")


@app.post("/mails/{address}")
async def mail(address: str):
    if await r.get(f"sent:{address}"):
        raise HTTPException(429)
    await r.setex(f"sent:{address}", 600, "1")
