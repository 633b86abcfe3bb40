"""An event of the process is a flag: who asks whether it is set, waits for something and then sets it does as with any other."""
import asyncio

import httpx
from fastapi import FastAPI, HTTPException

app = FastAPI()
leased = asyncio.Event()
opened = asyncio.Event()
closed = asyncio.Event()
leases: list[str] = []
gate = asyncio.Lock()


async def lease() -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post("https://wharf.example/leases")
    leases.append(answer.json()["id"])


@app.get("/berths")
async def berths():
    if not leased.is_set():  # want MB401 "leased"
        await lease()
        leased.set()
    return leases


@app.get("/berths/open")
async def open_berths():
    if not opened.is_set():
        async with gate:
            if not opened.is_set():
                await lease()
                opened.set()
    return leases


@app.post("/close")
async def close():
    if closed.is_set():
        raise HTTPException(409)
    closed.set()  # from now on nobody else gets here
    await lease()


@app.get("/ships")
async def ships():
    while not closed.is_set():
        await asyncio.sleep(1)
    return leases
