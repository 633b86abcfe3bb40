"""A dictionary that makes a lock for each key that it does not have."""

import asyncio
from collections import defaultdict

import httpx
from fastapi import FastAPI, HTTPException

app = FastAPI()
client = httpx.AsyncClient()

locks = defaultdict(lambda: asyncio.Lock())
turns = defaultdict(lambda: asyncio.Semaphore(1))
lanes = defaultdict(lambda: asyncio.Semaphore(3))
locked: dict[str, int] = {}
turned: dict[str, int] = {}
laned: dict[str, int] = {}


@app.post("/locked/{name}")
async def under_lock(name: str):
    async with locks[name]:
        if locked.get(name, 0) >= 3:
            raise HTTPException(429)
        await client.post("https://mill.example/grind", json={"name": name})
        locked[name] = locked.get(name, 0) + 1


@app.post("/turned/{name}")
async def in_turn(name: str):
    async with turns[name]:
        if turned.get(name, 0) >= 3:
            raise HTTPException(429)
        await client.post("https://mill.example/grind", json={"name": name})
        turned[name] = turned.get(name, 0) + 1


@app.post("/laned/{name}")
async def in_lanes(name: str):
    async with lanes[name]:
        if laned.get(name, 0) >= 3:  # want MB401 "laned"
            raise HTTPException(429)
        await client.post("https://mill.example/grind", json={"name": name})
        laned[name] = laned.get(name, 0) + 1
