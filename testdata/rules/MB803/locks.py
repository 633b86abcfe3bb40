"""Locks in redis: lost, given away, ignored; and one that is held."""
import redis.asyncio as redis
from fastapi import FastAPI, HTTPException

store = redis.Redis()
app = FastAPI()


async def rebuild(name: str) -> None:
    await store.set(name, "fresh")


@app.post("/a")
async def without_expiry():
    if not await store.setnx("lock:a", "1"):  # want MB803 "expire|time to live|TTL"
        raise HTTPException(409)
    await rebuild("a")
    await store.delete("lock:a")


@app.post("/b")
async def acquire_ignored():
    lock = store.lock("lock:b", timeout=30)
    await lock.acquire(blocking=False)  # want MB803 "result|acquire"
    await rebuild("b")


@app.post("/c")
async def held():
    async with store.lock("lock:c", timeout=30, blocking_timeout=5):
        await rebuild("c")
