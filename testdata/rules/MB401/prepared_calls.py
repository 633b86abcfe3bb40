"""A call that is prepared or given to a task waits where it is awaited, and not where it is written."""

import asyncio

import httpx
from fastapi import FastAPI, HTTPException

app = FastAPI()
client = httpx.AsyncClient()
running: dict[str, int] = {}


def asked(name: str):
    return client.get(f"https://weather.example/{name}")


@app.post("/prepared/{name}")
async def prepared(name: str):
    if running.get(name, 0) >= 3:
        raise HTTPException(429)
    calls = [client.get(f"https://weather.example/{name}"), client.get(f"https://tides.example/{name}")]
    running[name] = running.get(name, 0) + 1
    await asyncio.gather(*calls)


@app.post("/started/{name}")
async def started(name: str):
    if running.get(name, 0) >= 3:
        raise HTTPException(429)
    call = asyncio.create_task(client.get(f"https://weather.example/{name}"))
    pause = asyncio.create_task(asyncio.sleep(1))
    running[name] = running.get(name, 0) + 1
    await call
    await pause


@app.post("/handed-on/{name}")
async def handed_on(name: str):
    call = asked(name)
    if running.get(name, 0) >= 3:
        raise HTTPException(429)
    running[name] = running.get(name, 0) + 1
    await call


@app.post("/prepared-and-awaited/{name}")
async def prepared_and_awaited(name: str):
    if running.get(name, 0) >= 3:  # want MB401 "running"
        raise HTTPException(429)
    call = client.get(f"https://weather.example/{name}")
    await call
    running[name] = running.get(name, 0) + 1


@app.post("/handed-on-and-awaited/{name}")
async def handed_on_and_awaited(name: str):
    if running.get(name, 0) >= 3:  # want MB401 "running"
        raise HTTPException(429)
    await asked(name)
    running[name] = running.get(name, 0) + 1


@app.post("/in-a-group/{name}")
async def in_a_group(name: str):
    if running.get(name, 0) >= 3:  # want MB401 "running"
        raise HTTPException(429)
    async with asyncio.TaskGroup() as group:
        group.create_task(client.get(f"https://weather.example/{name}"))
    running[name] = running.get(name, 0) + 1
