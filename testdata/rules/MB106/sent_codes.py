"""A code that was sent is compared with what the caller types, and taken away: what is given for it is given once."""
import secrets

from fastapi import FastAPI, HTTPException
from redis.asyncio import Redis

store = Redis(decode_responses=True)
app = FastAPI()


@app.post("/doors/{door}/unlock")
async def unlock(door: str, digits: str):
    sent = await store.get(f"door:{door}")
    if sent is None or sent != digits:
        raise HTTPException(401)
    await store.delete(f"door:{door}")  # want MB106|MB801|MB802|MB305 "door"
    pass_ = secrets.token_urlsafe(16)
    await store.set(f"pass:{pass_}", door, ex=600)
    return {"pass": pass_}


@app.post("/v2/doors/{door}/unlock")
async def unlock_once(door: str, digits: str):
    sent = await store.getdel(f"door2:{door}")
    if sent is None or sent != digits:
        raise HTTPException(401)
    pass_ = secrets.token_urlsafe(16)
    await store.set(f"pass:{pass_}", door, ex=600)
    return {"pass": pass_}


@app.delete("/lamps/{lamp}")
async def switch_off(lamp: str, colour: str):
    # Nothing is given for it: to switch it off twice is to switch it off.
    lit = await store.get(f"lamp:{lamp}")
    if lit != colour:
        raise HTTPException(409)
    await store.delete(f"lamp:{lamp}")
