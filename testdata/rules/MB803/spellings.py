"""Locks in redis that give less than they promise, and those that keep it."""
import asyncio
import uuid

import httpx
import redis
import redis.asyncio as aioredis
from fastapi import FastAPI, HTTPException

client = redis.Redis(decode_responses=True)
waiting = aioredis.Redis()
bank = httpx.AsyncClient(base_url="https://bank.example", timeout=30)
app = FastAPI()
UNLOCK = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"


def work(name: str) -> None:
    client.set(f"report:{name}", "fresh")


@app.post("/a/{name}")
def expires_later(name: str):
    if client.setnx(f"lock:{name}", "1"):  # want MB803 "second command"
        client.expire(f"lock:{name}", 30)
        work(name)
        client.delete(f"lock:{name}")


@app.post("/b/{name}")
def compared_loosely(name: str):
    token = uuid.uuid4().hex
    if not client.set(f"lock:b:{name}", token, nx=True, ex=30):
        raise HTTPException(409)
    try:
        work(name)
    finally:
        if client.get(f"lock:b:{name}") == token:
            client.delete(f"lock:b:{name}")  # want MB803 "two steps"


@app.post("/c/{name}")
def answer_ignored(name: str):
    lock = client.lock(f"lock:c:{name}", timeout=30)
    lock.acquire(blocking_timeout=1)  # want MB803 "answer"
    work(name)
    lock.release()


@app.post("/d/{name}")
def compared_in_a_script(name: str):
    token = uuid.uuid4().hex
    if not client.set(f"lock:d:{name}", token, nx=True, px=30_000):
        raise HTTPException(409)
    try:
        work(name)
    finally:
        client.eval(UNLOCK, 1, f"lock:d:{name}", token)


@app.post("/e/{name}")
def answer_looked_at(name: str):
    lock = client.lock(f"lock:e:{name}", timeout=30)
    if not lock.acquire(blocking=False):
        raise HTTPException(409)
    try:
        work(name)
    finally:
        lock.release()


@app.post("/f/{name}")
def given_back_on_failure(name: str):
    if not client.set(f"charged:{name}", "1", nx=True, ex=86_400):
        raise HTTPException(409)
    try:
        work(name)
    except redis.RedisError:
        client.delete(f"charged:{name}")
        raise


@app.post("/g/{name}")
async def longer_than_the_lock(name: str):
    async with waiting.lock(f"lock:g:{name}", timeout=10, blocking_timeout=5):  # want MB803 "expire while"
        await bank.post("/transfers", json={"name": name})
        await waiting.set(f"paid:{name}", "1")


@app.post("/h/{name}")
async def given_up_in_time(name: str):
    async with waiting.lock(f"lock:h:{name}", timeout=10, blocking_timeout=5):
        async with asyncio.timeout(8):
            await bank.post("/transfers", json={"name": name})
            await waiting.set(f"paid:{name}", "1")


@app.post("/i/{name}")
async def never_expires(name: str):
    async with waiting.lock(f"lock:i:{name}"):  # want MB803 "time to live"
        await waiting.set(f"shown:{name}", "1")


@app.post("/j/{name}")
def expires_later_and_given_back_by_a_script(name: str):
    token = uuid.uuid4().hex
    if not client.set(f"doing:{name}", token, nx=True):  # want MB803 "second command"
        raise HTTPException(409)
    client.expire(f"doing:{name}", 30)
    try:
        work(name)
    finally:
        client.eval(UNLOCK, 1, f"doing:{name}", token)


@app.post("/k/{name}")
def given_back_by_a_script(name: str):
    token = uuid.uuid4().hex
    if not client.set(f"at-work:{name}", token, nx=True, ex=30):
        raise HTTPException(409)
    try:
        work(name)
    finally:
        client.eval(UNLOCK, 1, f"at-work:{name}", token)
