"""Free names: asked, or taken in one step."""
import redis.asyncio as redis
from fastapi import FastAPI, HTTPException

store = redis.Redis()
app = FastAPI()


@app.post("/channels/{name}")
async def open_channel(name: str, owner: str):
    if await store.get(f"channel:{name}") is None:  # step MB802|MB801 check
        await store.set(f"channel:{name}", owner)  # want MB802|MB801 "channel"
        return
    raise HTTPException(409)


@app.post("/members/{name}")
async def join(name: str):
    if await store.sismember("members", name):
        raise HTTPException(409)
    if not await store.sadd("members", name):
        raise HTTPException(409)


@app.post("/fields/{name}")
async def claim_field(name: str, owner: str):
    if not await store.hsetnx("fields", name, owner):
        raise HTTPException(409)
